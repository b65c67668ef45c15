"""Possible duplicates of an incident: near in time, at the same place or unit, told in similar words. Offered, never decided.

Two accounts of one thing come from two people, so the words differ and the hour does too, but not by more than a day. The
database finds the few incidents of those days; how alike they read is worked out here.
"""

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.history import record
from models.incident import Incident, visible
from models.link import not_to_offer
from models.place import named
from models.text import fold
from models.verb import query

DAYS = 1  # before and after the local day
LOOKED_AT, OFFERED = 500, 3
ENOUGH = 0.5  # likeness of the words, 0–1, where place or unit are the same
ENOUGH_UNKNOWN = 0.7  # … and where one of the two does not say where it was
FILLERS = frozenset(
    fold("""
    và ở tại của có một hai ba các những bị do với thì là lúc khi trong ngoài trước sau đến từ được
""").split()
)


@dataclass(frozen=True)
class Account:
    """What is known of an incident that is being entered."""

    summary: str
    occurred_at: dt.datetime
    place: str = ""
    unit_id: int | None = None


@dataclass(frozen=True)
class Alike:
    """An incident that may be the same one, and how alike the two read (0–1)."""

    incident: Incident
    likeness: float


@query(Permission.RECORD_READ)
def alike(session: Session, account: Account) -> list[Alike]:
    """Incidents that may already tell of this one, the most alike first."""
    return _alike(session, account, set())


@query(Permission.RECORD_READ)
def possible_duplicates(session: Session, incident_id: int) -> list[Alike]:
    """The same for an incident that was entered, but for those that somebody linked with it already."""
    row: Incident = record(session, "incident", incident_id)
    if row.not_confirmed_at or row.closed_at:
        return []
    account = Account(row.summary, row.occurred_at, row.place, row.unit_id)
    return _alike(session, account, not_to_offer(session, incident_id) | {incident_id})


def _alike(session: Session, account: Account, besides: set[int]) -> list[Alike]:
    told = Told(
        account.summary, account.place, account.unit_id, named(session, account.place) if account.place else None
    )
    found: dict[int, float] = {}
    for incident_id, *said in _of_those_days(session, account.occurred_at):
        other = Told(*said)
        if incident_id not in besides and (enough := _needed(told, other)):
            likeness = _likeness(told.words, other.words)
            if likeness >= enough:
                found[incident_id] = likeness
    first = sorted(found, key=lambda one: (-found[one], one))[:OFFERED]
    if not first:
        return []
    rows = {row.id: row for row in session.exec(select(Incident).where(col(Incident.id).in_(first)))}
    return [Alike(rows[one], found[one]) for one in first]


class Told:
    """What is compared of an incident, folded once."""

    def __init__(self, summary: str, place: str, unit_id: int | None, place_id: int | None) -> None:
        self.words, self.place, self.unit_id, self.place_id = _words(summary), _words(place), unit_id, place_id


def _of_those_days(session: Session, occurred_at: dt.datetime) -> list[Any]:
    """From the local day before to the local day after."""
    zone = session.current.zone
    day = occurred_at.astimezone(zone).date()
    first, end = (dt.datetime.combine(day + dt.timedelta(days=days), dt.time.min, zone) for days in (-DAYS, DAYS + 1))
    columns = (Incident.id, Incident.summary, Incident.place, Incident.unit_id, Incident.place_id)
    asked: Any = select(*columns)  # type: ignore[call-overload]  # its overloads end at four columns
    statement = asked.where(
        visible(session),
        col(Incident.occurred_at) >= first,
        col(Incident.occurred_at) < end,
        col(Incident.not_confirmed_at).is_(None),
    )
    return list(session.exec(statement.order_by(col(Incident.id).desc()).limit(LOOKED_AT)))


def _needed(one: Told, other: Told) -> float | None:
    """How alike the words have to be; None where the two were at different places."""
    if one.unit_id is not None and one.unit_id == other.unit_id:
        return ENOUGH
    if (one.place_id is not None and one.place_id == other.place_id) or _same_place(one.place, other.place):
        return ENOUGH
    apart = _both(one.place, other.place) or _both(one.unit_id, other.unit_id)
    return None if apart else ENOUGH_UNKNOWN


def _both(one: Any, other: Any) -> bool:
    return bool(one) and bool(other)


def _same_place(words: frozenset[str], others: frozenset[str]) -> bool:
    """Every word of the shorter one stands in the longer one: "cổng B" and "Cổng B, sân vận động"."""
    return bool(words and others) and (words <= others or others <= words)


# ---- likeness of words ------------------------------------------------------------------------------------------------
FEWEST = 3  # two words alone are shared by chance


def likeness_of(one: str, other: str) -> float:
    """0–1: the larger of two measures, since a shorter account leaves words out (the share of its words that the longer
    one has) and another writes the same words otherwise (the share of common groups of three letters)."""
    return _likeness(_words(one), _words(other))


def _likeness(words: frozenset[str], others: frozenset[str]) -> float:
    fewer = min(len(words), len(others))
    if not fewer:
        return 0.0
    threes, others_threes = _threes(words), _threes(others)
    shared = len(words & others) / fewer if fewer >= FEWEST else 0.0
    return max(shared, 2 * len(threes & others_threes) / (len(threes) + len(others_threes)))


@functools.lru_cache(1000)  # those of the same days are compared with each new one
def _words(text: str) -> frozenset[str]:
    bare = "".join(c if c.isalnum() else " " for c in fold(text))
    return frozenset(word for word in bare.split() if word not in FILLERS)


@functools.lru_cache(1000)
def _threes(words: frozenset[str]) -> frozenset[str]:
    """Groups of three letters, the ends of each word among them."""
    return frozenset(f" {word} "[place : place + 3] for word in words for place in range(len(word)))
