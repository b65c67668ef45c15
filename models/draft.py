"""Drafts: what a form may send, checked once at the border; and the rows that keep what is half typed."""

import datetime as dt
import secrets
from typing import Any, TypeVar

from pydantic import ConfigDict, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Column, bindparam
from sqlalchemy.orm import object_session
from sqlmodel import Field, SQLModel, select

from models.access import Invalid, NotFound, Permission, Stale
from models.criteria import said_often
from models.database import QUIET, Json, Owned, Session
from models.text import clean, has_control_characters
from models.verb import query, verb


def N_(message: str) -> str:
    """Marks an English source string for the translators; pages translate it when they draw it."""
    return message


class Draft(SQLModel):
    """What a form sends. Unknown fields, control characters and over-long text are refused; text comes out as NFC.

    `Field(title=…, description=…)` are the English label and help, which pages translate.
    `Field(schema_extra={"json_schema_extra": {…}})` hints how the form draws it: see pages/parts/forms.py.
    """

    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]

    @field_validator("*", mode="before")
    @classmethod
    def _at_the_border(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = clean(value)
            if has_control_characters(value):
                raise PydanticCustomError("control_characters", "control characters")
        return value


def hint(**extra: Any) -> dict[str, Any]:
    """How a form draws a field: `Field(schema_extra=hint(widget="text_area", choices="incident_kind"))`; with `free=True` the
    guard (models/guard.py) leaves it alone."""
    return {"json_schema_extra": extra}


D = TypeVar("D", bound=Draft)


def problem(code: str, **facts: Any) -> PydanticCustomError:
    """An error of a draft's own rule: a code that pages turn into a sentence."""
    return PydanticCustomError(code, code, facts or None)


def valid(cls: type[D], values: dict[str, Any] | SQLModel) -> D:
    """The draft, or `Invalid` with one code a field."""
    plain = values.model_dump() if isinstance(values, SQLModel) else values
    try:
        return cls.model_validate(plain)
    except ValidationError as error:
        raise Invalid(errors=_by_field(error)) from None


def _by_field(error: ValidationError) -> dict[str, tuple[str, dict[str, Any]]]:
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in one["loc"])
        found.setdefault(place, (one["type"], dict(one.get("ctx") or {})))
    return found


def in_order(start: Any, end: Any, field: str) -> None:
    """Raise when the end lies before the start. `field` is the one that is wrong."""
    if start is not None and end is not None and end < start:
        raise Invalid(errors={field: ("out_of_order", {})})


class NoteDraft(Draft):
    note: str = Field(min_length=1, max_length=10_000, title=N_("Note"))


class ReasonDraft(Draft):
    reason: str = Field(min_length=3, max_length=1000, title=N_("Reason"))


# ---- one form, one effect ---------------------------------------------------------------------------------------------
class Submission(Owned, table=True):
    """A form that took effect. Its nonce can take effect once: double click, retry and restart give one record."""

    __tablename__ = "submission"
    organisation_id: int = Field(foreign_key="organisation.id", primary_key=True)
    nonce: str = Field(max_length=64, primary_key=True)
    subject_id: int | None = None


class FormDraft(Owned, table=True):
    """What a person is typing, or typed and could not save: it outlives F5, a lost connection and a server restart.

    The id is random, stands in the address and is the form's nonce. `seen_version` is the row's version when it was opened.
    """

    __tablename__ = "form_draft"
    id: str = Field(primary_key=True, max_length=43)
    account_id: int = Field(foreign_key="account.id", index=True)
    form: str = Field(max_length=40)
    subject_id: int | None = None
    seen_version: int | None = None
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    started_at: dt.datetime
    changed_at: dt.datetime


QUIET |= {Submission, FormDraft}
KEPT = dt.timedelta(days=30)
LARGEST = 400_000  # characters of one draft's JSON: far more than every field at its limit, twice


_SUBMITTED = said_often(select(Submission).where(Submission.nonce == bindparam("nonce")))


def submitted(session: Session, nonce: str | None) -> Submission | None:
    """The effect this form already had, if it had one. Takes the organisation's turn first."""
    from models.history import lock

    lock(session)
    return session.exec(_SUBMITTED, params={"nonce": nonce}).first() if nonce else None


def once(session: Session, nonce: str | None, subject_id: int | None = None) -> bool:
    """Whether this form took effect before; if not, it has now."""
    if submitted(session, nonce):
        return True
    if nonce:
        took_effect(session, nonce, subject_id)
    return False


def took_effect(session: Session, nonce: str, subject_id: int | None = None) -> None:
    """Remember it, for a verb that has just asked whether it did before."""
    own = session.current.organisation_id
    session.add(Submission(organisation_id=own, nonce=nonce[:64], subject_id=subject_id))  # type: ignore[arg-type]


def check_version(row: Any, seen: int | None, draft: SQLModel | None = None) -> Any:
    """The row, if it is there and still the one that was opened; else `Stale` with both, so that the page can show them."""
    if row is None:
        raise NotFound("record")
    if seen is not None and row.version != seen:
        if session := object_session(row):
            session.expunge(row)  # or the rollback would empty it
        raise Stale("stale", row=row, draft=draft)
    return row


@verb(Permission.OWN_ACCOUNT)
def start(
    session: Session,
    form: str,
    subject_id: int | None = None,
    seen_version: int | None = None,
    values: dict[str, Any] | None = None,
) -> FormDraft:
    """A new draft row; sweeps the account's forgotten ones."""
    current = session.current
    for old in session.exec(
        select(FormDraft).where(FormDraft.account_id == current.account_id, FormDraft.changed_at < current.now() - KEPT)
    ):
        session.delete(old)
    row = FormDraft(
        id=secrets.token_urlsafe(24),
        account_id=current.account_id,  # type: ignore[arg-type]
        form=form,
        subject_id=subject_id,
        seen_version=seen_version,
        values=_storable(values or {}),
        started_at=current.now(),
        changed_at=current.now(),
    )
    session.add(row)
    return row


def _storable(values: dict[str, Any]) -> dict[str, Any]:
    from models.history import plain

    stored = plain(values)
    if len(str(stored)) > LARGEST:
        raise Invalid("string_too_long", max_length=LARGEST)
    return stored


def _own(session: Session, draft_id: str) -> FormDraft | None:
    statement = select(FormDraft).where(FormDraft.id == draft_id, FormDraft.account_id == session.current.account_id)
    return session.exec(statement).first()


@query(Permission.OWN_ACCOUNT)
def kept(session: Session, draft_id: str) -> FormDraft | None:
    """One's own draft, or None: another account's does not exist for this one."""
    return _own(session, draft_id)


@query(Permission.OWN_ACCOUNT)
def unfinished(session: Session, form: str) -> list[FormDraft]:
    """One's own open drafts of a form, newest first."""
    statement = select(FormDraft).where(FormDraft.form == form, FormDraft.account_id == session.current.account_id)
    return list(session.exec(statement.order_by(FormDraft.changed_at.desc())))  # type: ignore[attr-defined]


@query(Permission.OWN_ACCOUNT)
def made(session: Session, draft_id: str) -> int | None:
    """The record that a form made or changed, once it was sent."""
    found = session.exec(_SUBMITTED, params={"nonce": draft_id}).first()
    return found.subject_id if found else None


@verb(Permission.OWN_ACCOUNT)
def keep(session: Session, draft_id: str, values: dict[str, Any], seen_version: int | None = None) -> None:
    """Store what is typed so far; with `seen_version`, say that the newer row was seen."""
    row = _own(session, draft_id)
    if row is None:
        raise NotFound("draft")
    row.values, row.changed_at = _storable(values), session.current.now()
    if seen_version is not None:
        row.seen_version = seen_version


@verb(Permission.OWN_ACCOUNT)
def discard(session: Session, draft_id: str) -> None:
    if row := _own(session, draft_id):
        session.delete(row)
