"""Who opened what of the joint ledger, and when: a partner's receipt, which the host reads, and everybody's own mark.

The row is the reader's organisation's, like its answer, so that nobody can say in a partner's name that it was read.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Field, col, select

from models.about import LEDGER
from models.access import NotFound, Permission
from models.database import QUIET, READABLE, Owned, Session
from models.joint import JointActivity, JointAnswer, JointParty
from models.lasting import lasting
from models.ledger import reach
from models.organisation import Organisation
from models.verb import query, verb

LOOK_BACK = dt.timedelta(days=30)  # older news of the ledger is not news


class JointOpening(Owned, table=True):
    """One account's openings of one activity. The first instant stays; `release` is the text that was read last."""

    __tablename__ = "joint_opening"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "account_id", "activity_id"),
        ForeignKeyConstraint(["host_id", "activity_id"], ["joint_activity.organisation_id", "joint_activity.id"]),
        ForeignKeyConstraint(["organisation_id", "account_id"], ["account.organisation_id", "account.id"]),
        Index("ix_joint_opening_activity", "host_id", "activity_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    host_id: int
    activity_id: int
    account_id: int
    account_name: str = Field(max_length=200)
    release: int
    first_at: dt.datetime
    last_at: dt.datetime


def _opening_rule(organisation_id: int) -> Any:
    """The reader's, and the host's: one looks at the row alone."""
    return or_(col(JointOpening.organisation_id) == organisation_id, col(JointOpening.host_id) == organisation_id)


READABLE[JointOpening] = _opening_rule
QUIET.add(JointOpening)  # reading changes no record; a receipt that moved the revision would redraw every page


def _mine(session: Session) -> Any:
    own = col(JointOpening.organisation_id) == session.current.organisation_id
    return and_(own, col(JointOpening.account_id) == session.current.account_id)


def _activity(session: Session, activity_id: int, *where: Any) -> JointActivity:
    asked = select(JointActivity).where(JointActivity.id == activity_id, reach(session), *where)
    row = session.exec(asked).first()
    if row is None:
        raise NotFound("joint_activity")
    return row


def _opened(session: Session, activity_id: int) -> JointOpening | None:
    return session.exec(select(JointOpening).where(JointOpening.activity_id == activity_id, _mine(session))).first()


def _is_party(session: Session, activity: JointActivity) -> bool:
    own = session.current.organisation_id
    return activity.organisation_id == own or f",{own}," in activity.shared_with


@verb(Permission.LEDGER_READ)
def open_activity(session: Session, activity_id: int) -> None:
    """Note that this account reads the activity now. A steering board is no party and leaves no receipt."""
    activity, current = _activity(session, activity_id), session.current
    if current.account_id is None or not _is_party(session, activity):
        return
    row = _opened(session, activity_id) or JointOpening(
        host_id=activity.organisation_id,
        activity_id=activity_id,
        account_id=current.account_id,
        account_name=current.name,
        release=activity.release,
        first_at=current.now(),
        last_at=current.now(),
    )
    row.release, row.last_at = activity.release, current.now()
    session.add(row)


@query(Permission.LEDGER_READ)
def is_news(session: Session, activity_id: int) -> bool:
    """Whether this account, of a party, never opened the activity, or somebody moved it since."""
    activity = _activity(session, activity_id)
    row = _opened(session, activity_id)
    if row is None:
        return _is_party(session, activity)
    return any(one.at > row.last_at for one in _moves(session, row.last_at, activity_id))


# ---- what the host reads --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Receipt:
    """Who of a partner read it, when first and last, and whether that was the newest text."""

    partner: str
    name: str
    first_at: dt.datetime
    last_at: dt.datetime
    newest: bool


@query(Permission.LEDGER_READ)
def receipts(session: Session, activity_id: int) -> list[Receipt]:
    """The partners' openings of an own activity, the first reader first. Nobody but the host is told."""
    own = session.current.organisation_id
    activity = _activity(session, activity_id, JointActivity.organisation_id == own)
    names = {row.id: row.name for row in session.exec(select(Organisation))}
    theirs = (JointOpening.activity_id == activity_id, col(JointOpening.organisation_id) != own)
    rows = session.exec(select(JointOpening).where(*theirs).order_by(col(JointOpening.first_at)))
    return [
        Receipt(
            names.get(row.organisation_id, ""),
            row.account_name,
            row.first_at,
            row.last_at,
            row.release >= activity.release,
        )
        for row in rows
    ]


# ---- what happened between organisations ------------------------------------------------------------------------------
RELEASED, WITHDRAWN, CONFIRMED, DECLINED = "released", "withdrawn", "confirmed", "declined"


@dataclass(frozen=True)
class Move:
    """Something that another organisation did to an activity: it stands in that organisation's chain, not in one's own."""

    activity: JointActivity
    what: str
    at: dt.datetime
    who: str

    @property
    def key(self) -> str:
        return f"ledger:{self.activity.id}:{self.what}:{self.at.timestamp():.0f}"


# No joins here: what may be read of one table of the ledger is said by a question to the next one, and a join of the two
# would take that question apart.
def _moves(session: Session, since: dt.datetime, activity_id: int | None = None) -> list[Move]:
    """What was done since then, to one activity or to any."""
    parties, answers = _parties(session, since, activity_id), _answers(session, since, activity_id)
    ids = {one.activity_id for one in parties} | {one.activity_id for one in answers}
    if not ids:
        return []
    known = {one.id: one for one in session.exec(select(JointActivity).where(col(JointActivity.id).in_(ids)))}
    named = select(JointParty.id, JointParty.name).where(col(JointParty.activity_id).in_(ids))
    names = {party_id: name for party_id, name in session.exec(named)}  # noqa: C416 - a result is no mapping
    found = [_towards_us(known[one.activity_id], one) for one in parties]
    found += [_answered(known[one.activity_id], one, names.get(one.joint_party_id, "")) for one in answers]
    return [one for one in found if one.at > since]


def _parties(session: Session, since: dt.datetime, activity_id: int | None) -> list[JointParty]:
    """The own organisation's parts of what was released to it, released anew, or withdrawn from it."""
    activity = aliased(JointActivity)  # by its key: IN (SELECT …) would read everybody's
    anew = select(activity.id).where(activity.id == JointParty.activity_id, activity.rereleased_at > since)  # type: ignore[operator]
    moved = or_(col(JointParty.released_at) > since, col(JointParty.withdrawn_at) > since, anew.exists())
    where: list[Any] = [
        JointParty.party_id == session.current.organisation_id,
        col(JointParty.released_at).is_not(None),
        moved,
    ]
    where += [JointParty.activity_id == activity_id] if activity_id else []
    return list(session.exec(select(JointParty).where(*where)))


def _towards_us(activity: JointActivity, party: JointParty) -> Move:
    if party.withdrawn_at:
        return Move(activity, WITHDRAWN, party.withdrawn_at, activity.host_name)
    released = party.released_at or party.proposed_at
    return Move(activity, RELEASED, max(released, activity.rereleased_at or released), activity.host_name)


def _answers(session: Session, since: dt.datetime, activity_id: int | None) -> list[JointAnswer]:
    """What partners answered to the own organisation."""
    said = or_(col(JointAnswer.confirmed_at) > since, col(JointAnswer.declined_at) > since)
    where: list[Any] = [JointAnswer.host_id == session.current.organisation_id, said]
    where += [JointAnswer.activity_id == activity_id] if activity_id else []
    return list(session.exec(select(JointAnswer).where(*where)))


def _answered(activity: JointActivity, answer: JointAnswer, name: str) -> Move:
    if answer.confirmed_at:
        return Move(activity, CONFIRMED, answer.confirmed_at, name)
    return Move(activity, DECLINED, answer.declined_at or activity.entered_at, name)


def _lately(session: Session) -> list[Move]:
    """What was done since the day that news go back to: the same for everybody here."""
    current = session.current
    first = dt.datetime.combine(current.today() - LOOK_BACK, dt.time.min, current.zone)
    return lasting(session, frozenset({LEDGER}), "moves", lambda: _moves(session, first))


def moves_since(session: Session, since: dt.datetime) -> list[Move]:
    """What other organisations did since then and this account has not opened yet, newest first. One's answers are for
    those who watch the activity; what is shared with the organisation is for everybody who may read its ledger."""
    from models.inbox import watches

    found = [one for one in _lately(session) if one.at > since]
    if not found:
        return []
    here = col(JointOpening.activity_id).in_([move.activity.id for move in found])
    opened = {row.activity_id: row.last_at for row in session.exec(select(JointOpening).where(_mine(session), here))}
    watched = watches(session, "joint_activity")
    own = session.current.organisation_id
    unread = (
        move
        for move in found
        if (move.activity.organisation_id != own or move.activity.id in watched)
        and opened.get(move.activity.id or 0, move.at - LOOK_BACK) < move.at
    )
    return sorted(unread, key=lambda move: move.at, reverse=True)
