"""Several figures of one organisation in one statement, for who asks hundreds of organisations the same.

To put a statement together costs ten times what the database takes to answer it. So the conditions of all the figures
(`Kpi.records`, the same ones that a page's own figure and its list have) go into one statement, and it is put together once
for all organisations that have the same calendar: nothing in it names one. Whose rows it counts, the scope of the session
says that it runs in. A figure whose conditions differ from one organisation to the next (its catalogue, its rules, its part
of the ledger), or that is no count of rows, is asked by itself.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.event import Event
from models.figures import KPIS, Figure, count, not_yet, share, within
from models.incident import Incident
from models.kpis_incidents import any_one, confirmed, days_since
from models.period import Period
from models.verb import query

_SHARES = frozenset({"3", "5", "7", "9", "10", "11", "13", "14"})
_COUNTS = frozenset({"2", "6"})
TOGETHER = frozenset({"1"}) | _COUNTS | _SHARES

# What changes by itself within a day, once an instant has come: the figures, and the next such instant of their records.
_ENDING, _FLASHING = frozenset({"13", "14", "15", "16"}), frozenset({"7"})
AFTER = dt.timedelta(microseconds=1)  # a limit has passed once it is over


@dataclass(frozen=True)
class Together:
    """One statement for the figures `codes`, and how many columns each of them has in it."""

    codes: tuple[str, ...]
    period: Period
    statement: Any
    sizes: tuple[int, ...]

    def figures(self, session: Session, row: Sequence[Any], started: dt.date | None) -> dict[str, Figure]:
        """What a row of it says. `started` is the day that the organisation's model began."""
        found, at = {}, 0
        for code, size in zip(self.codes, self.sizes, strict=True):
            found[code] = _told(session, self.period, code, row[at : at + size], started)
            at += size
        return found

    def rest(self, row: Sequence[Any]) -> Sequence[Any]:
        """The columns that the caller put in."""
        return row[sum(self.sizes) :]


def together(session: Session, period: Period, codes: Collection[str], *extra: Any) -> Together:
    """Put it together, for this organisation and every other one whose clock shows the same. `extra` are scalar subqueries."""
    own = tuple(code for code in codes if code in TOGETHER)
    columns = [_columns(session, period, code) for code in own]
    statement = select(*(column for each in columns for column in each), *extra)
    return Together(own, period, statement, tuple(len(each) for each in columns))


def _columns(session: Session, period: Period, code: str) -> list[Any]:
    records = KPIS[code].records(session, period, None)
    if code == "1":
        asked: tuple[Any, ...] = (func.max(Incident.occurred_at),)
    elif code in _SHARES:
        asked = (func.count().filter(records.part), func.count())
    else:
        asked = (func.count(),)
    found = [select(one).select_from(records.cls).where(*records.where).scalar_subquery() for one in asked]
    return [*found, any_one(period).scalar_subquery()] if code in _COUNTS else found


def _told(session: Session, period: Period, code: str, row: Sequence[Any], started: dt.date | None) -> Figure:
    if code == "1":
        return days_since(session, period, row[0], started)
    if code in _SHARES:
        return share(code, *row)
    return count(code, row[0], known=row[1] is not None)


# ---- how long it holds -----------------------------------------------------------------------------------------------
def next_instants(session: Session, period: Period, codes: Collection[str]) -> list[Any]:
    """Scalar subqueries for the next instants at which one of the figures changes though nobody enters anything: an event of
    the period ends, the limit of a flash report passes. (Everything else that time changes, it changes at midnight.)"""
    now, found = session.current.now(), []
    ahead: tuple[Any, ...]
    if _ENDING & set(codes):
        ahead = (col(Event.ends_at) > now, within(Event.ends_at, period), not_yet(Event.cancelled_at, period))
        found.append(select(func.min(Event.ends_at)).where(*ahead).scalar_subquery())
    if _FLASHING & set(codes):
        due = col(Incident.flash_due_at)
        ahead = (due >= now, within(due, period), col(Incident.flash_reported_at).is_(None), confirmed(period))
        found.append(select(func.min(due)).where(*ahead).scalar_subquery())
    return found


def holds_until(session: Session, ahead: Iterable[dt.datetime | None]) -> dt.datetime:
    """The first of those instants, or the first instant of the organisation's next day."""
    current = session.current
    morrow = current.today() + dt.timedelta(days=1)
    midnight = dt.datetime.combine(morrow, dt.time.min, current.zone).astimezone(dt.UTC)
    return min((midnight, *(one + AFTER for one in ahead if one)))


@query(Permission.KPI_READ)
def until(session: Session, period: Period, codes: Collection[str] = tuple(KPIS)) -> dt.datetime:
    """When time changes one of an organisation's figures, if nobody enters anything before."""
    over = period.end <= session.current.now()
    instants = [] if over else next_instants(session, period, codes)
    if not instants:
        return holds_until(session, ())
    found: Any = session.exec(select(*instants)).one()
    return holds_until(session, found if len(instants) > 1 else (found,))
