"""`make bench`: what a rerun of each page costs in the demonstration world, beside a page of one line on the same server.

Judge by the ratios: times are those of this machine and these minutes. A rerun's time runs from the message sent until
the script has finished and every message of it is parsed; the browser's own drawing is not in it. CPU is the server's.
With two cores or more the server keeps to the first and this client to the second.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data import migrations
from data.demo import build, cast
from models import account, clock, database, incident
from models.incident import IncidentDraft
from models.settings import ROOT, settings
from tests.server.wire import Server, Tab, free_port, tab, wait_until

HELLO, LINE = "xin-chao", "(one line)"
LAN, BOARD = f"lan@{cast.DEPARTMENT}", "binh@ban-chi-dao"
PAGES = {  # what is measured: address, who opens it
    LINE: (HELLO, LAN),
    "Tổng quan": ("", LAN),
    "Chỉ số": ("chi-so", LAN),
    "Chỉ số, Ban Chỉ đạo": ("chi-so", BOARD),
    "Vụ việc": ("vu-viec", LAN),
    "Kiểm tra": ("kiem-tra", LAN),
    "Sự kiện": ("su-kien", LAN),
    "Phối hợp": ("phoi-hop", LAN),
    "Tài khoản": ("tai-khoan", LAN),
    "Quản trị": ("quan-tri", f"quantri@{cast.DEPARTMENT}"),
}
PACE = 0.13  # seconds between two reruns of one session: the gate lets ten a second through


@dataclass(frozen=True)
class Measured:
    """Milliseconds, and bytes sent to the browser."""

    times: list[float]
    cpu: float | None = None
    size: float = 0

    @property
    def middle(self) -> float:
        return statistics.median(self.times)

    @property
    def slow(self) -> float:
        return statistics.quantiles(self.times, n=20)[-1] if len(self.times) > 1 else self.times[0]


# ---- the house that is measured --------------------------------------------------------------------------------------
@contextlib.contextmanager
def house(folder: Path) -> Iterator[Server]:
    """A copy of the house with one page more, the page of one line, on a demonstration world of its own."""
    copy, port = folder / "house", free_port()
    for name in ("pages", "models", "data", ".streamlit"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("local", "__pycache__"))
    shutil.copy(ROOT / "app.py", copy)
    (copy / "pages" / "hello.py").write_text('import streamlit as st\n\nst.write("xin chào")\n', encoding="utf-8")
    frame = copy / "pages" / "frame.py"
    page = f'PLACES += (Place("{HELLO}", "hello.py", "Xin chào", ":material/waving_hand:", (P.OVERVIEW,)),)\n\n\n'
    said = frame.read_text(encoding="utf-8")
    frame.write_text(said.replace("def _stranger", f"{page}def _stranger", 1), encoding="utf-8")
    log = folder / "server.log"
    environment = os.environ | {"PUBLIC_URL": f"http://localhost:{port}", "FILES_URL": (folder / "files").as_uri()}
    environment |= {"DATABASE_URL": settings.database_url, "SECRET_KEY": "only-for-the-bench-" * 3}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(command, cwd=copy, env=environment, stdout=file, stderr=file, text=True)
    keep_apart(process.pid)
    server = Server(port, process, log, environment)
    try:
        wait_until(server, 60)
        yield server
    finally:
        process.terminate()
        process.wait(10)


def keep_apart(pid: int) -> None:
    if hasattr(os, "sched_setaffinity") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(pid, {cores[0]})
        os.sched_setaffinity(0, {cores[1]})


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


# ---- measuring -------------------------------------------------------------------------------------------------------
async def one_run(opened: Tab, page: str) -> tuple[float, int]:
    opened.messages.clear()
    opened.raw.clear()
    start = time.perf_counter()
    said = await opened.run(page, seconds=60)
    spent = (time.perf_counter() - start) * 1000
    if "SC-" in said and any(m.delta.new_element.WhichOneof("type") == "alert" for m in opened.messages):
        raise SystemExit(f"/{page} failed; see the server's log")
    return spent, sum(map(len, opened.raw))


async def alone(server: Server, page: str, token: str, count: int) -> Measured:
    """One session, a little slower than the gate allows; three runs before the first that counts."""
    async with tab(server, token) as opened:
        for _ in range(3):
            await one_run(opened, page)
        times, sizes, before = [], [], used(server)
        for _ in range(count):
            spent, size = await one_run(opened, page)
            times.append(spent)
            sizes.append(size)
            await asyncio.sleep(max(0.0, PACE - spent / 1000))
        after = used(server)
    cpu = (after - before) * 1000 / count if after is not None and before is not None else None
    return Measured(times, cpu, statistics.mean(sizes))


async def together(server: Server, page: str, token: str, count: int) -> Measured:
    """Four people, half a second to a second and a half between two of their actions."""

    async def person(number: int) -> list[float]:
        times = []
        async with tab(server, token) as opened:
            await one_run(opened, page)
            for turn in range(count):
                await asyncio.sleep(0.5 + (number * 7 + turn * 5) % 11 / 10)
                times.append((await one_run(opened, page))[0])
        return times

    found = await asyncio.gather(*(person(number) for number in range(4)))
    return Measured([one for times in found for one in times])


async def after_changes(server: Server, token: str, count: int) -> Measured:
    """The figures' page, when each view comes after a change, so that nothing of it was kept."""
    lan = replace(account.acting(LAN), clock=clock.now)
    times = []
    async with tab(server, token) as opened:
        await one_run(opened, "chi-so")
        for number in range(count):
            draft = IncidentDraft(occurred_at=lan.now(), summary=f"Đo thử {number}", severity=1)
            await asyncio.to_thread(incident.report, lan, draft)
            await opened.drain(1.2)  # the push of this change, which is a rerun of its own
            await asyncio.to_thread(incident.report, lan, draft)
            times.append((await one_run(opened, "chi-so"))[0])
            await opened.drain(1.2)
    return Measured(times)


# ---- saying ----------------------------------------------------------------------------------------------------------
Pair = tuple[Measured, Measured]  # one session, four people
HEAD = (
    f"{'':<22}{'one session, ms':^25}{'CPU, ms':^19}{'four people, ms':^27}{'sent':>7}\n"
    f"{'page':<22}{'p50':>8} {'p95':>8} {'ratio':>7}  {'a run':>7} {'-hello':>7}   "
    f"{'p50':>8} {'p95':>8} {'ratio':>7}  {'KiB':>8}"
)


def line(name: str, one: Measured, human: Measured, hello: Pair) -> str:
    cpu = f"{one.cpu:7.1f} {one.cpu - (hello[0].cpu or 0):+7.1f}" if one.cpu is not None else f"{'–':>7} {'–':>7}"
    return (
        f"{name:<22}{one.middle:8.1f} {one.slow:8.1f} {one.middle / hello[0].middle:6.1f}×  {cpu}   "
        f"{human.middle:8.1f} {human.slow:8.1f} {human.middle / hello[1].middle:6.1f}×  {one.size / 1024:8.1f}"
    )


def both(first: Measured, second: Measured) -> Measured:
    cpu = (first.cpu + second.cpu) / 2 if first.cpu is not None and second.cpu is not None else None
    return Measured(first.times + second.times, cpu, (first.size + second.size) / 2)


async def measure(server: Server, runs: int) -> None:
    """The page of one line is measured first and last: what else the machine did meanwhile falls on both sides."""
    tokens = {who: account.exchange(account.begin(account.acting(who).account_id)) or "" for _, who in PAGES.values()}  # type: ignore[arg-type]

    async def pair(page: str, who: str) -> Pair:
        alone_then = await alone(server, page, tokens[who], runs)
        return alone_then, await together(server, page, tokens[who], max(3, runs // 5))

    await asyncio.sleep(5)  # the house loads what it needs and freezes it while it already answers
    for page, who in PAGES.values():
        async with tab(server, tokens[who]) as opened:
            await one_run(opened, page)
    first = await pair(*PAGES[LINE])
    found = {name: await pair(*where) for name, where in PAGES.items() if name != LINE}
    changed = await after_changes(server, tokens[LAN], max(3, runs // 8))
    last = await pair(*PAGES[LINE])
    hello = both(first[0], last[0]), both(first[1], last[1])
    print(HEAD)
    for name, one in ({LINE: hello} | found).items():
        print(line(name, *one, hello))
    print(f"\nChỉ số, first view after a change: p50 {changed.middle:.0f} ms, slowest {max(changed.times):.0f} ms")
    if (held := memory(server)) is not None:
        print(f"The server holds {held:.0f} MiB.")


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--runs", type=int, default=40, help="measured reruns of each page (default 40)")
    runs = arguments.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="bon-an-toan-bench-") as place:
        folder = Path(place)
        if not os.environ.get("DATABASE_URL"):
            settings.database_url = f"sqlite:///{folder / 'demo.sqlite3'}"
        start = time.perf_counter()
        migrations.upgrade()
        build.build()
        print(
            f"The demonstration world was ready after {time.perf_counter() - start:.1f} s ({database.engine().dialect.name}).\n"
        )
        with house(folder) as server:
            asyncio.run(measure(server, runs))


if __name__ == "__main__":
    main()
