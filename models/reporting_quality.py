"""How well incidents are reported. A count alone punishes who writes everything down; this stands beside it."""

import datetime as dt
import statistics
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, true
from sqlmodel import col, select

from models.about import EVENTS, INCIDENTS, INSPECTIONS
from models.access import Permission
from models.breakdowns import incident_rows
from models.database import Session
from models.event import Event
from models.figures import heirs, hours, under
from models.incident import Incident
from models.inspection import InspectionRound
from models.lasting import lasting
from models.organisation import all_units
from models.period import Period
from models.verb import query

LATE_AFTER = 24  # hours after the occurrence: what is entered later is late
FROM_FILE = "file"  # an import of old incidents says nothing of how quickly people write


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the incidents of a period: how soon they were entered, and how many were noted while still latent.

    `typed` are those that a person entered one by one; the delay and what is late are of these alone."""

    incidents: int
    typed: int
    late: int
    median_hours: float | None
    latent: int

    @property
    def late_share(self) -> float | None:
        return self.late / self.typed if self.typed else None

    @property
    def latent_share(self) -> float | None:
        return self.latent / self.incidents if self.incidents else None


@query(Permission.KPI_READ)
def quality(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> Quality:
    """How the incidents that occurred in the period were reported, as far as they are entered now."""
    rows = incident_rows(session, period, unit_id, group)
    numbers = select(func.count(), func.count().filter(col(Incident.was_latent))).select_from(Incident)
    incidents, latent = session.exec(numbers.where(*rows)).one()
    typed = select(hours(Incident.occurred_at, Incident.entered_at)).where(Incident.origin != FROM_FILE, *rows)
    delays = [round(float(hours), 3) for hours in session.exec(typed)]
    return Quality(
        incidents=incidents,
        typed=len(delays),
        late=sum(hours > LATE_AFTER for hours in delays),
        median_hours=statistics.median(delays) if delays else None,
        latent=latent,
    )


# ---- who has written anything ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class UnitEntries:
    """One unit as it stands today: when something was last entered for it, and how many records of the period it has."""

    unit_id: int
    last: dt.datetime | None
    records: int


LATELY = dt.timedelta(days=400)  # so far back is looked first: most units wrote something since


@query(Permission.KPI_READ)
def entries_by_unit(session: Session, period: Period) -> list[UnitEntries]:
    """Every unit of today, the latest entry first. Incidents, rounds and events count, by the day they are of; what was
    written for a unit that was merged since stands under its successor."""
    merged_into, today = heirs(session), session.current.today()
    open_today = [unit.id for unit in all_units(session) if unit.id and not (unit.valid_to and unit.valid_to <= today)]
    records: dict[int | None, int] = {}
    for unit, number in _in_period(session, period):
        heir = under(unit, merged_into)[-1]
        records[heir] = records.get(heir, 0) + number
    last = _last(session, merged_into, today - LATELY)
    if set(open_today) - set(last):
        last = _last(session, merged_into, None)
    found = [UnitEntries(unit, last.get(unit), records.get(unit, 0)) for unit in open_today]
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda one: one.last or never, reverse=True)


# Each kind of record, the instant or day it is of, and what its rows are about.
_KINDS: tuple[tuple[Any, Any, bool, str], ...] = (
    (Incident, Incident.occurred_at, True, INCIDENTS),
    (InspectionRound, InspectionRound.planned_on, False, INSPECTIONS),
    (Event, Event.ends_at, True, EVENTS),
)


def _each(session: Session, what: Hashable, value: Any, within: Callable[[Any, bool], Any]) -> list[tuple[Any, Any]]:
    """(unit, `value` of its records), once for each kind of record; asked anew when one of that kind was entered."""
    found: list[tuple[Any, Any]] = []
    for cls, column, instant, about in _KINDS:

        def ask(cls: Any = cls, column: Any = column, instant: bool = instant) -> list[tuple[Any, Any]]:
            asked = select(cls.unit_id, value(cls)).where(within(col(column), instant)).group_by(cls.unit_id)
            return [(unit, found) for unit, found in session.exec(asked)]

        found += lasting(session, frozenset({about}), ("by unit", what, about), ask)
    return found


def _in_period(session: Session, period: Period) -> list[tuple[int | None, int]]:
    """(unit, records of the period), once for each kind of record."""

    def within(column: Any, instant: bool) -> Any:
        first, end = (period.start, period.end) if instant else (period.first, period.last + dt.timedelta(days=1))
        return (column >= first) & (column < end)

    return _each(session, ("records", period), lambda _: func.count(), within)


def _last(session: Session, merged_into: dict[int, int | None], since: dt.date | None) -> dict[int | None, dt.datetime]:
    """Unit → when something was last entered for it, among what is of a day since then."""
    midnight = since and dt.datetime.combine(since, dt.time(), session.current.zone)

    def within(column: Any, instant: bool) -> Any:
        return true() if since is None else column >= (midnight if instant else since)

    found: dict[int | None, dt.datetime] = {}
    for unit, entered in _each(session, ("last", since), lambda cls: func.max(cls.entered_at), within):
        heir = under(unit, merged_into)[-1]
        found[heir] = max(entered, found.get(heir, entered))
    return found


# ---- what not everybody can open ---------------------------------------------------------------------------------------
@query(Permission.KPI_READ)
def confidential(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> int:
    """Incidents of the period that the figures count and that staff may open only where they are their own; nought for
    whoever may open them all. The same for every account of a role, so that it can be kept."""
    if session.current.may(Permission.CONFIDENTIAL_READ):
        return 0
    secret = select(func.count()).select_from(Incident).where(col(Incident.confidential))
    return session.exec(secret.where(*incident_rows(session, period, unit_id, group))).one()
