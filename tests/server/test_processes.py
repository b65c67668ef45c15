"""Two servers on one PostgreSQL: a change made in one process shows on the pages of the others, heard, not looked for."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from models import account
from models.database import engine
from models.organisation import UnitDraft, save_unit
from tests import worlds
from tests.server.conftest import STAGE, token_of
from tests.server.wire import Server, Tab, serving, tab

pytestmark = pytest.mark.postgres


@pytest.fixture
def servers(on_postgres: str, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    with (
        serving(tmp_path, STAGE, DATABASE_URL=on_postgres) as one,
        serving(tmp_path, STAGE, DATABASE_URL=on_postgres) as other,
    ):
        yield one, other


def lines(kill: bool = False) -> int:
    """How many ears listen on this database; with `kill`, they are cut off."""
    question = "pg_terminate_backend(pid)" if kill else "pid"
    address = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as line:
        found = line.execute(
            f"SELECT {question} FROM pg_stat_activity WHERE application_name = 'bon-an-toan live'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(found.fetchall())


def until(met: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end
        time.sleep(0.05)


async def arrives(cast: worlds.World, *tabs: Tab) -> list[float]:
    """Change something in this process, which is a third one; how long until each tab was run again."""
    before = [len(one.messages) for one in tabs]
    start = time.monotonic()

    async def shown(one: Tab, since: int) -> float:
        await one.until(lambda new: any(m.delta.new_element.HasField("metric") for m in new), since, 8)
        return time.monotonic() - start

    await asyncio.to_thread(save_unit, cast.admin, UnitDraft(name=f"Đơn vị {secrets.token_hex(4)}"))
    return await asyncio.gather(*(shown(one, since) for one, since in zip(tabs, before, strict=True)))


def test_a_change_in_one_process_shows_in_the_others(servers: tuple[Server, Server]) -> None:
    cast = worlds.read()

    async def go() -> None:
        async with contextlib.AsyncExitStack() as stack:
            tabs = [await stack.enter_async_context(tab(one, token_of("alice@so-a"))) for one in servers]
            for one in tabs:
                await one.run("chi-so")
            for _ in range(4):
                await asyncio.sleep(0.3)
                assert max(await arrives(cast, *tabs)) < 1

            await asyncio.to_thread(lines, kill=True)
            assert max(await arrives(cast, *tabs)) < 3  # looked for, while nothing can be heard
            await asyncio.to_thread(until, lambda: lines() == 2)
            await asyncio.sleep(0.5)
            assert max(await arrives(cast, *tabs)) < 1

    until(lambda: lines() == 2)
    asyncio.run(go())


def test_a_sign_in_that_ends_in_one_process_ends_in_the_others(servers: tuple[Server, Server]) -> None:
    async def go() -> None:
        token = token_of("alice@so-a")
        async with tab(servers[0], token) as one, tab(servers[1], token) as other:
            await one.run("chi-so")
            await other.run("chi-so")
            start = time.monotonic()
            await asyncio.to_thread(account.end_sign_in, account.sha(token))
            assert await asyncio.gather(one.closed(), other.closed()) == [4001, 4001]
            assert time.monotonic() - start < 2

    asyncio.run(go())
