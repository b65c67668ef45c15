"""The security log: sign-ins, refusals, exports. Apart from the history, since it moves no revision."""

import datetime as dt
import enum

from sqlalchemy import Index, or_
from sqlmodel import Field, SQLModel, col, select

from models.access import Current, Permission, Role, Scope
from models.database import GLOBAL, QUIET, READABLE, Session, writing
from models.verb import query


class SecurityEvent(enum.StrEnum):
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED = "locked"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    REFUSED = "refused"
    EXPORTED = "exported"
    DISPLAY_ISSUED = "display_issued"
    DISPLAY_OPENED = "display_opened"
    DISPLAY_REFUSED = "display_refused"
    DISPLAY_ENDED = "display_ended"


class SecurityEntry(SQLModel, table=True):
    """Who tried what, from where. `organisation_id` is empty where nobody was known."""

    __tablename__ = "security_entry"
    __table_args__ = (Index("ix_security_entry_organisation_id_at", "organisation_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    at: dt.datetime
    event: str = Field(max_length=40)
    who: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=60)
    detail: str = Field(default="", max_length=200)


GLOBAL[SecurityEntry] = frozenset(Scope)
READABLE[SecurityEntry] = lambda organisation_id: or_(col(SecurityEntry.organisation_id) == organisation_id)
QUIET.add(SecurityEntry)


def log(
    session: Session, what: SecurityEvent, *, who: str = "", address: str = "", detail: str = "", **owner: int | None
) -> None:
    """Add an entry in the caller's transaction. `owner` overrides account_id and organisation_id where nobody is signed in."""
    current = session.current
    session.add(
        SecurityEntry(
            organisation_id=owner.get("organisation_id", current.organisation_id),
            account_id=owner.get("account_id", current.account_id),
            at=current.now(),
            event=what,
            who=(who or current.name)[:100],
            address=address[:60],
            detail=detail[:200],
        )
    )


def refused(current: Current, what: str) -> None:
    """A signed-in account asked for what it may not have."""
    with writing(current) as session:
        log(session, SecurityEvent.REFUSED, detail=what)


@query(Permission.SECURITY_LOG_READ)
def security_log(session: Session, limit: int = 200) -> list[SecurityEntry]:
    """The newest entries: of the own organisation, or for the system administrator of everybody."""
    statement = select(SecurityEntry).order_by(col(SecurityEntry.id).desc()).limit(limit)
    if session.current.role is not Role.SYSTEM:
        statement = statement.where(SecurityEntry.organisation_id == session.current.organisation_id)
    return list(session.exec(statement))
