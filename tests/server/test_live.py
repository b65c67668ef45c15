"""What changes for one shows for the other, and nobody's own click is lost by it."""

import asyncio
import contextlib
import secrets
import time
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from models.organisation import UnitDraft, save_unit
from tests import worlds
from tests.server.conftest import STAGE, token_of
from tests.server.wire import Server, Tab, rerun, start, stop, tab, wait_until


def change(cast: worlds.World, who: str = "admin") -> None:
    """Somebody saves something in their organisation."""
    save_unit(getattr(cast, who), UnitDraft(name=f"Đơn vị {secrets.token_hex(4)}"))


def fragment_runs(messages: list[ForwardMsg]) -> int:
    return sum(bool(m.metadata.run.fragment_ids) for m in messages if m.WhichOneof("type") == "new_session")


def test_a_change_shows_elsewhere_within_three_seconds(stage: Server, cast: worlds.World) -> None:
    async def go() -> None:
        async with tab(stage, token_of("alice@so-a")) as alice, tab(stage, token_of("bob@truong-b")) as bob:
            await alice.run("chi-so")
            await bob.run("chi-so")
            before = len(alice.messages)
            started = time.monotonic()
            await asyncio.to_thread(change, cast)
            await alice.until(lambda new: fragment_runs(new) > 0, before, 3)
            await alice.until(lambda new: any(m.WhichOneof("type") == "script_finished" for m in new), before, 3)
            assert time.monotonic() - started < 3
            assert '"metric"' in alice.said(before) or "Bản" in alice.said(before)
            assert fragment_runs(await alice.drain(1.2)) == 0  # once, not again and again
            assert fragment_runs(await bob.drain(0.2)) == 0  # another organisation's page stays as it is

    asyncio.run(go())


def test_a_page_without_a_live_fragment_is_left_alone(stage: Server, cast: worlds.World) -> None:
    async def go() -> None:
        async with tab(stage, token_of("alice@so-a")) as alice:
            await alice.run("chi-so")
            await alice.run("vu-viec")  # the fragment of the page before is forgotten
            await asyncio.to_thread(change, cast)
            assert fragment_runs(await alice.drain(1.5)) == 0

    asyncio.run(go())


def test_what_was_typed_outlives_a_push(stage: Server, cast: worlds.World) -> None:
    async def go() -> None:
        async with tab(stage, token_of("alice@so-a")) as alice:
            await alice.run("chi-so")
            said = await alice.run(**{alice.widget("Ghi chú"): "chữ đang gõ"})
            assert "đã nhập chữ đang gõ" in said
            before = len(alice.messages)
            await asyncio.to_thread(change, cast)
            await alice.until(lambda new: fragment_runs(new) > 0, before, 3)
            await alice.drain(0.5)
            assert "đã nhập chữ đang gõ" in await alice.run()

    asyncio.run(go())


def test_a_push_never_overtakes_a_person(stage: Server, cast: worlds.World) -> None:
    """Streamlit folds waiting requests into one, the newest page and values win: a push in between would lose a click."""

    async def arrives(one: Tab, words: str, since: int) -> None:
        async with asyncio.timeout(5):
            while words not in one.said(since):
                await one._read()

    async def meets_a_push(one: Tab) -> None:
        before = len(one.messages)
        await one.until(lambda new: fragment_runs(new) > 0, before, 5)

    async def go() -> None:
        async with tab(stage, token_of("alice@so-a")) as alice:
            await alice.run("ban")
            page, note = alice.page_hash, alice.widget("Ghi chú")
            stop = asyncio.Event()

            async def keep_changing() -> None:
                while not stop.is_set():
                    await asyncio.to_thread(change, cast)
                    await asyncio.sleep(0.05)

            changing = asyncio.create_task(keep_changing())
            try:
                for turn in range(3):
                    await meets_a_push(alice)  # it runs for 0.8 s, and the next one is due in 0.5 s
                    since = len(alice.raw)
                    await alice.send(rerun("", page, widgets={note: f"lần thứ {turn}"}))
                    await arrives(alice, f"đã nhập lần thứ {turn}", since)
                    await meets_a_push(alice)
                    since = len(alice.raw)
                    await alice.send(rerun("vu-viec"))
                    await arrives(alice, "Trang vu-viec", since)
                    since = len(alice.raw)
                    await alice.send(rerun("ban"))
                    await arrives(alice, "Trang ban", since)
            finally:
                stop.set()
                await changing

    asyncio.run(go())


def test_what_is_urgent_comes_first_on_every_page(stage: Server, cast: worlds.World) -> None:
    """The charts stand first on the page, and the figures of all pages are there before the last charts."""

    async def go() -> None:
        async with contextlib.AsyncExitStack() as stack:
            tabs = [await stack.enter_async_context(tab(stage, token_of("alice@so-a"))) for _ in range(12)]
            for one in tabs:
                await one.run("do-thi")
            arrived: list[tuple[str, float]] = []

            async def watch(one: Tab) -> None:
                since = len(one.messages)
                for _ in range(2):
                    await one.until(lambda new: any(m.delta.new_element.HasField("text") for m in new), since, 5)
                    found = next(m for m in one.messages[since:] if m.delta.new_element.HasField("text"))
                    arrived.append((found.delta.new_element.text.body.partition(" ")[0], time.monotonic()))
                    since = len(one.messages)

            watching = [asyncio.create_task(watch(one)) for one in tabs]
            await asyncio.to_thread(change, cast)
            await asyncio.gather(*watching)
            figures = [at for what, at in arrived if what == "số"]
            charts = [at for what, at in arrived if what == "đồ"]
            assert (len(figures), len(charts)) == (12, 12)
            assert max(figures) < sorted(charts)[6]

    asyncio.run(go())


def test_a_page_comes_back_by_itself_after_its_server_was_away(
    database_url: str, folder: Path, cast: worlds.World
) -> None:
    """A browser asks again for its page by the timer that every page has. Here: it is told of changes as before."""
    before = start(folder, STAGE, DATABASE_URL=database_url)
    wait_until(before)
    token = token_of("alice@so-a")

    async def look(server: Server) -> None:
        async with tab(server, token) as alice:
            await alice.run("chi-so")
            since = len(alice.messages)
            await asyncio.to_thread(change, cast)
            await alice.until(lambda new: fragment_runs(new) > 0, since, 3)

    try:
        asyncio.run(look(before))
    finally:
        stop(before)
    after = start(folder, STAGE, DATABASE_URL=database_url, PORT=str(before.port))
    try:
        wait_until(after)
        asyncio.run(look(after))
    finally:
        stop(after)
