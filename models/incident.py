"""Incidents (vụ việc): what is entered, how it is numbered and due, and how it is found again."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, or_
from sqlmodel import Field, col, select

from models.access import Denied, Invalid, Permission
from models.catalogue import Entry, chosen, merged
from models.database import Json, Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, once, submitted, valid
from models.entry import filled
from models.history import differences, lock, record, tells, write_down
from models.numbering import next_number
from models.organisation import unit_on
from models.place import named, tidy
from models.text import fold
from models.verb import query, verb
from models.working_days import after, holidays

SERIES = "VV"
LONGEST_SEARCH = 20_000
NONE, LATENT, COMPLEX = "none", "latent", "complex"
PREVENTED, BECAME_COMPLEX, WATCHING = "prevented", "became_complex", "watching"


class IncidentDraft(Draft):
    """What the entry form sends. Only when and what are asked for at first; the rest may come later."""

    occurred_at: dt.datetime = Field(title=N_("Occurred at"))
    received_at: dt.datetime | None = Field(
        default=None,
        title=N_("Received at"),
        description=N_("When the report came in. Empty means now; due dates count from it."),
    )
    summary: str = Field(
        min_length=3,
        max_length=300,
        title=N_("What happened, in one sentence"),
        description=N_("Who did what to whom or to what, and where. No names, no identity numbers."),
    )
    place: str = Field(default="", max_length=200, title=N_("Place"), schema_extra=hint(suggest="place"))
    unit_id: int | None = Field(default=None, title=N_("Unit"), schema_extra=hint(choices="unit"))
    event_id: int | None = Field(default=None, title=N_("During the event"), schema_extra=hint(choices="event"))
    kind: str | None = Field(default=None, max_length=60, title=N_("Kind"), schema_extra=hint(choices="incident_kind"))
    severity: int | None = Field(default=None, ge=1, le=4, title=N_("Severity"), schema_extra=hint(choices="severity"))
    complexity: str = Field(
        default=NONE, max_length=20, title=N_("Complexity"), schema_extra=hint(choices="complexity", widget="segmented")
    )
    complexity_reason: str = Field(
        default="",
        max_length=1000,
        title=N_("Why it is judged so"),
        description=N_("Needed for latent and complex: the facts the judgement rests on."),
        schema_extra=hint(widget="text_area"),
    )
    description: str = Field(
        default="", max_length=10_000, title=N_("Course of events"), schema_extra=hint(widget="text_area", rows=5)
    )
    people_count: int | None = Field(default=None, ge=0, le=1_000_000, title=N_("People involved"))
    people_roles: str = Field(
        default="",
        max_length=300,
        title=N_("Their roles"),
        description=N_("Roles only, for example: 2 spectators, 1 guard. Never names or identity numbers."),
    )
    measures: str = Field(
        default="", max_length=5000, title=N_("Measures taken"), schema_extra=hint(widget="text_area", rows=3)
    )
    partners: list[str] = Field(
        default_factory=list, title=N_("Handled together with"), schema_extra=hint(choices="partner")
    )
    confidential: bool = Field(
        default=False,
        title=N_("Confidential"),
        description=N_("Only heads, who entered it, its owner and its helpers can open it."),
    )


class Incident(IncidentDraft, Owned, table=True):
    """An incident as it stands. Figures come from its instants, never from `state`."""

    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "number"),
        Index(
            "ix_incident_figures",
            "organisation_id",
            "occurred_at",
            "kind",
            "severity",
            "unit_id",
            "complexity",
            "not_confirmed_at",
            "event_id",
            "confidential",
            "was_latent",
            "origin",
            "entered_at",
        ),
        Index(
            "ix_incident_due",
            "organisation_id",
            "due_on",
            "resolved_at",
            "transferred_at",
            "not_confirmed_at",
            "unit_id",
        ),
        Index(
            "ix_incident_resolved",
            "organisation_id",
            "resolved_at",
            "received_at",
            "transferred_at",
            "not_confirmed_at",
            "unit_id",
        ),
        Index(
            "ix_incident_latent", "organisation_id", "latent_ended_at", "latent_outcome", "not_confirmed_at", "unit_id"
        ),
        Index("ix_incident_event", "organisation_id", "event_id", "not_confirmed_at", "occurred_at"),
        Index(
            "ix_incident_flash",
            "organisation_id",
            "flash_due_at",
            "flash_reported_at",
            "not_confirmed_at",
            "unit_id",
        ),
        Index("ix_incident_complex", "organisation_id", "complexity", "occurred_at", "complexity_at"),
        Index("ix_incident_list", "organisation_id", "occurred_at", "id"),
        # The bubbles of the list count every incident of the organisation, in all years. With all they ask for in the index
        # that takes a fifteenth of the time: the rows themselves lie scattered over the whole table.
        Index(
            "ix_incident_bubbles",
            "organisation_id",
            "severity",
            "complexity",
            "resolved_at",
            "transferred_at",
            "not_confirmed_at",
            "closed_at",
            "due_on",
            "confidential",
            "entered_by",
            "owner_id",
            "id",
        ),
        unit_id="unit",
        event_id="event",
        entered_by="account",
        owner_id="account",
        place_id="place",
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=20)
    received_at: dt.datetime
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    partners: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    owner_id: int | None = Field(default=None)
    place_id: int | None = Field(default=None)  # the listed place whose name `place` was when it was typed
    origin: str = Field(default="form", max_length=20)
    state: str = Field(default="received", max_length=40)
    complexity_by_name: str = Field(default="", max_length=200)
    complexity_at: dt.datetime | None = None
    was_latent: bool = False
    latent_outcome: str | None = Field(default=None, max_length=20)
    latent_ended_at: dt.datetime | None = None
    first_due_on: dt.date
    due_on: dt.date
    due_basis: str = Field(default="", max_length=1000)
    flash_due_at: dt.datetime | None = None
    flash_reported_at: dt.datetime | None = None
    resolved_at: dt.datetime | None = None
    conclusion: str = Field(default="", max_length=5000)
    transferred_at: dt.datetime | None = None
    transferred_to: str = Field(default="", max_length=200)
    transfer_document: str = Field(default="", max_length=100)
    transferred_on: dt.date | None = None
    not_confirmed_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    search: str = Field(default="", max_length=LONGEST_SEARCH)
    version: int = Field(default=1)


def visible(session: Session) -> Any:
    """Confidential incidents are for heads, for who entered them and for who owns them."""
    if session.current.may(Permission.CONFIDENTIAL_READ):
        return col(Incident.id).is_not(None)
    me = session.current.account_id
    return or_(~col(Incident.confidential), col(Incident.entered_by) == me, col(Incident.owner_id) == me)


tells(Incident, Permission.RECORD_READ, visible)


def one(session: Session, incident_id: int) -> Incident:
    """The row, or `NotFound` for a missing, foreign or hidden one."""
    return record(session, "incident", incident_id)


# ---- entering -------------------------------------------------------------------------------------------------------
def _checked(session: Session, draft: IncidentDraft, before: Incident | None = None) -> dict[str, Any]:
    """The draft's values, with everything that needs the database or the clock checked."""
    now = session.current.now()
    received = draft.received_at or (before.received_at if before else now)
    if draft.occurred_at > now:
        raise Invalid(errors={"occurred_at": ("in_the_future", {})})
    if received > now:
        raise Invalid(errors={"received_at": ("in_the_future", {})})
    if received < draft.occurred_at:
        raise Invalid(errors={"received_at": ("out_of_order", {})})
    day = draft.occurred_at.astimezone(session.current.zone).date()
    chosen(session, "incident_kind", draft.kind, "kind", day)
    chosen(session, "complexity", draft.complexity, "complexity")
    _judgement(session, draft, before)
    _known_event(session, draft.event_id)
    _known_partners(session, draft.partners)
    unit_id, place = unit_on(session, draft.unit_id, day), tidy(session, draft.place)
    return draft.model_dump() | {"received_at": received, "unit_id": unit_id, "place": place}


def _judgement(session: Session, draft: IncidentDraft, before: Incident | None) -> None:
    """Latent and complex need a reason; that something is, or is no longer, complex only a head says."""
    if draft.complexity != NONE and not draft.complexity_reason:
        raise Invalid(errors={"complexity_reason": ("missing", {})})
    old = before.complexity if before else NONE
    confidential = before.confidential if before else False
    judged = draft.complexity != old and COMPLEX in (draft.complexity, old)
    if (judged or draft.confidential != confidential) and not session.current.may(Permission.INCIDENT_JUDGE):
        raise Denied(str(Permission.INCIDENT_JUDGE))


def _known_event(session: Session, event_id: int | None) -> None:
    from models.event import Event

    if event_id is None:
        return
    asked = select(Event.id).where(Event.id == event_id)
    if session.once(("event", event_id), lambda: session.exec(asked).first()) is None:
        raise Invalid(errors={"event_id": ("unknown", {})})


def _known_partners(session: Session, partners: list[str]) -> None:
    from models.event import known_partners

    known_partners(session, partners)


def due_on(session: Session, received_at: dt.datetime, severity: int | None, complexity: str) -> dt.date:
    """The due date by the first rule that fits (data/catalogues/due_rule.toml): working days after the local day of receipt."""
    day = received_at.astimezone(session.current.zone).date()
    if rule := due_rule(merged(session, "due_rule").values(), day, severity, complexity):
        return after(day, rule.attributes["working_days"], holidays(session))
    raise Invalid("no_due_rule")


def due_rule(rules: Iterable[Entry], day: dt.date, severity: int | None, complexity: str) -> Entry | None:
    """The first rule by its rank that holds on a day and fits."""
    for rule in sorted(rules, key=lambda rule: rule.attributes["rank"]):
        asked = rule.attributes
        fits = (severity or 1) >= asked.get("severity_from", 1) and complexity == asked.get("complexity", complexity)
        if fits and rule.holds_on(day):
            return rule
    return None


def _search_text(row: Incident) -> str:
    said = (row.number, row.summary, row.place, row.people_roles, row.description, row.measures)
    return fold(" ".join(said))[:LONGEST_SEARCH]


def _judge(session: Session, row: Incident, old: str) -> None:
    """Note who judged, and what became of a latent case."""
    if row.complexity == old:
        return
    row.complexity_by_name, row.complexity_at = session.current.name, session.current.now()
    if row.complexity == LATENT:
        row.was_latent, row.latent_outcome, row.latent_ended_at = True, WATCHING, None
    elif row.complexity == COMPLEX and row.was_latent and row.latent_ended_at is None:
        row.latent_outcome, row.latent_ended_at = BECAME_COMPLEX, session.current.now()


@verb(Permission.RECORD_WRITE)
def report(session: Session, draft: IncidentDraft, nonce: str | None = None, origin: str = "form") -> Incident:
    """Enter an incident under the next number. The same form sent twice gives the same incident.

    `origin` says how it came in: "form", "line" (quick entry), "message" (a pasted message), "file" (an import)."""
    draft = valid(IncidentDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    row = numbered(entered(session, draft, origin), next_number(session, SERIES))
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    write_down(session, "incident.reported", row, filled(draft))
    _brings_tasks(session, row)
    return row


def entered(session: Session, draft: IncidentDraft, origin: str) -> Incident:
    """A new row with everything checked, due and judged. The caller gives its number, adds it and writes it down."""
    values = _checked(session, draft)
    due = due_on(session, values["received_at"], draft.severity, draft.complexity)
    row = Incident(
        **values,
        number="",
        entered_at=session.current.now(),
        entered_by=session.current.account_id,
        entered_by_name=session.current.name,
        owner_id=session.current.account_id,
        place_id=named(session, values["place"]),
        origin=origin,
        first_due_on=due,
        due_on=due,
    )
    _judge(session, row, NONE)
    _clock_anew(session, row, {})
    return row


def numbered(row: Incident, number: str) -> Incident:
    """Give a new row the number that people will quote and find it by."""
    row.number = number
    row.search = _search_text(row)
    return row


@verb(Permission.RECORD_WRITE)
def amend(session: Session, incident_id: int, draft: IncidentDraft, seen: int, nonce: str | None = None) -> Incident:
    """Change what was entered. The due date follows severity and complexity unless it was extended by hand."""
    draft = valid(IncidentDraft, draft)
    lock(session)
    row = one(session, incident_id)
    if once(session, nonce, incident_id):
        return row
    check_version(row, seen, draft)
    if row.closed_at:
        raise Invalid("closed")
    checked = IncidentDraft.model_construct(**_checked(session, draft, row))
    if not (changes := differences(row, checked)):
        return row
    judged = row.complexity
    row.sqlmodel_update(checked.model_dump())
    if "place" in changes:
        row.place_id = named(session, row.place)
    _judge(session, row, judged)
    if not row.due_basis and {"severity", "complexity", "received_at"} & set(changes):
        changes |= _due_anew(session, row)
    changes |= _clock_anew(session, row, changes)
    row.search, row.version = _search_text(row), row.version + 1
    write_down(session, "incident.amended", row, changes)
    if {"kind", "unit_id"} & set(changes):
        _brings_tasks(session, row)
    return row


def _clock_anew(session: Session, row: Incident, changes: dict[str, Any]) -> dict[str, Any]:
    """The flash report's clock (models/deadline.py): started for a new row, else moved by what changed."""
    from models.deadline import move_clock, start_clock

    return move_clock(session, row, changes) if row.id else start_clock(session, row)


def _brings_tasks(session: Session, row: Incident) -> None:
    """What the rules of data/catalogues/task_rule.toml ask to be done about it."""
    from models.task import born

    born(session, row)


def _due_anew(session: Session, row: Incident) -> dict[str, Any]:
    due = due_on(session, row.received_at, row.severity, row.complexity)
    old, row.due_on = row.due_on, due
    return {"due_on": [old, due]} if old != due else {}


@query(Permission.RECORD_READ)
def incident(session: Session, incident_id: int) -> Incident:
    return one(session, incident_id)
