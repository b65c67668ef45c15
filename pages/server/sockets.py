"""One websocket through the gate: what it may send, how fast, and an end that the house can call."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from models import account
from models.settings import ROOT
from pages.server import budget, live
from pages.server.asking import ask

_log = logging.getLogger("bon_an_toan")
IDENTITY, _SUBPROTOCOLS = b"x-app-sid", b"sec-websocket-protocol"
LARGEST = 2 << 20  # server.maxWidgetStateSize
LARGEST_OF_STRANGER = 16 << 10
KINDS = {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"}
KINDS_OF_STRANGER = {"rerun_script"}
OPERATIONS = {"dataframe_chunk"}  # the others install files or run a download that somebody else may have prepared
TOUCH_EVERY = 55.0
_PROTOCOL, _POLICY, _TOO_BIG, _LATER, _ENDED = 1002, 1008, 1009, 1013, 4001

open_sockets: defaultdict[str, set["Socket"]] = defaultdict(set)  # sign-in -> its open websockets
_touched: dict[str, float] = {}
_background: set[asyncio.Future] = set()


def _reload() -> bytes:
    """Tells the browser to load its address anew, query included: what stood there is gone at once, in hidden tabs too."""
    message = ForwardMsg()
    message.auth_redirect.url = ""
    message.auth_redirect.SetInParent()
    return message.SerializeToString()


RELOAD = _reload()


class Socket:
    """Stands between uvicorn and Streamlit for one connection."""

    def __init__(
        self, app: ASGIApp, sid: str | None, stranger: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._app, self._sid, self._stranger, self._scope = app, sid, stranger, scope
        self._receive, self._send = receive, send
        self._over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._next: asyncio.Future[Message] | None = None
        self._bucket = budget.Bucket(10, 40) if sid else budget.Bucket(5, 10)
        self._patience = self._most_patience = 300 if sid else 50
        self._wanted = self._session_asked_for()
        self._comes_back = self._wanted is not None  # after a lost connection the first rerun is the browser's own

    async def run(self) -> None:
        """Let it in, send its page away, or refuse it."""
        if self._shows_somebody_elses_page():
            await self._send_away()
        elif self._sid and len(open_sockets[self._sid]) < budget.PER_PERSON:
            await self._as_person(self._sid)
        elif not self._sid and budget.room(self._stranger):
            await self._as_stranger()
        else:
            await self._send({"type": "websocket.close", "code": _LATER})

    def end(self) -> None:
        """The sign-in ended: reload the page and hang up."""
        self._close(_ENDED)

    # ---- who ----------------------------------------------------------------------------------------------------------
    def _session_asked_for(self) -> str | None:
        """The Streamlit session that the browser had before its connection was lost: the third sub-protocol."""
        offered = next((value.decode("latin-1") for name, value in self._headers() if name == _SUBPROTOCOLS), "")
        parts = [part.strip() for part in offered.split(",")]
        return parts[2] if len(parts) > 2 and parts[2] else None

    def _headers(self) -> list[tuple[bytes, bytes]]:
        return self._scope["headers"]

    def _shows_somebody_elses_page(self) -> bool:
        """A page comes back under another name than the one it was drawn for. It must not stay on the screen."""
        return self._wanted is not None and live.drawn_for(self._wanted, otherwise=self._sid or "?") != self._sid

    async def _send_away(self) -> None:
        await self._receive()
        await self._send({"type": "websocket.accept", "subprotocol": "streamlit"})
        await self._send({"type": "websocket.send", "bytes": RELOAD})
        await self._send({"type": "websocket.close", "code": _ENDED})

    async def _as_person(self, sid: str) -> None:
        open_sockets[sid].add(self)
        try:
            await self._through([*self._headers(), (IDENTITY, sid.encode())])
        finally:
            open_sockets[sid].discard(self)
            if not open_sockets[sid]:
                del open_sockets[sid]

    async def _as_stranger(self) -> None:
        """Strangers are all alike to Streamlit, so none may come back to a session: the third sub-protocol goes."""
        budget.came(self._stranger)
        try:
            kept = [(name, _first_two(value) if name == _SUBPROTOCOLS else value) for name, value in self._headers()]
            await self._through(kept)
        finally:
            budget.went(self._stranger)

    async def _through(self, headers: list[tuple[bytes, bytes]]) -> None:
        try:
            await self._app({**self._scope, "headers": headers}, self._incoming, self._outgoing)
        finally:
            self._over.cancel()
            if self._next:
                self._next.cancel()

    # ---- from the browser ---------------------------------------------------------------------------------------------
    async def _incoming(self) -> Message:
        while not self._over.done():
            message = await self._next_message()
            if message is None:
                break
            if message["type"] != "websocket.receive":
                return message
            if await self._fits(message):
                return message
        return await self._hang_up()

    async def _next_message(self) -> Message | None:
        self._next = self._next or asyncio.ensure_future(self._receive())
        either: set[asyncio.Future[Any]] = {self._next, self._over}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self._over.done():
            return None
        message, self._next = self._next.result(), None
        return message

    async def _fits(self, message: Message) -> bool:
        """Whether Streamlit may see this frame. One that breaks the protocol ends the connection."""
        frame = message.get("bytes")
        if frame is None:
            return self._close(_PROTOCOL)
        if len(frame) > (LARGEST if self._sid else LARGEST_OF_STRANGER):
            return self._close(_TOO_BIG)
        await self._brake()
        if self._over.done():
            return False
        asked = BackMsg()
        try:
            asked.ParseFromString(frame)
        except DecodeError:
            return self._close(_PROTOCOL)
        if not self._allowed(asked):
            return False
        self._note_person(asked)
        return True

    def _close(self, code: int) -> bool:
        if not self._over.done():
            self._over.set_result(code)
        return False

    async def _brake(self) -> None:
        """Too fast: stop reading, so that the sender's own window fills up. Too long too fast: hang up."""
        too_early = self._bucket.take()
        if not too_early:
            self._patience = min(self._most_patience, self._patience + 1)
            return
        self._patience -= 1
        if self._patience < 0:
            self._close(_POLICY)
        await asyncio.wait({self._over}, timeout=too_early)

    def _allowed(self, asked: BackMsg) -> bool:
        kind = asked.WhichOneof("type")
        if kind == "backend_operation_request":
            return bool(self._sid) and asked.backend_operation_request.WhichOneof("payload") in OPERATIONS
        return kind in (KINDS if self._sid else KINDS_OF_STRANGER)

    def _note_person(self, asked: BackMsg) -> None:
        """What a person does keeps the sign-in alive; timers, pushes and reconnections do not."""
        if asked.WhichOneof("type") != "rerun_script" or asked.rerun_script.is_auto_rerun:
            return
        if self._comes_back:
            self._comes_back = False
            return
        live.make_way()
        now = time.monotonic()
        if self._sid and now - _touched.get(self._sid, -TOUCH_EVERY) >= TOUCH_EVERY:
            _touched[self._sid] = now
            _forget_old(now)
            task = asyncio.ensure_future(_touch(self._sid))
            _background.add(task)
            task.add_done_callback(_background.discard)

    async def _hang_up(self) -> Message:
        """Close towards the browser, and say so to Streamlit, which then frees the session."""
        code = self._over.result()
        if code == _ENDED:
            await self._send({"type": "websocket.send", "bytes": RELOAD})
        await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    # ---- to the browser -----------------------------------------------------------------------------------------------
    async def _outgoing(self, message: Message) -> None:
        if self._over.done():
            return
        frame = message.get("bytes")
        if frame and _HERE in frame:
            message = {**message, "bytes": _without_paths(frame)}
        await self._send(message)


_HERE = str(ROOT).encode()


def _without_paths(frame: bytes) -> bytes:
    """Streamlit tells each browser where its main script lies on the server, and on which Python it runs."""
    message = ForwardMsg()
    message.ParseFromString(frame)
    kind = message.WhichOneof("type")
    if kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
        message.session_event.script_compilation_exception.Clear()
        return message.SerializeToString()
    if kind != "new_session":
        return frame
    message.new_session.main_script_path = "/"
    message.new_session.initialize.environment_info.python_version = ""
    message.new_session.initialize.environment_info.server_os = ""
    return message.SerializeToString()


def _first_two(value: bytes) -> bytes:
    return b",".join(value.split(b",")[:2])


def _forget_old(now: float) -> None:
    for sid in [sid for sid, at in _touched.items() if now - at > 10 * TOUCH_EVERY]:
        del _touched[sid]


async def _touch(sid: str) -> None:
    try:
        await ask(account.touch, sid)
    except Exception:  # noqa: BLE001 - the person's next click tries again
        _touched.pop(sid, None)
        _log.exception("a sign-in could not be kept alive")


def end(sids: Iterable[str]) -> None:
    """End every open tab of these sign-ins."""
    for sid in sids:
        for socket in list(open_sockets.get(sid, ())):
            socket.end()
