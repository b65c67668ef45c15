"""What a run sends is fetched in handfuls, whole and in its order."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.runtime.app_session import AppSession

from pages.server import handoff
from pages.server.handoff import Handful


class Session:
    """As much of a Streamlit session as a handful needs."""

    def __init__(self, loop: Any = None) -> None:
        self._event_loop, self._scriptrunner, self._browser_queue = loop or Loop(), "runner", self
        self.said: list[Any] = []
        self.sent = 0

    def enqueue(self, message: Any) -> None:
        self.said.append(message)

    def _message_enqueued_callback(self) -> None:
        self.sent += 1


class Loop:
    """Notes what it is asked to call."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []
        self.later: list[Callable[[], None]] = []

    def call_soon_threadsafe(self, callback: Callable[[], None]) -> None:
        self.soon.append(callback)

    def call_later(self, _seconds: float, callback: Callable[[], None]) -> None:
        self.later.append(callback)


def handful_of(session: Session) -> Handful:
    return Handful(session)  # type: ignore[arg-type]


def test_many_messages_wait_for_one_timer_and_go_in_order() -> None:
    session = Session()
    handful, loop = handful_of(session), session._event_loop
    for number in range(5):
        handful.message(("runner", number))  # type: ignore[arg-type]
    assert len(loop.soon) == 1
    loop.soon[0]()
    assert (session.said, len(loop.later)) == ([], 1)
    loop.later[0]()
    assert session.said == [0, 1, 2, 3, 4]
    assert session.sent == 1  # the house is told once
    handful.message(("runner", 5))  # type: ignore[arg-type]
    assert len(loop.soon) == 2  # the next are waited for anew


def test_the_end_of_a_run_takes_along_what_waits() -> None:
    session = Session()
    handful, loop = handful_of(session), session._event_loop
    handful.message(("runner", "a"))  # type: ignore[arg-type]
    handful.call(lambda: session.said.append("end"))
    handful.message(("runner", "b"))  # type: ignore[arg-type]
    loop.soon[-1]()
    assert session.said == ["a", "end", "b"]
    for callback in [*loop.soon, *loop.later]:
        callback()
    assert session.said == ["a", "end", "b"]


def test_what_a_run_says_that_another_took_the_place_of_is_dropped() -> None:
    session = Session()
    handful = handful_of(session)
    handful.message(("runner", "mine"))  # type: ignore[arg-type]
    handful.message(("an older one", "late"))  # type: ignore[arg-type]
    handful.fetch()
    assert session.said == ["mine"]


def test_one_that_fails_does_not_keep_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise ValueError("kaputt")

    session = Session()
    handful = handful_of(session)
    handful.call(fails)
    handful.call(lambda: session.said.append("after"))
    with caplog.at_level(logging.ERROR):
        handful.fetch()
    assert session.said == ["after"]
    assert "kaputt" in caplog.text


@pytest.mark.parametrize("urgent", [0, 7])
def test_nothing_is_lost_between_a_thread_that_sends_and_a_loop_that_fetches(urgent: int) -> None:
    """With every seventh of them for at once, and with none."""
    count = 5_000

    async def go() -> list[int]:
        session = Session(asyncio.get_running_loop())
        handful = handful_of(session)

        def send() -> None:
            for number in range(count):
                if urgent and number % urgent == 0:
                    handful.call(lambda number=number: session.said.append(number))  # type: ignore[misc]
                else:
                    handful.message(("runner", number))  # type: ignore[arg-type]

        thread = threading.Thread(target=send)
        thread.start()
        await asyncio.to_thread(thread.join)
        await asyncio.sleep(20 * handoff.LONGEST)
        return session.said

    assert asyncio.run(asyncio.wait_for(go(), 20)) == list(range(count))


def test_the_house_takes_them() -> None:
    """Streamlit's own way was replaced where the server is put together."""
    import app  # noqa: F401

    assert AppSession._call_soon_on_event_loop.__module__ == "pages.server.handoff"
    assert AppSession._on_scriptrunner_event.__module__ == "pages.server.handoff"
