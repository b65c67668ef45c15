"""Files out of the house. Who may have one is asked of the database at each request, with the cookie's sign-in.

Missing, foreign, hidden and expired look the same. A script, a frame or another site's page gets nothing.
"""

import asyncio
import functools
import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from models import attachment, clock, exports, files, security
from models.access import Current, NotFound, Refusal
from pages.server import session
from pages.server.asking import ask

_log = logging.getLogger("bon_an_toan")
SWEEP_EVERY = 60.0
_TO_KEEP = frozenset({"", "document", "empty"})  # Sec-Fetch-Dest of a link, of "save link as", and of old browsers
_TO_SHOW = frozenset({"", "document", "image"})


class _Nothing(Exception):
    """The answer instead of a file."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


async def _who(request: Request, wanted_for: frozenset[str]) -> Current:
    """Who asks, from a page of ours and for something that a file is good for."""
    if request.method != "GET":
        raise _Nothing(405, "")
    site, use = request.headers.get("sec-fetch-site", ""), request.headers.get("sec-fetch-dest", "")
    if site not in ("", "same-origin", "none") or use not in wanted_for:
        raise _Nothing(403, "Tệp chỉ mở được từ trang của hệ thống.")
    current = await session.current(request)
    if current is None or current.must_change_password:
        raise _Nothing(401, "Hãy đăng nhập rồi mở lại tệp.")
    return current


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def attached(name: str) -> str:
    """Content-Disposition by RFC 6266: the whole name, and one in plain letters for who cannot read that."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(
        c if c.isascii() and (c.isalnum() or c in " ._-()") else "_" for c in bare if not unicodedata.combining(c)
    )
    return f"attachment; filename=\"{letters}\"; filename*=UTF-8''{quote(name, safe='')}"


def _file(data: bytes, content_type: str, disposition: str) -> Response:
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(data, headers=headers)


def _or_nothing(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What is refused, for whatever reason, gets the same few words."""

    @functools.wraps(answer)
    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except Refusal:
            return PlainTextResponse("Không có tệp này, tệp đã hết hạn, hoặc bạn không có quyền xem.", 404)
        except _Nothing as nothing:
            return PlainTextResponse(nothing.words, nothing.status)

    return answered


# ---- attachments ------------------------------------------------------------------------------------------------------
@_or_nothing
async def _attachment(request: Request) -> Response:
    if request.query_params.get("xem") == "nho":
        return await _preview(request)
    current, number = await _who(request, _TO_KEEP), _number(request)
    try:
        row = await ask(attachment.hand_out, current, number, address=_address(request))
    except Refusal:
        await ask(security.refused, current, f"tep/{number}")
        raise
    return _file(await ask(files.read, row.sha256), row.content_type, attached(row.name))


async def _preview(request: Request) -> Response:
    current = await _who(request, _TO_SHOW)
    row = await ask(attachment.shown, current, _number(request))
    return _file(await ask(files.read, row.preview_sha256), "image/jpeg", "inline")


def _number(request: Request) -> int:
    said = request.path_params["number"]
    if not re.fullmatch(r"[1-9][0-9]{0,8}", said):
        raise NotFound("attachment")
    return int(said)


# ---- exports --------------------------------------------------------------------------------------------------------
@_or_nothing
async def _export(request: Request) -> Response:
    current = await _who(request, _TO_KEEP)
    row = await ask(exports.collect, current, request.path_params["token"], address=_address(request))
    return _file(await ask(exports.content, row), row.content_type, attached(row.name))


# ---- what is over -----------------------------------------------------------------------------------------------------
async def sweep_now_and_then() -> None:
    """Exports lie no longer than they are good for, even when nobody makes another one."""
    while True:
        try:
            await ask(lambda: files.sweep(clock.now()))
        except Exception:  # noqa: BLE001 - the next round may find the store again
            _log.exception("exports could not be swept")
        await asyncio.sleep(SWEEP_EVERY)


# Whatever begins so is ours to refuse: Streamlit would answer with its own page.
routes = [Route("/tep/{number:path}", _attachment), Route("/xuat/{token:path}", _export)]
