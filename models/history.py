"""One history: what changed and what people noted, in the same transaction, chained by hash, one chain an organisation."""

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DDL, Column, Index, UniqueConstraint, bindparam, event, true
from sqlmodel import Field, SQLModel, col, select

from models.access import DOOR, Denied, NotFound, Permission, Scope
from models.channel import announce
from models.criteria import said_often
from models.database import GLOBAL, OPEN, QUIET, Json, Owned, Session, note_changes, reading, stamp
from models.draft import NoteDraft, ReasonDraft, once, valid
from models.guard import OVERRIDDEN, admitted
from models.text import fold
from models.verb import query, verb


class ChainHead(Owned, table=True):
    """The newest entry of an organisation: its sequence is the revision, its row is the lock of every writer."""

    __tablename__ = "chain_head"
    organisation_id: int = Field(foreign_key="organisation.id", primary_key=True)
    sequence: int = 0
    hash: str = Field(default="", max_length=64)


class LedgerHead(SQLModel, table=True):
    """How often the joint ledger changed for an organisation. Apart from the chain, since partners write it."""

    __tablename__ = "ledger_head"
    organisation_id: int = Field(foreign_key="organisation.id", primary_key=True)
    moves: int = 0


class HistoryEntry(Owned, table=True):
    """One line of the chain. `changes` is {field: [old, new]}; `note` is what a person wrote."""

    __tablename__ = "history_entry"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sequence"),
        Index("ix_history_entry_subject", "organisation_id", "subject", "subject_id", "sequence"),
    )
    id: int | None = Field(default=None, primary_key=True)
    sequence: int
    at: dt.datetime
    actor_id: int | None = Field(default=None, foreign_key="account.id")
    actor_name: str = Field(max_length=200)
    action: str = Field(max_length=60)
    subject: str = Field(max_length=40)
    subject_id: int
    changes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    note: str = Field(default="", max_length=10_000)
    folded: str = Field(default="", max_length=10_000)  # the note as it is searched
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


OPEN[ChainHead] = frozenset({Scope.DOOR, Scope.SYSTEM})
GLOBAL[LedgerHead] = frozenset(Scope)
QUIET |= {ChainHead, LedgerHead, HistoryEntry}

# The database itself keeps the chain append-only, whoever is connected.
for _what in ("UPDATE", "DELETE"):
    event.listen(
        HistoryEntry.__table__,  # type: ignore[attr-defined]
        "after_create",
        DDL(
            f"CREATE TRIGGER history_entry_no_{_what.lower()} BEFORE {_what} ON history_entry "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        ).execute_if(dialect="sqlite"),
    )

_HASHED = ("organisation_id", "sequence", "at", "actor_id", "actor_name", "action", "subject", "subject_id",
           "changes", "note")  # fmt: skip
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest(entry: HistoryEntry) -> str:
    """SHA-256 over the canonical JSON of an entry and the hash before it."""
    plain = {name: getattr(entry, name) for name in _HASHED} | {"at": stamp(entry.at), "previous": entry.previous}
    return hashlib.sha256(_canonical(plain).encode()).hexdigest()


# ---- what a history is about ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Subject:
    """A table whose rows have a history: the permission to read them, and which rows a session may see of it."""

    cls: type[SQLModel]
    permission: Permission
    visible: Callable[[Session], Any] = lambda _session: true()


SUBJECTS: dict[str, Subject] = {}


def tells(cls: type[SQLModel], permission: Permission, visible: Callable[[Session], Any] | None = None) -> None:
    """Make a table's rows subjects of the history (and of notes)."""
    subject = Subject(cls, permission, visible) if visible else Subject(cls, permission)
    SUBJECTS[cls.__tablename__] = subject  # type: ignore[index]


def seen(session: Session, subject: str, subject_id: int) -> Any:
    """The row a history entry is about, or None where this account may not see it. A page asks this of its record a dozen
    times in a run."""
    about = (subject, subject_id)
    key = ("seen", *about, session.current.account_id)

    def ask() -> Any:
        return _keep(session, subject, key, lambda: all_seen(session, {about}).get(about))

    return session.once_read(key, ask)


# How a page keeps what it asks of a record, from run to run: (session, subject, name of the question, what asks it).
Keeper = Callable[[Session, str, Hashable, Callable[[], Any]], Any]
_keep: Keeper = lambda _session, _subject, _what, ask: ask()  # noqa: E731


def keep_with(keeper: Keeper) -> None:
    """From models/lasting.py, which stands on this file."""
    global _keep  # noqa: PLW0603 - set once, when that file is read
    _keep = keeper


def all_seen(session: Session, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """(subject, id) → the row, for those that this account may see: one question a subject."""
    ids: dict[str, set[int]] = {}
    for subject, subject_id in wanted:
        ids.setdefault(subject, set()).add(subject_id)
    found: dict[tuple[str, int], Any] = {}
    for subject, asked in sorted(ids.items()):
        known = SUBJECTS[subject]
        if session.current.may(known.permission):
            cls: Any = known.cls
            which = cls.id.in_(asked) if len(asked) > 1 else cls.id == next(iter(asked))
            rows = session.exec(select(cls).where(which, known.visible(session)))
            found |= {(subject, row.id): row for row in rows}
    return found


def record(session: Session, subject: str, subject_id: int) -> Any:
    """The same, refusing: a missing row, a foreign one and one that may not be seen look alike."""
    row = seen(session, subject, subject_id) if subject in SUBJECTS else None
    if row is None:
        raise NotFound(subject)
    return row


# ---- writing --------------------------------------------------------------------------------------------------------
# Put together once: every verb says it.
_HEAD = said_often(select(ChainHead).where(ChainHead.organisation_id == bindparam("own")).with_for_update())


def _head(session: Session) -> ChainHead:
    """The organisation's chain head, locked until the transaction ends."""
    if "head" not in session.info:
        head = session.exec(_HEAD, params={"own": session.current.organisation_id}).first()
        if head is None:  # the first writer of an organisation
            head = ChainHead(organisation_id=session.current.organisation_id)  # type: ignore[arg-type]
            session.add(head)
        session.info["head"] = head
    return session.info["head"]


def lock(session: Session) -> None:
    """Take the organisation's turn before reading what will be changed. Each verb that reads and then writes begins with it."""
    _head(session)


def write_down(
    session: Session, action: enum.StrEnum | str, row: Any, changes: dict[str, Any] | None = None, note: str = ""
) -> HistoryEntry:
    """Add the entry of a change to the chain. `row` is flushed first if it has no id yet. A text that the guard stops goes in
    under a reason alone (models/guard.py), which then has an entry of its own."""
    if row.id is None:
        session.flush()
    over = admitted(row, changes or {}, note)
    entry = _chained(session, action, row, changes or {}, note)
    if over:
        _chained(session, OVERRIDDEN, row, {"rules": over.rules}, over.reason)
    return entry


def _chained(session: Session, action: str, row: Any, changes: dict[str, Any], note: str) -> HistoryEntry:
    head, current = _head(session), session.current
    entry = HistoryEntry(
        organisation_id=current.organisation_id,  # type: ignore[arg-type]
        sequence=head.sequence + 1,
        at=current.now(),
        actor_id=current.account_id,
        actor_name=current.name,
        action=str(action),
        subject=row.__tablename__,
        subject_id=row.id,
        changes=plain(changes),
        note=note,
        folded=fold(note)[:10_000],
        previous=head.hash,
        hash="",
    )
    entry.hash = digest(entry)
    head.sequence, head.hash = entry.sequence, entry.hash
    session.add(entry)
    session.info["entries"] = session.info.get("entries", 0) + 1
    session.info.setdefault("told", []).append((entry, row))
    return entry


# What else follows from entries in the same transaction, once everything else of it is done (models/inbox.py).
Told = list[tuple[HistoryEntry, Any]]
FOLLOWERS: list[Callable[[Session, Told], None]] = []


@event.listens_for(Session, "after_flush")
def _born(session: Session, _context: Any) -> None:
    """What was entered in this transaction: nobody can have been told of it before."""
    session.info.setdefault("born", set()).update((row.__tablename__, getattr(row, "id", None)) for row in session.new)


@event.listens_for(Session, "before_commit")
def _nothing_unwritten(session: Session) -> None:
    """What followers add goes to the database together with the rest."""
    if session.info.get("writing") and session.info.get("current"):
        note_changes(session)
        if session.info.get("changed") and not session.info.get("entries"):
            raise Denied("a change without a history entry")
        told = [one for one in session.info.pop("told", []) if one[0] in session]  # not what a savepoint took back
        for follow in FOLLOWERS if told else ():
            follow(session, told)
        if session.info.get("entries") and session.current.organisation_id:
            session.info["moved"] = True
        if not session.in_nested_transaction():  # a savepoint may still be taken back
            announce(session)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    match value:
        case dict():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(v) for v in value]
        case dt.datetime():
            return stamp(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case enum.Enum():
            return value.value
        case SQLModel():
            return plain(value.model_dump())
        case _:
            return value


def differences(row: SQLModel, draft: SQLModel) -> dict[str, list[Any]]:
    """{field: [old, new]} between a row and the draft that is about to be saved over it. Ask before assigning."""
    new = {name: getattr(draft, name) for name in type(draft).model_fields}
    return {name: [getattr(row, name), value] for name, value in new.items() if getattr(row, name) != value}


def tell_partners(session: Session, organisation_ids: set[int]) -> None:
    """Move the ledger revision of these organisations. In order of id and after the own chain, so that no two wait in a ring."""
    for organisation_id in sorted(organisation_ids):
        statement = select(LedgerHead).where(LedgerHead.organisation_id == organisation_id).with_for_update()
        head = session.exec(statement).first()
        if head is None:
            session.add(LedgerHead(organisation_id=organisation_id, moves=1))
        else:
            head.moves += 1
        session.flush()
    session.info["moved"] = True


# ---- notes ----------------------------------------------------------------------------------------------------------
NOTED, STRUCK = "noted", "note_struck"


@verb(Permission.RECORD_WRITE)
def note(session: Session, subject: str, subject_id: int, text: str, nonce: str | None = None) -> HistoryEntry | None:
    """A person's entry on a record's timeline. None when the same form was already sent."""
    row = record(session, subject, subject_id)
    written = valid(NoteDraft, {"note": text})
    if once(session, nonce):
        return None
    return write_down(session, NOTED, row, note=written.note)


@verb(Permission.RECORD_WRITE)
def strike(session: Session, entry_id: int, reason: str) -> None:
    """Strike a note out, with the reason. The note stays readable; staff strike their own only."""
    lock(session)
    entry = session.exec(select(HistoryEntry).where(HistoryEntry.id == entry_id, HistoryEntry.action == NOTED)).first()
    if entry is None:
        raise NotFound("note")
    row = record(session, entry.subject, entry.subject_id)
    if entry.actor_id != session.current.account_id and not session.current.may(Permission.NOTE_STRIKE_ANY):
        raise Denied("strike")
    if entry.sequence in {struck for struck, _ in _struck(session, entry.subject, entry.subject_id)}:
        return
    write_down(session, STRUCK, row, {"sequence": entry.sequence}, note=valid(ReasonDraft, {"reason": reason}).reason)


_OF_RECORD = said_often(
    select(HistoryEntry)
    .where(HistoryEntry.subject == bindparam("subject"), HistoryEntry.subject_id == bindparam("subject_id"))
    .order_by(HistoryEntry.sequence)  # type: ignore[arg-type]
)


def _entries(session: Session, subject: str, subject_id: int) -> list[HistoryEntry]:
    asked = {"subject": subject, "subject_id": subject_id}
    what = ("entries", subject, subject_id)
    return _keep(session, subject, what, lambda: list(session.exec(_OF_RECORD, params=asked)))


def _struck(session: Session, subject: str, subject_id: int) -> list[tuple[int, HistoryEntry]]:
    return [(e.changes["sequence"], e) for e in _entries(session, subject, subject_id) if e.action == STRUCK]


@dataclass(frozen=True)
class Line:
    """One line of a timeline: an entry, and the entry that struck it out if one did."""

    entry: HistoryEntry
    struck_by: HistoryEntry | None = None


@query(Permission.RECORD_READ)
def timeline(session: Session, subject: str, subject_id: int) -> list[Line]:
    """Notes and changes of one record, newest first."""
    record(session, subject, subject_id)
    entries = _entries(session, subject, subject_id)
    struck = {e.changes["sequence"]: e for e in entries if e.action == STRUCK}
    return [Line(e, struck.get(e.sequence)) for e in reversed(entries) if e.action != STRUCK]


@query(Permission.OVERVIEW)
def latest(session: Session, limit: int = 10) -> list[tuple[HistoryEntry, Any]]:
    """The organisation's newest entries about records that this account may see, each with its record."""
    subjects = [name for name, subject in SUBJECTS.items() if session.current.may(subject.permission)]
    statement = select(HistoryEntry).where(col(HistoryEntry.subject).in_(subjects))
    newest = session.exec(statement.order_by(col(HistoryEntry.sequence).desc()).limit(limit * 5)).all()
    rows = all_seen(session, {(entry.subject, entry.subject_id) for entry in newest})
    found = ((entry, rows.get((entry.subject, entry.subject_id))) for entry in newest)
    return [(entry, row) for entry, row in found if row is not None][:limit]


# ---- revisions and the check ----------------------------------------------------------------------------------------
def revisions(organisation_ids: set[int]) -> dict[int, int]:
    """Organisation → its revision: what live pages watch and caches are keyed by. Two questions for all of them: one that
    has written nothing yet may still have been told of something in the ledger."""
    found = dict.fromkeys(organisation_ids, 0)
    if not found:
        return found
    written = select(col(ChainHead.organisation_id), col(ChainHead.sequence))
    told = select(col(LedgerHead.organisation_id), col(LedgerHead.moves))
    with reading(DOOR) as session:
        for organisation_id, count in (
            *session.exec(written.where(col(ChainHead.organisation_id).in_(organisation_ids))),
            *session.exec(told.where(col(LedgerHead.organisation_id).in_(organisation_ids))),
        ):
            found[organisation_id] += count
    return found


def broken_at(session: Session) -> int | None:
    """The first sequence number that does not fit the chain of this session's organisation, or None."""
    previous, expected = "", 1
    for entry in session.exec(select(HistoryEntry).order_by(HistoryEntry.sequence)):  # type: ignore[arg-type]
        if (entry.sequence, entry.previous, entry.hash) != (expected, previous, digest(entry)):
            return expected
        previous, expected = entry.hash, expected + 1
    own = ChainHead.organisation_id == session.current.organisation_id  # the system administrator reads everybody's
    head = session.exec(select(ChainHead).where(own)).first()
    found = (head.sequence, head.hash) if head else (0, "")
    return None if found == (expected - 1, previous) else expected
