"""Since your last visit: who watches which record, what they were told of it, and what they have read.

A notice is written in the transaction of the change itself, one for each person whom it concerns. What other organisations do
to the joint ledger stands in their chains, so that is derived from the ledger (models/receipt.py).
"""

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, func, or_
from sqlmodel import col, select

from models import outbox
from models.access import RIGHTS, NotFound, Permission
from models.account import Account
from models.criteria import said_often
from models.database import Session
from models.guard import OVERRIDDEN
from models.history import FOLLOWERS, NOTED, STRUCK, SUBJECTS, HistoryEntry, Told, all_seen, lock, record
from models.inspection import InspectionVisit
from models.notice import InboxMark, Notice, Watch
from models.receipt import LOOK_BACK, Move, is_news, moves_since, open_activity
from models.verb import query, verb

WATCHING, OWNER, DECIDE = "watching", "owner", "decide"  # why one is told
ROOTS = ("incident", "inspection_round", "event", "joint_activity")  # records that can be watched
MOST = 500  # unread notices that are counted and shown


# ---- what follows from an entry -------------------------------------------------------------------------------------
_PARENTS = {
    "incident_id": "incident",
    "round_id": "inspection_round",
    "event_id": "event",
    "activity_id": "joint_activity",
}
Root = tuple[str, int]


def root_of(session: Session, subject: str, row: Any) -> Root | None:
    """The record that a row belongs to, or None for what nobody watches (accounts, units …)."""
    if subject in ROOTS:
        return subject, row.id
    if getattr(row, "subject", None) in ROOTS:  # tasks, attachments
        return row.subject, row.subject_id
    if (visit_id := getattr(row, "visit_id", None)) is not None:
        visit = session.exec(select(InspectionVisit.round_id).where(InspectionVisit.id == visit_id)).first()
        return ("inspection_round", visit) if visit is not None else None
    return next(((name, getattr(row, column)) for column, name in _PARENTS.items() if getattr(row, column, None)), None)


# Whoever may decide is told of what waits for a decision, watching or not.
DECISIONS = {"plan.submitted": Permission.PLAN_DECIDE, "joint_activity.proposed": Permission.SHARE_RELEASE}


def _deciders(session: Session, permission: Permission) -> list[int]:
    roles = [str(role) for role, rights in RIGHTS.items() if permission in rights]
    return [one for one in session.exec(select(Account.id).where(Account.active, col(Account.role).in_(roles))) if one]


def _tell(session: Session, told: Told) -> None:
    """Notices, and mail where it is asked for, in the transaction of the change."""
    roots = [(entry, row, root_of(session, entry.subject, row)) for entry, row in told if entry.action != OVERRIDDEN]
    about = [(entry, row, root) for entry, row, root in roots if root is not None and not _is_old(row, entry)]
    if not about:
        return
    watchers = _watchers(session, {root for _, _, root in about} - _unwatched(session))
    mail = []
    for entry, row, root in about:
        rows = watchers.setdefault(root, {})
        for account_id in _begins_to_watch(session, entry, row, root) - set(rows):
            rows[account_id] = _watch(session, account_id, root)
        for account_id, why in _concerned(session, entry, row, rows).items():
            session.add(_notice(entry, root, account_id, why))
            mail.append(outbox.News(account_id, f"entry:{entry.sequence}", *root, entry.action, entry.at))
    outbox.queue(session, mail)


def _unwatched(session: Session) -> set[Root]:
    """What was entered in this very transaction: nobody can have watched it before."""
    return session.info.get("born", set()) - {
        (one.subject, one.subject_id) for one in session if isinstance(one, Watch)
    }


def _is_old(row: Any, entry: HistoryEntry) -> bool:
    """Entered out of an old file: nobody follows ten thousand of them by that."""
    return getattr(row, "origin", "") == "file" and entry.action in ("incident.reported", "incident.imported")


def _watchers(session: Session, roots: set[Root]) -> dict[Root, dict[int, Watch]]:
    found: dict[Root, dict[int, Watch]] = {}
    for name in sorted({subject for subject, _ in roots}):
        ids = sorted(subject_id for subject, subject_id in roots if subject == name)
        for row in session.exec(select(Watch).where(Watch.subject == name, col(Watch.subject_id).in_(ids))):
            found.setdefault((name, row.subject_id), {})[row.account_id] = row
    return found


def _watch(session: Session, account_id: int, root: Root) -> Watch:
    row = Watch(account_id=account_id, subject=root[0], subject_id=root[1], since=session.current.now())
    session.add(row)
    return row


def _begins_to_watch(session: Session, entry: HistoryEntry, row: Any, root: Root) -> set[int]:
    """Who entered a record, who is in charge of it, who helps; and who acts on the joint ledger."""
    found = {getattr(row, "entered_by", None), getattr(row, "owner_id", None)} if entry.subject in ROOTS else set()
    if entry.subject == "joint_activity":
        found.add(entry.actor_id)
    if entry.action == "incident.helper_added":
        found |= _helpers(session, root[1])
    return {one for one in found if one is not None}


def _helpers(session: Session, incident_id: int) -> set[int]:
    from models.incident_people import IncidentHelper

    helping = (IncidentHelper.incident_id == incident_id, ~col(IncidentHelper.ended))
    return set(session.exec(select(IncidentHelper.account_id).where(*helping)))


def _concerned(session: Session, entry: HistoryEntry, row: Any, watchers: dict[int, Watch]) -> dict[int, str]:
    """Account → why it is told. Never who did it."""
    found = {one: WATCHING for one, watch in watchers.items() if watch.watching}
    owner = getattr(row, "owner_id", None)
    if owner is not None and (entry.subject not in ROOTS or owner in found):
        found[owner] = OWNER
    if permission := DECISIONS.get(entry.action):
        found |= dict.fromkeys(_deciders(session, permission), DECIDE)
    found.pop(entry.actor_id or 0, None)
    return found


def _notice(entry: HistoryEntry, root: Root, account_id: int, why: str) -> Notice:
    return Notice(account_id=account_id, sequence=entry.sequence, subject=root[0], subject_id=root[1], why=why)


FOLLOWERS.append(_tell)


# ---- watching -------------------------------------------------------------------------------------------------------
def watches(session: Session, subject: str) -> set[int]:
    """Ids of the records of a kind that this account watches."""
    mine = (Watch.account_id == session.current.account_id, Watch.subject == subject, col(Watch.watching))
    return set(session.exec(select(Watch.subject_id).where(*mine)))


def _own_watch(session: Session, subject: str, subject_id: int) -> Watch | None:
    mine = (Watch.account_id == session.current.account_id, Watch.subject == subject, Watch.subject_id == subject_id)
    return session.exec(select(Watch).where(*mine)).first()


def _root_record(session: Session, subject: str, subject_id: int) -> Any:
    if subject not in ROOTS:
        raise NotFound(subject)
    return record(session, subject, subject_id)


@verb(Permission.RECORD_READ)
def watch(session: Session, subject: str, subject_id: int, watching: bool = True) -> None:
    """Follow a record, or follow it no more."""
    lock(session)
    _root_record(session, subject, subject_id)
    row = _own_watch(session, subject, subject_id)
    if row is None:
        row = _watch(session, session.current.account_id, (subject, subject_id))  # type: ignore[arg-type]
    row.watching = watching


@dataclass(frozen=True)
class Standing:
    """How this account stands to a record: whether it watches it, and what it has not read of it yet."""

    watching: bool
    unread: int
    since: dt.datetime | None = None


@functools.cache
def _standing() -> Any:
    """Put together once: every run of a record's page asks it."""
    words: list[Any] = [bindparam(name) for name in ("me", "subject", "subject_id")]
    me, subject, subject_id = words
    of_it = (Notice.subject == subject, Notice.subject_id == subject_id, Notice.account_id == me)
    own = (Watch.account_id == me, Watch.subject == subject, Watch.subject_id == subject_id)
    watching = select(Watch.watching).where(*own).scalar_subquery()
    asked: Any = select(func.count(), func.min(Notice.sequence), watching)
    return said_often(asked.where(*of_it, col(Notice.read_at).is_(None)))


@query(Permission.RECORD_READ)
def standing(session: Session, subject: str, subject_id: int) -> Standing:
    _root_record(session, subject, subject_id)
    asked = {"me": session.current.account_id, "subject": subject, "subject_id": subject_id}
    told, first, watches = session.exec(_standing(), params=asked).one()
    unread = told or int(subject == "joint_activity" and is_news(session, subject_id))
    since = session.exec(select(HistoryEntry.at).where(HistoryEntry.sequence == first)).one() if told else None
    return Standing(bool(watches), unread, since)


@query(Permission.RECORD_READ)
def watched(session: Session, limit: int = 200) -> list[tuple[str, Any]]:
    """(kind, record) of everything that this account watches and may see, the newest watch first."""
    mine = (Watch.account_id == session.current.account_id, col(Watch.watching))
    rows = list(session.exec(select(Watch).where(*mine).order_by(col(Watch.id).desc()).limit(limit)))
    found = all_seen(session, {(row.subject, row.subject_id) for row in rows})
    return [(row.subject, found[row.subject, row.subject_id]) for row in rows if (row.subject, row.subject_id) in found]


# ---- reading --------------------------------------------------------------------------------------------------------
def _readable(session: Session) -> Any:
    """Notices of records that the account may still see."""
    found = []
    for name in ROOTS:
        known = SUBJECTS[name]
        if session.current.may(known.permission):
            cls: Any = known.cls
            there = select(cls.id).where(cls.id == Notice.subject_id, known.visible(session)).exists()
            found.append(and_(col(Notice.subject) == name, there))
    return or_(*found)


def _mine(session: Session, *where: Any) -> Any:
    """This account's notices with their entries, the newest first."""
    entry = and_(
        col(HistoryEntry.sequence) == Notice.sequence, col(HistoryEntry.organisation_id) == Notice.organisation_id
    )
    own = Notice.account_id == session.current.account_id
    statement = select(Notice, HistoryEntry).join(HistoryEntry, entry).where(own, _readable(session), *where)
    return statement.order_by(col(Notice.sequence).desc())


@dataclass(frozen=True)
class News:
    """What happened to one record: its entries, newest first, and what other organisations did to it."""

    subject: str
    record: Any
    entries: tuple[tuple[Notice, HistoryEntry], ...] = ()
    moves: tuple[Move, ...] = ()
    tasks: dict[int, str] = field(default_factory=dict)  # what the tasks among them are called
    struck: frozenset[int] = frozenset()  # sequences of notes that were struck out since
    hidden: frozenset[int] = frozenset()  # sequences of what was done to parts that this account may not see

    @property
    def at(self) -> dt.datetime:
        return max([entry.at for _, entry in self.entries] + [move.at for move in self.moves])

    @property
    def unread(self) -> bool:
        return bool(self.moves) or any(notice.read_at is None for notice, _ in self.entries)


def _titles(session: Session, ids: set[int]) -> dict[int, str]:
    from models.task import Task

    rows = session.exec(select(Task).where(col(Task.id).in_(ids))) if ids else ()
    return {row.id: row.title for row in rows if row.id is not None}


def _struck(session: Session, told: Iterable[HistoryEntry]) -> frozenset[int]:
    """Sequences of the notes among these that somebody struck out."""
    noted = {(entry.subject, entry.subject_id) for entry in told if entry.action == NOTED}
    if not noted:
        return frozenset()
    subjects, ids = ({one[place] for one in noted} for place in (0, 1))
    of_them = (col(HistoryEntry.subject).in_(subjects), col(HistoryEntry.subject_id).in_(ids))
    found = session.exec(select(HistoryEntry).where(HistoryEntry.action == STRUCK, *of_them))
    return frozenset(entry.changes["sequence"] for entry in found)


def _hidden(session: Session, told: list[HistoryEntry]) -> frozenset[int]:
    """Sequences of those about a part that is more secret than its record: a confidential statement of an open incident."""
    parts = {(entry.subject, entry.subject_id) for entry in told if entry.subject not in ROOTS}
    seen = all_seen(session, {one for one in parts if one[0] in SUBJECTS})
    return frozenset(entry.sequence for entry in told if (entry.subject, entry.subject_id) in parts - seen.keys())


def _ledger_mark(session: Session) -> dt.datetime:
    mark = session.exec(select(InboxMark).where(InboxMark.account_id == session.current.account_id)).first()
    earliest = session.current.now() - LOOK_BACK
    return max(mark.ledger_at, earliest) if mark else earliest


def ledger_news(session: Session) -> list[Move]:
    return moves_since(session, _ledger_mark(session)) if session.current.may(Permission.LEDGER_READ) else []


@query(Permission.RECORD_READ)
def news(session: Session, *, unread_only: bool = True, limit: int = MOST) -> list[News]:
    """What happened to the records that concern this account, record by record, the newest first."""
    where = [col(Notice.read_at).is_(None)] if unread_only else []
    entries: dict[Root, list[tuple[Notice, HistoryEntry]]] = {}
    for notice, entry in session.exec(_mine(session, *where).limit(limit)):
        entries.setdefault((notice.subject, notice.subject_id), []).append((notice, entry))
    moves: dict[Root, list[Move]] = {}
    for move in ledger_news(session):
        moves.setdefault(("joint_activity", move.activity.id or 0), []).append(move)
    found = all_seen(session, {*entries, *moves})
    named = {entry.subject_id for some in entries.values() for _, entry in some if entry.subject == "task"}
    tasks = _titles(session, named)
    every = [entry for some in entries.values() for _, entry in some]
    struck, hidden = _struck(session, every), _hidden(session, every)
    told = [
        News(root[0], row, tuple(entries.get(root, ())), tuple(moves.get(root, ())), tasks, struck, hidden)
        for root, row in found.items()
    ]
    return sorted(told, key=lambda one: one.at, reverse=True)


@query(Permission.RECORD_READ)
def unread_count(session: Session) -> int:
    """How many records hold something that this account has not read."""
    mine = (Notice.account_id == session.current.account_id, col(Notice.read_at).is_(None))
    statement = select(Notice.subject, Notice.subject_id).where(*mine, _readable(session)).distinct().limit(MOST)
    found = {(subject, subject_id) for subject, subject_id in session.exec(statement)}
    return len(found | {("joint_activity", move.activity.id or 0) for move in ledger_news(session)})


@query(Permission.RECORD_READ)
def newest(session: Session) -> int:
    """The entry that this account was told of last."""
    mine = Notice.account_id == session.current.account_id
    return session.exec(select(func.max(Notice.sequence)).where(mine)).one() or 0


def _unread(session: Session, *where: Any) -> list[Notice]:
    mine = (Notice.account_id == session.current.account_id, col(Notice.read_at).is_(None))
    return list(session.exec(select(Notice).where(*mine, *where)))


@verb(Permission.RECORD_READ)
def read(session: Session, subject: str, subject_id: int) -> int:
    """Mark what one was told of a record as read; how much that was."""
    _root_record(session, subject, subject_id)
    rows = _unread(session, Notice.subject == subject, Notice.subject_id == subject_id)
    for row in rows:
        row.read_at = session.current.now()
    if subject == "joint_activity":
        open_activity(session, subject_id)
    return len(rows)


@verb(Permission.RECORD_READ)
def read_all(session: Session, sequence: int | None = None, drawn_at: dt.datetime | None = None) -> int:
    """Mark everything as read, up to what stood on the page when it was drawn: what came meanwhile stays new."""
    rows = _unread(session, *([Notice.sequence <= sequence] if sequence is not None else []))
    until = drawn_at or session.current.now()
    for row in rows:
        row.read_at = session.current.now()
    mark = session.exec(select(InboxMark).where(InboxMark.account_id == session.current.account_id)).first()
    if mark is None:
        mark = InboxMark(account_id=session.current.account_id, ledger_at=until)  # type: ignore[arg-type]
        session.add(mark)
    mark.ledger_at = max(mark.ledger_at, until)
    return len(rows)
