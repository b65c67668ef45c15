"""Training, patrols and propaganda (figure 18): the sessions of the guards and of the mass organisations, and how many
guards there are. What is done together with the police stands in the joint ledger, not here."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.catalogue import chosen
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, once, submitted, valid
from models.entry import amend, by_whom, filled, not_in_future, put_in, stands, strike
from models.figures import as_of, not_yet, of_unit
from models.history import lock, record, tells, write_down
from models.organisation import unit_on
from models.period import Period
from models.place import tidy
from models.verb import query, verb

TRAINING, PATROL, PROPAGANDA = KINDS = ("training", "patrol", "propaganda")
MOST = 1_000_000


class MovementDraft(Draft):
    held_on: dt.date = Field(title=N_("Held on"))
    kind: str = Field(
        min_length=1, max_length=40, title=N_("Kind"), schema_extra=hint(choices="movement_kind", widget="segmented")
    )
    body: str = Field(
        min_length=1, max_length=40, title=N_("Held by"), schema_extra=hint(choices="movement_body", widget="segmented")
    )
    topic: str = Field(min_length=3, max_length=300, title=N_("What it was about"))
    place: str = Field(default="", max_length=200, title=N_("Place"), schema_extra=hint(suggest="place"))
    unit_id: int | None = Field(default=None, title=N_("Unit"), schema_extra=hint(choices="unit"))
    participants: int = Field(ge=1, le=MOST, title=N_("Participants"))
    guards_trained: int = Field(
        default=0,
        ge=0,
        le=MOST,
        title=N_("Guards trained, counted for the first time this year"),
        description=N_("Of a training only. Who was counted at an earlier one of the assessment year is left out."),
    )


class MovementActivity(MovementDraft, Owned, table=True):
    """One session. A struck one stays readable and counts no more."""

    __tablename__ = "movement_activity"
    __table_args__ = owned_by(
        Index("ix_movement_activity_held_on", "organisation_id", "held_on", "struck_at", "unit_id"),
        unit_id="unit",
        entered_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    struck_at: dt.datetime | None = Field(default=None, title=N_("Struck out at"))
    struck_reason: str = Field(default="", max_length=1000)
    version: int = Field(default=1)


class GuardForceDraft(Draft):
    counted_on: dt.date = Field(title=N_("As of"))
    strength: int = Field(ge=1, le=100_000, title=N_("Guards"), description=N_("How many guards the organisation has."))


class GuardForce(GuardForceDraft, Owned, table=True):
    """How many guards there were from a day on, until the next count."""

    __tablename__ = "guard_force"
    __table_args__ = owned_by(UniqueConstraint("organisation_id", "counted_on"))
    id: int | None = Field(default=None, primary_key=True)
    version: int = Field(default=1)


tells(MovementActivity, Permission.RECORD_READ)
tells(GuardForce, Permission.RECORD_READ)


# ---- entering --------------------------------------------------------------------------------------------------------
def _one(session: Session, movement_activity_id: int) -> MovementActivity:
    return record(session, "movement_activity", movement_activity_id)


def _checked(session: Session, draft: MovementDraft) -> MovementDraft:
    not_in_future(session, draft.held_on, "held_on")
    chosen(session, "movement_kind", draft.kind, "kind", draft.held_on)
    chosen(session, "movement_body", draft.body, "body", draft.held_on)
    if draft.guards_trained and draft.kind != TRAINING:
        raise Invalid(errors={"guards_trained": ("training_only", {})})
    if draft.guards_trained > draft.participants:
        raise Invalid(errors={"guards_trained": ("more_than_came", {"attendance": draft.participants})})
    unit_id = unit_on(session, draft.unit_id, draft.held_on)
    return draft.model_copy(update={"unit_id": unit_id, "place": tidy(session, draft.place)})


@verb(Permission.RECORD_WRITE)
def add_movement(session: Session, draft: MovementDraft, nonce: str | None = None) -> MovementActivity:
    """Enter a session that was held."""
    draft = valid(MovementDraft, draft)
    if done := submitted(session, nonce):
        return _one(session, done.subject_id)  # type: ignore[arg-type]
    draft = _checked(session, draft)
    row = MovementActivity(**draft.model_dump(), **by_whom(session))
    return put_in(session, row, "movement.added", draft, nonce, note=row.topic)


@verb(Permission.RECORD_WRITE)
def amend_movement(
    session: Session, movement_activity_id: int, draft: MovementDraft, seen: int, nonce: str | None = None
) -> MovementActivity:
    """Correct a session. A struck one stays as it is."""
    draft = valid(MovementDraft, draft)
    lock(session)
    row = _one(session, movement_activity_id)
    if once(session, nonce, row.id):
        return row
    stands(check_version(row, seen, draft))
    draft = _checked(session, draft)
    return amend(session, row, "movement.amended", draft, note=row.topic)


@verb(Permission.RECORD_WRITE)
def strike_movement(session: Session, movement_activity_id: int, reason: str) -> MovementActivity:
    """Strike a session out that was entered by mistake, with the reason."""
    lock(session)
    return strike(session, _one(session, movement_activity_id), "movement.struck", reason)


@verb(Permission.RECORD_WRITE)
def count_guards(session: Session, draft: GuardForceDraft, nonce: str | None = None) -> GuardForce:
    """Note how many guards there are from a day on. The same day again corrects that count."""
    draft = valid(GuardForceDraft, draft)
    not_in_future(session, draft.counted_on, "counted_on")
    lock(session)
    row = session.exec(select(GuardForce).where(GuardForce.counted_on == draft.counted_on)).first()
    if once(session, nonce) and row is not None:
        return row
    if row is None:
        row = GuardForce.model_validate(draft)
        session.add(row)
        session.flush()
        write_down(session, "guard_force.counted", row, filled(draft))
        return row
    return amend(session, row, "guard_force.corrected", draft)


# ---- finding ---------------------------------------------------------------------------------------------------------
def held_in(session: Session, period: Period, unit_id: int | None) -> tuple[Any, ...]:
    """The sessions held in the period, up to today; those struck out by its end are left out."""
    return (
        col(MovementActivity.held_on).between(period.first, as_of(session, period)),
        not_yet(MovementActivity.struck_at, period),
        of_unit(session, col(MovementActivity.unit_id), unit_id),
    )


def _listed(session: Session, asked: Any) -> list[Any]:
    """Everything, or what a number counts (models/counted.py)."""
    from models.counted import where

    return where(session, asked, MovementActivity)


@query(Permission.RECORD_READ)
def movements(session: Session, asked: Any = None, limit: int = 20, offset: int = 0) -> list[MovementActivity]:
    """One page of the register, the latest first, struck ones too; or of what a number counts."""
    latest = (col(MovementActivity.held_on).desc(), col(MovementActivity.id).desc())
    statement = select(MovementActivity).where(*_listed(session, asked)).order_by(*latest)
    return list(session.exec(statement.limit(limit).offset(offset)))


@query(Permission.RECORD_READ)
def movement_count(session: Session, asked: Any = None) -> int:
    """How many there are in the register, or behind a number."""
    return session.exec(select(func.count()).select_from(MovementActivity).where(*_listed(session, asked))).one()


@query(Permission.RECORD_READ)
def movement(session: Session, movement_activity_id: int) -> MovementActivity:
    return _one(session, movement_activity_id)


@query(Permission.RECORD_READ)
def guard_counts(session: Session) -> list[GuardForce]:
    """How many guards there were, the latest count first."""
    return list(session.exec(select(GuardForce).order_by(col(GuardForce.counted_on).desc())))


# ---- in numbers ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Held:
    """Of one organisation and kind: how many sessions, and how many people took part."""

    body: str
    kind: str
    sessions: int
    participants: int


@dataclass(frozen=True, slots=True)
class Trained:
    """How many guards were trained in a period, of how many there were at its end; None where nobody counted them."""

    guards: int
    strength: int | None

    @property
    def share(self) -> float | None:
        return self.guards / self.strength if self.strength else None


@query(Permission.KPI_READ)
def movements_by_body(session: Session, period: Period, unit_id: int | None = None) -> list[Held]:
    """The sessions of the period by organisation and kind."""
    by = (col(MovementActivity.body), col(MovementActivity.kind))
    numbers = select(*by, func.count(), func.sum(MovementActivity.participants))
    rows = session.exec(numbers.where(*held_in(session, period, unit_id)).group_by(*by).order_by(*by))
    return [Held(body, kind, sessions, int(people)) for body, kind, sessions, people in rows]


@query(Permission.KPI_READ)
def guards_trained(session: Session, period: Period, unit_id: int | None = None) -> Trained:
    """Guards trained in the period, each counted once, against the strength as it was counted last by its end."""
    trained = select(func.sum(MovementActivity.guards_trained)).where(*held_in(session, period, unit_id))
    counted = select(GuardForce.strength).where(col(GuardForce.counted_on) <= as_of(session, period))
    strength = session.exec(counted.order_by(col(GuardForce.counted_on).desc()).limit(1)).first()
    return Trained(int(session.exec(trained).one() or 0), strength)
