"""How kinds moved: counts, differences, and what is said where there was nothing before."""

import pytest

from models import breakdowns, variation
from models.kinds import UNKNOWN
from models.period import Span, reporting
from models.variation import Step, Variation
from tests.models.test_kpis import AFTER, P, day, free, happens, void
from tests.worlds import HANOI, World


@pytest.mark.parametrize(
    ("now", "before", "difference", "share", "is_new"),
    [
        (6, 4, 2, 0.5, False),
        (3, 4, -1, -0.25, False),
        (4, 4, 0, 0.0, False),
        (2, 0, 2, None, True),
        (0, 0, 0, None, False),
        (0, 3, -3, -1.0, False),
        (5, None, None, None, False),
    ],
)
def test_a_step(now: int, before: int | None, difference: int | None, share: float | None, is_new: bool) -> None:
    step = Step(now, before)
    assert (step.difference, step.share, step.is_new) == (difference, share, is_new)


def test_each_group_against_the_month_before_and_the_year_before(world: World) -> None:
    happens(world, "2019-01-20T08:00", kind="C.fraud")
    happens(world, "2019-01-21T08:00", kind="B.fighting")
    happens(world, "2020-01-10T08:00", kind="C.theft")
    happens(world, "2020-01-20T08:00", kind="C.theft")
    happens(world, "2020-01-21T08:00", kind="C.fraud")
    happens(world, "2020-01-22T08:00", kind=None)
    void(world, happens(world, "2020-01-23T08:00", kind="B.fighting"), "2020-01-24T08:00")
    found = variation.variations(world.at(AFTER).alice, P)
    assert found == [Variation("C", 2, 1, 1), Variation(None, 1, 0, 0), Variation("B", 0, 0, 1)]
    assert variation.total(found) == Variation(None, 3, 1, 2)


def test_before_anything_was_recorded_there_is_no_number(world: World) -> None:
    happens(world, "2020-01-20T08:00")
    (found,) = variation.variations(world.at(AFTER).alice, P)
    assert (found.previous, found.year_before) == (None, None)
    assert not any(step.is_new for step in found.steps)
    assert variation.total([found]) == Variation(None, 1, None, None)


def test_a_unit_has_its_own(world: World) -> None:
    happens(world, "2020-01-20T08:00", unit_id=world.units["hall"])
    happens(world, "2020-01-20T08:00")
    assert [one.now for one in variation.variations(world.at(AFTER).alice, P, world.units["hall"])] == [1]


# ---- the breakdowns that a chosen group narrows -------------------------------------------------------------------------
def test_a_group_narrows_months_severities_units_and_days(world: World) -> None:
    happens(world, "2020-01-20T08:00", kind="C.theft", severity=1, unit_id=world.units["hall"])
    happens(world, "2020-01-21T08:00", kind="C", severity=2)
    happens(world, "2020-01-22T08:00", kind="B.fighting", severity=3)
    happens(world, "2020-01-23T08:00", kind=None, severity=None)
    who, year = world.at(AFTER).alice, reporting(Span.YEAR, day("2020-01-20"), HANOI)
    assert sum(number for _, number in breakdowns.incidents_by_month(who, year, None, "C")) == 2
    assert breakdowns.incidents_by_severity(who, P, None, "C") == {1: 1, 2: 1}
    assert breakdowns.incidents_by_unit(who, P, None, "C") == {world.units["hall"]: 1, None: 1}
    assert breakdowns.incidents_by_day(who, P, None, "C") == {day("2020-01-20"): 1, day("2020-01-21"): 1}
    assert breakdowns.incidents_by_day(who, P, None, UNKNOWN) == {day("2020-01-23"): 1}
    assert breakdowns.incidents_by_day(who, P, None, "Z") == {}


@pytest.mark.parametrize(("instant", "on"), [("2020-01-20T00:00", "2020-01-20"), ("2020-01-20T23:59", "2020-01-20")])
def test_a_day_is_the_organisations_not_greenwichs(world: World, instant: str, on: str) -> None:
    happens(world, instant)
    assert breakdowns.incidents_by_day(world.at(AFTER).alice, free("2020-01-01", "2020-01-31")) == {day(on): 1}
