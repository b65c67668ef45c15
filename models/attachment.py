"""Attachments: photos and documents that hang on a record, seen by whoever may see the record. Struck, never deleted."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import field_validator
from sqlalchemy import Index
from sqlmodel import Field, col, select

from models import file_kinds, files
from models.access import Denied, Invalid, NotFound, Permission
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, ReasonDraft, once, problem, submitted, valid
from models.history import SUBJECTS, lock, record, seen, write_down
from models.security import SecurityEvent, log
from models.verb import query, verb

MOST = 100  # on one record


class AttachDraft(Draft):
    """What is said of the files that are sent together."""

    caption: str = Field(default="", max_length=200, title=N_("What they show"))
    not_secret: bool = Field(title=N_("These are not state-secret documents"))

    @field_validator("not_secret")
    @classmethod
    def _said(cls, value: bool) -> bool:
        if not value:
            raise problem("secrecy_unconfirmed")
        return value


class Attachment(Owned, table=True):
    """One file of one record. `sha256` names what is kept, `received_sha256` what was sent: a picture is drawn anew."""

    __table_args__ = owned_by(Index("ix_attachment_subject", "organisation_id", "subject", "subject_id"))
    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=40)
    subject_id: int
    name: str = Field(max_length=200)
    caption: str = Field(default="", max_length=200)
    content_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    received_sha256: str = Field(max_length=64)
    preview_sha256: str = Field(default="", max_length=64)
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None, foreign_key="account.id")
    entered_by_name: str = Field(max_length=200)
    struck_at: dt.datetime | None = None
    struck_by_name: str = Field(default="", max_length=200)
    struck_reason: str = Field(default="", max_length=1000)


# ---- coming in ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Taken:
    """A file that was looked at and is kept, but hangs on nothing yet."""

    name: str
    content_type: str
    size: int
    sha256: str
    received_sha256: str
    preview_sha256: str


def take(name: str, data: bytes) -> Taken:
    """Look at what was sent and keep it, or `Invalid`. Before `attach`, since drawing a picture anew takes a second that
    nobody else should wait for; what is never attached is seen by nobody."""
    name = files.clean_name(name)
    found = file_kinds.checked(name.rpartition(".")[2].lower(), data)
    if not files.has_room():
        raise Invalid("no_room")
    return Taken(
        name=name,
        content_type=found.content_type,
        size=len(found.data),
        sha256=files.keep(found.data),
        received_sha256=files.sha256(data),
        preview_sha256=files.keep(found.preview) if found.preview else "",
    )


@verb(Permission.RECORD_WRITE)
def attach(
    session: Session, subject: str, subject_id: int, draft: AttachDraft, taken: Taken, nonce: str | None = None
) -> Attachment:
    """Hang a taken file on a record. The same form sent twice gives the same attachment."""
    draft = valid(AttachDraft, draft)
    done = submitted(session, nonce)
    of = _record(session, subject, subject_id)
    if done:
        return session.exec(select(Attachment).where(Attachment.id == done.subject_id)).one()
    _has_place(session, subject, subject_id, taken)
    row = Attachment(
        **taken.__dict__,
        subject=subject,
        subject_id=subject_id,
        caption=draft.caption,
        entered_at=session.current.now(),
        entered_by=session.current.account_id,
        entered_by_name=session.current.name,
    )
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    changes = {"attachment": [None, row.name], "id": row.id, "sha256": row.sha256}
    write_down(session, "attachment.added", of, changes | ({"caption": [None, row.caption]} if row.caption else {}))
    return row


def _record(session: Session, subject: str, subject_id: int) -> Any:
    """The record, if it is one of the desk's: accounts and the ledger carry no files."""
    if subject not in SUBJECTS or SUBJECTS[subject].permission is not Permission.RECORD_READ:
        raise NotFound(subject)
    return record(session, subject, subject_id)


def _has_place(session: Session, subject: str, subject_id: int, taken: Taken) -> None:
    there = [one for one in _of(session, subject, subject_id) if one.struck_at is None]
    if len(there) >= MOST:
        raise Invalid("too_many_files", most=MOST)
    if twin := next((one for one in there if taken.received_sha256 == one.received_sha256), None):
        raise Invalid("already_attached", name=twin.name)


def _of(session: Session, subject: str, subject_id: int) -> list[Attachment]:
    statement = select(Attachment).where(Attachment.subject == subject, Attachment.subject_id == subject_id)
    return list(session.exec(statement.order_by(col(Attachment.id).desc())))


@verb(Permission.RECORD_WRITE)
def strike(session: Session, attachment_id: int, reason: str) -> None:
    """Strike a file out, with the reason: it stays in the history and is handed to heads only. Staff strike their own."""
    lock(session)
    row, of = _found(session, attachment_id)
    if row.entered_by != session.current.account_id and not session.current.may(Permission.NOTE_STRIKE_ANY):
        raise Denied("strike")
    reason = valid(ReasonDraft, {"reason": reason}).reason
    if row.struck_at:
        return
    row.struck_at, row.struck_by_name, row.struck_reason = session.current.now(), session.current.name, reason
    write_down(session, "attachment.struck", of, {"attachment": [row.name, None], "id": row.id}, note=reason)


# ---- going out ------------------------------------------------------------------------------------------------------
@query(Permission.RECORD_READ)
def attachments(session: Session, subject: str, subject_id: int) -> list[Attachment]:
    """The files of a record, newest first, struck ones too."""
    _record(session, subject, subject_id)
    return _of(session, subject, subject_id)


def readable(row: Attachment, *, by_head: bool) -> bool:
    """Whether what is in it may still be had."""
    return row.struck_at is None or by_head


def _found(session: Session, attachment_id: int) -> tuple[Attachment, Any]:
    """The row and its record. Missing, foreign, and of a record that may not be seen look alike."""
    row = session.exec(select(Attachment).where(Attachment.id == attachment_id)).first()
    of = seen(session, row.subject, row.subject_id) if row and row.subject in SUBJECTS else None
    if row is None or of is None:
        raise NotFound("attachment")
    return row, of


def _open(session: Session, attachment_id: int) -> Attachment:
    row, _ = _found(session, attachment_id)
    if not readable(row, by_head=session.current.may(Permission.NOTE_STRIKE_ANY)):
        raise NotFound("attachment")
    return row


@verb(Permission.RECORD_READ)
def hand_out(session: Session, attachment_id: int, address: str = "") -> Attachment:
    """A person takes it out of the house; that stands in the security log before anything is handed out."""
    row = _open(session, attachment_id)
    log(session, SecurityEvent.EXPORTED, detail=row.name, address=address)
    return row


@query(Permission.RECORD_READ)
def shown(session: Session, attachment_id: int) -> Attachment:
    """For the small picture on the page."""
    row = _open(session, attachment_id)
    if not row.preview_sha256:
        raise NotFound("attachment")
    return row
