"""Rows by the thousand into the tables of models/, without the ORM: as its types would store them, under ids given here.

Only for a database that is being filled and that nobody else uses: foreign keys are off meanwhile on SQLite and are looked
at in the end.
"""

import contextlib
import gc
from collections.abc import Callable, Iterator
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.schema import AddConstraint, DropConstraint
from sqlmodel import SQLModel

from data import Failed
from models.database import engine, is_sqlite

Row = Any  # a row on its way: its columns as attributes (SimpleNamespace), so that what reads a record can read it


class _Target:
    """One table: what a row begins with, and how its values are stored."""

    def __init__(self, cls: type[SQLModel], connection: Connection) -> None:
        self.table: Table = cls.__table__  # type: ignore[attr-defined]
        dialect, columns = connection.dialect, list(self.table.columns)
        self.names = [column.name for column in columns]
        self.start = {name: cls.model_fields[name].get_default(call_default_factory=True) for name in self.names}
        self.rows: list[tuple[Any, ...]] = []
        self.newest = connection.execute(select(func.max(self.table.c.id))).scalar() or 0 if "id" in self.names else 0
        self._values = itemgetter(*self.names)
        kinds = (column.type.dialect_impl(dialect) for column in columns)
        ways = ((at, kind.bind_processor(dialect), columns[at].nullable) for at, kind in enumerate(kinds))
        self._ways: list[tuple[int, Callable[[Any], Any], bool]] = [(at, way, empty) for at, way, empty in ways if way]

    def add(self, values: dict[str, Any]) -> None:
        row = list(self._values(values))
        for at, way, empty in self._ways:
            if row[at] is not None or not empty:
                row[at] = way(row[at])
        self.rows.append(tuple(row))


class Load:
    """A load under way. `make` gives a row its id at once; it is stored, as it is then, by `write`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.counts: dict[str, int] = {}
        self._targets: dict[type[SQLModel], _Target] = {}
        self._made: list[tuple[_Target, Row]] = []

    def target(self, cls: type[SQLModel]) -> _Target:
        if cls not in self._targets:
            self._targets[cls] = _Target(cls, self.connection)
        return self._targets[cls]

    def make(self, cls: type[SQLModel], **values: Any) -> Row:
        """A new row with what its fields begin with, and these values over it."""
        target = self.target(cls)
        row = SimpleNamespace(**(target.start | values))
        if "id" in target.start and row.id is None:
            target.newest += 1
            row.id = target.newest
        self._made.append((target, row))
        return row

    def put(self, cls: type[SQLModel], values: dict[str, Any]) -> None:
        """A whole row that changes no more, without its id: for tables whose rows are counted in millions."""
        target = self.target(cls)
        if "id" in target.start:
            target.newest += 1
            values["id"] = target.newest
        target.add(values)

    def write(self) -> None:
        """Store what was made, parents before children."""
        for target, row in self._made:
            target.add(row.__dict__)
        self._made.clear()
        order = {table.name: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}
        for target in sorted(self._targets.values(), key=lambda one: order[one.table.name]):
            if target.rows:
                _insert(self.connection, target)
                self.counts[target.table.name] = self.counts.get(target.table.name, 0) + len(target.rows)
                target.rows = []


def _insert(connection: Connection, target: _Target) -> None:
    columns = ", ".join(f'"{name}"' for name in target.names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(target.names))
        said = f'INSERT INTO "{target.table.name}" ({columns}) VALUES ({marks})'  # noqa: S608 - our own words
        connection.exec_driver_sql(said, target.rows)
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{target.table.name}" ({columns}) FROM STDIN') as copy:
        for row in target.rows:
            copy.write_row(row)


# ---- in haste -------------------------------------------------------------------------------------------------------
# Tables that get rows by the million: their indexes and foreign keys are made anew behind the rows, which is ten times as fast.
LARGE = (
    *("incident", "history_entry", "watch", "notice", "task", "inspection_visit", "finding"),
    *("joint_activity", "joint_party", "joint_summary", "joint_answer"),
)


@contextlib.contextmanager
def loading() -> Iterator[Connection]:
    """A connection of the owner's. The caller commits piece by piece; a load that broke off is thrown away whole."""
    with _no_collector(), engine().execution_options(writing=True).connect() as connection:
        if is_sqlite():
            driver: Any = connection.connection.driver_connection
            for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-600000"):
                driver.execute(f"PRAGMA {pragma}")
        else:
            connection.exec_driver_sql("SET synchronous_commit = off")
            connection.exec_driver_sql("SET maintenance_work_mem = '256MB'")
        _take_down(connection)
        connection.commit()
        yield connection
        _put_up(connection)
        connection.commit()
        if not is_sqlite():
            _settle(connection)
    engine().dispose()  # the next connection begins with its own settings


def _settle(connection: Connection) -> None:
    """PostgreSQL's counters go on behind the ids that were given, and it learns what is in the tables, as it would by itself
    after a while."""
    for table in SQLModel.metadata.sorted_tables:
        if "id" in table.columns and table.columns["id"].autoincrement and table.columns["id"].type.python_type is int:
            newest = connection.execute(select(func.max(table.c.id))).scalar() or 0
            counter = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(counter, max(1, newest), bool(newest))))
    connection.commit()
    connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM (ANALYZE)")


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Millions of rows, and no cycle among them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _tables() -> list[Table]:
    return [SQLModel.metadata.tables[name] for name in LARGE]


def _take_down(connection: Connection) -> None:
    for table in _tables():
        for index in table.indexes:
            index.drop(connection, checkfirst=True)
        for key in () if is_sqlite() else table.foreign_key_constraints:
            connection.execute(DropConstraint(key, if_exists=True))


def _put_up(connection: Connection) -> None:
    """With every row looked at."""
    for table in _tables():
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            index.create(connection)
        for key in () if is_sqlite() else table.foreign_key_constraints:
            connection.execute(AddConstraint(key))
    if is_sqlite() and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)):
        raise Failed(f"Foreign keys are broken: {broken}")
