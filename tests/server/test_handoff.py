"""What a run sends is fetched in handfuls, whole and in its order."""

import asyncio
import logging
import threading

import pytest

from pages.server.handoff import Handful


def test_one_is_sent_for_many_and_each_is_handed_over_in_order() -> None:
    handful, said = Handful(), []
    sent = [handful.add(lambda number=number: said.append(number)) for number in range(5)]  # type: ignore[misc]
    assert sent == [True, False, False, False, False]
    handful.fetch()
    assert said == [0, 1, 2, 3, 4]
    assert handful.add(lambda: said.append(5))  # the next is sent for anew
    handful.fetch()
    assert said[-1] == 5


def test_one_that_fails_does_not_keep_the_others(caplog: pytest.LogCaptureFixture) -> None:
    handful, said = Handful(), []

    def fails() -> None:
        raise ValueError("kaputt")

    for one in (fails, lambda: said.append("after")):
        handful.add(one)
    with caplog.at_level(logging.ERROR):
        handful.fetch()
    assert said == ["after"]
    assert "kaputt" in caplog.text


def test_nothing_is_lost_between_a_thread_that_sends_and_a_loop_that_fetches() -> None:
    async def go() -> list[int]:
        loop, handful, said, count = asyncio.get_running_loop(), Handful(), [], 5_000

        def send() -> None:
            for number in range(count):
                if handful.add(lambda number=number: said.append(number)):  # type: ignore[misc]
                    loop.call_soon_threadsafe(handful.fetch)

        thread = threading.Thread(target=send)
        thread.start()
        await asyncio.to_thread(thread.join)
        await asyncio.sleep(0)
        return said

    assert asyncio.run(asyncio.wait_for(go(), 20)) == list(range(5_000))


def test_the_house_takes_them() -> None:
    """Streamlit's own way was replaced where the server is put together."""
    from streamlit.runtime.app_session import AppSession

    import app  # noqa: F401

    assert AppSession._call_soon_on_event_loop.__module__ == "pages.server.handoff"
