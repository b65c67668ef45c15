"""The security plan (phương án) of an event: drafted, submitted, decided by another person, then frozen."""

import datetime as dt
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, col, select

from models.access import Denied, Invalid, NotFound, Permission
from models.catalogue import merged
from models.database import Json, Owned, Session, owned_by
from models.draft import N_, Draft, ReasonDraft, check_version, once, submitted, valid
from models.history import lock, record, tell_partners, tells, write_down
from models.joint import partners
from models.plan_content import PlanDraft, compare, for_partners, missing, staffing
from models.plan_opinion import AskDraft, PlanRequest, heard, opinions, settle
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


def _opened(session: Session, plan_id: int, seen: int, state: str, draft: Draft | None = None) -> Plan:
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


def _move(session: Session, row: Plan, state: str, action: str, note: str = "", **more: Any) -> None:
    old, row.state = row.state, state
    row.version += 1
    write_down(session, action, row, {"state": [old, state]} | more, note=note)


def _by_another(session: Session, row: Plan) -> None:
    """Two people: whoever submitted a plan does not decide on it."""
    if row.submitted_by == session.current.account_id:
        raise Denied("two_persons")


def _all_heard(session: Session, row: Plan, known: str | None) -> None:
    """Whoever decides has read the opinions that are there. `known` is what was on the screen (plan_opinion.heard)."""
    if known is not None and known != heard(opinions(session, row.id)):  # type: ignore[arg-type]
        raise Invalid("opinion_came")


@verb(Permission.PLAN_DECIDE)
def approve_plan(session: Session, plan_id: int, seen: int, known: str | None = None) -> Plan:
    """Put a submitted plan in force, with the opinions of the police or without; the history says which. The edition in
    force before is superseded and stays readable."""
    row = _opened(session, plan_id, seen, SUBMITTED)
    _by_another(session, row)
    _all_heard(session, row, known)
    row.approved_at, row.approved_by = session.current.now(), session.current.account_id
    row.approved_by_name = session.current.name
    _move(session, row, APPROVED, "plan.approved", **settle(session, row.id, row.submitted_at, APPROVED))
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
    said = settle(session, row.id, row.submitted_at, RETURNED)
    _move(session, row, RETURNED, "plan.returned", note=written, **said)
    return row


@verb(Permission.PLAN_SUBMIT)
def redraft_plan(session: Session, plan_id: int, seen: int) -> Plan:
    """Take a returned plan back to the desk. The reason it came back with stays on it until the next submission."""
    row = _opened(session, plan_id, seen, RETURNED)
    _move(session, row, DRAFT, "plan.redrafted")
    return row


# ---- asking the police ----------------------------------------------------------------------------------------------
@verb(Permission.SHARE_RELEASE)
def ask_opinion(session: Session, plan_id: int, draft: AskDraft, seen: int) -> PlanRequest:
    """Let a police body read a submitted edition and ask for its opinion. Asked twice, it is one request."""
    draft = valid(AskDraft, draft)
    row = _opened(session, plan_id, seen, SUBMITTED, draft)
    partner = partners(session).get(draft.partner)
    if partner is None or partner.organisation_id is None:
        raise Invalid(errors={"partner": ("unknown", {})})
    asked = [one.request for one in opinions(session, plan_id) if one.is_open]
    if same := [one for one in asked if one.party_id == partner.organisation_id]:
        return same[0]
    request = _request(session, row, partner.organisation_id, partner.name, draft.question)
    write_down(session, "plan.opinion_asked", row, {"partner": [None, partner.name]}, note=draft.question)
    tell_partners(session, {partner.organisation_id})
    return request


def _request(session: Session, row: Plan, party_id: int, name: str, question: str) -> PlanRequest:
    """What the police body reads, as it is at this instant: no person in charge, no phone number."""
    event, shown = record(session, "event", row.event_id), for_partners(content(row))
    about = {"event_number": event.number, "event_name": event.name, "venue": event.venue}
    request = PlanRequest(
        **about,
        plan_id=row.id,  # type: ignore[arg-type]
        party_id=party_id,
        party_name=name,
        host_name=session.current.organisation_name,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        edition=row.edition,
        submitted_at=row.submitted_at,  # type: ignore[arg-type]
        question=question,
        content=shown.model_dump(mode="json"),
        words=_words(session, shown),
        asked_at=session.current.now(),
    )
    session.add(request)
    session.flush()
    return request


def _words(session: Session, draft: PlanDraft) -> dict[str, dict[str, str]]:
    """The labels of the codes in a plan: another organisation does not have our own ones."""
    used = {
        "risk_hazard": {risk.hazard for risk in draft.risks},
        "post_ring": {post.ring for post in draft.posts},
        "force": {post.force for post in draft.posts},
    }
    known = {name: merged(session, name) for name in used}
    return {name: {code: known[name][code].vi for code in sorted(codes)} for name, codes in used.items()}


@verb(Permission.SHARE_RELEASE)
def withdraw_request(session: Session, request_id: int, draft: ReasonDraft) -> PlanRequest:
    """Take a request back, with the reason: from now on the police body does not see the plan. What it said stays here."""
    draft = valid(ReasonDraft, draft)
    lock(session)
    own = PlanRequest.organisation_id == session.current.organisation_id
    request = session.exec(select(PlanRequest).where(PlanRequest.id == request_id, own)).first()
    if request is None:
        raise NotFound("plan_request")
    if request.withdrawn_at is None:
        request.withdrawn_at = session.current.now()
        changes = {"partner": [request.party_name, None]}
        write_down(session, "plan.opinion_withdrawn", one(session, request.plan_id), changes, note=draft.reason)
        tell_partners(session, {request.party_id})
    return request


# ---- finding --------------------------------------------------------------------------------------------------------
@query(Permission.RECORD_READ)
def plans(session: Session, event_id: int) -> list[Plan]:
    """Every edition of an event's plan, newest first."""
    record(session, "event", event_id)
    return _editions(session, event_id)


@query(Permission.RECORD_READ)
def plan(session: Session, plan_id: int) -> Plan:
    return one(session, plan_id)
