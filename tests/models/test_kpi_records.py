"""A list for every figure: its length is the figure, in the golden year and in the last one, with a unit and without."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from data.demo import cast
from models import kpi_records
from models.access import Current, Denied, NotFound
from models.account import acting
from models.database import reading
from models.event import Event
from models.figures import KPIS, Figure
from models.incident import Incident
from models.movement import MovementActivity
from models.organisation import units
from models.period import Period, Span, reporting
from models.self_score import SelfScore
from tests.conftest import NOW
from tests.models.test_kpis import P
from tests.worlds import HANOI, World

CODES = sorted(KPIS, key=int)
GOLDEN_YEAR = Period(dt.date(2019, 9, 1), dt.date(2020, 11, 12), HANOI)
PERIODS = {
    "golden": GOLDEN_YEAR,
    "golden, its first half": Period(dt.date(2019, 9, 1), dt.date(2020, 3, 14), HANOI),
    "running": reporting(Span.YEAR, NOW.astimezone(HANOI).date(), HANOI),
}
# The figures whose sides are not numbers of records, and what of the records they are instead.
OTHERWISE: dict[str, Callable[[Figure, list[Any], list[Any]], bool]] = {
    "1": lambda figure, whole, _: figure.since == _latest(whole) if whole else figure.never or figure.no_data,
    "4": lambda figure, whole, _: (figure.apart or 0) == len(whole),
    "15": lambda figure, whole, part: (
        figure.denominator == sum(row.attendance or 0 for row in whole) and figure.numerator == len(part)
    ),
    "17": lambda figure, whole, _: (figure.value, figure.denominator) == _points(whole),
}


def _latest(rows: list[Incident]) -> dt.date:
    return max(row.occurred_at for row in rows).astimezone(HANOI).date()


def _points(rows: list[SelfScore]) -> tuple[float | None, float | None]:
    return (rows[0].total, rows[0].most) if rows else (None, None)


def listed(current: Current, code: str, period: Period, unit_id: int | None, part: str) -> list[Any]:
    with reading(current) as session:
        cls, *where = kpi_records.conditions(session, code, period, unit_id, part)
        return list(session.exec(select(cls).where(*where)))


def agree(current: Current, code: str, period: Period, unit_id: int | None) -> int:
    """The figure and its lists say the same. Returns how many records there were."""
    figure: Figure = KPIS[code].ask(current, period, unit_id)
    whole, part = (listed(current, code, period, unit_id, one) for one in kpi_records.PARTS)
    for one, rows in zip(kpi_records.PARTS, (whole, part), strict=True):
        assert kpi_records.count(current, code, period, unit_id, one) == len(rows)
        assert len({row.id for row in rows}) == len(rows)
    if code in OTHERWISE:
        assert OTHERWISE[code](figure, whole, part)
    elif figure.denominator is None:  # a count; of joint work the part is what a partner confirmed
        assert (figure.numerator or 0) == len(whole)
        assert len(part) == (figure.apart or 0 if code == "8" else len(whole))
    else:
        assert (figure.numerator, figure.denominator) == (len(part), len(whole))
    return len(whole)


@pytest.mark.parametrize("code", CODES)
def test_the_list_is_as_long_as_the_figure_in_every_unit(demo: str, code: str) -> None:
    current = replace(acting(f"lan@{cast.DEPARTMENT}"), clock=lambda: NOW)
    seen = {name: agree(current, code, period, None) for name, period in PERIODS.items()}
    for period in PERIODS.values():
        for unit in units(current):
            agree(current, code, period, unit.id)
    nothing = {"1", "19"}  # nothing of it ever happened there
    assert (sum(seen.values()) == 0) is (code in nothing), seen


@pytest.mark.parametrize("code", CODES)
def test_nobody_elses_records_are_behind_a_figure(demo: str, code: str) -> None:
    department, school = (
        replace(acting(typed), clock=lambda: NOW) for typed in (f"lan@{cast.DEPARTMENT}", f"hoa@{cast.SCHOOL}")
    )
    for period in PERIODS.values():
        agree(school, code, period, None)
        mine, theirs = (
            {(type(row), row.id) for row in listed(one, code, period, None, "whole")} for one in (department, school)
        )
        assert not mine & theirs


def test_a_list_tells_its_table(small_world: World) -> None:
    tables = {"2": Incident, "13": Event, "17": SelfScore, "18": MovementActivity}
    with reading(small_world.alice) as session:
        assert {code: kpi_records.conditions(session, code, P)[0] for code in tables} == tables
        assert kpi_records.conditions(session, "15", P, None, "whole")[0] is Event
        assert kpi_records.conditions(session, "15", P, None, "part")[0] is Incident
        for code, part in (("20", "whole"), ("x", "whole"), ("2", "half")):
            with pytest.raises(NotFound):
                kpi_records.conditions(session, code, P, None, part)


def test_only_who_may_see_figures_counts_their_records(small_world: World) -> None:
    for who in (small_world.board, small_world.admin, small_world.system, small_world.liaison):
        with pytest.raises(Denied):
            kpi_records.count(who, "2", P)
