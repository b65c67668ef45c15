"""What changes for one shows for the other, and nobody's own click is lost by it."""

import asyncio
import contextlib
import time
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from models.organisation import UnitDraft, save_unit
from pages.server import live
from tests import worlds
from tests.server.conftest import token_of
from tests.server.wire import Server, Tab, rerun, tab


def change(cast: worlds.World, who: str = "admin") -> None:
    """Somebody saves something in their organisation."""
    save_unit(getattr(cast, who), UnitDraft(name=f"Đơn vị {time.monotonic_ns()}"))


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


# ---- the rules, without a server ----------------------------------------------------------------------------------------
class Session:
    """As much of Streamlit's AppSession as a push looks at."""

    def __init__(self, *, settled: bool = True) -> None:
        self.is_settled, self._client_state = settled, ClientState(query_string="a=1", page_script_hash="p")
        self._client_state.widget_states.widgets.add(id="w", string_value="cũ")

    def track_settling(self) -> None: ...

    def has_fragment(self, _fragment: str) -> bool:
        return True


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A runtime with the sessions one puts into it."""
    found = SimpleNamespace(sessions={}, asked=[])
    found.is_active_session = lambda session_id: session_id in found.sessions
    found.get_app_session = found.sessions.get
    found.handle_backmsg = lambda session_id, message: found.asked.append((session_id, message.rerun_script))
    monkeypatch.setattr(live, "get_instance", lambda: found)
    monkeypatch.setattr(live, "tabs", {})
    return found


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """What the database was asked; organisation 1 is at revision 7, every other at 1."""
    asked: list[set[int]] = []

    def revisions(organisations: set[int]) -> dict[int, int]:
        asked.append(organisations)
        return {one: 7 if one == 1 else 1 for one in organisations}

    monkeypatch.setattr(live.history, "revisions", revisions)
    return asked


def watching(runtime: Any, session_id: str, organisation: int, revision: int, *, settled: bool = True) -> None:
    runtime.sessions[session_id] = Session(settled=settled)
    live.tabs[session_id] = live.Tab("sid", {"f": live.Watch(organisation, revision)})


def test_nobody_there_nothing_asked(runtime: Any, questions: list[set[int]]) -> None:
    live.tabs["gone"] = live.Tab("sid", {"f": live.Watch(1, 1)})
    runtime.sessions["idle"] = Session()
    live.tabs["idle"] = live.Tab(None)
    asyncio.run(live._push_what_changed())
    assert questions == []


def test_one_question_for_all(runtime: Any, questions: list[set[int]]) -> None:
    for n in range(30):
        watching(runtime, f"s{n}", 1 + n % 3, 1)
    asyncio.run(live._push_what_changed())
    assert questions == [{1, 2, 3}]
    assert sorted(session_id for session_id, _ in runtime.asked) == sorted(f"s{n}" for n in range(0, 30, 3))
    asyncio.run(live._push_what_changed())
    assert len(runtime.asked) == 10  # each once


def test_a_push_is_a_run_of_the_page_as_the_browser_has_it(runtime: Any, questions: list[set[int]]) -> None:
    watching(runtime, "s", 1, 1)
    asyncio.run(live._push_what_changed())
    ((_, asked),) = runtime.asked
    assert (asked.query_string, asked.page_script_hash, asked.fragment_id) == ("a=1", "p", "f")
    assert asked.is_auto_rerun
    assert not asked.HasField("widget_states")  # values that are a moment old would win over what is being sent


def test_a_busy_session_waits(runtime: Any, questions: list[set[int]]) -> None:
    watching(runtime, "s", 1, 1, settled=False)
    asyncio.run(live._push_what_changed())
    assert runtime.asked == []
    runtime.sessions["s"].is_settled = True
    asyncio.run(live._push_what_changed())
    assert len(runtime.asked) == 1


def test_a_few_at_a_time(runtime: Any, questions: list[set[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(40):
        watching(runtime, f"s{n}", 1, 1)

    def run(session_id: str, message: Any) -> None:
        runtime.asked.append((session_id, message.rerun_script))
        runtime.sessions[session_id].is_settled = False

    running: list[int] = []

    async def sleep(_seconds: float) -> None:
        busy = [session for session in runtime.sessions.values() if not session.is_settled]
        running.append(len(busy))
        busy[0].is_settled = True

    runtime.handle_backmsg = run
    monkeypatch.setattr(live.asyncio, "sleep", sleep)
    asyncio.run(live._push_what_changed())
    assert len(runtime.asked) == 40
    assert max(running) <= live.AT_ONCE


def test_who_is_gone_is_forgotten(runtime: Any, questions: list[set[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    watching(runtime, "s", 1, 1)
    del runtime.sessions["s"]
    now = time.monotonic()
    live._present(now)
    assert "s" in live.tabs
    live._present(now + live.FORGET - 1)
    assert "s" in live.tabs
    live._present(now + live.FORGET + 1)
    assert "s" not in live.tabs


def test_a_silent_database_loses_no_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an outage the question reaches back to the last answer."""
    asked: list[Any] = []
    ended: list[set[str]] = []

    def ended_since(moment: Any) -> set[str]:
        asked.append(moment)
        if len(asked) in (2, 3):
            raise OSError("the database is away")
        return {"sid"}

    monkeypatch.setattr(live.account, "ended_since", ended_since)
    monkeypatch.setattr(live, "EVERY", 0.05)

    async def go() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await live.watch_sign_ins(ended.append, lambda: {"sid"})

    asyncio.run(go())
    assert asked[1] == asked[2] == asked[3]
    assert asked[4] > asked[3]
    assert ended


def test_no_tabs_no_question_about_sign_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.account, "ended_since", lambda _moment: pytest.fail("nobody is there"))
    monkeypatch.setattr(live, "EVERY", 0.01)

    async def go() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await live.watch_sign_ins(lambda _sids: None, set)

    asyncio.run(go())


def test_a_sign_in_that_no_date_tells_of_is_found_by_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's clock may run behind by more than the slack."""
    ended: set[str] = set()
    monkeypatch.setattr(live.account, "ended_since", lambda _moment: set())
    monkeypatch.setattr(live.account, "who", lambda sid: None if sid == "void" else object())
    monkeypatch.setattr(live, "EVERY", 0.02)
    monkeypatch.setattr(live, "SWEEP", 0.1)

    async def go() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.4):
                await live.watch_sign_ins(ended.update, lambda: {"void", "good"})

    asyncio.run(go())
    assert ended == {"void"}
