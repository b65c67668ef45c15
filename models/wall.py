"""What a wall screen shows: four figures, a trend and the latest entries, without a person and without a confidential record.

It hangs where anybody may look at it. So whoever opens it, a head too, sees what staff of no name would see.
"""

import datetime as dt
from dataclasses import dataclass, replace

from sqlmodel import col, select

from models import guard
from models.access import Permission, Role
from models.breakdowns import incidents_by_month
from models.catalogue import Entry, entries
from models.database import Session, reading
from models.figures import Figure
from models.incident import Incident, visible
from models.kpis import headlines
from models.period import Period, Span, reporting
from models.period_rule import cut_offs
from models.target import Target, month_targets
from models.verb import query

HEADLINES = ("1", "2", "3", "8")  # those of the overview
TREND, LATEST = 12, 10  # months, entries


@dataclass(frozen=True, slots=True)
class WallLine:
    """One entry: its number, when and where it happened, and its kind's code. No names, no words of what happened."""

    number: str
    at: dt.datetime
    kind: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything on the screen, asked in one reading."""

    period: Period
    figures: dict[str, Figure]
    before: dict[str, Figure]
    months: list[tuple[Period, int]]
    targets: list[Target | None]  # of each month
    lines: list[WallLine]
    kinds: dict[str, Entry]


@query(Permission.WALL)
def wall(session: Session) -> Wall:
    """The running reporting year, the last months, the latest entries."""
    nobody = replace(session.current, account_id=None, role=Role.STAFF, sign_in_id=None, name="")
    with reading(nobody) as theirs:
        period = reporting(Span.YEAR, nobody.today(), nobody.zone, cut_offs(theirs))
        months = incidents_by_month(theirs, _last_months(period, nobody.today()))
        return Wall(
            period=period,
            figures=headlines(theirs, period, HEADLINES),
            before=headlines(theirs, period.previous(), HEADLINES),
            months=months,
            targets=month_targets(theirs, "2", [month for month, _ in months]),
            lines=_latest(theirs),
            kinds=entries(theirs, "incident_kind"),
        )


def _last_months(period: Period, today: dt.date) -> Period:
    """From the first of the last twelve reporting months until today."""
    first = running = reporting(Span.MONTH, today, period.zone, period.cut_offs)
    for _ in range(TREND - 1):
        first = first.previous()
    return replace(period, first=first.first, last=running.last, span=Span.FREE)


def _latest(session: Session) -> list[WallLine]:
    """The newest entries that were not found to be nothing, whenever they happened."""
    rows = session.exec(
        select(Incident)
        .where(~col(Incident.confidential), visible(session), col(Incident.not_confirmed_at).is_(None))
        .order_by(col(Incident.id).desc())
        .limit(LATEST)
    )
    return [WallLine(row.number, row.occurred_at, row.kind, _without_people(row.place)) for row in rows]


def _without_people(place: str) -> str:
    """A place is typed freely, and may be somebody's home: names become initials, numbers that tell a person dots."""
    return guard.initials(guard.masked(place))
