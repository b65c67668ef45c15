"""The small lines on the cards: a value a month, the same as the figure of that month."""

import datetime as dt

import pytest

from data.demo import cast
from models import sparks
from models.account import acting
from models.figures import KPIS, Measure
from models.period import Period, Span, months, reporting
from tests.models.test_kpis import AFTER, happens
from tests.worlds import HANOI, World

YEAR = reporting(Span.YEAR, dt.date(2020, 3, 1), HANOI)
CODES = ("1", "2", "3", "5", "7", "9", "10", "11", "13", "14")


@pytest.mark.parametrize("code", CODES)
def test_each_point_is_the_months_figure(demo: str, code: str) -> None:
    """In the golden year nothing became known only after a month's end but what its own month already tells."""
    who = acting(f"minh@{cast.DEPARTMENT}")
    line = sparks.sparks(who, [code], YEAR)[code]
    figures = [KPIS[code].ask(who, month) for month in months(YEAR)]
    wanted = [one.value if KPIS[code].measure is not Measure.COUNT else one.numerator for one in figures]
    assert [None if value is None else round(value, 6) for value in line] == [
        None if value is None else round(value, 6) for value in wanted
    ]


def test_months_that_have_not_begun_have_no_point(world: World) -> None:
    happens(world, "2019-12-20T08:00")
    assert sparks.sparks(world.at("2020-02-20T08:00").alice, ["2"], YEAR) == {"2": [1.0, 0.0, 0.0]}
    future = Period(dt.date(2030, 1, 1), dt.date(2030, 12, 31), HANOI)
    assert sparks.sparks(world.at(AFTER).alice, ["2"], future) == {}


@pytest.mark.parametrize("code", CODES)
def test_a_period_of_one_month_has_one_point(world: World, code: str) -> None:
    one = Period(dt.date(2020, 1, 20), dt.date(2020, 1, 21), HANOI)
    happens(world, "2020-01-20T08:00")
    assert len(sparks.sparks(world.at(AFTER).alice, [code], one)[code]) == 1


def test_a_unit_has_its_own_line(world: World) -> None:
    happens(world, "2020-01-20T08:00", unit_id=world.units["hall"])
    happens(world, "2020-01-20T08:00")
    line = sparks.sparks(world.at(AFTER).alice, ["2"], YEAR, world.units["hall"])["2"]
    assert sum(value or 0 for value in line) == 1
