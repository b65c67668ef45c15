"""An organisation's revision, for a page that is drawn for one of its people: what its answers are kept by."""

from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.history import ChainHead, HistoryEntry, LedgerHead
from models.verb import query

STEADY: set[str] = set()  # subjects of what an organisation says of itself and seldom changes (models/steady.py)


@query(Permission.OWN_ACCOUNT)
def revision(session: Session) -> int:
    """That of the own organisation, asked once in a run of a page."""
    return session.once(("revision",), lambda: _revision(session))[0]


def settled(session: Session) -> int:
    """The newest entry about what seldom changes; asked with the revision."""
    return session.once(("revision",), lambda: _revision(session))[1]


def _revision(session: Session) -> tuple[int, int]:
    own = session.current.organisation_id
    written = select(ChainHead.sequence).where(ChainHead.organisation_id == own).scalar_subquery()
    told = select(LedgerHead.moves).where(LedgerHead.organisation_id == own).scalar_subquery()
    of_itself = (HistoryEntry.organisation_id == own, col(HistoryEntry.subject).in_(sorted(STEADY)))
    # `+ 0`: else both databases walk the whole chain from its end until they meet such an entry, instead of asking the index.
    newest = select(func.max(col(HistoryEntry.sequence) + 0)).where(*of_itself).scalar_subquery()
    found: Any = select(*(func.coalesce(one, 0) for one in (written, told, newest)))
    sequence, moves, changed = session.exec(found).one()
    return sequence + moves, changed
