"""Findings (vi phạm) of a visit, and their re-checks (phúc tra). What happens to a finding is in models/remedy.py.

A finding has no state column: its state follows from the instants of what happened to it. `remedied_on` is the day the
establishment put it right, set only when that was accepted; what it reports before a re-check is `reported_on`.
"""

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import Index, and_, or_
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.catalogue import chosen
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, in_order, once, submitted, valid
from models.entry import filled
from models.history import (
    STRUCK,
    HistoryEntry,
    Line,
    differences,
    lock,
    record,
    tells,
    write_down,
)
from models.inspection import InspectionRound, InspectionVisit
from models.inspection import one as one_round
from models.verb import query, verb
from models.visit import one_visit

OPEN, REMEDYING, TO_VERIFY, REMEDIED, CANNOT = STATES = ("open", "remedying", "to_verify", "remedied", "cannot_remedy")
LARGEST_FINE = 2_000_000_000  # đồng; a slip of the finger is above it, no fine is


# ---- what is typed --------------------------------------------------------------------------------------------------
class FindingDraft(Draft):
    """What was wrong, what was ordered, and until when it must be put right."""

    item: str = Field(
        min_length=2, max_length=300, title=N_("Violation"), description=N_("What was wrong, in one line.")
    )
    legal_basis: str = Field(
        default="", max_length=300, title=N_("Legal basis"), description=N_("Document, article, clause.")
    )
    description: str = Field(
        default="", max_length=5000, title=N_("Description"), schema_extra=hint(widget="text_area", rows=3)
    )
    handling: str = Field(
        min_length=1, max_length=60, title=N_("Handling"), schema_extra=hint(choices="finding_handling")
    )
    receiving_body: str = Field(
        default="", max_length=200, title=N_("Transferred to"), description=N_("The body that received the case.")
    )
    fine: int | None = Field(default=None, ge=0, le=LARGEST_FINE, title=N_("Fine (đồng)"))
    deadline: dt.date | None = Field(
        default=None, title=N_("Remedy deadline"), description=N_("The last day on which the remedy is in time.")
    )


class RecheckDraft(Draft):
    """Somebody went and looked."""

    checked_on: dt.date = Field(title=N_("Re-checked on"))
    result: str = Field(min_length=1, max_length=60, title=N_("Result"), schema_extra=hint(choices="recheck_result"))
    checked_by: str = Field(min_length=2, max_length=200, title=N_("Re-checked by"))
    note: str = Field(default="", max_length=2000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=2))


# ---- what is kept ---------------------------------------------------------------------------------------------------
class Finding(FindingDraft, Owned, table=True):
    """`first_deadline` stays when the deadline is moved."""

    __table_args__ = owned_by(
        Index("ix_finding_visit", "organisation_id", "visit_id"),
        Index("ix_finding_deadline", "organisation_id", "deadline", "remedied_on", "visit_id"),
        visit_id="inspection_visit",
    )
    id: int | None = Field(default=None, primary_key=True)
    visit_id: int
    first_deadline: dt.date | None = None
    evidence: str = Field(default="", max_length=2000, title=N_("Evidence"))
    remedying_at: dt.datetime | None = None
    reported_on: dt.date | None = Field(default=None, title=N_("Reported as put right on"))
    reported_at: dt.datetime | None = None
    remedied_on: dt.date | None = Field(default=None, title=N_("Put right on"))
    remedied_at: dt.datetime | None = None
    given_up_at: dt.datetime | None = None
    given_up_reason: str = Field(default="", max_length=1000, title=N_("Why it cannot be remedied"))
    version: int = Field(default=1)

    @property
    def state(self) -> str:
        if self.remedied_at is not None:
            return REMEDIED
        if self.given_up_at is not None:
            return CANNOT
        if self.reported_at is not None:
            return TO_VERIFY
        return OPEN if self.remedying_at is None else REMEDYING

    def days_left(self, today: dt.date) -> int | None:
        """Days until the deadline, negative after it; None where nothing runs any more."""
        if self.deadline is None or self.state in (REMEDIED, CANNOT):
            return None
        return (self.deadline - today).days


class Recheck(RecheckDraft, Owned, table=True):
    """One re-check of one finding. Never a visit of its own."""

    __table_args__ = owned_by(
        Index("ix_recheck_finding", "organisation_id", "finding_id"),
        Index("ix_recheck_checked_on", "organisation_id", "checked_on", "result", "finding_id"),
        finding_id="finding",
    )
    id: int | None = Field(default=None, primary_key=True)
    finding_id: int
    recorded_at: dt.datetime


tells(Finding, Permission.RECORD_READ)
tells(Recheck, Permission.RECORD_READ)


def one(session: Session, finding_id: int) -> Finding:
    """The row, or `NotFound` for a missing or foreign one."""
    return record(session, "finding", finding_id)


# ---- writing it down ------------------------------------------------------------------------------------------------
def _check(session: Session, visit: InspectionVisit, draft: FindingDraft) -> None:
    """What the way of handling asks for, by the catalogue's word on the day of the visit."""
    handling = chosen(session, "finding_handling", draft.handling, "handling", visit.visited_on)
    asked = handling.attributes if handling else {}
    if asked.get("deadline_required") and draft.deadline is None:
        raise Invalid(errors={"deadline": ("missing", {})})
    if asked.get("receiving_body_required") and not draft.receiving_body:
        raise Invalid(errors={"receiving_body": ("missing", {})})
    in_order(visit.visited_on, draft.deadline, "deadline")


@verb(Permission.RECORD_WRITE)
def add_finding(session: Session, visit_id: int, draft: FindingDraft, nonce: str | None = None) -> Finding:
    """Write down what was found at a visit."""
    draft = valid(FindingDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    visit = one_visit(session, visit_id)
    _check(session, visit, draft)
    row = Finding(**draft.model_dump(), visit_id=visit_id, first_deadline=draft.deadline)
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    write_down(session, "finding.added", row, filled(draft), note=row.item)
    return row


@verb(Permission.RECORD_WRITE)
def amend_finding(
    session: Session, finding_id: int, draft: FindingDraft, seen: int, nonce: str | None = None
) -> Finding:
    """Correct a finding, or move its deadline: the first one stays and shows."""
    draft = valid(FindingDraft, draft)
    lock(session)
    row = one(session, finding_id)
    if once(session, nonce, finding_id):
        return row
    check_version(row, seen, draft)
    _check(session, one_visit(session, row.visit_id), draft)
    if changes := differences(row, draft):
        row.sqlmodel_update(draft.model_dump())
        row.first_deadline, row.version = row.first_deadline or row.deadline, row.version + 1
        write_down(session, "finding.amended", row, changes, note=row.item)
    return row


# ---- finding them again ---------------------------------------------------------------------------------------------
class Due(NamedTuple):
    """A finding that waits for its remedy, with where and in which round it was made."""

    finding: Finding
    visit: InspectionVisit
    round: InspectionRound


def _waiting() -> Any:
    return and_(col(Finding.remedied_at).is_(None), col(Finding.given_up_at).is_(None))


def is_overdue(today: dt.date) -> Any:
    """Its deadline is past and it is neither remedied nor given up."""
    return and_(_waiting(), col(Finding.deadline) < today)


def _due(session: Session, condition: Any, limit: int) -> list[Due]:
    statement = (
        select(Finding, InspectionVisit, InspectionRound)
        .join(InspectionVisit, col(InspectionVisit.id) == Finding.visit_id)
        .join(InspectionRound, col(InspectionRound.id) == InspectionVisit.round_id)
        .where(condition)
        .order_by(col(Finding.deadline), col(Finding.id))
    )
    return [Due(*row) for row in session.exec(statement.limit(limit))]


@query(Permission.RECORD_READ)
def overdue_findings(session: Session, limit: int = 20) -> list[Due]:
    """Findings whose remedy is overdue, the longest waiting first."""
    return _due(session, is_overdue(session.current.today()), limit)


@query(Permission.RECORD_READ)
def findings_due_soon(session: Session, days: int = 7, limit: int = 20) -> list[Due]:
    """Findings whose remedy is due from today to `days` on."""
    today = session.current.today()
    soon = col(Finding.deadline).between(today, today + dt.timedelta(days=days))
    return _due(session, and_(_waiting(), soon), limit)


@query(Permission.RECORD_READ)
def findings(session: Session, round_id: int) -> list[Finding]:
    """What was found in a round, visit by visit."""
    one_round(session, round_id)
    statement = select(Finding).join(InspectionVisit, col(InspectionVisit.id) == Finding.visit_id)
    statement = statement.where(InspectionVisit.round_id == round_id)
    return list(
        session.exec(statement.order_by(col(InspectionVisit.visited_on), col(Finding.visit_id), col(Finding.id)))
    )


@query(Permission.RECORD_READ)
def finding(session: Session, finding_id: int) -> Finding:
    return one(session, finding_id)


@query(Permission.RECORD_READ)
def rechecks(session: Session, finding_id: int) -> list[Recheck]:
    """The re-checks of a finding, the first one first."""
    one(session, finding_id)
    statement = select(Recheck).where(Recheck.finding_id == finding_id)
    return list(session.exec(statement.order_by(col(Recheck.checked_on), col(Recheck.id))))


@query(Permission.RECORD_READ)
def round_timeline(session: Session, round_id: int) -> list[Line]:
    """Notes and changes of a round, of its visits and of what was found there, newest first."""
    one_round(session, round_id)
    visits = select(InspectionVisit.id).where(InspectionVisit.round_id == round_id)
    made = select(Finding.id).where(col(Finding.visit_id).in_(visits))
    subject, subject_id = col(HistoryEntry.subject), col(HistoryEntry.subject_id)
    here = or_(
        and_(subject == "inspection_round", subject_id == round_id),
        and_(subject == "inspection_visit", subject_id.in_(visits)),
        and_(subject == "finding", subject_id.in_(made)),
    )
    entries = list(session.exec(select(HistoryEntry).where(here).order_by(col(HistoryEntry.sequence).desc())))
    struck = {entry.changes["sequence"]: entry for entry in entries if entry.action == STRUCK}
    return [Line(entry, struck.get(entry.sequence)) for entry in entries if entry.action != STRUCK]
