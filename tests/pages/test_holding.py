"""What is kept until time itself changes it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from models.access import Current
from pages.parts import kept
from pages.parts.holding import holding
from pages.server import live
from tests.worlds import World, instant


@dataclass(frozen=True)
class Found:
    until: dt.datetime


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


def test_it_is_made_again_once_its_instant_has_come_and_kept_after_that(small_world: World) -> None:
    made: list[dt.datetime] = []
    ends = [instant(one) for one in ("2020-01-06T10:00", "2020-01-06T11:00", "2020-01-07T00:00")]

    def ask(local: str) -> dt.datetime:
        moment = instant(local)
        who: Current = replace(small_world.alice, clock=lambda: moment)

        def make() -> Found:
            made.append(moment)
            return Found(next(one for one in ends if one > moment))

        return holding(who, 1, "what", make).until

    assert [ask(one) for one in ("2020-01-06T09:00", "2020-01-06T09:59:59")] == ends[:1] * 2
    assert len(made) == 1
    assert [ask(one) for one in ("2020-01-06T10:00", "2020-01-06T10:30")] == ends[1:2] * 2
    assert len(made) == 2
    assert ask("2020-01-06T23:00") == ends[2]
    assert len(made) == 3


def test_an_open_page_is_run_again_when_what_it_shows_holds_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = live.Watch({1: 5}, until=instant("2020-01-07T00:00"))
    for local, stale in (("2020-01-06T23:59:59", False), ("2020-01-07T00:00", True)):
        monkeypatch.setattr(live.clock, "now", lambda local=local: instant(local))
        assert watch.is_stale({1: 5}) is stale
    assert not live.Watch({1: 5}).is_stale({1: 5})
