"""The rows of the inbox: who watches which record, what each was told of it, until when it was read (models/inbox.py)."""

import datetime as dt

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.database import QUIET, Owned, owned_by


class Watch(Owned, table=True):
    """Whether an account follows a record. A row that says no stays, so that nothing makes it follow again by itself."""

    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "account_id", "subject", "subject_id"),
        Index("ix_watch_subject", "organisation_id", "subject", "subject_id"),
        account_id="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    subject: str = Field(max_length=40)
    subject_id: int
    watching: bool = True
    since: dt.datetime


class Notice(Owned, table=True):
    """One entry of the history as one account is told of it. `subject` is the record it belongs to, not its part."""

    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "account_id", "sequence"),
        ForeignKeyConstraint(
            ["organisation_id", "sequence"], ["history_entry.organisation_id", "history_entry.sequence"]
        ),
        Index("ix_notice_unread", "organisation_id", "account_id", "read_at", "sequence"),
        account_id="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    sequence: int
    subject: str = Field(max_length=40)
    subject_id: int
    why: str = Field(max_length=10)
    read_at: dt.datetime | None = None


class InboxMark(Owned, table=True):
    """Until when an account has read what other organisations did."""

    __tablename__ = "inbox_mark"
    __table_args__ = owned_by(UniqueConstraint("organisation_id", "account_id"), account_id="account")
    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    ledger_at: dt.datetime


# What one follows and has read is one's own affair and changes no record; what a notice tells stands in the history.
QUIET |= {Watch, Notice, InboxMark}
