"""Finding incidents: what a list is narrowed by, its pages and counts, and what is due."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_
from sqlmodel import col, select

from models.access import NotFound, Permission
from models.counted import Counted, where
from models.database import Session
from models.history import HistoryEntry
from models.incident import COMPLEX, LATENT, Incident, visible
from models.text import fold
from models.verb import query


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed by. `bubble` is a severity digit, a phase, "latent", "complex" or "overdue"; `counted` is the
    number whose records are shown."""

    text: str = ""
    bubble: str | None = None
    kind: str | None = None
    unit_id: int | None = None
    owner_id: int | None = None
    first: dt.datetime | None = None
    end: dt.datetime | None = None
    counted: Counted | None = None


def _is_open() -> Any:
    ended = (Incident.resolved_at, Incident.transferred_at, Incident.not_confirmed_at)
    return and_(*(col(instant).is_(None) for instant in ended))


def _open_and_late(today: dt.date) -> Any:
    return and_(_is_open(), col(Incident.due_on) < today)


def _in_bubble(bubble: str, today: dt.date) -> Any:
    if bubble.isdecimal():
        return Incident.severity == int(bubble)
    found: dict[str, Callable[[], Any]] = {  # each is put together when it is asked for, which takes its time
        "open": _is_open,
        "transferred": lambda: and_(col(Incident.transferred_at).is_not(None), col(Incident.resolved_at).is_(None)),
        "settled": lambda: and_(col(Incident.resolved_at).is_not(None), col(Incident.closed_at).is_(None)),
        "closed": lambda: col(Incident.closed_at).is_not(None),
        "latent": lambda: Incident.complexity == LATENT,
        "complex": lambda: Incident.complexity == COMPLEX,
        "overdue": lambda: _open_and_late(today),
    }
    return found[bubble]()


def _has_word(word: str) -> Any:
    """In the record's own text, or in a note of its journal. The journal is looked at record by record, so only those that
    fit every other word and lack this one in their own text are asked: `IN (SELECT …)` would read it whole for each word."""
    its = (HistoryEntry.subject == "incident", HistoryEntry.subject_id == Incident.id)
    noted = select(HistoryEntry.id).where(*its, col(HistoryEntry.folded).contains(word, autoescape=True))
    return or_(col(Incident.search).contains(word, autoescape=True), noted.exists())


def conditions(session: Session, asked: Filter, *, bubble: bool = True) -> list[Any]:
    found = [visible(session), *where(session, asked.counted, Incident)]
    found += [_has_word(word) for word in fold(asked.text).split()[:8]]
    if bubble and asked.bubble:
        found.append(_in_bubble(asked.bubble, session.current.today()))
    if asked.kind:
        found.append(or_(col(Incident.kind) == asked.kind, col(Incident.kind).startswith(f"{asked.kind}.")))
    if asked.unit_id:
        found.append(Incident.unit_id == asked.unit_id)
    if asked.owner_id:
        found.append(Incident.owner_id == asked.owner_id)
    if asked.first:
        found.append(Incident.occurred_at >= asked.first)
    if asked.end:
        found.append(Incident.occurred_at < asked.end)
    return found


@query(Permission.RECORD_READ)
def incidents(session: Session, asked: Filter, limit: int = 20, offset: int = 0) -> list[Incident]:
    """Whole rows of the list, latest occurrence first."""
    statement = select(Incident).where(*conditions(session, asked))
    statement = statement.order_by(col(Incident.occurred_at).desc(), col(Incident.id).desc())
    return list(session.exec(statement.limit(limit).offset(offset)))


class Listed(NamedTuple):
    """What a list says of an incident."""

    id: int
    number: str
    occurred_at: dt.datetime
    summary: str


@query(Permission.RECORD_READ)
def listed(session: Session, asked: Filter, limit: int = 20, offset: int = 0) -> list[Listed]:
    """One page of the list in few words, which is a quarter of the work."""
    columns: Any = (Incident.id, Incident.number, Incident.occurred_at, Incident.summary)
    statement: Any = select(*columns).where(*conditions(session, asked))
    statement = statement.order_by(col(Incident.occurred_at).desc(), col(Incident.id).desc())
    return [Listed(*row) for row in session.exec(statement.limit(limit).offset(offset))]


BUBBLES = ("open", "overdue", "transferred", "settled", "closed", "latent", "complex", "1", "2", "3", "4")


@query(Permission.RECORD_READ)
def bubble_counts(session: Session, asked: Filter) -> dict[str, int]:
    """How many each bubble would show, and "" for all, in one statement."""
    today = session.current.today()
    counts = [func.count().filter(_in_bubble(bubble, today)) for bubble in BUBBLES]
    statement: Any = select(func.count(), *counts).select_from(Incident)
    row = session.exec(statement.where(*conditions(session, asked, bubble=False))).one()
    return dict(zip(("", *BUBBLES), row, strict=True))


@query(Permission.RECORD_READ)
def by_number(session: Session, number: str) -> Incident:
    """The incident people quote, typed in any case; "31" is number 31 of the latest year that has one."""
    typed = number.strip().upper()
    asked = (
        col(Incident.number).endswith(f"-{int(typed):04}")
        if typed.isdecimal() and len(typed) < 7
        else Incident.number == typed
    )
    statement = select(Incident).where(asked, visible(session)).order_by(col(Incident.number).desc())
    row = session.exec(statement).first()
    if row is None:
        raise NotFound("incident")
    return row


@query(Permission.RECORD_READ)
def overdue(session: Session, limit: int = 20) -> list[Incident]:
    """Open incidents past their due date, the longest waiting first."""
    late = _open_and_late(session.current.today())
    statement = select(Incident).where(visible(session), late).order_by(col(Incident.due_on), col(Incident.id))
    return list(session.exec(statement.limit(limit)))


@query(Permission.RECORD_READ)
def due_soon(session: Session, days: int = 7, limit: int = 20) -> list[Incident]:
    """Open incidents due from today to `days` on."""
    today = session.current.today()
    soon = _in_bubble("open", today) & col(Incident.due_on).between(today, today + dt.timedelta(days=days))
    statement = select(Incident).where(visible(session), soon).order_by(col(Incident.due_on), col(Incident.id))
    return list(session.exec(statement.limit(limit)))
