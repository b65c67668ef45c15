"""Every page of the demonstration world, beside the page of one line on the same server."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

from data import migrations
from data.demo import build, cast
from models import account, database
from models.settings import settings
from tests.bench import house, runs
from tests.bench.house import HELLO
from tests.bench.runs import Measured, Page
from tests.server.wire import Server

LAN, BOARD, ADMINISTRATOR = f"lan@{cast.DEPARTMENT}", "binh@ban-chi-dao", f"quantri@{cast.DEPARTMENT}"
PAGES = {  # name → address, and who opens it
    "Tổng quan": ("", LAN),
    "Hộp thư": ("hop-thu", LAN),
    "Chỉ số": ("chi-so", LAN),
    "Chỉ số, Ban Chỉ đạo": ("chi-so", BOARD),
    "Phối hợp": ("phoi-hop", LAN),
    "Vụ việc": ("vu-viec", LAN),
    "Kiểm tra": ("kiem-tra", LAN),
    "Sự kiện": ("su-kien", LAN),
    "Sổ theo dõi": ("so-theo-doi", LAN),
    "Quản trị": ("quan-tri", ADMINISTRATOR),
    "Tài khoản": ("tai-khoan", LAN),
}
Pair = tuple[Measured, Measured]  # one session, four people
HEAD = (
    f"{'':<22}{'one session, ms':^25}{'CPU, ms':^19}{'four people, ms':^25}\n"
    f"{'page':<22}{'p50':>8} {'p95':>8} {'ratio':>7}  {'a run':>7} {'-hello':>8}   {'p50':>8} {'p95':>8} {'ratio':>7}"
)


def table(folder: Path, turns: int) -> str:
    """The table of the pages, measured in a demonstration world made for it in `folder`."""
    with _world(folder), house.serving(folder) as server:
        found = asyncio.run(_measure(server, turns))
    hello = found["(one line)"]
    return "\n".join(
        ["The demonstration world, SQLite", HEAD, *(_line(name, *one, hello) for name, one in found.items())]
    )


@contextlib.contextmanager
def _world(folder: Path) -> Iterator[None]:
    before, settings.database_url = settings.database_url, f"sqlite:///{folder / 'demo.sqlite3'}"
    try:
        migrations.upgrade()
        build.build()
        yield
    finally:
        database.engine().dispose()
        settings.database_url = before


async def _measure(server: Server, turns: int) -> dict[str, Pair]:
    """The page of one line first and last: what else the machine did meanwhile falls on both sides."""
    tokens = {who: _token(who) for _, who in PAGES.values()}
    pages = [Page(name, address, tokens[who]) for name, (address, who) in PAGES.items()]
    await asyncio.sleep(5)  # the house loads what it needs and freezes it while it already answers
    for page in pages:
        await runs.alone(server, page, 1)
    line = Page("(one line)", HELLO, tokens[LAN])
    first = await _pair(server, line, turns)
    found = {page.name: await _pair(server, page, turns) for page in pages}
    last = await _pair(server, line, turns)
    return {line.name: (first[0] + last[0], first[1] + last[1])} | found


async def _pair(server: Server, page: Page, turns: int) -> Pair:
    return await runs.alone(server, page, turns), await runs.together(server, page, max(3, turns // 5))


def _token(who: str) -> str:
    return account.exchange(account.begin(account.acting(who).account_id or 0)) or ""


def _line(name: str, one: Measured, human: Measured, hello: Pair) -> str:
    cpu = f"{one.cpu:7.1f} {one.cpu - (hello[0].cpu or 0):+8.1f}" if one.cpu is not None else f"{'–':>7} {'–':>8}"
    return (
        f"{name:<22}{one.middle:8.1f} {one.slow:8.1f} {one.middle / hello[0].middle:6.1f}×  {cpu}   "
        f"{human.middle:8.1f} {human.slow:8.1f} {human.middle / hello[1].middle:6.1f}×"
    )
