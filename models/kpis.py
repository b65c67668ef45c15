"""The figures: all of them, some of them, and as the command line prints them. One function a figure, in the file of its
subject, and its docstring is its definition; `KPIS` lists them.

Every figure is of one organisation (the session's), of a period and, if asked, of one unit with what was merged into
it. It is told as of the period's end: what happened later has not happened yet. While the period runs, that is now.
Incidents found not to have happened ("not confirmed") are left out of every figure.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from models.about import EVENTS, INCIDENTS, INSPECTIONS, REGISTER, SHARED, About
from models.access import Permission
from models.database import Session
from models.draft import in_order
from models.figures import KPIS, Figure
from models.kpis_events import (
    approved_before_start,
    ended,
    events_secured,
    incidents_per_10_000,
    reported_in_time,
)
from models.kpis_incidents import (
    days_without_complex,
    flash_in_time,
    incidents,
    latent_prevented,
    open_overdue,
    settled_on_time,
    time_to_settle,
)
from models.kpis_inspections import (
    inspected_unit,
    rechecks_passed,
    remedied_on_time,
    rounds_done,
    visits_in,
    visits_with_findings,
)
from models.kpis_joint import joint_activities, shared_in
from models.kpis_movement import disqualifying_events, movement_sessions, self_score
from models.period import Period
from models.verb import query

__all__ = [
    "ABOUT",
    "KPIS",
    "approved_before_start",
    "days_without_complex",
    "disqualifying_events",
    "ended",
    "events_secured",
    "figures",
    "flash_in_time",
    "grouped",
    "headlines",
    "incidents",
    "incidents_per_10_000",
    "inspected_unit",
    "joint_activities",
    "latent_prevented",
    "movement_sessions",
    "open_overdue",
    "rechecks_passed",
    "remedied_on_time",
    "report",
    "reported_in_time",
    "rounds_done",
    "self_score",
    "settled_on_time",
    "shared_in",
    "time_to_settle",
    "visits_in",
    "visits_with_findings",
]


@query(Permission.KPI_READ)
def figures(
    session: Session, period: Period, unit_id: int | None = None, group: str | None = None
) -> dict[str, Figure]:
    """Every figure by its code, in the order of the codes. With a group of kinds those alone that know kinds."""
    if group is not None:
        return {code: KPIS[code].ask(session, period, unit_id, group) for code in grouped()}
    return {code: KPIS[code].ask(session, period, unit_id) for code in sorted(KPIS, key=int)}


def grouped() -> list[str]:
    """The figures that can be asked of one group of kinds of incident."""
    return [code for code in sorted(KPIS, key=int) if KPIS[code].by_group]


@query(Permission.KPI_READ)
def headlines(session: Session, period: Period, codes: Iterable[str], unit_id: int | None = None) -> dict[str, Figure]:
    """Some of the figures, in the order asked for."""
    return {code: KPIS[code].ask(session, period, unit_id) for code in codes}


# What the figures rest on: as long as none of it changed, neither did they.
ABOUT: dict[About, tuple[str, ...]] = {
    frozenset({INCIDENTS}): ("1", "2", "3", "4", "5", "6", "7"),
    SHARED: ("8",),
    frozenset({INSPECTIONS}): ("9", "10", "11", "12"),
    frozenset({EVENTS}): ("13", "14", "16"),
    frozenset({EVENTS, INCIDENTS}): ("15",),
    frozenset({REGISTER}): ("17", "18"),
    frozenset({REGISTER, INCIDENTS}): ("19",),
}


@query(Permission.KPI_READ)
def report(session: Session, first: dt.date, last: dt.date) -> dict[str, Any]:
    """The figures of `first` to `last`, both included, as the command line prints them."""
    in_order(first, last, "last")
    found = figures(session, Period(first, last, session.current.zone))
    return {
        "organisation": session.current.organisation_code,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "kpis": [figure.as_json() for figure in found.values()],
    }
