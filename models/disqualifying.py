"""Events that can cost an agency the title "An toàn về an ninh, trật tự" of a year (figure 19), as a head finds them."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, or_
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.catalogue import chosen, merged
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, once, submitted, valid
from models.entry import amend, by_whom, not_in_future, put_in, stands, strike
from models.figures import as_of, not_yet, of_unit
from models.history import lock, record, tells
from models.incident import Incident
from models.incident import visible as incident_visible
from models.organisation import unit_on
from models.period import Period
from models.period_rule import assessment_year
from models.verb import query, verb


class DisqualifyingDraft(Draft):
    occurred_on: dt.date = Field(title=N_("Occurred on"))
    kind: str = Field(
        min_length=1, max_length=60, title=N_("Condition"), schema_extra=hint(choices="disqualifying_event")
    )
    basis: str = Field(
        min_length=3,
        max_length=500,
        title=N_("Basis"),
        description=N_("The document that establishes it, with its number and date, and the clause it falls under."),
    )
    description: str = Field(
        default="", max_length=2000, title=N_("Description"), schema_extra=hint(widget="text_area", rows=2)
    )
    unit_id: int | None = Field(default=None, title=N_("Unit"), schema_extra=hint(choices="unit"))
    incident_id: int | None = Field(
        default=None,
        title=N_("Incident"),
        description=N_("Where it is entered as an incident. Those whose kind may cost the title are offered."),
        schema_extra=hint(choices="candidate"),
    )


class DisqualifyingEvent(DisqualifyingDraft, Owned, table=True):
    """One event. A struck one stays readable and counts no more."""

    __tablename__ = "disqualifying_event"
    __table_args__ = owned_by(
        Index("ix_disqualifying_event_occurred_on", "organisation_id", "occurred_on", "struck_at", "unit_id"),
        unit_id="unit",
        incident_id="incident",
        entered_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    struck_at: dt.datetime | None = Field(default=None, title=N_("Struck out at"))
    struck_reason: str = Field(default="", max_length=1000)
    version: int = Field(default=1)


def visible(session: Session) -> Any:
    """One that came from a confidential incident is for those who may open the incident."""
    opened = select(Incident.id).where(incident_visible(session))
    return or_(col(DisqualifyingEvent.incident_id).is_(None), col(DisqualifyingEvent.incident_id).in_(opened))


tells(DisqualifyingEvent, Permission.RECORD_READ, visible)


# ---- entering --------------------------------------------------------------------------------------------------------
def _one(session: Session, disqualifying_event_id: int) -> DisqualifyingEvent:
    return record(session, "disqualifying_event", disqualifying_event_id)


def _checked(session: Session, draft: DisqualifyingDraft) -> DisqualifyingDraft:
    not_in_future(session, draft.occurred_on, "occurred_on")
    chosen(session, "disqualifying_event", draft.kind, "kind", draft.occurred_on)
    asked = select(Incident.id).where(Incident.id == draft.incident_id)
    if draft.incident_id is not None and session.exec(asked).first() is None:
        raise Invalid(errors={"incident_id": ("unknown", {})})
    return draft.model_copy(update={"unit_id": unit_on(session, draft.unit_id, draft.occurred_on)})


@verb(Permission.KPI_SET)
def add_disqualifying(session: Session, draft: DisqualifyingDraft, nonce: str | None = None) -> DisqualifyingEvent:
    """Find that an event can cost the title, with its basis."""
    draft = valid(DisqualifyingDraft, draft)
    if done := submitted(session, nonce):
        return _one(session, done.subject_id)  # type: ignore[arg-type]
    draft = _checked(session, draft)
    row = DisqualifyingEvent(**draft.model_dump(), **by_whom(session))
    return put_in(session, row, "disqualifying.added", draft, nonce, note=row.basis)


@verb(Permission.KPI_SET)
def amend_disqualifying(
    session: Session, disqualifying_event_id: int, draft: DisqualifyingDraft, seen: int, nonce: str | None = None
) -> DisqualifyingEvent:
    """Correct it. A struck one stays as it is."""
    draft = valid(DisqualifyingDraft, draft)
    lock(session)
    row = _one(session, disqualifying_event_id)
    if once(session, nonce, row.id):
        return row
    stands(check_version(row, seen, draft))
    draft = _checked(session, draft)
    return amend(session, row, "disqualifying.amended", draft, note=row.basis)


@verb(Permission.KPI_SET)
def strike_disqualifying(session: Session, disqualifying_event_id: int, reason: str) -> DisqualifyingEvent:
    """Strike it out, with the reason: it was no such event after all."""
    lock(session)
    return strike(session, _one(session, disqualifying_event_id), "disqualifying.struck", reason)


# ---- finding ---------------------------------------------------------------------------------------------------------
def year_of(session: Session, period: Period) -> tuple[dt.date, dt.date]:
    """The assessment year that the period's end lies in, up to that day."""
    until = as_of(session, period)
    return assessment_year(session, until)[0], until


def counted(session: Session, period: Period, unit_id: int | None) -> tuple[Any, ...]:
    """The events of that year, those struck out by the period's end left out."""
    return (
        col(DisqualifyingEvent.occurred_on).between(*year_of(session, period)),
        not_yet(DisqualifyingEvent.struck_at, period),
        of_unit(session, col(DisqualifyingEvent.unit_id), unit_id),
    )


@query(Permission.RECORD_READ)
def disqualifying_events(session: Session, asked: Any = None, limit: int = 200) -> list[DisqualifyingEvent]:
    """The latest first, struck ones too; or those that a number counts (models/counted.py)."""
    from models.counted import where

    found = (visible(session), *where(session, asked, DisqualifyingEvent))
    latest = (col(DisqualifyingEvent.occurred_on).desc(), col(DisqualifyingEvent.id).desc())
    return list(session.exec(select(DisqualifyingEvent).where(*found).order_by(*latest).limit(limit)))


@query(Permission.RECORD_READ)
def disqualifying_event(session: Session, disqualifying_event_id: int) -> DisqualifyingEvent:
    return _one(session, disqualifying_event_id)


@query(Permission.KPI_SET)
def candidates(session: Session, limit: int = 50) -> list[Incident]:
    """Incidents of a kind that may cost the title, the latest first."""
    kinds = [
        entry.code for entry in merged(session, "incident_kind").values() if entry.attributes.get("may_disqualify")
    ]
    found = select(Incident).where(col(Incident.kind).in_(kinds), col(Incident.not_confirmed_at).is_(None))
    return list(session.exec(found.order_by(col(Incident.occurred_at).desc()).limit(limit)))
