"""Targets a head sets for a figure, and whether a figure meets them."""

import datetime as dt
from typing import Any

import pytest

from models import history, kpis, target
from models.access import Denied, Invalid, NotFound, Stale
from models.figures import Figure
from models.period import Period, Span, months
from models.target import MET, MISSED, NEAR, Target, TargetDraft
from tests.models.test_kpis import AFTER, P, happens
from tests.worlds import HANOI, World

day = dt.date.fromisoformat
YEAR = Period(day("2019-12-15"), day("2020-12-14"), HANOI, Span.YEAR)


def draft(code: str = "3", value: float = 90, since: str = "2020-01-01", **over: Any) -> TargetDraft:
    return TargetDraft(code=code, value=value, valid_from=day(since), **over)


def held(world: World, period: Period = P, unit: str | None = None) -> dict[str, float]:
    found = target.targets(world.at(AFTER).alice, period, world.units[unit] if unit else None)
    return {code: one.value for code, one in found.items()}


# ---- met, near, missed ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "value", "state"),
    [
        ("3", 0.9, MET),
        ("3", 0.85, NEAR),
        ("3", 0.8, NEAR),
        ("3", 0.79, MISSED),
        ("3", None, None),
        ("6", 0, MET),
        ("6", 2, NEAR),
        ("6", 3, MISSED),
    ],
)
def test_a_figure_meets_it_is_near_or_misses(code: str, value: float | None, state: str | None) -> None:
    goal = {"3": Target("3", 0.9, 0.8), "6": Target("6", 0, 2)}[code]
    assert goal.state(Figure(code, value)) == state


def test_without_a_warning_nothing_is_near() -> None:
    assert Target("3", 0.9).state(Figure("3", 0.89)) == MISSED


# ---- setting -------------------------------------------------------------------------------------------------------------
def test_a_head_sets_a_share_in_per_cent(world: World) -> None:
    row = target.set_target(world.head, draft(warning=80), nonce="n1")
    assert target.set_target(world.head, draft(warning=80), nonce="n1").id == row.id
    assert target.targets(world.at(AFTER).alice, P) == {"3": Target("3", 0.9, 0.8, row.id)}
    for who in (world.alice, world.admin, world.board):
        with pytest.raises(Denied):
            target.set_target(who, draft())


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        (draft("8", 24), {"code": "unknown"}),  # no better direction
        (draft("99", 1), {"code": "unknown"}),
        (draft("3", 101), {"value": "less_than_equal"}),
        (draft("3", 90, warning=95), {"warning": "wrong_side"}),
        (draft("6", 2, warning=1), {"warning": "wrong_side"}),
        (draft("3", 90, span="free"), {"span": "unknown"}),
        (draft("3", 90, valid_to=day("2019-12-31")), {"valid_to": "out_of_order"}),
        (draft("3", 90, unit_id=999), {"unit_id": "unknown"}),
    ],
)
def test_what_does_not_fit_is_refused(world: World, said: TargetDraft, errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as found:
        target.set_target(world.head, said)
    assert {name: code for name, (code, _) in found.value.errors.items()} == errors


def test_one_target_for_the_same_from_the_same_day(world: World) -> None:
    target.set_target(world.head, draft())
    with pytest.raises(Invalid) as found:
        target.set_target(world.head, draft(value=95))
    assert found.value.errors == {"valid_from": ("taken", {})}
    target.set_target(world.head, draft(value=95, unit_id=world.units["hall"]))
    target.set_target(world.head, draft(value=95, span="year"))


def test_it_is_corrected_removed_and_written_down(world: World) -> None:
    row = target.set_target(world.head, draft())
    changed = target.set_target(world.head, draft(value=95), row.id, row.version)
    assert (changed.value, changed.version) == (95, 2)
    with pytest.raises(Stale):
        target.set_target(world.head, draft(value=96), row.id, 1)
    with pytest.raises(NotFound):
        target.strike_target(world.bich, row.id)
    actions = [line.entry.action for line in history.timeline(world.alice, "kpi_target", row.id)]
    assert actions == ["target.amended", "target.set"]
    target.strike_target(world.head, row.id)
    assert target.targets(world.at(AFTER).alice, P) == {}


# ---- what holds ----------------------------------------------------------------------------------------------------------
def test_the_newest_that_holds_at_the_periods_end(world: World) -> None:
    for value, since in ((80, "2019-01-01"), (90, "2020-02-14"), (95, "2020-02-15")):
        target.set_target(world.head, draft(value=value, since=since))
    assert held(world) == {"3": 0.9}
    assert held(world, P.previous()) == {"3": 0.8}


def test_one_that_ended_holds_no_more(world: World) -> None:
    target.set_target(world.head, draft(valid_to=day("2020-02-14")))
    assert held(world) == {}
    assert held(world, P.previous()) == {"3": 0.9}


def test_one_for_this_length_of_period_goes_first(world: World) -> None:
    target.set_target(world.head, draft("2", 3, span="month"))
    target.set_target(world.head, draft("2", 30, span="year"))
    target.set_target(world.head, draft("4", 48))
    target.set_target(world.head, draft("4", 72, span="year"))
    assert held(world) == {"2": 3, "4": 48}
    assert held(world, YEAR) == {"2": 30, "4": 72}
    assert held(world, Period(P.first, P.last, HANOI)) == {"4": 48}


def test_a_unit_has_its_own_and_inherits_what_does_not_grow_with_size(world: World) -> None:
    target.set_target(world.head, draft("2", 30))
    target.set_target(world.head, draft("3", 90))
    target.set_target(world.head, draft("2", 5, unit_id=world.units["hall"]))
    assert held(world) == {"2": 30, "3": 0.9}
    assert held(world, unit="hall") == {"2": 5, "3": 0.9}
    assert held(world, unit="museum") == {"3": 0.9}


def test_the_page_asks_figure_and_target_together(world: World) -> None:
    target.set_target(world.head, draft("2", 1, warning=2))
    for hour in range(8, 11):
        happens(world, f"2020-01-20T{hour:02}:00")
        then = world.at(AFTER).alice
        state = target.targets(then, P)["2"].state(kpis.incidents(then, P))
        assert state == {8: MET, 9: NEAR, 10: MISSED}[hour]


def test_every_target_is_listed_the_newest_first(world: World) -> None:
    for code, since in (("3", "2020-01-01"), ("6", "2020-01-02"), ("3", "2020-01-03")):
        target.set_target(world.head, draft(code, 90, since))
    assert [row.code for row in target.all_targets(world.alice)] == ["3", "6", "3"]
    assert [row.valid_from.day for row in target.all_targets(world.alice, "3")] == [3, 1]


# ---- beside the bars of a trend ----------------------------------------------------------------------------------------
def line(world: World, unit: str | None = None, period: Period = YEAR, today: str = "2020-12-20") -> list[float | None]:
    who = world.at(f"{today}T08:00").alice
    found = target.month_targets(who, "2", months(period), world.units[unit] if unit else None)
    return [one and one.value for one in found]


def test_the_line_of_a_trend_steps_where_the_target_changes(world: World) -> None:
    target.set_target(world.head, draft("2", 6, "2020-03-01", span="month"))
    target.set_target(world.head, draft("2", 4, "2020-06-10", valid_to=day("2020-09-14")))  # of every period
    expected = [None, None, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6]
    assert line(world) == expected  # one for months goes before one for all
    target.set_target(world.head, draft("2", 5, "2020-09-20", span="month"))
    assert line(world) == [*expected[:9], 5, 5, 5]


def test_each_month_has_the_target_that_its_own_page_shows(world: World) -> None:
    target.set_target(world.head, draft("2", 6, "2020-03-01", valid_to=day("2020-09-14")))
    target.set_target(world.head, draft("2", 5, "2020-05-20", span="month"))
    who = world.at("2020-12-20T08:00").alice
    for month, found in zip(months(YEAR), target.month_targets(who, "2", months(YEAR)), strict=True):
        assert target.targets(who, month).get("2") == found


@pytest.mark.parametrize("span", ["quarter", "half", "year"])
def test_a_target_of_a_longer_period_is_not_divided_among_months(world: World, span: str) -> None:
    target.set_target(world.head, draft("2", 24, "2019-01-01", span=span))
    assert line(world) == [None] * 12


def test_a_cut_month_a_share_and_a_struck_target_have_no_line(world: World) -> None:
    row = target.set_target(world.head, draft("2", 6, "2019-01-01", span="month"))
    target.set_target(world.head, draft("3", 90, "2019-01-01"))
    cut = Period(day("2020-01-20"), day("2020-04-14"), HANOI)
    assert line(world, period=cut) == [None, 6, 6]
    target.strike_target(world.head, row.id or 0)
    assert line(world) == [None] * 12


def test_a_units_line_is_its_own(world: World) -> None:
    target.set_target(world.head, draft("2", 6, "2019-01-01", span="month"))
    assert line(world, "hall") == [None] * 12  # an organisation's number is not each unit's
    target.set_target(world.head, draft("2", 2, "2019-01-01", unit_id=world.units["hall"]))
    assert line(world, "hall") == [2] * 12
    with pytest.raises(NotFound):
        target.month_targets(world.alice, "2", months(YEAR), 987_654)


def test_months_to_come_have_what_is_set_for_them(world: World) -> None:
    target.set_target(world.head, draft("2", 6, "2020-01-01", span="month"))
    target.set_target(world.head, draft("2", 5, "2020-10-01", span="month"))
    assert line(world, today="2020-06-01") == [6] * 9 + [5] * 3
