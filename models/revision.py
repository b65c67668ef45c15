"""An organisation's revision, for a page that is drawn for one of its people: what its answers are kept by."""

import functools
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.history import ChainHead, HistoryEntry, LedgerHead
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


def _revision(session: Session) -> tuple[int, int, int]:
    return tuple(session.exec(_asked(), params={"own": session.current.organisation_id}).one())


@functools.cache
def _asked() -> Any:
    """Put together once: every run of every page asks it, and that would take longer than the answer."""
    own: BindParameter[int] = bindparam("own")
    written = select(ChainHead.sequence).where(ChainHead.organisation_id == own).scalar_subquery()
    told = select(LedgerHead.moves).where(LedgerHead.organisation_id == own).scalar_subquery()
    of_itself = (HistoryEntry.organisation_id == own, col(HistoryEntry.subject).in_(STEADY))
    # `+ 0`: else both databases walk the whole chain from its end until they meet such an entry, instead of asking the index.
    newest = select(func.max(col(HistoryEntry.sequence) + 0)).where(*of_itself).scalar_subquery()
    return select(*(func.coalesce(one, 0) for one in (written, told, newest)))
