"""Is what is kept still what was written? The chains of history, the foreign keys, the attachments."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, ForeignKeyConstraint, MetaData, Table, func, select
from sqlmodel import SQLModel

from data.migrations import import_models
from models import files as kept
from models.attachment import Attachment
from models.history import ChainHead, HistoryEntry, digest
from models.organisation import Organisation

CHUNK = 1 << 20


@dataclass
class Answer:
    """One thing that was looked at: how much of it, and what is wrong."""

    what: str
    counted: int
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        wrong = "".join(f"\n  WRONG: {one}" for one in self.wrong)
        return f"{self.what}: {self.counted}{wrong or ', in order'}"


def everything(connection: Connection) -> list[Answer]:
    """The database behind the connection (as its owner) and the attachments of this installation."""
    import_models()
    return [*chains(connection), *integrity(connection), foreign_keys(connection), files(connection)]


# ---- history ------------------------------------------------------------------------------------------------------------
def _table(cls: type[SQLModel]) -> Table:
    return cls.__table__  # type: ignore[attr-defined]


def chains(connection: Connection) -> list[Answer]:
    """Each organisation's chain, in the order of their codes."""
    table = _table(Organisation)
    rows = connection.execute(select(table.c.id, table.c.code).order_by(table.c.code)).all()
    return [_chain(connection, organisation_id, code) for organisation_id, code in rows]


def _chain(connection: Connection, organisation_id: int, code: str) -> Answer:
    """The first sequence number that does not fit ends the search: behind it nothing is sure."""
    table, previous, expected = _table(HistoryEntry), "", 1
    answer = Answer(f"history of {code}, entries", 0)
    statement = select(table).where(table.c.organisation_id == organisation_id).order_by(table.c.sequence)
    for row in connection.execute(statement):
        entry = HistoryEntry(**row._mapping)
        if (entry.sequence, entry.previous, entry.hash) != (expected, previous, digest(entry)):
            answer.wrong.append(f"the chain of {code} breaks at sequence {expected}")
            return answer
        previous, expected, answer.counted = entry.hash, expected + 1, expected
    if _head(connection, organisation_id) != (expected - 1, previous):
        answer.wrong.append(f"the chain of {code} breaks at sequence {expected}: its newest entries are missing")
    return answer


def _head(connection: Connection, organisation_id: int) -> tuple[int, str]:
    head = _table(ChainHead)
    statement = select(head.c.sequence, head.c.hash).where(head.c.organisation_id == organisation_id)
    row = connection.execute(statement).first()
    return (row.sequence, row.hash) if row else (0, "")


# ---- the database ---------------------------------------------------------------------------------------------------------
def integrity(connection: Connection) -> list[Answer]:
    """SQLite's own look at its pages. A PostgreSQL server looks after its own."""
    if connection.dialect.name != "sqlite":
        return []
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    said = [line for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
    return [Answer("pages", pages, [] if said == ["ok"] else said)]


def foreign_keys(connection: Connection) -> Answer:
    """Every foreign key of the database as it is, row by row: a restore or a hand may have gone round them."""
    found = MetaData()
    found.reflect(connection)
    keys = [key for table in found.sorted_tables for key in table.foreign_key_constraints]
    broken = ((key, _orphans(connection, key)) for key in keys)
    wrong = [f"{key.table.name}.{'+'.join(key.column_keys)}: {rows} rows" for key, rows in broken if rows]
    return Answer("foreign keys", len(keys), wrong)


def _orphans(connection: Connection, key: ForeignKeyConstraint) -> int:
    """Rows whose whole key is filled and points at nothing."""
    child, parent = key.table, key.referred_table.alias()
    pairs = [(element.parent, parent.c[element.column.name]) for element in key.elements]
    pointed_at = select(1).where(*(there == here for here, there in pairs)).exists()
    filled = (here.is_not(None) for here, _ in pairs)
    return connection.execute(select(func.count()).select_from(child).where(*filled, ~pointed_at)).scalar_one()


def counts(connection: Connection) -> dict[str, int]:
    """Table → rows, of every table of ours that is there."""
    found = MetaData()
    found.reflect(connection)
    tables = [table for table in found.sorted_tables if table.name != "alembic_version"]
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


# ---- attachments ------------------------------------------------------------------------------------------------------------
def store() -> tuple[Any, str]:
    """The file system of the attachments and the folder in it."""
    return kept.store()


def stored() -> Iterator[tuple[str, str]]:
    """(name below the folder, path) of every attachment. An attachment's name is the SHA-256 of what is in it. What people
    are about to download, and what is half written, is none."""
    system, root = store()
    for path in sorted(system.find(root)) if system.exists(root) else []:
        name = path.removeprefix(root).lstrip("/")
        if name.partition("/")[0] not in kept.PASSING:
            yield name, path


def sha256(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while part := file.read(CHUNK):
        found.update(part)
    return found.hexdigest()


def files(connection: Connection) -> Answer:
    """Every attachment, read whole and hashed; and whether each that a record names is there."""
    answer, there, (system, _) = Answer("attachments", 0), set(), store()
    for name, path in stored():
        answer.counted += 1
        there.add(PurePosixPath(name).name)
        with system.open(path, "rb") as file:
            if sha256(file) != PurePosixPath(name).name:
                answer.wrong.append(f"{name} is not what was stored")
    table = _table(Attachment)
    for row in connection.execute(select(table.c.id, table.c.sha256, table.c.preview_sha256).order_by(table.c.id)):
        if missing := {row.sha256, row.preview_sha256} - there - {""}:
            answer.wrong.append(f"attachment {row.id}: {', '.join(sorted(missing))} is missing")
    return answer
