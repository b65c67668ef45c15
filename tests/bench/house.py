"""The house that is measured: a copy of it with one page more, the page of one line, on a database of the caller's."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from models.settings import ROOT, settings
from tests.server.wire import Server, free_port, stop, tab, wait_until

HELLO = "xin-chao"
SECRET = "only-for-the-bench-" * 3


def copied(folder: Path) -> Path:
    """The house with the page of one line."""
    copy = folder / "house"
    for name in ("pages", "models", "data", ".streamlit"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("local", "__pycache__"))
    shutil.copy(ROOT / "app.py", copy)
    (copy / "pages" / "hello.py").write_text('import streamlit as st\n\nst.write("xin chào")\n', encoding="utf-8")
    frame = copy / "pages" / "frame.py"
    page = f'PLACES += (Place("{HELLO}", "hello.py", "Xin chào", ":material/waving_hand:", (P.OVERVIEW,)),)\n\n\n'
    said = frame.read_text(encoding="utf-8")
    frame.write_text(said.replace("def _stranger", f"{page}def _stranger", 1), encoding="utf-8")
    return copy


def started(copy: Path, folder: Path) -> Server:
    """A server of that copy on the database of the settings, not waited for. It keeps to the first core."""
    port = free_port()
    log = folder / f"server-{port}.log"
    environment = os.environ | {"PUBLIC_URL": f"http://localhost:{port}", "FILES_URL": (folder / "files").as_uri()}
    environment |= {"DATABASE_URL": settings.database_url, "SECRET_KEY": SECRET}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(command, cwd=copy, env=environment, stdout=file, stderr=file, text=True)
    keep_apart(process.pid)
    return Server(port, process, log, environment)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The house, open."""
    server = started(copied(folder), folder)
    try:
        wait_until(server, 60)
        yield server
    finally:
        stop(server)


async def cold_start(copy: Path, folder: Path) -> float:
    """Seconds from the start of a server until a stranger's first page is whole."""
    begun = time.perf_counter()
    server = started(copy, folder)
    try:
        wait_until(server, 60)
        async with tab(server) as opened:
            await opened.run(seconds=60)
        return time.perf_counter() - begun
    finally:
        stop(server)


def keep_apart(pid: int) -> None:
    """The server on the first core, this client on the second; where there is one core, they share it."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {0})
        os.sched_setaffinity(0, {1})


def used(server: Server) -> float | None:
    """Seconds of CPU that the server has used; None where the system does not say it as Linux does."""
    file = Path(f"/proc/{server.process.pid}/stat")
    if not file.exists():
        return None
    fields = file.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(server: Server) -> float | None:
    """Mebibytes that the server holds."""
    file = Path(f"/proc/{server.process.pid}/statm")
    return int(file.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if file.exists() else None


def load() -> str:
    """How busy the machine is."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
