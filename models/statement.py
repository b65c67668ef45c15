"""Statements (tường trình): what a person saw, in their own words, signed and from then on unchanged.

A statement is no part of the official record: it belongs to no incident or hangs on one, keeps its own number, and is
never merged into what the office writes. What is half written is a draft of one's own (models/draft.py); signing makes it
a row. Its whole text also stands in the history, whose chain tells if anybody changed it behind the app's back.
"""

import datetime as dt
from typing import Any

from pydantic import field_validator
from sqlalchemy import Index, UniqueConstraint, and_, event, func, inspect, or_
from sqlmodel import Field, col, select

from models.access import Denied, Invalid, Permission
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, ReasonDraft, hint, once, problem, submitted, valid
from models.history import lock, record, seen, tells, write_down
from models.incident import Incident, IncidentDraft, report
from models.incident import visible as visible_incident
from models.numbering import next_number
from models.organisation import unit_on
from models.place import tidy
from models.verb import query, verb

SERIES = "TT"
ORIGIN = "statement"  # of an incident that was made from one


class StatementDraft(Draft):
    """What is written. Names of people involved have no place in it either."""

    seen_at: dt.datetime = Field(title=N_("When it was seen"))
    place: str = Field(default="", max_length=200, title=N_("Where"), schema_extra=hint(suggest="place"))
    witness: str = Field(
        default="",
        max_length=200,
        title=N_("Who saw it"),
        description=N_(
            "Empty means yourself. For somebody else the role alone: guard of the night shift, ticket seller."
        ),
    )
    unit_id: int | None = Field(default=None, title=N_("Unit"), schema_extra=hint(choices="unit"))
    words: str = Field(
        min_length=10,
        max_length=20_000,
        title=N_("What was seen, in the person's own words"),
        description=N_("What happened, in which order, what was done. No names, no identity numbers."),
        schema_extra=hint(widget="text_area", rows=8),
    )
    confidential: bool = Field(
        default=False, title=N_("Confidential"), description=N_("Only heads and you can read it.")
    )

    @field_validator("seen_at")
    @classmethod
    def _has_a_zone(cls, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None:
            raise problem("timezone_aware")
        return value


class AttachStatementDraft(Draft):
    number: str = Field(
        min_length=1, max_length=40, title=N_("Number of the incident"), description=N_("VV-…, of any year.")
    )


class Statement(StatementDraft, Owned, table=True):
    """Signed at `signed_at` by who wrote it. Only `incident_id` ever changes."""

    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "number"),
        Index("ix_statement_incident", "organisation_id", "incident_id"),
        unit_id="unit",
        incident_id="incident",
        entered_by="account",
        attached_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=20)
    signed_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    incident_id: int | None = Field(default=None)
    attached_at: dt.datetime | None = None
    attached_by: int | None = Field(default=None)
    version: int = Field(default=1)


SIGNED = {"number", "seen_at", "place", "witness", "words", "signed_at", "entered_by_name"}


@event.listens_for(Statement, "before_update")
def _signed_is_signed(_mapper: Any, _connection: Any, row: Statement) -> None:
    """Whoever writes a verb: no flush changes what was signed."""
    if SIGNED & {one.key for one in inspect(row).attrs if one.history.has_changes()}:
        raise Denied("signed")


def visible(session: Session) -> Any:
    """Heads read all of them, everybody their own; the rest those that are not confidential, and what hangs on an incident
    with that incident only."""
    there = select(Incident.id).where(Incident.id == Statement.incident_id, visible_incident(session)).exists()
    return _readable(session, or_(col(Statement.incident_id).is_(None), there))


def _readable(session: Session, *open_to_all: Any) -> Any:
    """By whom; `open_to_all` is what else must hold where one is neither a head nor its author."""
    if session.current.may(Permission.CONFIDENTIAL_READ):
        return col(Statement.id).is_not(None)
    own = col(Statement.entered_by) == session.current.account_id
    return or_(own, and_(~col(Statement.confidential), *open_to_all))


tells(Statement, Permission.RECORD_READ, visible)


def one(session: Session, statement_id: int) -> Statement:
    """The row, or `NotFound` for a missing, foreign or hidden one."""
    return record(session, "statement", statement_id)


# ---- signing ----------------------------------------------------------------------------------------------------------
@verb(Permission.RECORD_WRITE)
def sign(
    session: Session, draft: StatementDraft, incident_id: int | None = None, nonce: str | None = None
) -> Statement:
    """Sign what was written, under the next number, at an incident or by itself. From then on it stays as it is."""
    draft = valid(StatementDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    if draft.seen_at > session.current.now():
        raise Invalid(errors={"seen_at": ("in_the_future", {})})
    incident = _open_incident(session, incident_id) if incident_id is not None else None
    day = draft.seen_at.astimezone(session.current.zone).date()
    settled = {"unit_id": unit_on(session, draft.unit_id, day), "place": tidy(session, draft.place)}
    row = Statement(
        **draft.model_dump() | settled,
        number=next_number(session, SERIES),
        signed_at=session.current.now(),
        entered_by=session.current.account_id,
        entered_by_name=session.current.name,
    )
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    filled = {name: getattr(row, name) for name in StatementDraft.model_fields}
    write_down(session, "statement.signed", row, {name: [None, one] for name, one in filled.items() if one})
    return _hang(session, row, incident) if incident else row


def _open_incident(session: Session, incident_id: int) -> Incident:
    incident: Incident = record(session, "incident", incident_id)
    if incident.closed_at:
        raise Invalid("closed")
    return incident


# ---- hanging it on an incident ----------------------------------------------------------------------------------------
def _hang(session: Session, row: Statement, incident: Incident) -> Statement:
    row.incident_id, row.attached_at = incident.id, session.current.now()
    row.attached_by, row.version = session.current.account_id, row.version + 1
    write_down(session, "statement.attached", row, {"incident": [None, f"incident:{incident.id}"]})
    write_down(session, "incident.statement_attached", incident, {"statement": [None, f"statement:{row.id}"]})
    return row


@verb(Permission.RECORD_WRITE)
def attach_statement(session: Session, statement_id: int, incident_id: int) -> Statement:
    """Hang a statement on an incident. It hangs on one at most."""
    lock(session)
    row, incident = one(session, statement_id), _open_incident(session, incident_id)
    if row.incident_id == incident_id:
        return row
    if row.incident_id is not None:
        raise Invalid("attached_elsewhere")
    return _hang(session, row, incident)


@verb(Permission.RECORD_WRITE)
def attach_by_number(session: Session, statement_id: int, draft: AttachStatementDraft) -> Statement:
    """The same, by the number that people quote."""
    from models.link import by_quoted_number

    lock(session)
    one(session, statement_id)
    found = by_quoted_number(session, valid(AttachStatementDraft, draft).number)
    if not isinstance(found, Incident):
        raise Invalid(errors={"number": ("not_an_incident", {})})
    return attach_statement(session, statement_id, found.id)  # type: ignore[arg-type]


@verb(Permission.RECORD_WRITE)
def detach_statement(session: Session, statement_id: int, draft: ReasonDraft) -> Statement:
    """Take a statement off its incident, with the reason: a head, or who hung it there. Both histories keep it."""
    draft = valid(ReasonDraft, draft)
    lock(session)
    row = one(session, statement_id)
    if row.incident_id is None:
        return row
    if row.attached_by != session.current.account_id and not session.current.may(Permission.NOTE_STRIKE_ANY):
        raise Denied("strike")
    incident = _open_incident(session, row.incident_id)
    row.incident_id, row.attached_at, row.attached_by, row.version = None, None, None, row.version + 1
    write_down(session, "statement.detached", row, {"incident": [f"incident:{incident.id}", None]}, note=draft.reason)
    gone = {"statement": [f"statement:{row.id}", None]}
    write_down(session, "incident.statement_detached", incident, gone, note=draft.reason)
    return row


# ---- making an incident of it -----------------------------------------------------------------------------------------
@query(Permission.INCIDENT_JUDGE)
def offered(session: Session, statement_id: int) -> dict[str, Any]:
    """First values of the form for an incident that is made from a statement: what a head then puts into official words."""
    row = one(session, statement_id)
    values = {"summary": _headline(row.words), "description": row.words[:10_000]}
    return (
        values
        | {name: getattr(row, name) for name in ("place", "unit_id", "confidential")}
        | {"occurred_at": row.seen_at}
    )


def _headline(words: str) -> str:
    """The first sentence, or as many whole words as a summary holds."""
    first = words.split("\n", 1)[0].split(". ", 1)[0].strip()
    cut = first[:299]
    return first if len(first) <= 300 else f"{cut.rpartition(' ')[0] or cut}…"


@verb(Permission.INCIDENT_JUDGE)
def make_incident(session: Session, statement_id: int, draft: IncidentDraft, nonce: str | None = None) -> Incident:
    """Enter an incident from a statement and hang the statement on it. The same form sent twice gives the same incident."""
    lock(session)
    row = one(session, statement_id)
    if row.incident_id is not None and not submitted(session, nonce):
        raise Invalid("attached_elsewhere")
    incident = report(session, draft, nonce, origin=ORIGIN)
    attach_statement(session, statement_id, incident.id)  # type: ignore[arg-type]
    return incident


# ---- reading ----------------------------------------------------------------------------------------------------------
@query(Permission.RECORD_READ)
def statement(session: Session, statement_id: int) -> Statement:
    return one(session, statement_id)


@query(Permission.RECORD_READ)
def statements_of(session: Session, incident_id: int) -> list[Statement]:
    """What hangs on an incident, in the order in which it was seen."""
    record(session, "incident", incident_id)
    statement = select(Statement).where(Statement.incident_id == incident_id, visible(session))
    return list(session.exec(statement.order_by(col(Statement.seen_at), col(Statement.id))))


MOST = 200


def _loose(session: Session) -> list[Any]:
    """Those on no incident that this account may see."""
    return [col(Statement.incident_id).is_(None), _readable(session)]


@query(Permission.RECORD_READ)
def loose_statements(session: Session, limit: int = MOST) -> list[Statement]:
    """What hangs on no incident, newest first."""
    statement = select(Statement).where(*_loose(session))
    return list(
        session.exec(statement.order_by(col(Statement.signed_at).desc(), col(Statement.id).desc()).limit(limit))
    )


@query(Permission.RECORD_READ)
def loose_count(session: Session) -> int:
    """How many of them there are."""
    return session.exec(select(func.count()).select_from(Statement).where(*_loose(session))).one()


@query(Permission.RECORD_READ)
def incident_of(session: Session, statement_id: int) -> Incident | None:
    """The incident that a statement hangs on, where this account may see it."""
    row = one(session, statement_id)
    return seen(session, "incident", row.incident_id) if row.incident_id else None
