"""Deadlines: the clock of the flash report (báo cáo nhanh), and everything that is due or overdue in one list."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from models.access import Invalid, Permission
from models.account import Account
from models.catalogue import Entry, merged
from models.database import Session
from models.draft import check_version, once
from models.finding import Due as FindingDue
from models.finding import findings_due_soon, overdue_findings
from models.history import lock, write_down
from models.incident import COMPLEX, Incident, one, visible
from models.incident_search import due_soon, overdue
from models.task import Task, TaskOn, with_records
from models.verb import query, verb

SOON = 7  # days
MOST = 1000


# ---- the flash report -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Limits:
    """Within how many minutes the head, and the police, are told."""

    head: int
    police: int | None = None


def flash_limits(session: Session, severity: int | None, complexity: str) -> Limits | None:
    """The limits of an urgent incident (data/catalogues/severity.toml, or the organisation's own); None for any other.
    A complex one is urgent whatever its severity: then the shortest limits of all hold."""
    levels = merged(session, "severity")
    urgent = [
        one
        for one in levels.values()
        if one.attributes.get("urgent") and "flash_report_leader_minutes" in one.attributes
    ]
    own = [one for one in urgent if one.code == str(severity)]
    asked = own or (urgent if complexity == COMPLEX else [])
    return _limits(min(asked, key=lambda one: one.attributes["flash_report_leader_minutes"])) if asked else None


def _limits(level: Entry) -> Limits:
    return Limits(level.attributes["flash_report_leader_minutes"], level.attributes.get("flash_report_police_minutes"))


def start_clock(session: Session, row: Incident) -> dict[str, list[Any]]:
    """For a new incident: the clock runs from its receipt. One out of an old file has none."""
    limits = None if row.origin == "file" else flash_limits(session, row.severity, row.complexity)
    row.flash_due_at = row.received_at + dt.timedelta(minutes=limits.head) if limits else None
    return {"flash_due_at": [None, row.flash_due_at]} if limits else {}


def move_clock(session: Session, row: Incident, changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """After `changes` to an incident. What turns out to be urgent only later runs from the instant at which it was judged
    so; what is no longer urgent needs no report. A clock that was answered stays."""
    if not {"severity", "complexity", "received_at"} & set(changes) or row.flash_reported_at or row.origin == "file":
        return {}
    old, before = row.flash_due_at, {name: pair[0] for name, pair in changes.items()}
    limits = flash_limits(session, row.severity, row.complexity)
    was = flash_limits(session, before.get("severity", row.severity), before.get("complexity", row.complexity))
    if limits is None:
        row.flash_due_at = None
    else:
        start = old - dt.timedelta(minutes=was.head) if old and was else session.current.now()
        if start == before.get("received_at"):
            start = row.received_at
        row.flash_due_at = start + dt.timedelta(minutes=limits.head)
    return {"flash_due_at": [old, row.flash_due_at]} if old != row.flash_due_at else {}


@verb(Permission.RECORD_WRITE)
def report_flash(session: Session, incident_id: int, seen: int | None = None, nonce: str | None = None) -> Incident:
    """Note that the flash report was made, now. A second report changes nothing."""
    lock(session)
    row = one(session, incident_id)
    if once(session, nonce, incident_id) or row.flash_reported_at:
        return row
    check_version(row, seen)
    if row.closed_at or row.not_confirmed_at:
        raise Invalid("closed")
    row.flash_reported_at, row.version = session.current.now(), row.version + 1
    write_down(session, "incident.flash_reported", row, {"flash_reported_at": [None, row.flash_reported_at]})
    return row


@query(Permission.RECORD_READ)
def flash_waiting(session: Session, limit: int = 20) -> list[Incident]:
    """Open urgent incidents without a flash report, the first due first."""
    still = [col(Incident.resolved_at).is_(None), col(Incident.transferred_at).is_(None)]
    still += [col(Incident.not_confirmed_at).is_(None), col(Incident.flash_reported_at).is_(None)]
    statement = select(Incident).where(visible(session), col(Incident.flash_due_at).is_not(None), *still)
    return list(session.exec(statement.order_by(col(Incident.flash_due_at)).limit(limit)))


@query(Permission.RECORD_READ)
def limits_of(session: Session, incident_id: int) -> Limits | None:
    """The limits that hold for an incident as it is judged now."""
    row = one(session, incident_id)
    return flash_limits(session, row.severity, row.complexity)


# ---- everything that is due -----------------------------------------------------------------------------------------
INCIDENT, FINDING, TASK = KINDS = ("incident", "finding", "task")


@dataclass(frozen=True)
class Due:
    """One line of the list: what is due, on which record, and who is in charge."""

    kind: str
    subject: str
    subject_id: int
    number: str
    what: str
    due_on: dt.date
    owner: str = ""

    def days_left(self, today: dt.date) -> int:
        return (self.due_on - today).days


def _of_incidents(rows: list[Incident], names: dict[int, str]) -> list[Due]:
    return [
        Due(INCIDENT, "incident", row.id or 0, row.number, row.summary, row.due_on, names.get(row.owner_id or 0, ""))
        for row in rows
    ]


def _of_findings(rows: list[FindingDue]) -> list[Due]:
    return [
        Due(FINDING, "inspection_round", one.round.id or 0, one.round.number, _finding(one), one.finding.deadline)
        for one in rows
        if one.finding.deadline
    ]


def _finding(one: FindingDue) -> str:
    return f"{one.visit.place}: {one.finding.item}"


def _of_tasks(rows: list[TaskOn], names: dict[int, str]) -> list[Due]:
    return [
        Due(TASK, one.subject, one.subject_id, row.number, one.title, one.due_on, names.get(one.owner_id or 0, ""))
        for one, row in rows
    ]


def _names(session: Session) -> dict[int, str]:
    return {row.id: row.full_name for row in session.exec(select(Account)) if row.id is not None}


def _sorted(*lists: list[Due]) -> list[Due]:
    return sorted(
        (one for some in lists for one in some),
        key=lambda one: (one.due_on, KINDS.index(one.kind), one.number, one.what),
    )


@query(Permission.RECORD_READ)
def everything_overdue(session: Session, limit: int = MOST) -> list[Due]:
    """Incidents, findings and tasks past their due date, the longest waiting first."""
    names, today = _names(session), session.current.today()
    late = with_records(session, col(Task.due_on) < today, limit=limit)
    return _sorted(
        _of_incidents(overdue(session, limit), names),
        _of_findings(overdue_findings(session, limit)),
        _of_tasks(late, names),
    )


@query(Permission.RECORD_READ)
def everything_due_soon(session: Session, days: int = SOON, limit: int = MOST) -> list[Due]:
    """The same, due from today to `days` on."""
    names, today = _names(session), session.current.today()
    soon = col(Task.due_on).between(today, today + dt.timedelta(days=days))
    tasks = with_records(session, soon, limit=limit)
    return _sorted(
        _of_incidents(due_soon(session, days, limit), names),
        _of_findings(findings_due_soon(session, days, limit)),
        _of_tasks(tasks, names),
    )
