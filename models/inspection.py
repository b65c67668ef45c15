"""Inspection rounds (cuộc) and the establishments they visit (lượt). What was found there is in models/finding.py.

A round has no state column: its state follows from the instants at which it was started, concluded or cancelled.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, UniqueConstraint, and_, func, or_
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.catalogue import chosen, merged
from models.database import Json, Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, in_order, once, submitted, valid
from models.entry import filled
from models.figures import of_unit
from models.history import differences, lock, record, tells, write_down
from models.numbering import next_number
from models.organisation import Kind, Organisation, unit_on
from models.shared import SHARED, Shared
from models.text import fold
from models.verb import query, verb

if TYPE_CHECKING:
    from models.counted import Counted

SERIES = "KT"
PLANNED, RUNNING, CONCLUDED, CANCELLED = STATES = ("planned", "running", "concluded", "cancelled")
LONGEST_KEY = 4000


# ---- what is typed --------------------------------------------------------------------------------------------------
class RoundDraft(Draft):
    """A round as planned: one decision, one team, one group of subjects."""

    subject: str = Field(
        min_length=1, max_length=60, title=N_("Subject group"), schema_extra=hint(choices="inspection_subject")
    )
    kind: str = Field(
        default="scheduled",
        min_length=1,
        max_length=60,
        title=N_("Kind of round"),
        description=N_("Only scheduled rounds count as part of the plan."),
        schema_extra=hint(choices="inspection_kind"),
    )
    lead: str = Field(
        default="independent",
        min_length=1,
        max_length=60,
        title=N_("How it is led"),
        schema_extra=hint(choices="inspection_lead"),
    )
    planned_on: dt.date = Field(title=N_("Planned for"))
    planned_to: dt.date | None = Field(
        default=None, title=N_("Planned until"), description=N_("Leave empty for a round of one day.")
    )
    area: str = Field(
        default="", max_length=200, title=N_("Area"), description=N_("Wards, communes or places the round goes to.")
    )
    unit_id: int | None = Field(default=None, title=N_("Unit in charge"), schema_extra=hint(choices="unit"))
    decision_no: str = Field(default="", max_length=60, title=N_("Decision number"))
    decision_on: dt.date | None = Field(default=None, title=N_("Decision date"))
    decision_by: str = Field(default="", max_length=200, title=N_("Decision signed by"))
    leader: str = Field(default="", max_length=200, title=N_("Team leader"))
    members: str = Field(
        default="",
        max_length=2000,
        title=N_("Team members"),
        description=N_("One person per line: name and body."),
        schema_extra=hint(widget="text_area", rows=3),
    )
    partners: list[str] = Field(
        default_factory=list,
        max_length=20,
        title=N_("Partners"),
        description=N_("Police bodies and outside bodies that take part."),
        schema_extra=hint(choices="partner"),
    )
    note: str = Field(default="", max_length=2000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=2))


class VisitDraft(Draft):
    """One establishment visited. Its name, ward and representative stay as they were on that day."""

    place: str = Field(min_length=2, max_length=200, title=N_("Establishment"), schema_extra=hint(suggest="place"))
    visited_on: dt.date = Field(title=N_("Visited on"))
    address: str = Field(default="", max_length=300, title=N_("Address"))
    ward: str = Field(
        default="", max_length=100, title=N_("Ward or commune"), description=N_("Its name on the day of the visit.")
    )
    representative: str = Field(default="", max_length=200, title=N_("Representative"))
    record_no: str = Field(default="", max_length=60, title=N_("Record number"))
    unit_id: int | None = Field(default=None, title=N_("Belongs to unit"), schema_extra=hint(choices="unit"))
    is_recheck: bool = Field(
        default=False,
        title=N_("Only a re-check"),
        description=N_("Comes back to verify earlier findings; does not count as a visit."),
    )
    note: str = Field(default="", max_length=2000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=2))


# ---- what is kept ---------------------------------------------------------------------------------------------------
class InspectionRound(RoundDraft, Owned, table=True):
    """`partners` holds "org:<id>" of a police body of this house, or "body:<code>" of the catalogue of outside bodies.
    `done_on` is the day it was done, `concluded_at` the instant at which that was recorded."""

    __tablename__ = "inspection_round"
    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "number"),
        Index("ix_inspection_round_planned_on", "organisation_id", "planned_on", "kind", "done_on", "unit_id"),
        Index("ix_inspection_round_done_on", "organisation_id", "done_on", "subject", "unit_id"),
        unit_id="unit",
        entered_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=20)
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    partners: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    done_on: dt.date | None = Field(default=None, title=N_("Done on"))
    conclusion_no: str = Field(default="", max_length=60, title=N_("Number of the conclusion"))
    conclusion_on: dt.date | None = Field(default=None, title=N_("Date of the conclusion"))
    conclusion: str = Field(default="", max_length=10_000, title=N_("Conclusion"))
    started_at: dt.datetime | None = None
    concluded_at: dt.datetime | None = None
    cancelled_at: dt.datetime | None = None
    cancel_reason: str = Field(default="", max_length=1000)
    search: str = Field(default="", max_length=LONGEST_KEY)
    version: int = Field(default=1)

    @property
    def state(self) -> str:
        if self.cancelled_at is not None:
            return CANCELLED
        if self.concluded_at is not None:
            return CONCLUDED
        return PLANNED if self.started_at is None else RUNNING


class InspectionVisit(VisitDraft, Owned, table=True):
    __tablename__ = "inspection_visit"
    __table_args__ = owned_by(
        Index("ix_inspection_visit_round", "organisation_id", "round_id"),
        Index("ix_inspection_visit_visited_on", "organisation_id", "visited_on", "is_recheck", "unit_id", "round_id"),
        round_id="inspection_round",
        unit_id="unit",
    )
    id: int | None = Field(default=None, primary_key=True)
    round_id: int
    search: str = Field(default="", max_length=LONGEST_KEY)
    version: int = Field(default=1)


tells(InspectionRound, Permission.RECORD_READ)
tells(InspectionVisit, Permission.RECORD_READ)


def one(session: Session, round_id: int) -> InspectionRound:
    """The row, or `NotFound` for a missing or foreign one."""
    return record(session, "inspection_round", round_id)


# ---- planning -------------------------------------------------------------------------------------------------------
def _checked_round(session: Session, draft: RoundDraft) -> RoundDraft:
    """The draft, with what needs the database checked: codes and names as of the planned day."""
    in_order(draft.planned_on, draft.planned_to, "planned_to")
    chosen(session, "inspection_subject", draft.subject, "subject", draft.planned_on)
    chosen(session, "inspection_kind", draft.kind, "kind", draft.planned_on)
    lead = chosen(session, "inspection_lead", draft.lead, "lead", draft.planned_on)
    partners = _checked_partners(session, draft)
    if lead and lead.attributes.get("partners_required") and not partners:
        raise Invalid(errors={"partners": ("missing", {})})
    unit_id = unit_on(session, draft.unit_id, draft.planned_on)
    return draft.model_copy(update={"partners": partners, "unit_id": unit_id})


def _checked_partners(session: Session, draft: RoundDraft) -> list[str]:
    """Each partner once; a police body that may be seen from here, or an outside body of that day."""
    police = {
        f"org:{row_id}"
        for row_id in session.exec(select(Organisation.id).where(Organisation.kind == Kind.POLICE))
        if row_id != session.current.organisation_id
    }
    for partner in draft.partners:
        kind, _, code = partner.partition(":")
        if kind == "body" and code:
            chosen(session, "partner_body", code, "partners", draft.planned_on)
        elif partner not in police:
            raise Invalid(errors={"partners": ("unknown", {})})
    return list(dict.fromkeys(draft.partners))


def round_key(row: InspectionRound) -> str:
    words = (row.number, row.decision_no, row.conclusion_no, row.area, row.leader, row.members, row.note)
    return fold(" ".join(words))[:LONGEST_KEY]


@verb(Permission.RECORD_WRITE)
def plan_round(session: Session, draft: RoundDraft, nonce: str | None = None) -> InspectionRound:
    """Put a round into the plan under the next number. The planned day may lie in the past: some are entered late."""
    draft = valid(RoundDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    draft = _checked_round(session, draft)
    row = InspectionRound(
        **draft.model_dump(),
        number=next_number(session, SERIES),
        entered_at=session.current.now(),
        entered_by=session.current.account_id,
        entered_by_name=session.current.name,
    )
    row.search = round_key(row)
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    write_down(session, "round.planned", row, filled(draft))
    return row


@verb(Permission.RECORD_WRITE)
def amend_round(
    session: Session, round_id: int, draft: RoundDraft, seen: int, nonce: str | None = None
) -> InspectionRound:
    """Change the plan, or correct it after the round; not once it is cancelled."""
    draft = valid(RoundDraft, draft)
    lock(session)
    row = one(session, round_id)
    if once(session, nonce, round_id):
        return row
    check_version(row, seen, draft)
    not_cancelled(row)
    draft = _checked_round(session, draft)
    if changes := differences(row, draft):
        row.sqlmodel_update(draft.model_dump())
        row.search, row.version = round_key(row), row.version + 1
        write_down(session, "round.amended", row, changes)
    return row


def not_cancelled(row: InspectionRound) -> None:
    if row.state == CANCELLED:
        raise Invalid("cancelled")


# ---- finding them again ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Filter:
    """What the list is narrowed by. `bubble` is one of BUBBLES; `first` and `last` are planned days, both included; `counted`
    is the number whose rounds are shown."""

    text: str = ""
    bubble: str | None = None
    subject: str | None = None
    kind: str | None = None
    lead: str | None = None
    unit_id: int | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    counted: "Counted | None" = None


LATE, OVERDUE = "late", "overdue"
BUBBLES = (*STATES, LATE, OVERDUE)


def in_state(state: str) -> Any:
    """`InspectionRound.state`, as the database asks it."""
    instants = (InspectionRound.started_at, InspectionRound.concluded_at, InspectionRound.cancelled_at)
    started, concluded, cancelled = map(col, instants)
    found: dict[str, Callable[[], Any]] = {  # each is put together when it is asked for, which takes its time
        PLANNED: lambda: and_(started.is_(None), concluded.is_(None), cancelled.is_(None)),
        RUNNING: lambda: and_(started.is_not(None), concluded.is_(None), cancelled.is_(None)),
        CONCLUDED: lambda: and_(concluded.is_not(None), cancelled.is_(None)),
        CANCELLED: lambda: cancelled.is_not(None),
    }
    return found[state]()


def _in_bubble(bubble: str, today: dt.date) -> Any:
    """A state; "late", planned but its days are over; or "overdue", with a finding whose remedy is overdue."""
    from models.finding import Finding, is_overdue

    if bubble == LATE:
        last_day = func.coalesce(InspectionRound.planned_to, InspectionRound.planned_on)
        return and_(in_state(PLANNED), last_day < today)
    if bubble == OVERDUE:
        # Gathered once; asked round by round, the overdue findings would be read as often as there are rounds.
        found = select(InspectionVisit.round_id).join(Finding, col(Finding.visit_id) == InspectionVisit.id)
        return col(InspectionRound.id).in_(found.where(is_overdue(today)))
    return in_state(bubble)


def _has_word(word: str) -> Any:
    """In the round's own key, or in that of a place it visited."""
    there = col(InspectionVisit.search).contains(word, autoescape=True)
    visit = select(InspectionVisit.id).where(col(InspectionVisit.round_id) == InspectionRound.id, there)
    return or_(col(InspectionRound.search).contains(word, autoescape=True), visit.exists())


def _conditions(session: Session, asked: Filter, *, bubble: bool = True) -> list[Any]:
    from models.counted import where

    found = [_has_word(word) for word in fold(asked.text).split()[:8]]
    found += where(session, asked.counted, InspectionRound)
    if bubble and asked.bubble:
        found.append(_in_bubble(asked.bubble, session.current.today()))
    if asked.subject:
        subject = col(InspectionRound.subject)
        found.append(or_(subject == asked.subject, subject.startswith(f"{asked.subject}.", autoescape=True)))
    if asked.kind:
        found.append(InspectionRound.kind == asked.kind)
    if asked.lead:
        found.append(InspectionRound.lead == asked.lead)
    if asked.unit_id:
        found.append(of_unit(session, col(InspectionRound.unit_id), asked.unit_id))
    if asked.first:
        found.append(col(InspectionRound.planned_on) >= asked.first)
    if asked.last:
        found.append(col(InspectionRound.planned_on) <= asked.last)
    return found


@query(Permission.RECORD_READ)
def rounds(session: Session, asked: Filter, limit: int = 20, offset: int = 0) -> list[InspectionRound]:
    """One page of the list, latest planned day first."""
    statement = select(InspectionRound).where(*_conditions(session, asked))
    statement = statement.order_by(col(InspectionRound.planned_on).desc(), col(InspectionRound.id).desc())
    return list(session.exec(statement.limit(limit).offset(offset)))


@query(Permission.RECORD_READ)
def bubble_counts(session: Session, asked: Filter) -> dict[str, int]:
    """How many each bubble would show, and "" for all, in one statement."""
    today = session.current.today()
    counts = [func.count().filter(_in_bubble(bubble, today)) for bubble in BUBBLES]
    statement: Any = select(func.count(), *counts).select_from(InspectionRound)
    row = session.exec(statement.where(*_conditions(session, asked, bubble=False))).one()
    return dict(zip(("", *BUBBLES), row, strict=True))


@query(Permission.RECORD_READ)
def inspection_round(session: Session, round_id: int) -> InspectionRound:
    return one(session, round_id)


# ---- sharing --------------------------------------------------------------------------------------------------------
def _shared(session: Session, row: InspectionRound) -> Shared:
    """What partners read of a round: how many places and findings, and no name."""
    from models.finding import Finding

    here = InspectionVisit.round_id == row.id
    visits = select(func.count()).select_from(InspectionVisit).where(here, ~col(InspectionVisit.is_recheck))
    findings = (
        select(func.count()).select_from(Finding).join(InspectionVisit, col(InspectionVisit.id) == Finding.visit_id)
    )
    subject = merged(session, "inspection_subject").get(row.subject)
    label = subject.label(session.current.language) if subject else row.subject
    return Shared(
        kind="inspection",
        title=f"{label}: {row.area}" if row.area else label,
        occurred_on=row.done_on or row.planned_on,
        subject=row.subject,
        subject_label=label,
        area=row.area,
        figures={"visits": session.exec(visits).one(), "findings": session.exec(findings.where(here)).one()},
    )


SHARED["inspection_round"] = _shared
