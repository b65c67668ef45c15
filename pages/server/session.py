"""Ticket for cookie, and the cookie away: the only code that ever holds a sign-in's token."""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models import account, display
from models.access import Current
from models.settings import settings
from pages.server import budget, sockets
from pages.server.asking import ask

_PREFIX = "__Host-" if settings.https else ""
COOKIE = f"{_PREFIX}phien"
DEVICE = f"{_PREFIX}may"
DEVICE_DAYS = 180


def cookies_of(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                key, _, text = pair.strip().partition("=")
                found.setdefault(key, text)
    return found


async def sign_in_of(headers: list[tuple[bytes, bytes]]) -> str | None:
    """The id of the sign-in whose cookie came along, a person's or a wall screen's, if it still holds."""
    sid = _asked_for(headers)
    found = await ask(display.anybody, sid) if sid else None
    return sid if found else None


async def person_of(headers: list[tuple[bytes, bytes]]) -> str | None:
    """The same, of a person: a wall screen has nothing to bring."""
    sid = _asked_for(headers)
    found = await ask(account.who, sid) if sid else None
    return sid if found else None


def _asked_for(headers: list[tuple[bytes, bytes]]) -> str | None:
    token = cookies_of(headers).get(COOKIE, "")
    return account.sha(token) if 20 <= len(token) <= 100 else None


async def current(request: Request) -> Current | None:
    """Who asks a plain route."""
    token = request.cookies.get(COOKIE)
    return await ask(account.who, account.sha(token)) if token else None


def stranger_of(headers: list[tuple[bytes, bytes]], client: tuple[str, int] | None) -> str:
    """Whose budget somebody without a sign-in uses: the browser's own if it is marked, else the address's."""
    return budget.device_of(cookies_of(headers).get(DEVICE, "")) or budget.address_of(client)


def same_site(request: Request) -> bool:
    """Origin is the gate's to check; this is what the browser itself says of who asks."""
    return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=settings.https, path="/")


def remember(response: Response, token: str, seconds: int) -> None:
    _set(response, COOKIE, token, seconds)


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=settings.https)


async def _begin(request: Request) -> Response:
    if not same_site(request):
        return Response(status_code=403)
    if not budget.tickets.has(stranger_of(request.scope["headers"], request.scope.get("client"))):
        return Response(status_code=429)
    ticket = request.headers.get("x-ticket", "")
    token = await ask(account.exchange, ticket) if 20 <= len(ticket) <= 100 else None
    if token is None:
        return Response(status_code=403)
    if before := await sign_in_of(request.scope["headers"]):  # whoever was here before in this browser, in every tab
        await ask(account.end_sign_in, before)
    response = Response(status_code=204)
    remember(response, token, int(account.LONGEST.total_seconds()))
    mark = request.cookies.get(DEVICE, "")
    if not budget.device_of(mark):
        _set(response, DEVICE, budget.new_device(), DEVICE_DAYS * 24 * 3600)
    return response


async def _end(request: Request) -> Response:
    if not same_site(request):
        return Response(status_code=403)
    if sid := await sign_in_of(request.scope["headers"]):
        await ask(account.end_sign_in, sid)
    response = Response(status_code=204, headers={"Clear-Site-Data": '"cache", "storage"'})
    forget(response)
    if token := request.cookies.get(COOKIE):  # its tabs need not wait for the next look at the database
        response.background = BackgroundTask(sockets.end, {account.sha(token)})
    return response


routes = [Route("/phien", _begin, methods=["POST"]), Route("/phien", _end, methods=["DELETE"])]
