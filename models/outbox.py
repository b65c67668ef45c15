"""The outbox: mail on its way. What is to be told is queued in the transaction of the change, so nothing is lost while the
mail server is away; a sender claims messages with a lease, so no two send the same one. The sending is in models/mail.py.
"""

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import field_validator
from sqlalchemy import Index, UniqueConstraint, and_, or_
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.account import Account
from models.database import QUIET, Owned, Session, owned_by
from models.draft import N_, Draft, hint, problem, valid
from models.history import write_down
from models.settings import settings
from models.verb import query, verb

NONE, AT_ONCE, DAILY = MODES = ("none", "at_once", "daily")
DAILY_HOUR = 7  # local
LEASE = dt.timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(hours=1)
REFUSALS = 5  # of an address by the mail server itself, then it is not tried again
LARGEST_BATCH = 500
_ADDRESS = re.compile(
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*$"
)


# ---- what an account chose ------------------------------------------------------------------------------------------
class MailDraft(Draft):
    """Whether changes come by mail, and where to."""

    mode: str = Field(default=NONE, max_length=10, title=N_("Changes by mail"), schema_extra=hint(choices="mail_mode"))
    address: str = Field(default="", max_length=254, title=N_("Mail address"))

    @field_validator("mode")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in MODES:
            raise problem("unknown")
        return value


class MailChoice(Owned, table=True):
    """An account's choice; without a row it is none."""

    __tablename__ = "mail_choice"
    __table_args__ = owned_by(UniqueConstraint("organisation_id", "account_id"), account_id="account")
    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    mode: str = Field(default=NONE, max_length=10)
    address: str = Field(default="", max_length=254)
    since: dt.datetime


class Message(Owned, table=True):
    """One thing to be told to one account: which record, and what happened to it. No text of anybody's; the words are made
    when it is sent. `batch` is the letter it went or will go in, and that letter's identity to mail servers."""

    __tablename__ = "outbox"
    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "account_id", "key"),
        Index("ix_outbox_due", "organisation_id", "sent_at", "dropped_at", "due_at"),
        account_id="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    key: str = Field(max_length=80)
    subject: str = Field(max_length=40)
    subject_id: int
    action: str = Field(max_length=60)
    happened_at: dt.datetime
    queued_at: dt.datetime
    due_at: dt.datetime
    batch: str | None = Field(default=None, max_length=43)
    claim: str | None = Field(default=None, max_length=43)
    claimed_until: dt.datetime | None = None
    attempts: int = 0
    refusals: int = 0
    sent_at: dt.datetime | None = None
    dropped_at: dt.datetime | None = None
    problem: str = Field(default="", max_length=100)


QUIET.add(Message)  # what it tells stands in the history; whether it arrived changes no record


def is_on() -> bool:
    """Whether this installation sends mail at all."""
    return bool(settings.smtp_url)


def _choice(session: Session) -> MailChoice | None:
    mine = MailChoice.account_id == session.current.account_id
    return session.exec(select(MailChoice).where(mine)).first()


@query(Permission.OWN_ACCOUNT)
def mail_choice(session: Session) -> MailDraft:
    """One's own choice."""
    row = _choice(session)
    return MailDraft(mode=row.mode, address=row.address) if row else MailDraft()


@verb(Permission.OWN_ACCOUNT)
def choose_mail(session: Session, draft: MailDraft) -> None:
    """Choose whether changes come by mail, and where to. The history keeps the choice and never the address."""
    draft = valid(MailDraft, draft)
    if draft.mode != NONE and not _ADDRESS.fullmatch(draft.address):
        raise Invalid(errors={"address": ("mail_address", {})})
    account = session.exec(select(Account).where(Account.id == session.current.account_id)).one()
    row = _choice(session)
    before = (row.mode, row.address) if row else (NONE, "")
    if before == (draft.mode, draft.address) or (row is None and draft.mode == NONE):
        return
    write_down(session, "account.mail_chosen", account, {"mail_mode": [before[0], draft.mode]})
    if row is None:
        row = MailChoice(account_id=account.id, since=session.current.now())  # type: ignore[arg-type]
        session.add(row)
    row.mode, row.address, row.since = draft.mode, draft.address, session.current.now()


# ---- queueing -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class News:
    """One thing for one account. `key` names it, so that it is queued once however often it is found."""

    account_id: int
    key: str
    subject: str
    subject_id: int
    action: str
    happened_at: dt.datetime


def queue(session: Session, news: Iterable[News]) -> int:
    """Put messages into the outbox of the transaction's organisation, for those accounts that want mail."""
    if not is_on() or not (news := list(news)):
        return 0
    asked = select(MailChoice).where(col(MailChoice.account_id).in_({one.account_id for one in news}))
    modes = {row.account_id: row.mode for row in session.exec(asked.where(MailChoice.mode != NONE))}
    wanted = {(one.account_id, one.key): one for one in news if one.account_id in modes}
    there = _there(session, {key for _, key in wanted})
    new = [one for place, one in wanted.items() if place not in there]
    now = session.current.now()
    for one in new:
        due = now if modes[one.account_id] == AT_ONCE else _next_morning(session)
        session.add(Message(**vars(one), queued_at=now, due_at=due))
    return len(new)


def _there(session: Session, keys: set[str]) -> set[tuple[int, str]]:
    return (
        set(session.exec(select(Message.account_id, Message.key).where(col(Message.key).in_(keys)))) if keys else set()
    )


def _next_morning(session: Session) -> dt.datetime:
    """The next DAILY_HOUR of the organisation's day."""
    local = session.current.now().astimezone(session.current.zone)
    morning = local.replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
    return (morning if local < morning else morning + dt.timedelta(days=1)).astimezone(dt.UTC)


# ---- claiming -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Batch:
    """What one letter will tell one account, claimed for a while under `claim`."""

    batch: str
    claim: str
    account_id: int
    messages: tuple[Message, ...]


def _waiting(now: dt.datetime) -> list[Any]:
    free = or_(col(Message.claimed_until).is_(None), col(Message.claimed_until) <= now)
    return [col(Message.sent_at).is_(None), col(Message.dropped_at).is_(None), Message.due_at <= now, free]


def anything_due(session: Session) -> bool:
    return session.exec(select(Message.id).where(*_waiting(session.current.now())).limit(1)).first() is not None


def claim(session: Session) -> Batch | None:
    """Take what is due for one account. What was in a letter already that perhaps went out stays together in it, so that a
    mail server knows the letter again."""
    now = session.current.now()
    order = (col(Message.due_at), col(Message.id))
    asked = select(Message).where(*_waiting(now)).order_by(*order)
    first = session.exec(asked.limit(1).with_for_update(skip_locked=True)).first()
    if first is None:
        return None
    same = and_(col(Message.account_id) == first.account_id, col(Message.batch).is_not_distinct_from(first.batch))
    rows = session.exec(asked.where(same).limit(LARGEST_BATCH).with_for_update(skip_locked=True)).all()
    taken, batch = secrets.token_urlsafe(24), first.batch or secrets.token_urlsafe(24)
    for row in rows:
        row.batch, row.claim, row.claimed_until, row.attempts = batch, taken, now + LEASE, row.attempts + 1
    return Batch(batch, taken, first.account_id, tuple(rows))


def _held(session: Session, batch: Batch) -> list[Message]:
    """The batch's rows, if the lease did not run out and go to somebody else."""
    return list(session.exec(select(Message).where(Message.claim == batch.claim).with_for_update()))


def sent(session: Session, batch: Batch) -> None:
    for row in _held(session, batch):
        row.sent_at, row.claim, row.claimed_until, row.problem = session.current.now(), None, None, ""


def dropped(session: Session, batch: Batch, why: str) -> None:
    """Not to be sent at all: the account wants no mail any more, or may not see the records."""
    for row in _held(session, batch):
        row.dropped_at, row.claim, row.claimed_until, row.problem = session.current.now(), None, None, why


def put_off(session: Session, batch: Batch, why: str, *, refused: bool = False) -> None:
    """Try again later, each time after twice the time. Only what the server itself refuses again and again is dropped."""
    now = session.current.now()
    for row in _held(session, batch):
        row.claim, row.claimed_until, row.problem = None, None, why[:100]
        row.due_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts - 1, 10))
        row.refusals += refused
        if row.refusals >= REFUSALS:
            row.dropped_at = now
