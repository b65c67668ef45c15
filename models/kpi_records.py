"""The records behind a figure: exactly those that it counts, by the very condition that it counts them with."""

from typing import Any

from models.access import NotFound, Permission
from models.database import Session
from models.figures import Records, number
from models.kpis import KPIS
from models.period import Period
from models.verb import query

WHOLE, PART = PARTS = ("whole", "part")


def behind(session: Session, kpi: str, period: Period, unit_id: int | None = None, part: str = WHOLE) -> Records:
    """The records of a figure: of its denominator ("whole") or of its numerator ("part"). A count has both the same, but for
    figure 8, whose part is what a partner confirmed; the part of figure 15 are incidents, its whole are events."""
    if kpi not in KPIS or part not in PARTS:
        raise NotFound("kpi")
    found = KPIS[kpi].records(session, period, unit_id)
    if part == WHOLE or found.part is None:
        return Records(found.cls, found.where)
    if isinstance(found.part, Records):
        return found.part
    return Records(found.cls, (*found.where, found.part))


def conditions(
    session: Session, kpi: str, period: Period, unit_id: int | None = None, part: str = WHOLE
) -> tuple[Any, ...]:
    """(table, *conditions), for a list that narrows its own rows by them."""
    found = behind(session, kpi, period, unit_id, part)
    return (found.cls, *found.where)


@query(Permission.KPI_READ)
def count(session: Session, kpi: str, period: Period, unit_id: int | None = None, part: str = WHOLE) -> int:
    """How many records there are, those that this account may not open among them."""
    return number(session, behind(session, kpi, period, unit_id, part))
