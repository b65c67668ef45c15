"""A server of our own on a free port, and a client that speaks Streamlit's websocket without a browser."""

import asyncio
import contextlib
import dataclasses
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).resolve().parents[2]


# ---- the server ---------------------------------------------------------------------------------------------------------
@dataclasses.dataclass
class Server:
    """A running server, and what it logged."""

    port: int
    process: subprocess.Popen[str]
    log: Path
    environment: dict[str, str]

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def lines(self) -> list[dict[str, Any]]:
        """The log's lines; every one of them must be JSON."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines() if line.strip()]

    def printed(self) -> str:
        """What it wrote on the terminal beside the log."""
        return self.log.with_suffix(".out").read_text(encoding="utf-8")

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> "Answer":
        """A plain request. Header names are written with underscores; Host and Origin are ours unless given (None: left out)."""
        sent = {"Host": self.host} | {
            name.replace("_", "-"): value for name, value in headers.items() if value is not None
        }
        if method not in ("GET", "HEAD") and "Origin" not in headers:
            sent["Origin"] = self.url
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in (sent | {"Content-Length": str(len(body or b""))}).items():
                line.putheader(name, value)
            line.endheaders(body)
            response = line.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            line.close()


@dataclasses.dataclass
class Answer:
    status: int
    all_headers: list[tuple[str, str]]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.all_headers}

    @property
    def text(self) -> str:
        return self.body.decode()

    def cookies(self) -> dict[str, str]:
        """Name to the whole Set-Cookie line."""
        found = [value for name, value in self.all_headers if name.lower() == "set-cookie"]
        return {line.partition("=")[0]: line for line in found}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def serving(folder: Path, script: str = "app.py", **environment: str) -> Iterator[Server]:
    """`streamlit run script` on a free port, with its own database in `folder`; waits until it answers."""
    server = start(folder, script, **environment)
    try:
        wait_until(server)
        yield server
    finally:
        stop(server)


def start(folder: Path, script: str = "app.py", *options: str, **environment: str) -> Server:
    port = int(environment.pop("PORT", "0")) or free_port()
    log = folder / f"server-{port}.log"
    found = os.environ | {
        "PUBLIC_URL": f"http://localhost:{port}",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
        **environment,
    }
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *options]
    with log.open("w", encoding="utf-8") as file, log.with_suffix(".out").open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=found, stdout=out, stderr=file, text=True)
    return Server(port, process, log, found)


def wait_until(server: Server, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if server.ask("/suc-khoe").status == 200:
                return
        if server.process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.log.read_text(encoding='utf-8')[-4000:]}")


def stop(server: Server) -> None:
    server.process.terminate()
    try:
        server.process.wait(10)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait(5)


# ---- the websocket --------------------------------------------------------------------------------------------------------
@dataclasses.dataclass
class Tab:
    """One websocket to Streamlit, and everything it was sent."""

    ws: ClientConnection
    session_id: str = ""
    page_hash: str = ""
    messages: list[ForwardMsg] = dataclasses.field(default_factory=list)
    raw: list[bytes] = dataclasses.field(default_factory=list)

    async def send(self, message: BackMsg | bytes | str) -> None:
        await self.ws.send(message.SerializeToString() if isinstance(message, BackMsg) else message)

    async def run(
        self, page: str = "", *, automatic: bool = False, fragment: str = "", seconds: float = 10, **widgets: Any
    ) -> str:
        """Ask for a run and wait until it is over. Returns everything that it sent, as text."""
        before = len(self.messages)
        await self.send(rerun(page, self.page_hash if not page else "", automatic, fragment, widgets))
        await self.until(lambda new: any(m.WhichOneof("type") == "script_finished" for m in new), before, seconds)
        return self.said(before)

    def said(self, since: int = 0) -> str:
        return b"\n".join(self.raw[since:]).decode("utf-8", "ignore")

    async def until(self, met: Callable[[list[ForwardMsg]], bool], before: int, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not met(self.messages[before:]):
                await self._read()

    async def _read(self) -> None:
        data = await self.ws.recv()
        message = ForwardMsg()
        message.ParseFromString(data)
        self.raw.append(data)
        self.messages.append(message)
        if message.WhichOneof("type") == "new_session":
            self.session_id = message.new_session.initialize.session_id
        elif message.WhichOneof("type") == "navigation":
            self.page_hash = message.navigation.page_script_hash

    async def drain(self, seconds: float = 0.5) -> list[ForwardMsg]:
        """What still comes within that time."""
        before = len(self.messages)
        with contextlib.suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(seconds):
                while True:
                    await self._read()
        return self.messages[before:]

    async def closed(self, seconds: float = 5) -> int:
        """Read on until the server hangs up; returns the code."""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(seconds):
                while True:
                    await self._read()
        return self.ws.close_code or 0

    def widget(self, label: str) -> str:
        """The id of the newest element with that label."""
        for message in reversed(self.messages):
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind and getattr(getattr(element, kind), "label", None) == label:
                return getattr(element, kind).id
        raise LookupError(label)

    def fragment_of(self, label: str) -> str:
        for message in reversed(self.messages):
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind and getattr(getattr(element, kind), "label", None) == label:
                return message.delta.fragment_id
        raise LookupError(label)


def rerun(
    page: str = "",
    page_hash: str = "",
    automatic: bool = False,
    fragment: str = "",
    widgets: dict[str, Any] | None = None,
) -> BackMsg:
    message = BackMsg()
    asked = message.rerun_script
    asked.page_name, asked.page_script_hash = page, page_hash
    asked.is_auto_rerun, asked.fragment_id = automatic, fragment
    asked.SetInParent()
    for name, value in (widgets or {}).items():
        state = asked.widget_states.widgets.add(id=name)
        if value is True:
            state.trigger_value = True
        else:
            state.string_value = value
    return message


@contextlib.asynccontextmanager
async def tab(
    server: Server, token: str = "", *, session_id: str = "", device: str = "", **headers: str | None
) -> AsyncIterator[Tab]:
    """Open a websocket as a browser with this cookie would."""
    cookies = "; ".join(f"{name}={value}" for name, value in (("phien", token), ("may", device)) if value)
    sent = {"Cookie": cookies, "Host": server.host, "Origin": server.url} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    protocols = ["streamlit", "xsrf", *([session_id] if session_id else [])]
    ws = await connect(
        f"ws://{sent.pop('Host')}/_stcore/stream",
        host="127.0.0.1",
        port=server.port,
        subprotocols=protocols,  # type: ignore[arg-type]
        origin=sent.pop("Origin"),  # type: ignore[arg-type]
        additional_headers={name: value for name, value in sent.items() if value},
        max_size=None,
        compression=None,
        ping_interval=None,
        proxy=None,
        open_timeout=10,
        close_timeout=2,
    )
    try:
        yield Tab(ws)
    finally:
        await ws.close()
