"""Stands before Streamlit: who may come in, to which address, from which page, with what."""

import logging
import re
from urllib.parse import urlsplit

from cachetools import TTLCache
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance

from models.settings import settings
from pages.server import errors, index
from pages.server.headers import dressed
from pages.server.session import person_of, sign_in_of, stranger_of
from pages.server.sockets import IDENTITY, Socket

_log = logging.getLogger("bon_an_toan")
_PORTS = {"http": 80, "https": 443}
HEALTH = "/suc-khoe"  # a load balancer asks by number, without our name
_STREAM = "/_stcore/stream"
_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_MEDIA = re.compile(r"/media/([0-9a-f]+)(\.\w+)?")
_STREAMLITS = re.compile(rf"/_stcore/(health|host-config)|{_MEDIA.pattern}|{_UPLOAD.pattern}")
_PRIVATE = re.compile(r"/phien|/(media|_stcore/upload_file|tep|xuat)/.*")
OURS: set[str] = {"tep", "xuat"}  # first words of our own addresses that have a second one
UPLOADS_AT_ONCE = 4


def origin_of(url: str) -> tuple[str, str]:
    """Host as a browser sends it, and origin."""
    parts = urlsplit(url)
    name = (parts.hostname or "").lower()
    name = f"[{name}]" if ":" in name else name
    host = name if parts.port in (None, _PORTS.get(parts.scheme)) else f"{name}:{parts.port}"
    return host, f"{parts.scheme}://{host}"


HOST, ORIGIN = origin_of(settings.public_url)


class Gate:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._uploading: dict[str, int] = {}
        self._shown: TTLCache[tuple[str, str], bool] = TTLCache(10_000, ttl=300)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != IDENTITY]}
        await (self._http if scope["type"] == "http" else self._websocket)(scope, receive, send)

    # ---- websockets -------------------------------------------------------------------------------------------------------
    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != _STREAM or _header(scope, b"host").lower() != HOST or _header(scope, b"origin") != ORIGIN:
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            sid = await sign_in_of(scope["headers"])
        except Exception:  # noqa: BLE001 - a database that does not answer is nobody's right to come in
            _log.exception("who connects could not be asked")
            await send({"type": "websocket.close", "code": 1011})
            return
        stranger = stranger_of(scope["headers"], scope.get("client"))
        await Socket(self._app, sid, stranger, scope, receive, send).run()

    # ---- everything else --------------------------------------------------------------------------------------------------
    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        send_ = dressed(watched, private=_PRIVATE.fullmatch(path) is not None)
        try:
            if status := self._refused(scope) or await self._private(scope):
                words = f"Địa chỉ của trang này là {settings.public_url}" if status == 421 else ""
                await PlainTextResponse(words, status)(scope, receive, send_)
            else:
                await self._let_through(scope, receive, send_)
        except Exception as error:
            number = errors.report(error)
            if started:
                raise
            await PlainTextResponse(f"Có lỗi ngoài dự kiến. Mã sự cố: {number}", 500)(scope, receive, send_)

    def _refused(self, scope: Scope) -> int:
        """The status with which to refuse before anything else is asked, or 0."""
        path, method, origin = scope["path"], scope["method"], _header(scope, b"origin")
        if path == HEALTH and method in ("GET", "HEAD"):
            return 0
        if _header(scope, b"host").lower() != HOST:
            return 421
        if origin not in ("", ORIGIN) or (not origin and method not in ("GET", "HEAD")):
            return 403
        return 404 if _hidden(path) else 0

    async def _private(self, scope: Scope) -> int:
        """Uploads and media are for the sign-in whose Streamlit session they belong to."""
        upload, media = _UPLOAD.fullmatch(scope["path"]), _MEDIA.fullmatch(scope["path"])
        if not upload and not media:
            return 0
        sid = await (person_of if upload else sign_in_of)(scope["headers"])
        if sid is None:
            return 401
        if _header(scope, b"sec-fetch-site") not in ("", "same-origin"):
            return 403
        if media:
            return 0 if self._is_shown_to(sid, media[1]) else 404
        return self._upload(scope, sid, scope["path"].split("/")[3])

    def _upload(self, scope: Scope, sid: str, session_id: str) -> int:
        if scope["method"] not in ("PUT", "DELETE") or not _owns(sid, session_id):
            return 403
        if self._uploading.get(sid, 0) >= UPLOADS_AT_ONCE:
            return 429
        scope["uploader"] = sid
        return 0

    async def _let_through(self, scope: Scope, receive: Receive, send: Send) -> None:
        sid = scope.pop("uploader", None)
        if sid is None:
            await self._app(scope, receive, send)
            return
        self._uploading[sid] = self._uploading.get(sid, 0) + 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._uploading[sid] -= 1
            if not self._uploading[sid]:
                del self._uploading[sid]

    def _is_shown_to(self, sid: str, file_id: str) -> bool:
        """Whether an open page of this sign-in shows the file. Remembered, since a rerun forgets for a moment."""
        if (sid, file_id) in self._shown:
            return True
        files = get_instance().media_file_mgr._files_by_session_and_coord
        holders = [session for session, shown in list(files.items()) if file_id in list(shown.values())]
        if any(_owns(sid, session) for session in holders):
            self._shown[sid, file_id] = True
            return True
        return False


def _owns(sid: str, session_id: str) -> bool:
    session = get_instance().get_app_session(session_id)
    return session is not None and session.matches_user_info({"sid": sid})


def _hidden(path: str) -> bool:
    """Of Streamlit's own addresses only those exist that its page needs; of ours, one word, or a listed first word."""
    first, _, rest = path[1:].partition("/")
    if not rest or first in OURS or path in index.static_files():
        return False
    return not _STREAMLITS.fullmatch(path)


def _header(scope: Scope, name: bytes) -> str:
    """The value of a header that came once; one that came twice fits nothing."""
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else "" if not found else "?"
