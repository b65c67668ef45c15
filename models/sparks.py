"""How a few figures went month by month: the small line on a card. One statement a figure, whatever the number of months."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import case, func, literal
from sqlmodel import col, select

from models.access import Permission
from models.breakdowns import incidents_by_month
from models.database import Session
from models.event import Event
from models.figures import KPIS, as_of, local_day
from models.finding import Finding
from models.incident import Incident
from models.inspection import InspectionRound, InspectionVisit
from models.kpis_incidents import complex_ones
from models.organisation import own_organisation
from models.period import Period, months
from models.verb import query

Spark = list[float | None]  # a value a month; None where there was nothing to count

# A share's code → the instant or day by which its records fall into a month.
_BY: dict[str, Any] = {
    "3": Incident.due_on,
    "5": Incident.latent_ended_at,
    "7": Incident.flash_due_at,
    "9": InspectionRound.planned_on,
    "10": InspectionVisit.visited_on,
    "11": Finding.deadline,
    "13": Event.ends_at,
    "14": Event.ends_at,
}
_INSTANTS = frozenset({"5", "7", "13", "14"})


@query(Permission.KPI_READ)
def sparks(
    session: Session, codes: Iterable[str], period: Period, unit_id: int | None = None, group: str | None = None
) -> dict[str, Spark]:
    """Code → its values in the reporting months of a period that have begun, all as known at the period's end. With a group
    of kinds only of figures that know kinds."""
    begun = [month for month in months(period) if month.first <= session.current.today()]
    return {code: _spark(session, code, begun, period, unit_id, group) for code in codes} if begun else {}


def _spark(
    session: Session, code: str, begun: list[Period], period: Period, unit_id: int | None, group: str | None
) -> Spark:
    if code == "1":
        return _days(session, begun, unit_id, group)
    if code == "2":
        found = dict(incidents_by_month(session, period, unit_id, group))
        return [float(found[month]) for month in begun]
    records = KPIS[code].records(session, period, unit_id, **({"group": group} if group else {}))
    starts = [month.start if code in _INSTANTS else month.first for month in begun]
    column = col(_BY[code])
    later = [(column < start, at) for at, start in enumerate(starts[1:])]
    month: Any = case(*later, else_=len(starts) - 1) if later else literal(0)
    # By its name: PostgreSQL takes the same expression with its own parameters for another one.
    counts = select(month.label("month"), func.count().filter(records.part), func.count()).select_from(records.cls)
    rows = session.exec(counts.where(*records.where).group_by("month"))
    shares = {at: part / whole for at, part, whole in rows}
    return [shares.get(at) for at in range(len(begun))]


def _days(session: Session, begun: list[Period], unit_id: int | None, group: str | None) -> Spark:
    """Days without a complex incident at each month's end."""
    rows = select(col(Incident.occurred_at)).where(*complex_ones(session, begun[-1], unit_id, group).where)
    days = sorted(local_day(instant, begun[-1]) for instant in session.exec(rows))
    ends = [as_of(session, month) for month in begun]
    started = None if days and days[0] <= ends[0] else own_organisation(session).model_started_on
    return [_since(end, days, started) for end in ends]


def _since(today: dt.date, days: list[dt.date], started: dt.date | None) -> float | None:
    last = max((day for day in days if day <= today), default=started)
    return None if last is None or last > today else float((today - last).days)
