"""SQLite's own ways of dumping and restoring."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine  # noqa: TID251 - a look at the copy, before anybody works with it
from sqlmodel import SQLModel

from data import Failed, migrations, verify
from models.database import engine


@dataclass
class Rows:
    """What is in a dump."""

    revision: str
    counts: dict[str, int]


def _file() -> Path:
    return Path(engine().url.database or "")


@contextlib.contextmanager
def _open(file: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
        yield connection


def dump(target: Path) -> Rows:
    """A copy as of one moment, which blocks no writer and is none in the way; looked at before it is called a backup."""
    with _open(_file()) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    return _looked_at(target)


def _looked_at(file: Path) -> Rows:
    copy = create_engine(f"sqlite:///{file}")
    try:
        with copy.connect() as connection:
            if wrong := [
                one
                for answer in [*verify.integrity(connection), verify.foreign_keys(connection)]
                for one in answer.wrong
            ]:
                raise Failed(f"The database is damaged: {'; '.join(wrong[:3])}")
            revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
            return Rows(revision, verify.counts(connection))
    finally:
        copy.dispose()


def restore(source: Path, expected: dict[str, int]) -> None:
    """Page by page over the old database in one transaction: a crash in between leaves the old one."""
    if _looked_at(source).counts != expected:
        raise Failed("The rows in this backup are not those it lists. Nothing was changed.")
    engine().dispose()
    _file().parent.mkdir(parents=True, exist_ok=True)
    with _open(source) as copy, _open(_file()) as target:
        copy.backup(target)


def clear(connection: Connection) -> None:
    """Take away what is ours. Foreign keys are off (data.migrations.climbing)."""
    migrations.import_models()
    for name in [*SQLModel.metadata.tables, "alembic_version"]:
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
