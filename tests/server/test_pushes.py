"""The rules of pushing, without a server: who is asked for, in which order, how many at once, and what stands aside."""

import asyncio
import contextlib
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState

from pages.server import live


class Session:
    """As much of Streamlit's AppSession as a push looks at."""

    def __init__(self, *, settled: bool = True) -> None:
        self.is_settled, self._client_state = settled, ClientState(query_string="a=1", page_script_hash="p")
        self._client_state.widget_states.widgets.add(id="w", string_value="cũ")
        self.over = asyncio.Event()

    def track_settling(self) -> None: ...

    def has_fragment(self, fragment: str) -> bool:
        return fragment != "gone"

    async def wait_until_settled(self) -> None:
        if not self.is_settled:
            await self.over.wait()


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


class Ear:
    """Counts how often the house was asked to look again soon."""

    def __init__(self) -> None:
        self.again = 0

    def soon(self) -> None:
        self.again += 1


def watching(
    runtime: Any, session_id: str, shows: dict[int, int], *, pace: live.Pace = live.AT_FIRST, settled: bool = True
) -> None:
    runtime.sessions[session_id] = Session(settled=settled)
    live.tabs.setdefault(session_id, live.Tab("sid")).watches[f"f{pace.wait}"] = live.Watch(shows, pace)


async def round_of(pushes: live.Pushes, ear: Any) -> None:
    """One look, and every push that it found."""
    await live.look(pushes)
    while pushes._due:
        await live.push(pushes, ear, *await pushes.next())


def test_nobody_there_nothing_asked(runtime: Any, questions: list[set[int]]) -> None:
    live.tabs["gone"] = live.Tab("sid", {"f": live.Watch({1: 1})})
    runtime.sessions["idle"] = None
    live.tabs["idle"] = live.Tab(None)
    asyncio.run(live.look(live.Pushes()))
    assert questions == []


def test_one_question_for_all_and_each_page_is_asked_for_once(runtime: Any, questions: list[set[int]]) -> None:
    async def go() -> None:
        for n in range(30):
            watching(runtime, f"s{n}", {1 + n % 3: 1})
        pushes = live.Pushes()
        await round_of(pushes, Ear())
        assert questions == [{1, 2, 3}]
        assert sorted(one for one, _ in runtime.asked) == sorted(f"s{n}" for n in range(0, 30, 3))
        await round_of(pushes, Ear())
        assert len(runtime.asked) == 10

    asyncio.run(go())


def test_a_page_may_follow_many_organisations(runtime: Any, questions: list[set[int]]) -> None:
    async def go() -> None:
        watching(runtime, "board", {1: 1, 2: 1, 3: 1})
        watching(runtime, "other", {2: 1, 3: 1})
        await round_of(live.Pushes(), Ear())
        assert [one for one, _ in runtime.asked] == ["board"]
        assert live.tabs["board"].watches["f0.0"].shows == {1: 7, 2: 1, 3: 1}

    asyncio.run(go())


def test_a_push_is_a_run_of_the_page_as_the_browser_has_it(runtime: Any, questions: list[set[int]]) -> None:
    async def go() -> None:
        watching(runtime, "s", {1: 1})
        await round_of(live.Pushes(), Ear())
        ((_, asked),) = runtime.asked
        assert (asked.query_string, asked.page_script_hash, asked.fragment_id) == ("a=1", "p", "f0.0")
        assert asked.is_auto_rerun
        assert not asked.HasField("widget_states")  # values that are a moment old would win over what is being sent

    asyncio.run(go())


def test_a_busy_session_waits(runtime: Any, questions: list[set[int]]) -> None:
    async def go() -> None:
        watching(runtime, "s", {1: 1}, settled=False)
        pushes, ear = live.Pushes(), Ear()
        await round_of(pushes, ear)
        assert runtime.asked == []
        assert ear.again == 1
        runtime.sessions["s"].is_settled = True
        await round_of(pushes, ear)
        assert len(runtime.asked) == 1

    asyncio.run(go())


def test_a_fragment_that_has_gone_is_forgotten(runtime: Any, questions: list[set[int]]) -> None:
    async def go() -> None:
        runtime.sessions["s"] = Session()
        live.tabs["s"] = live.Tab("sid", {"gone": live.Watch({1: 1})})
        await round_of(live.Pushes(), Ear())
        assert runtime.asked == []
        assert live.tabs["s"].watches == {}

    asyncio.run(go())


# ---- the order -------------------------------------------------------------------------------------------------------
def test_headlines_go_before_charts(runtime: Any, questions: list[set[int]]) -> None:
    async def go() -> None:
        for n in range(5):
            watching(runtime, f"s{n}", {1: 1}, pace=live.AFTERWARDS)
            watching(runtime, f"s{n}", {1: 1}, pace=live.AT_FIRST)
        await round_of(live.Pushes(), Ear())
        assert [asked.fragment_id for _, asked in runtime.asked] == ["f0.0"] * 5 + ["f1.0"] * 5

    asyncio.run(go())


def test_charts_do_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something changes all the time, a chart that has waited its second goes before the newest headline."""
    now = [100.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])

    async def go() -> list[tuple[str, str]]:
        pushes = live.Pushes()
        pushes.add("a", "charts", live.AFTERWARDS.wait)
        now[0] += 0.5
        pushes.add("a", "figures", live.AT_FIRST.wait)
        pushes.add("a", "figures", live.AT_FIRST.wait)
        now[0] += 0.6
        pushes.add("b", "figures", live.AT_FIRST.wait)
        return [await pushes.next() for _ in range(3)]

    assert asyncio.run(go()) == [("a", "figures"), ("a", "charts"), ("b", "figures")]


def test_a_few_at_a_time(runtime: Any, questions: list[set[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_way", live.Way())
    running: list[int] = []

    async def go() -> None:
        for n in range(40):
            watching(runtime, f"s{n}", {1: 1})
        pushes, all_asked = live.Pushes(), asyncio.Event()

        def run(session_id: str, message: Any) -> None:
            session = runtime.sessions[session_id]
            session.is_settled = False
            runtime.asked.append((session_id, message.rerun_script))
            running.append(sum(not one.is_settled for one in runtime.sessions.values()))
            if len(runtime.asked) == 40:
                all_asked.set()
            asyncio.get_running_loop().call_later(0.002, over, session)

        def over(session: Session) -> None:
            session.is_settled = True
            session.over.set()

        runtime.handle_backmsg = run
        workers = [asyncio.create_task(live._work(pushes, Ear())) for _ in range(live.AT_ONCE)]
        await live.look(pushes)
        await asyncio.wait_for(all_asked.wait(), 5)
        for worker in workers:
            worker.cancel()

    asyncio.run(go())
    assert max(running) == live.AT_ONCE


def test_pushes_stand_aside_for_a_person_but_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = [100.0], []
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    monkeypatch.setattr(live.asyncio, "sleep", sleep)
    way = live.Way()

    async def clicks_at(moment: float) -> None:
        now[0] = moment
        way.make()
        await way.free()

    async def go() -> None:
        await way.free()
        assert slept == []
        await clicks_at(100.0)
        assert slept == [live.ASIDE]
        await clicks_at(100.0 + live.ASIDE)  # the next click comes in the pushes' turn
        assert slept == [live.ASIDE]
        await clicks_at(100.0 + live.ASIDE + live.TURN)
        assert slept == [live.ASIDE, live.ASIDE]

    asyncio.run(go())


def test_who_is_gone_is_forgotten(runtime: Any) -> None:
    live.tabs["s"] = live.Tab("sid", {"f": live.Watch({1: 1})})
    now = time.monotonic()
    live._present(now)
    assert "s" in live.tabs
    live._present(now + live.FORGET - 1)
    assert "s" in live.tabs
    live._present(now + live.FORGET + 1)
    assert "s" not in live.tabs


def test_a_fragment_rests_between_two_pushes(runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody saves every second, a board of many organisations is not drawn every second."""
    now, revision = [100.0], [1]
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(live.history, "revisions", lambda ids: dict.fromkeys(ids, revision[0]))

    async def go() -> None:
        watching(runtime, "board", {1: 0}, pace=live.NOW_AND_THEN)
        pushes, asked = live.Pushes(), []
        for _ in range(7):
            rest = await live.look(pushes)
            asked.append(None if rest is None else round(rest, 1))
            while pushes._due:
                await live.push(pushes, Ear(), *await pushes.next())  # type: ignore[arg-type]
            now[0] += 1
            revision[0] += 1
        assert len(runtime.asked) == 3
        assert asked == [None, 2.0, 1.0, None, 2.0, 1.0, None]

    asyncio.run(go())


# ---- hearing ---------------------------------------------------------------------------------------------------------
def test_news_wake_the_house_at_once_and_where_none_can_be_heard_it_looks_by_itself() -> None:
    async def go() -> None:
        ear = live.Ear()
        threading.Timer(0.05, ear.heard).start()
        start = time.monotonic()
        await ear.wait()
        assert time.monotonic() - start < 0.3
        start = time.monotonic()
        await ear.wait()
        assert live.EVERY * 0.9 < time.monotonic() - start < live.EVERY + 0.3
        ear.set_carries(carries=True)
        await asyncio.wait_for(ear.wait(), 0.3)  # for what was said before it could be heard
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ear.wait(), live.EVERY * 2)
            raise AssertionError("it looks though it would hear")

    asyncio.run(go())


# ---- sign-ins --------------------------------------------------------------------------------------------------------
@pytest.fixture(autouse=True)
def _no_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.display, "ended_since", lambda _moment: set())
    monkeypatch.setattr(live.display, "still_there", lambda _sids: None)


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
    monkeypatch.setattr(live.display, "anybody", lambda sid: None if sid == "void" else object())
    monkeypatch.setattr(live, "EVERY", 0.02)
    monkeypatch.setattr(live, "SWEEP", 0.1)

    async def go() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.4):
                await live.watch_sign_ins(ended.update, lambda: {"void", "good"})

    asyncio.run(go())
    assert ended == {"void"}
