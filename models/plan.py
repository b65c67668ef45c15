"""The security plan (phương án) of an event: drafted, submitted, decided by another person, then frozen."""

import datetime as dt
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, col, select

from models.access import Denied, Invalid, Permission
from models.catalogue import merged
from models.database import Json, Owned, Session, owned_by
from models.draft import N_, ReasonDraft, check_version, once, submitted, valid
from models.history import lock, record, tells, write_down
from models.plan_content import PlanDraft, compare, missing, staffing
from models.text import fold
from models.verb import query, verb

DRAFT, SUBMITTED, APPROVED, RETURNED, SUPERSEDED = "draft", "submitted", "approved", "returned", "superseded"


def _rows(title: str) -> Any:
    return Field(default_factory=list, title=title, sa_column=Column(Json, nullable=False))


class Plan(PlanDraft, Owned, table=True):
    """One edition of an event's plan. Frozen from its submission on; only decisions touch it then.

    Figures use the instants: `approved_at` stays when a later edition supersedes this one, at `superseded_at`.
    `staffed_posts` and `staff` are counted when it is submitted.
    """

    __tablename__ = "event_plan"
    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "event_id", "edition"),
        Index("ix_event_plan_state", "organisation_id", "state", "event_id"),
        Index("ix_event_plan_figures", "organisation_id", "event_id", "approved_at", "staffed_posts"),
        event_id="event",
        submitted_by="account",
        approved_by="account",
        returned_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    event_id: int
    edition: int = Field(default=1, title=N_("Edition"))
    state: str = Field(default=DRAFT, max_length=40)
    risks: list[dict[str, Any]] = _rows(N_("Risk matrix"))  # type: ignore[assignment]
    posts: list[dict[str, Any]] = _rows(N_("Forces and posts"))  # type: ignore[assignment]
    scenarios: list[dict[str, Any]] = _rows(N_("Scenarios"))  # type: ignore[assignment]
    contacts: list[dict[str, Any]] = _rows(N_("Phone list"))  # type: ignore[assignment]
    staffed_posts: int = 0
    staff: int = 0
    drafted_at: dt.datetime
    drafted_by_name: str = Field(max_length=200)
    submitted_at: dt.datetime | None = None
    submitted_by: int | None = Field(default=None)
    submitted_by_name: str = Field(default="", max_length=200)
    approved_at: dt.datetime | None = None
    approved_by: int | None = Field(default=None)
    approved_by_name: str = Field(default="", max_length=200)
    returned_at: dt.datetime | None = None
    returned_by: int | None = Field(default=None)
    returned_by_name: str = Field(default="", max_length=200)
    returned_reason: str = Field(default="", max_length=1000)
    superseded_at: dt.datetime | None = None
    version: int = Field(default=1)


tells(Plan, Permission.RECORD_READ)


def content(plan: Plan) -> PlanDraft:
    """The plan as its editor sends it, with the rows of its lists as they were checked."""
    return PlanDraft.model_validate({name: getattr(plan, name) for name in PlanDraft.model_fields})


# ---- writing --------------------------------------------------------------------------------------------------------
def one(session: Session, plan_id: int) -> Plan:
    """The row, or `NotFound` for a missing or foreign one."""
    return record(session, "event_plan", plan_id)


def _held_event(session: Session, event_id: int) -> Any:
    """The plan's event; nothing is planned for a cancelled one."""
    event = record(session, "event", event_id)
    if event.cancelled_at:
        raise Invalid("cancelled")
    return event


def _checked(session: Session, draft: PlanDraft, event: Any) -> dict[str, Any]:
    """The draft's values as they are stored, with every chosen code checked."""
    day = event.starts_at.astimezone(session.current.zone).date()
    errors = _unknown_codes(session, draft, day) | _twice(draft)
    if (
        draft.peak_people is not None
        and draft.expected_people is not None
        and draft.peak_people > draft.expected_people
    ):
        errors["peak_people"] = ("more_than_expected", {"expected": draft.expected_people})
    if errors:
        raise Invalid(errors=errors)
    return draft.model_dump(mode="json")


def _unknown_codes(session: Session, draft: PlanDraft, day: dt.date) -> dict[str, tuple[str, dict[str, Any]]]:
    errors: dict[str, tuple[str, dict[str, Any]]] = {}
    for rows, field, catalogue in (
        ("risks", "hazard", "risk_hazard"),
        ("posts", "ring", "post_ring"),
        ("posts", "force", "force"),
    ):
        known = merged(session, catalogue)
        for at, row in enumerate(getattr(draft, rows)):
            entry = known.get(getattr(row, field))
            if entry is None or not entry.holds_on(day):
                errors[f"{rows}.{at}.{field}"] = ("unknown", {})
    return errors


def _twice(draft: PlanDraft) -> dict[str, tuple[str, dict[str, Any]]]:
    """Risks name their scenario, so a name stands once."""
    names = [fold(scenario.name) for scenario in draft.scenarios]
    return {f"scenarios.{at}.name": ("twice", {}) for at, name in enumerate(names) if name in names[:at]}


def _editions(session: Session, event_id: int) -> list[Plan]:
    statement = select(Plan).where(Plan.event_id == event_id).order_by(col(Plan.edition).desc())
    return list(session.exec(statement))


def _new(session: Session, event_id: int, values: dict[str, Any], edition: int, nonce: str | None) -> Plan:
    row = Plan(
        **values,
        event_id=event_id,
        edition=edition,
        drafted_at=session.current.now(),
        drafted_by_name=session.current.name,
    )
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    return row


@verb(Permission.PLAN_SUBMIT)
def draft_plan(session: Session, event_id: int, draft: PlanDraft, nonce: str | None = None) -> Plan:
    """Begin the first edition of an event's plan."""
    draft = valid(PlanDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    event = _held_event(session, event_id)
    if _editions(session, event_id):
        raise Invalid("plan_exists")
    row = _new(session, event_id, _checked(session, draft, event), 1, nonce)
    write_down(session, "plan.drafted", row, {"edition": [None, 1], **compare(PlanDraft(), draft)})
    return row


@verb(Permission.PLAN_SUBMIT)
def new_version(session: Session, plan_id: int, nonce: str | None = None) -> Plan:
    """Begin the next edition as a copy of the approved one, which holds until the new one is approved."""
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    old = one(session, plan_id)
    _held_event(session, old.event_id)
    newest = _editions(session, old.event_id)[0]
    if newest.id != old.id:
        raise Invalid("newer_edition", edition=newest.edition)
    _in_state(old, APPROVED)
    row = _new(session, old.event_id, content(old).model_dump(mode="json"), old.edition + 1, nonce)
    write_down(session, "plan.edition_begun", row, {"edition": [old.edition, row.edition]})
    return row


def _in_state(row: Plan, state: str) -> None:
    if row.state != state:
        raise Invalid("wrong_state", state=row.state)


def _opened(session: Session, plan_id: int, seen: int, state: str, draft: PlanDraft | None = None) -> Plan:
    """The plan as it was opened, in the state that the verb starts from, of an event that is held."""
    lock(session)
    row = check_version(one(session, plan_id), seen, draft)
    _held_event(session, row.event_id)
    _in_state(row, state)
    return row


@verb(Permission.PLAN_SUBMIT)
def amend_plan(session: Session, plan_id: int, draft: PlanDraft, seen: int, nonce: str | None = None) -> Plan:
    """Change a draft. Anything else is frozen."""
    draft = valid(PlanDraft, draft)
    if submitted(session, nonce):
        return one(session, plan_id)
    row = _opened(session, plan_id, seen, DRAFT, draft)
    once(session, nonce, plan_id)
    values = _checked(session, draft, record(session, "event", row.event_id))
    if changes := compare(content(row), draft):
        row.sqlmodel_update(values)
        row.version += 1
        write_down(session, "plan.amended", row, changes)
    return row


@verb(Permission.PLAN_SUBMIT)
def submit_plan(session: Session, plan_id: int, seen: int) -> Plan:
    """Hand a draft to the heads. Refused with all that is missing; from here on the content is frozen."""
    row = _opened(session, plan_id, seen, DRAFT)
    draft = content(row)
    if gaps := missing(draft):
        raise Invalid("incomplete", errors=gaps)
    row.staffed_posts, row.staff = staffing(draft)
    row.submitted_at, row.submitted_by = session.current.now(), session.current.account_id
    row.submitted_by_name = session.current.name
    _move(session, row, SUBMITTED, "plan.submitted")
    return row


def _move(session: Session, row: Plan, state: str, action: str, note: str = "") -> None:
    old, row.state = row.state, state
    row.version += 1
    write_down(session, action, row, {"state": [old, state]}, note=note)


def _by_another(session: Session, row: Plan) -> None:
    """Two people: whoever submitted a plan does not decide on it."""
    if row.submitted_by == session.current.account_id:
        raise Denied("two_persons")


@verb(Permission.PLAN_DECIDE)
def approve_plan(session: Session, plan_id: int, seen: int) -> Plan:
    """Put a submitted plan in force. The edition in force before is superseded and stays readable."""
    row = _opened(session, plan_id, seen, SUBMITTED)
    _by_another(session, row)
    row.approved_at, row.approved_by = session.current.now(), session.current.account_id
    row.approved_by_name = session.current.name
    _move(session, row, APPROVED, "plan.approved")
    for older in _editions(session, row.event_id):
        if older.state == APPROVED and older.id != row.id:
            older.superseded_at = row.approved_at
            _move(session, older, SUPERSEDED, "plan.superseded")
    return row


@verb(Permission.PLAN_DECIDE)
def return_plan(session: Session, plan_id: int, reason: str, seen: int) -> Plan:
    """Give a submitted plan back to its authors, with the reason."""
    written = valid(ReasonDraft, {"reason": reason}).reason
    row = _opened(session, plan_id, seen, SUBMITTED)
    _by_another(session, row)
    row.returned_at, row.returned_by = session.current.now(), session.current.account_id
    row.returned_by_name, row.returned_reason = session.current.name, written
    _move(session, row, RETURNED, "plan.returned", note=written)
    return row


@verb(Permission.PLAN_SUBMIT)
def redraft_plan(session: Session, plan_id: int, seen: int) -> Plan:
    """Take a returned plan back to the desk. The reason it came back with stays on it until the next submission."""
    row = _opened(session, plan_id, seen, RETURNED)
    _move(session, row, DRAFT, "plan.redrafted")
    return row


# ---- finding --------------------------------------------------------------------------------------------------------
@query(Permission.RECORD_READ)
def plans(session: Session, event_id: int) -> list[Plan]:
    """Every edition of an event's plan, newest first."""
    record(session, "event", event_id)
    return _editions(session, event_id)


@query(Permission.RECORD_READ)
def plan(session: Session, plan_id: int) -> Plan:
    return one(session, plan_id)
