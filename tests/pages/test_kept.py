"""The one cache, when many ask at the same moment."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.access import Denied
from pages.parts import kept
from tests.worlds import World


def at_once(count: int, ask: Callable[[int], object]) -> list[object]:
    """Ask so many times in the same moment; what each got, an error too."""
    start = threading.Barrier(count)

    def one(number: int) -> object:
        start.wait()
        try:
            return ask(number)
        except Denied as error:
            return error

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_two_hundred_pages_make_one_answer(small_world: World) -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        time.sleep(0.05)
        return number

    found = at_once(20, lambda number: kept.kept(small_world.alice, 1, "x", lambda: make(number)))
    assert len(made) == 1
    assert set(found) == {made[0]}
    assert kept.kept(small_world.alice, 1, "x", lambda: -1) == made[0]


def test_who_waits_for_one_that_is_refused_makes_its_own(small_world: World) -> None:
    """A refusal is its own reader's, and nothing of it is kept."""
    first = threading.Event()

    def make(number: int) -> int:
        if not first.is_set():
            first.set()
            time.sleep(0.05)
            raise Denied("kpi.read")
        return number

    found = at_once(5, lambda number: kept.kept(small_world.alice, 1, "x", lambda: make(number)))
    assert sum(isinstance(one, Denied) for one in found) == 1
    assert len({one for one in found if isinstance(one, int)}) == 4
    assert kept._being_made == {}


def test_a_slow_one_does_not_hold_the_others_for_ever(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PATIENCE", 0.02)
    found = at_once(2, lambda number: kept.kept(small_world.alice, 1, "x", lambda: time.sleep(0.2) or number))
    assert set(found) == {0, 1}


def test_a_board_keeps_hundreds_of_answers_and_not_all_to_the_same_minute(small_world: World) -> None:
    for one in range(2_000):
        kept.kept(small_world.board, 1, ("board", one), lambda one=one: one, whose=one, room=kept.BOARD)
    again = [
        kept.kept(small_world.board, 1, ("board", one), lambda: -1, whose=one, room=kept.BOARD) for one in (0, 1_999)
    ]
    assert again == [0, 1_999]
    ends = [kept._ROOMS[kept.BOARD].ttu(("board", one), 0, 0.0) for one in range(2_000)]  # type: ignore[attr-defined]
    assert max(ends) - min(ends) > 1_000
