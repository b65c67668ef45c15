"""An organisation's revision, for a page that is drawn for one of its people: what its answers are kept by."""

import functools
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import col, select

from models.access import Permission
from models.criteria import said_often
from models.database import Session, note_changes
from models.history import ChainHead, HistoryEntry, LedgerHead
from models.settings import settings
from models.verb import query

# Subjects of what an organisation says of itself and seldom changes (models/steady.py).
STEADY = ("catalogue_entry", "period_rule", "unit")


@query(Permission.OWN_ACCOUNT)
def revision(session: Session) -> int:
    """That of the own organisation, asked once in a run of a page."""
    return sum(written(session))


def written(session: Session) -> tuple[int, int]:
    """How many entries the own chain has, and how often partners moved the ledger for it: their sum is the revision."""
    return session.once(("revision",), lambda: _revision(session))[:2]


def settled(session: Session) -> int:
    """The newest entry about what seldom changes; asked with the revision."""
    return session.once(("revision",), lambda: _revision(session))[2]


def settled_for_verb(session: Session) -> int | None:
    """The same for a verb that has taken its turn, without asking: from the last page of this process, if nothing was written
    since. None where that is not so, or where the verb itself has begun to change such things."""
    head = session.info.get("head")
    if head is None:
        return None
    note_changes(session)
    seen = _last.get(_whose(session))
    untouched = not session.info.get("changed", set()) & set(STEADY)
    return seen[1] if untouched and seen and seen[0] == head.sequence else None


_last: dict[
    tuple[str, int | None], tuple[int, int]
] = {}  # organisation → its entries and the newest of those, as last seen


def _whose(session: Session) -> tuple[str, int | None]:
    return settings.database_url, session.current.organisation_id


def _revision(session: Session) -> tuple[int, int, int]:
    found = tuple(session.exec(_asked(), params={"own": session.current.organisation_id}).one())
    _last[_whose(session)] = (found[0], found[2])
    return found


@functools.cache
def _asked() -> Any:
    """Put together once: every run of every page asks it, and that would take longer than the answer."""
    own: BindParameter[int] = bindparam("own")
    written = select(ChainHead.sequence).where(ChainHead.organisation_id == own).scalar_subquery()
    told = select(LedgerHead.moves).where(LedgerHead.organisation_id == own).scalar_subquery()
    of_itself = (HistoryEntry.organisation_id == own, col(HistoryEntry.subject).in_(STEADY))
    # `+ 0`: else both databases walk the whole chain from its end until they meet such an entry, instead of asking the index.
    newest = select(func.max(col(HistoryEntry.sequence) + 0)).where(*of_itself).scalar_subquery()
    return said_often(select(*(func.coalesce(one, 0) for one in (written, told, newest))))


def forget() -> None:
    """Empty what was seen: for tests, as in models/steady.py."""
    _last.clear()
