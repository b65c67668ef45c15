"""The joint ledger in numbers, as an account sees it: released activities, each once, by the day it took place."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.joint import JointActivity, JointAnswer, JointParty
from models.ledger import Asked, conditions, confirmed, reach
from models.period import Period, months
from models.text import fold
from models.verb import query

MOST_AREAS = 10


@dataclass(frozen=True)
class Count:
    """How many of one kind, partner …, and how many of them a partner confirmed."""

    code: Any
    name: str
    total: int
    confirmed: int


@dataclass(frozen=True)
class Counts:
    """The ledger in numbers. An activity with two partners counts once in `total` and once under each in `by_partner`."""

    total: int
    confirmed: int
    by_partner: list[Count]
    by_kind: list[Count]
    by_host: list[Count]
    by_subject: list[Count]
    by_area: list[Count]
    by_month: list[Count]


@query(Permission.LEDGER_READ)
def ledger_counts(session: Session, asked: Asked, period: Period | None = None) -> Counts:
    """The figures of the ledger; with a period, by its reporting months too. Where one partner is asked for, what counts
    is what was released to it, and what it confirmed."""
    where, sure = _counted(session, asked), func.count().filter(confirmed(asked.partner))
    total, known = session.exec(select(func.count(), sure).select_from(JointActivity).where(*where)).one()
    return Counts(
        total,
        known,
        by_partner=_by_partner(session, where),
        by_kind=_by(session, where, sure, JointActivity.kind, JointActivity.kind),
        by_host=_by(session, where, sure, JointActivity.organisation_id, JointActivity.host_name),
        by_subject=_by(session, where, sure, JointActivity.subject, JointActivity.subject_label),
        by_area=_by(session, where, sure, JointActivity.area_folded, JointActivity.area)[:MOST_AREAS],
        by_month=_by_month(session, where, sure, period) if period else [],
    )


def _counted(session: Session, asked: Asked) -> list[Any]:
    released = col(JointParty.released_at).is_not(None)
    found = [*conditions(session, asked), col(JointActivity.released_at).is_not(None)]
    if asked.partner:
        sides = select(JointParty.activity_id).where(JointParty.code == asked.partner, released)
        found.append(col(JointActivity.id).in_(sides))
    return found


def _by(session: Session, where: list[Any], sure: Any, code: Any, name: Any) -> list[Count]:
    """Counted by one column, the most first."""
    counted = func.count()
    statement = select(code, func.max(name), counted, sure).where(*where).group_by(code)
    return [Count(*row) for row in session.exec(statement.order_by(counted.desc(), code)) if row[0]]


def _by_partner(session: Session, where: list[Any]) -> list[Count]:
    answered = (JointAnswer.joint_party_id == JointParty.id, col(JointAnswer.confirmed_at).is_not(None))
    each = func.count(func.distinct(JointParty.activity_id))
    sure = each.filter(select(JointAnswer.id).where(*answered).exists())
    statement = (
        select(JointParty.code, func.max(JointParty.name), each, sure)
        .join(JointActivity, col(JointActivity.id) == JointParty.activity_id)
        .where(*where, col(JointParty.released_at).is_not(None))
        .group_by(JointParty.code)
    )
    return [Count(*row) for row in session.exec(statement.order_by(each.desc(), JointParty.code))]


def _by_month(session: Session, where: list[Any], sure: Any, period: Period) -> list[Count]:
    """The reporting months of the period, empty ones too."""
    on = JointActivity.occurred_on
    days = session.exec(select(on, func.count(), sure).where(*where).group_by(on)).all()  # type: ignore[call-overload]
    found = []
    for month in months(period):
        inside = [(total, known) for day, total, known in days if month.first <= day <= month.last]
        found.append(
            Count(dt.date(*month.month, 1), "", sum(total for total, _ in inside), sum(known for _, known in inside))
        )
    return found


@dataclass(frozen=True)
class Choices:
    """What the filters offer: what stands in the ledger that this account sees, and the days between which it lies."""

    hosts: dict[int, str]
    partners: dict[str, str]
    subjects: dict[str, str]
    areas: dict[str, str]
    first: dt.date | None
    last: dt.date | None


@query(Permission.LEDGER_READ)
def choices(session: Session) -> Choices:
    """What can be filtered by."""
    where = reach(session)
    ids = select(JointActivity.id).where(where)
    sides = select(JointParty.code, func.max(JointParty.name)).where(col(JointParty.activity_id).in_(ids))
    first, last = session.exec(
        select(func.min(JointActivity.occurred_on), func.max(JointActivity.occurred_on)).where(where)
    ).one()
    return Choices(
        hosts=_distinct(session, where, JointActivity.organisation_id, JointActivity.host_name),
        partners=_sorted(session.exec(sides.group_by(JointParty.code)).all()),
        subjects=_distinct(session, where, JointActivity.subject, JointActivity.subject_label),
        areas=_distinct(session, where, JointActivity.area_folded, JointActivity.area),
        first=first,
        last=last,
    )


def _distinct(session: Session, where: Any, code: Any, name: Any) -> dict[Any, str]:
    return _sorted(session.exec(select(code, func.max(name)).where(where).group_by(code)).all())


def _sorted(pairs: Iterable[Any]) -> dict[Any, str]:
    return dict(sorted(((code, name) for code, name in pairs if code), key=lambda pair: fold(pair[1])))


@query(Permission.LEDGER_READ)
def last_day(session: Session, asked: Asked) -> dt.date | None:
    """The day of the latest activity that fits."""
    statement = select(func.max(JointActivity.occurred_on)).where(*conditions(session, asked))
    return session.exec(statement).one()
