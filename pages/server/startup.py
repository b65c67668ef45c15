"""What must be true before the house serves anybody, and what is done once beforehand."""

import asyncio
import contextlib
import gc
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
import uvicorn
from streamlit import config
from streamlit.runtime import get_instance
from streamlit.runtime.pages_manager import PagesManager

from models import schema, setup
from models.settings import ROOT, secret_key, settings
from pages.server import files, live, mailing, sockets
from pages.server.asking import ask

_log = logging.getLogger("bon_an_toan")
SETTINGS: dict[str, Any] = {
    "runner.postScriptGC": False,  # a full collection after every run costs more than the run
    "runner.fastReruns": False,  # 2,000 frames would be 2,000 threads
    "runner.magicEnabled": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "client.allowedOrigins": [],
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.corsAllowedOrigins": [],
    "server.maxUploadSize": 20,
    "server.maxMessageSize": 50,
    "server.maxWidgetStateSize": 2,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.scriptHealthCheckEnabled": False,
    "server.disconnectedSessionTTL": 60,
    "server.trustedUserHeaders": {"X-App-Sid": "sid"},
    "server.baseUrlPath": "",
    "browser.gatherUsageStats": False,
    "global.developmentMode": False,
}


class RefusedError(RuntimeError):
    """The house does not open. The message says what to put right."""


def wrong_settings() -> list[str]:
    read = {name: st.get_option(name) for name in SETTINGS}
    found = [f"{name} is {read[name]!r}, not {value!r}" for name, value in SETTINGS.items() if read[name] != value]
    if not st.get_option("server.address"):
        found.append("server.address is not set: Streamlit would ask an outside host for this machine's address")
    return found


def wrong_folders(root: Path = ROOT) -> list[str]:
    """Folders that Streamlit takes for its own: what lies in them would be public, or run without the frame."""
    folders = (root / "static", root / "pages" / "static", root / "pages" / "pages")
    return [f"the folder {folder.relative_to(root)}/ must not exist" for folder in folders if folder.exists()]


def wrong_loop() -> list[str]:
    loop = type(asyncio.get_running_loop()).__module__
    return [] if sys.platform == "win32" or loop.startswith("uvloop") else [f"the event loop is {loop}, not uvloop"]


async def check() -> None:
    wrong = [*wrong_settings(), *wrong_folders(), *wrong_loop()]
    if not wrong:
        try:
            await ask(schema.check_ready)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is why we do not open
            wrong.append(f"the database is not ready: {error}")
    if wrong:
        raise RefusedError("; ".join(wrong))
    config.set_option("logger.enableRich", value=False)  # else tracebacks go to stdout, in colour, beside our own line
    _advise()
    await ask(_offer_set_up)


def _offer_set_up() -> None:
    """An empty installation: whoever reads this terminal may set it up, nobody else."""
    if setup.needed():
        code = setup.make_code()
        sys.stdout.write(f"\n  Mã thiết lập lần đầu / set-up code: {code}\n  {settings.public_url}\n\n")


def _advise() -> None:
    public, port = urlsplit(settings.public_url), st.get_option("server.port")
    if public.hostname in ("localhost", "127.0.0.1") and public.port != port:
        _log.warning("PUBLIC_URL is %s but the port is %s: whoever uses the port is refused", settings.public_url, port)


async def first_page() -> None:
    """The sign-in once, before anybody waits for it. It also shows that the frame compiles: Streamlit would send the
    place of a syntax error, on this machine, to every browser."""
    await ask(secret_key)
    well, why = await get_instance().does_script_run_without_error()
    if not well:
        raise RefusedError(f"the first page does not run for a stranger ({why}); see the lines before this one")


async def the_rest() -> None:
    """What the first page with figures would wait for, while the sign-in is served already; then nothing that was made
    until now is ever looked at again by the garbage collector."""

    def load() -> None:
        import altair  # noqa: F401
        import pandas  # noqa: F401

    await ask(load)
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    try:
        await check()
        await first_page()
    except RefusedError as refused:
        _log.critical("not opening: %s", refused)
        sys.stdout.write(f"\n  Không khởi động / not opening: {refused}\n\n")
        logging.getLogger("uvicorn.error").disabled = True  # it would add where in the code, which helps nobody here
        raise
    tasks = [
        asyncio.create_task(the_rest()),
        asyncio.create_task(live.watch_sign_ins(sockets.end, lambda: set(sockets.open_sockets))),
        asyncio.create_task(live.watch_revisions()),
        asyncio.create_task(files.sweep_now_and_then()),
        asyncio.create_task(mailing.go_round()),
    ]
    yield
    for task in tasks:
        task.cancel()


def no_pages_folder() -> None:
    """Streamlit must not take pages/ for its old kind of pages folder, whose files run without the frame."""
    PagesManager.uses_pages_directory = False


def tighten_uvicorn() -> None:
    """Streamlit makes uvicorn's configuration and has no option for these: no `server:` header, no 50 MB frames."""
    start = uvicorn.Server.startup

    async def startup(self: uvicorn.Server, *args: Any, **kwargs: Any) -> None:
        self.config.encoded_headers = [header for header in self.config.encoded_headers if header[0] != b"server"]
        self.config.ws_max_size = sockets.LARGEST
        await start(self, *args, **kwargs)

    uvicorn.Server.startup = startup  # type: ignore[method-assign]


def switch_often() -> None:
    """Threads that draw pages hold the interpreter for a fifth of the usual time, or the event loop, which hands out their
    messages and takes everybody's clicks, waits behind several of them."""
    sys.setswitchinterval(0.001)
