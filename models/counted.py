"""The records that a number counts, for the list that shows them: those of a figure, or of one bar of a chart."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import false, func
from sqlmodel import col, select

from models.access import NotFound, Permission
from models.database import Session
from models.figures import Records, happened, number
from models.finding import Finding, Recheck
from models.history import SUBJECTS
from models.incident import Incident
from models.inspection import InspectionRound, InspectionVisit
from models.joint import JointActivity, JointParty
from models.kinds import below, of_group
from models.kpi_records import PART, WHOLE, behind
from models.kpis import KPIS
from models.period import Period
from models.verb import query

REST = "rest"
PARTS = (WHOLE, PART, REST)
NOBODYS, UNRATED = 0, 0  # of no known unit, of no known severity


@dataclass(frozen=True)
class Counted:
    """What was counted: a figure's code, the days of its period, both included, and its unit. `part` is all of it, its
    numerator, or the rest. `group` (of kinds or subjects), `severity` and `partner` say which bar of a chart it was."""

    code: str
    first: dt.date
    last: dt.date
    part: str = WHOLE
    unit_id: int | None = None
    group: str | None = None
    severity: int | None = None
    partner: str | None = None


def records(session: Session, asked: Counted) -> Records:
    """The table and the conditions, as the figure or the chart has them."""
    if asked.code not in KPIS:
        raise NotFound("kpi")
    period = Period(asked.first, asked.last, session.current.zone)
    unit_id = asked.unit_id or None
    if asked.part == REST:
        found = KPIS[asked.code].records(session, period, unit_id)
        if found.part is None or isinstance(found.part, Records):
            raise NotFound("kpi")
        found = Records(found.cls, (*found.where, ~func.coalesce(found.part, false())))
    else:
        found = behind(session, asked.code, period, unit_id, asked.part)
    return Records(found.cls, (*found.where, *_bar(session, asked, found.cls, period)))


def _bar(session: Session, asked: Counted, cls: Any, period: Period) -> list[Any]:
    """What a bar of a chart narrows its figure by (models/breakdowns.py). A bar that the figure has not is not found."""
    if (
        (asked.unit_id == NOBODYS and cls is not Incident)
        or (asked.group is not None and cls not in (Incident, InspectionVisit))
        or (asked.severity is not None and cls is not Incident)
        or (asked.partner is not None and cls is not JointActivity)
    ):
        raise NotFound("kpi")
    found: list[Any] = []
    if asked.unit_id == NOBODYS:
        found.append(col(Incident.unit_id).is_(None))
    if asked.group is not None and cls is Incident:
        found.append(of_group(session, asked.group))
    elif asked.group is not None:
        of_subject = col(InspectionRound.subject).in_(below(session, "inspection_subject", asked.group))
        found.append(col(InspectionVisit.round_id).in_(select(InspectionRound.id).where(of_subject)))
    if asked.severity is not None:
        found.append(Incident.severity == (asked.severity or None))
    if asked.partner is not None:
        party = (JointParty.code == asked.partner, happened(JointParty.released_at, period))
        found.append(col(JointActivity.id).in_(select(JointParty.activity_id).where(*party)))
    return found


def where(session: Session, asked: Counted | None, cls: Any) -> list[Any]:
    """For a list of `cls` to narrow itself by. A number that counts something else finds nothing there."""
    if asked is None:
        return []
    found = records(session, asked)
    return list(found.where) if found.cls is cls else [false()]


def table(asked: Counted) -> str:
    """The name of the table whose rows are counted; the list is on its page."""
    return _TABLES[asked.code, asked.part] if (asked.code, asked.part) in _TABLES else _TABLES[asked.code, WHOLE]


_TABLES: dict[tuple[str, str], str] = {
    **{(code, WHOLE): "incident" for code in "1234567"},
    ("8", WHOLE): "joint_activity",
    ("9", WHOLE): "inspection_round",
    ("10", WHOLE): "inspection_visit",
    ("11", WHOLE): "finding",
    ("12", WHOLE): "recheck",
    **{(code, WHOLE): "event" for code in ("13", "14", "15", "16")},
    ("15", PART): "incident",
    ("17", WHOLE): "self_score",
    ("18", WHOLE): "movement_activity",
    ("19", WHOLE): "disqualifying_event",
}


def has_parts(code: str) -> bool:
    """Whether some of what the figure counts is told apart from the rest, within the same table."""
    return code in _WITH_PARTS


_WITH_PARTS = frozenset({"3", "5", "7", "8", "9", "10", "11", "12", "13", "14", "16"})


# ---- asking ----------------------------------------------------------------------------------------------------------
@query(Permission.KPI_READ)
def size(session: Session, asked: Counted) -> int:
    """How many records the number counts, those that this account may not open among them."""
    return number(session, records(session, asked))


@query(Permission.KPI_READ)
def unseen(session: Session, asked: Counted) -> int:
    """How many of them this account may not open: confidential ones count in the figures all the same."""
    found = records(session, asked)
    seen = SUBJECTS[found.cls.__tablename__].visible(session)
    counts = select(func.count(), func.count().filter(seen)).select_from(found.cls).where(*found.where)
    every, open_ones = session.exec(counts).one()
    return every - open_ones


@dataclass(frozen=True)
class Line:
    """A visit, a finding or a re-check, with the visit and the round it belongs to."""

    row: Any
    visit: InspectionVisit
    round_id: int
    finding: Finding | None = None


@query(Permission.RECORD_READ)
def inspection_lines(session: Session, asked: Counted, limit: int = 20, offset: int = 0) -> list[Line]:
    """One page of the visits, findings or re-checks that a figure counts, the latest day first."""
    found = records(session, asked)
    if found.cls is InspectionVisit:
        visits = select(InspectionVisit).where(*found.where).order_by(col(InspectionVisit.visited_on).desc())
        page = visits.order_by(col(InspectionVisit.id).desc()).limit(limit).offset(offset)
        return [Line(visit, visit, visit.round_id) for visit in session.exec(page)]
    if found.cls is Finding:
        made = select(Finding, InspectionVisit).join(InspectionVisit, col(InspectionVisit.id) == Finding.visit_id)
        made = made.where(*found.where).order_by(col(Finding.deadline).desc(), col(Finding.id).desc())
        return [Line(row, visit, visit.round_id, row) for row, visit in session.exec(made.limit(limit).offset(offset))]
    if found.cls is not Recheck:
        raise NotFound("kpi")
    checks = select(Recheck, Finding, InspectionVisit).join(Finding, col(Finding.id) == Recheck.finding_id)
    checks = checks.join(InspectionVisit, col(InspectionVisit.id) == Finding.visit_id).where(*found.where)
    checks = checks.order_by(col(Recheck.checked_on).desc(), col(Recheck.id).desc()).limit(limit).offset(offset)
    return [Line(row, visit, visit.round_id, finding) for row, finding, visit in session.exec(checks)]
