"""A browser becomes a wall screen: the code that a head was given, for a cookie. A plain page without a script, since it is
opened on a television with a remote control; and only by a button, so that whoever looks at a link does not use it up."""

import html
import string
from urllib.parse import parse_qs

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from models import account, display
from models.access import Current, Role
from pages.server import budget, session, sockets
from pages.server.asking import ask
from pages.server.index import STATIC

ADDRESS = "/man-hinh"
WALL = "/chi-so?tv=1"
LARGEST = 500  # bytes of the form
_NOTHING = {"code": "", "said": "", "asks": "hidden", "is_screen": "hidden", "is_person": "hidden", "name": ""}


def _page(status: int = 200, **words: str) -> Response:
    template = string.Template((STATIC / "man-hinh.html").read_text(encoding="utf-8"))
    found = {name: html.escape(value) for name, value in (_NOTHING | words).items()}
    return HTMLResponse(template.substitute(found), status, headers={"Cache-Control": "no-store"})


async def _here(request: Request) -> Current | None:
    """The person or the screen that this browser is already."""
    token = request.cookies.get(session.COOKIE, "")
    return await ask(display.anybody, account.sha(token)) if 20 <= len(token) <= 100 else None


async def _ask(request: Request) -> Response:
    found = await _here(request)
    if found is None:
        return _page(asks="", code=request.query_params.get("ma", "")[:20])
    return _page(is_screen="", name=found.name) if found.role is Role.DISPLAY else _page(is_person="", name=found.name)


async def _open(request: Request) -> Response:
    if not session.same_site(request):
        return Response(status_code=403)
    sent = await _form(request)
    found = await _here(request)
    if found is not None and found.role is Role.DISPLAY and "het" in sent:
        return await _leave(request)
    if found is not None:
        return await _ask(request)
    stranger = session.stranger_of(request.scope["headers"], request.scope.get("client"))
    if not budget.tickets.has(stranger):
        return _page(429, asks="", said="Thử lại sau ít phút.")
    client = request.client.host if request.client else ""
    code, browser = sent.get("ma", "")[:40], request.headers.get("user-agent", "")
    token = await ask(display.open_display, code, client, browser) if code else None
    if token is None:
        return _page(
            403, asks="", said="Mã này không đúng, đã dùng hoặc đã quá một giờ. Xin lãnh đạo đơn vị cấp mã mới."
        )
    response = RedirectResponse(WALL, 303, headers={"Cache-Control": "no-store"})
    session.remember(response, token, int(display.LONGEST.total_seconds()))
    return response


async def _leave(request: Request) -> Response:
    sid = account.sha(request.cookies.get(session.COOKIE, ""))
    await ask(display.leave, sid)
    response = RedirectResponse("/", 303, background=BackgroundTask(sockets.end, {sid}))
    session.forget(response)
    return response


async def _form(request: Request) -> dict[str, str]:
    sent = b""
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > LARGEST:
            return {}
    return {name: values[0] for name, values in parse_qs(sent.decode("latin-1"), keep_blank_values=True).items()}


routes = [Route(ADDRESS, _ask, methods=["GET"]), Route(ADDRESS, _open, methods=["POST"])]
