"""What the charts show: the rows of the figures, by month, day, kind group, severity, unit, subject and partner."""

import bisect
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import col, select

from models.about import INCIDENTS
from models.access import Permission
from models.database import Session
from models.event import Event
from models.figures import happened, heirs, not_yet, of_unit, on_day, rolled_up, under, within
from models.finding import Finding
from models.incident import Incident
from models.inspection import InspectionRound, InspectionVisit
from models.joint import JointActivity, JointAnswer, JointParty
from models.kinds import of_group, root_of
from models.kpis import inspected_unit, shared_in, visits_in
from models.lasting import lasting
from models.period import Period, months
from models.verb import query

T = TypeVar("T")


def incident_rows(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> tuple[Any, ...]:
    """The rows of KPI 2, of one group of kinds where one is asked for."""
    return (
        within(Incident.occurred_at, period),
        not_yet(Incident.not_confirmed_at, period),
        of_unit(session, col(Incident.unit_id), unit_id),
        of_group(session, group),
    )


def _by(session: Session, column: Any, *rows: Any) -> list[tuple[Any, int]]:
    return [(key, number) for key, number in session.exec(select(column, func.count()).where(*rows).group_by(column))]


def _of_incidents(session: Session, period: Period, what: tuple[Any, ...], ask: Callable[[], T]) -> T:
    """Asked once for all the parts of a page; and of a period that is over, not again for incidents that occurred later."""
    is_page = session.info.get("steady") is not None
    if is_page and period.end <= session.current.now():
        return lasting(session, frozenset({INCIDENTS}), (*what, period), ask, ended=period.end)
    return session.once((*what, period), ask)


@query(Permission.KPI_READ)
def incidents_by_month(
    session: Session, period: Period, unit_id: int | None = None, group: str | None = None
) -> list[tuple[Period, int]]:
    """Incidents in each reporting month that touches the period."""
    buckets = months(period)
    starts, found = [month.first for month in buckets], [0] * len(buckets)
    for day, number in incidents_by_day(session, period, unit_id, group).items():
        found[bisect.bisect_right(starts, day) - 1] += number
    return list(zip(buckets, found, strict=True))


@query(Permission.KPI_READ)
def incidents_by_day(
    session: Session, period: Period, unit_id: int | None = None, group: str | None = None
) -> dict[dt.date, int]:
    """Incidents on each local day that had any. Lines, trend and calendar of a page ask the same."""
    return _of_incidents(session, period, ("by day", unit_id, group), lambda: _by_day(session, period, unit_id, group))


def _by_day(session: Session, period: Period, unit_id: int | None, group: str | None) -> dict[dt.date, int]:
    # By its name: with the zone as a parameter, PostgreSQL takes the same expression twice for two different ones.
    days = select(on_day(Incident.occurred_at, period).label("day"), func.count()).group_by("day")
    found = session.exec(days.where(*incident_rows(session, period, unit_id, group)))
    return {dt.date.fromisoformat(day) if isinstance(day, str) else day: number for day, number in sorted(found)}


@query(Permission.KPI_READ)
def incidents_by_group(session: Session, period: Period, unit_id: int | None = None) -> dict[str | None, int]:
    """Incidents by the group of their kind; None is not known yet. A chart and a table of a page ask the same."""

    def ask() -> dict[str | None, int]:
        by_kind = _by(session, Incident.kind, *incident_rows(session, period, unit_id))
        return rolled_up(by_kind, root_of(session, "incident_kind"))

    return _of_incidents(session, period, ("by group", unit_id), ask)


@query(Permission.KPI_READ)
def incidents_by_severity(
    session: Session, period: Period, unit_id: int | None = None, group: str | None = None
) -> dict[int | None, int]:
    """Incidents by severity; None is not known yet."""
    return dict(_by(session, Incident.severity, *incident_rows(session, period, unit_id, group)))


@query(Permission.KPI_READ)
def incidents_by_unit(
    session: Session, period: Period, unit_id: int | None = None, group: str | None = None
) -> dict[int | None, int]:
    """Incidents by unit as it stands today: those of a merged unit stand under its successor. None is not known yet."""
    merged_into = heirs(session)
    rows = _by(session, Incident.unit_id, *incident_rows(session, period, unit_id, group))
    return rolled_up(rows, lambda unit: under(unit, merged_into)[-1])


# ---- inspections -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Inspected:
    """Of one subject group: rounds done, establishments visited, those where something was found."""

    rounds: int = 0
    visits: int = 0
    with_findings: int = 0


@query(Permission.KPI_READ)
def inspections_by_subject(session: Session, period: Period, unit_id: int | None = None) -> dict[str, Inspected]:
    """What was inspected in the period, by subject group, most visits first. Three counting units, never mixed."""
    root = root_of(session, "inspection_subject")
    subject = InspectionRound.subject
    done = col(InspectionRound.done_on).between(period.first, period.last)
    rounds = rolled_up(
        _by(session, subject, done, of_unit(session, col(InspectionRound.unit_id), unit_id)),
        root,
    )
    found = select(Finding.id).where(Finding.visit_id == InspectionVisit.id).exists()
    statement = (
        select(subject, func.count(), func.count().filter(found))
        .select_from(InspectionVisit)
        .join(InspectionRound, col(InspectionRound.id) == InspectionVisit.round_id)
        .where(visits_in(period), of_unit(session, inspected_unit(), unit_id))
        .group_by(subject)
    )
    rows = session.exec(statement).all()
    visits = rolled_up(((code, number) for code, number, _ in rows), root)
    marked = rolled_up(((code, number) for code, _, number in rows), root)
    codes = sorted(rounds | visits, key=lambda code: -visits.get(code, 0))
    return {code: Inspected(rounds.get(code, 0), visits.get(code, 0), marked.get(code, 0)) for code in codes}


# ---- joint work ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Partner:
    """One partner by its code: in how many activities, and how many of those it confirmed."""

    code: str
    name: str
    activities: int
    confirmed: int


@query(Permission.KPI_READ)
def activities_by_partner(session: Session, period: Period, unit_id: int | None = None) -> list[Partner]:
    """Joint activities by partner, most first. An activity with two partners stands under each."""
    confirmed = select(JointAnswer.id).where(
        JointAnswer.joint_party_id == JointParty.id, happened(JointAnswer.confirmed_at, period)
    )
    number = func.count(func.distinct(JointParty.activity_id))
    statement = (
        select(col(JointParty.code), func.max(JointParty.name), number, func.count().filter(confirmed.exists()))
        .join(JointActivity, col(JointActivity.id) == JointParty.activity_id)
        .where(happened(JointParty.released_at, period), *shared_in(session, period, unit_id))
        .group_by(col(JointParty.code))
        .order_by(number.desc())
    )
    return [Partner(*row) for row in session.exec(statement)]


# ---- where there is anything -----------------------------------------------------------------------------------------
@query(Permission.KPI_READ)
def days_with_data(session: Session) -> tuple[dt.date, dt.date] | None:
    """The first and the last day up to today on which something happened that a figure counts. A page asks several times."""
    return session.once(("days with data",), lambda: _days_with_data(session))


def _days_with_data(session: Session) -> tuple[dt.date, dt.date] | None:
    current = session.current
    own = col(JointActivity.organisation_id) == current.organisation_id
    asked: tuple[tuple[Any, tuple[Any, ...]], ...] = (
        (Incident.occurred_at, ()),
        (Event.ends_at, (col(Event.ends_at) <= current.now(),)),
        (InspectionVisit.visited_on, ()),
        (InspectionRound.done_on, ()),
        (JointActivity.occurred_on, (own, col(JointActivity.occurred_on) <= current.today())),
    )
    # Each end by itself: an index knows either, but both at once only by reading everything in between.
    ends = [
        select(end(column)).where(*so_far).scalar_subquery() for column, so_far in asked for end in (func.min, func.max)
    ]
    told: Any = session.exec(select(*ends)).one()
    found = [one.astimezone(current.zone).date() if isinstance(one, dt.datetime) else one for one in told if one]
    return (min(found), max(found)) if found else None
