"""The two doors to the database and the scope that rides in each session. The only file that knows engines and SQL text."""

import collections
import contextlib
import datetime as dt
import functools
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy import JSON, ForeignKeyConstraint, UniqueConstraint, create_engine, event, inspect, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import attributes
from sqlmodel import Field, SQLModel, select
from sqlmodel import Session as _Session

from models.access import Current, Denied, NoScope, Scope
from models.criteria import GLOBAL, OPEN, QUIET, READABLE, mapped_classes, narrowed
from models.settings import settings

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
Json = JSON().with_variant(JSONB(), "postgresql")
T = TypeVar("T")
__all__ = ["GLOBAL", "OPEN", "QUIET", "READABLE", "mapped_classes"]  # the words for a table, beside what follows


# ---- what an organisation's table looks like ------------------------------------------------------------------------
class Owned(SQLModel):
    """Belongs to one organisation: stamped on flush, filtered on read, checked on write."""

    organisation_id: int = Field(default=None, foreign_key="organisation.id", nullable=False)


def owned_by(*constraints: Any, **parents: str) -> tuple[Any, ...]:
    """`__table_args__` of an owned table. `owned_by(incident_id="incident")` is the composite foreign key
    (organisation_id, incident_id) → incident(organisation_id, id), so that a row cannot hang on another organisation's."""
    keys = (
        ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"])
        for column, table in parents.items()
    )
    return (UniqueConstraint("organisation_id", "id"), *keys, *constraints)


# ---- engines --------------------------------------------------------------------------------------------------------
_POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 20, "pool_use_lifo": True}
RESTED = 1.0  # seconds


def make_engine(url: str) -> Engine:
    encode = functools.partial(json.dumps, ensure_ascii=False)
    if not url.startswith("sqlite"):
        return _postgres(url, encode)
    local = {"check_same_thread": False, "timeout": 15, "cached_statements": 500}
    engine = create_engine(url, **_POOL, connect_args=local, json_serializer=encode)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = (
            None  # BEGIN is ours to say: pysqlite's late one lets two writers read the same row
        )
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=15000",
            "cache_size=-1000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = not connection.get_execution_options().get("writing")
        if connection.info.get("reads") is not reads:  # a page begins a dozen times, and mostly to read
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
            connection.info["reads"] = reads
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: str, encode: Any) -> Engine:
    """A page asks sixty statements, and PostgreSQL plans some of them for longer than it answers them. So plans are kept: a
    statement is prepared when it comes a second time, the connection used last is used first (it has the most of them), and
    none of them ends with a ROLLBACK, after which psycopg forgets all. Whether a connection still stands is asked when it
    was not used for a while."""
    engine = create_engine(url, **_POOL, connect_args={"prepare_threshold": 1}, json_serializer=encode)

    @event.listens_for(engine, "connect")
    def _keep(connection: Any, _record: Any) -> None:
        connection.prepared_max = 500

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _stands(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("rests_since", math.inf) > RESTED:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise InvalidatePoolError("the database went away") from error

    return engine


_engines: dict[str, Engine] = {}


def engine() -> Engine:
    """The engine of DATABASE_URL, made once."""
    url = settings.database_url
    if url not in _engines:
        _engines[url] = make_engine(url)
    return _engines[url]


def is_sqlite() -> bool:
    return engine().dialect.name == "sqlite"


@contextlib.contextmanager
def as_owner() -> Iterator[Connection]:
    """A plain connection as the database's owner, no scope, no row-level security: migrations, backup, `verify`, bulk loads."""
    with engine().execution_options(writing=True).connect() as connection, connection.begin():
        yield connection


# ---- the scope ------------------------------------------------------------------------------------------------------
class Session(_Session):
    """A session that knows who acts: `session.info["current"]`."""

    @property
    def current(self) -> Current:
        return self.info["current"]

    def once(self, key: tuple[Any, ...], ask: Callable[[], T]) -> T:
        """The answer to a question that a verb asks for each of many rows: with `info["steady"]`, a dict, asked once a key."""
        steady: dict[tuple[Any, ...], Any] | None = self.info.get("steady")
        if steady is None:
            return ask()
        if key not in steady:
            steady[key] = ask()
        return steady[key]

    def once_read(self, key: tuple[Any, ...], ask: Callable[[], T]) -> T:
        """The same for records: a verb, which may have changed them itself, reads them anew each time."""
        return ask() if self.info.get("writing") else self.once(key, ask)

    def get(self, entity: Any, ident: Any, **_: Any) -> Any:
        """A plain select: SQLAlchemy's own speaks of tables, not of classes, so the scope would refuse it."""
        columns = inspect(entity).primary_key
        key = ident if isinstance(ident, tuple) else (ident,)
        conditions = (getattr(entity, column.key) == value for column, value in zip(columns, key, strict=True))
        return self.exec(select(entity).where(*conditions)).first()

    def _no_bulk(self, *_: Any, **__: Any) -> None:
        raise NoScope("bulk")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _no_bulk


@event.listens_for(Session, "do_orm_execute")
def _filter(state: Any) -> None:
    current: Current | None = state.session.info.get("current")
    if current is None:
        raise NoScope("a session without a scope")
    inner = state.is_relationship_load or state.is_column_load
    if not state.is_orm_statement or (state.is_from_statement and not inner):
        raise NoScope("Core, text() and from_statement are for models/database.py only")
    if state.is_insert or state.is_update or state.is_delete:
        raise NoScope("bulk writes leave no history and could move rows to another organisation")
    state.statement = narrowed(state.statement, current.scope, current.organisation_id, every_class=inner)


def _may_write(row: Any, current: Current) -> bool:
    cls = type(row)
    if cls in GLOBAL:
        return current.scope in GLOBAL[cls]
    if current.scope in OPEN.get(cls, ()):
        return True
    moved = any(old is not None for old in attributes.get_history(row, "organisation_id").deleted or ())
    return not moved and current.scope is not Scope.DOOR and row.organisation_id == current.organisation_id


@event.listens_for(Session, "before_flush")
def _check(session: Session, _context: Any, _instances: Any) -> None:
    current: Current | None = session.info.get("current")
    if current is None or not session.info.get("writing"):
        raise NoScope("a write outside of a verb")
    new, deleted = session.new, session.deleted  # each is built anew when it is asked for
    for row in (*new, *session.dirty, *deleted):
        if row in new and isinstance(row, Owned) and row.organisation_id is None:
            row.organisation_id = current.organisation_id
        if not _may_write(row, current):
            raise Denied(f"{type(row).__name__} of another organisation")
    note_changes(session)


def note_changes(session: Session) -> None:
    """Into `info["changed"]`: the tables in which rows stand to be changed, of those that need a history entry."""
    deleted = session.deleted
    for row in (*session.new, *session.dirty, *deleted):
        if type(row) not in QUIET and (row in deleted or session.is_modified(row)):
            session.info.setdefault("changed", set()).add(type(row).__tablename__)


@event.listens_for(Session, "after_begin")
def _tell_postgres(session: Session, transaction: Any, connection: Connection) -> None:
    """First statement of every transaction: the role without a right to bypass row-level security, and for whom."""
    if connection.dialect.name != "postgresql" or transaction.nested:
        return
    current = session.current
    connection.exec_driver_sql(
        "SELECT set_config('role', 'app_rw', true), set_config('app.scope', %s, true),"
        " set_config('app.organisation_id', %s, true), set_config('transaction_read_only', %s, true)",
        (str(current.scope), str(current.organisation_id or ""), "off" if session.info.get("writing") else "on"),
    )


# ---- the two doors --------------------------------------------------------------------------------------------------
class _Queue:
    """Writers of one process take turns in the order they came: SQLite's own busy wait starves some of them for seconds."""

    def __init__(self) -> None:
        self._lock, self._waiting, self._busy = threading.Lock(), collections.deque[threading.Event](), False

    def __enter__(self) -> None:
        with self._lock:
            if not self._busy:
                self._busy = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False


# One file, one turn. On PostgreSQL an organisation's writers wait for its chain anyway: here without holding a connection.
_turns: collections.defaultdict[int | None, _Queue] = collections.defaultdict(_Queue)


class _Run(threading.local):
    """The one reading session of a page's run: see `one_reading`."""

    current: Current | None = None
    session: Session | None = None
    depth = 0
    stale = False


_run = _Run()


def _reader(current: Current) -> Session:
    return Session(engine(), info={"current": current}, autoflush=False, expire_on_commit=False)


@contextlib.contextmanager
def reading(current: Current) -> Iterator[Session]:
    """A session that cannot write (on SQLite and on PostgreSQL the database itself refuses) and takes no lock."""
    if _run.current is not current:
        let_go()
        with _reader(current) as session:
            yield session
            _end(session)
        return
    if _run.session is None:
        _run.session = _reader(current)
        _run.session.info["steady"] = {}
    _run.depth += 1
    try:
        yield _run.session
    except BaseException:
        _run.session.close()  # a transaction in which something failed answers no more
        raise
    finally:
        _run.depth -= 1
        _forget_stale()


@contextlib.contextmanager
def one_reading(current: Current) -> Iterator[None]:
    """While a page is drawn, this person's questions in this thread share one session and its transaction, so that what the
    page says fits together, and what `once` asks is asked once. After anything was written the next question begins anew:
    it must see what was saved."""
    if _run.current is current:
        yield
        return
    _run.current = current
    try:
        yield
    finally:
        _run.current, _run.stale = None, True
        _forget_stale()


def _end(session: Session) -> None:
    """Committed although nothing was written: after a ROLLBACK psycopg throws away every statement it had prepared, and
    PostgreSQL would plan them all anew for the next page. What a reader changed in memory is forgotten first."""
    session.expunge_all()
    session.commit()
    session.close()


def let_go() -> None:
    """Give the page's connection back until its next question: who holds one while waiting for another, or for somebody
    else's answer, could wait forever."""
    if _run.session is not None and not _run.depth:
        _end(_run.session)


def _forget_stale() -> None:
    if _run.stale and not _run.depth:
        let_go()
        _run.session, _run.stale = None, False


@contextlib.contextmanager
def writing(current: Current) -> Iterator[Session]:
    """One transaction: committed at the end, rolled back whole on any error."""
    let_go()
    turn = _turns[None if is_sqlite() else current.organisation_id]
    bound = engine().execution_options(writing=True)
    try:
        with (
            turn,
            Session(bound, info={"current": current, "writing": True}, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
    finally:
        _run.stale = True
        _forget_stale()


def become(session: Session, current: Current) -> None:
    """Go on as somebody else in the same transaction: first set-up, whose organisation does not exist when it begins."""
    session.flush()
    session.info["current"] = current
    session.info.pop("head", None)
    _tell_postgres(session, session.get_transaction(), session.connection())


# ---- what the operations ask ------------------------------------------------------------------------------------------
def is_empty() -> bool:
    """Whether no table of ours is there yet."""
    with engine().execution_options(writing=True).connect() as connection:
        return not engine().dialect.has_table(connection, "organisation")


@contextlib.contextmanager
def _looking() -> Iterator[Connection]:
    """A plain connection that cannot write on SQLite, for what is asked before anybody is there."""
    with engine().execution_options(writing=False).connect() as connection, connection.begin():
        yield connection


def schema_number() -> str | None:
    """The number that the migrations left in the database; None where they never were. Without alembic: a server that only
    compares two numbers needs not hold it in memory."""
    with _looking() as connection:
        if not connection.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def answers() -> bool:
    """A quick question for the health route."""
    try:
        with _looking() as connection:
            return connection.execute(text("SELECT 1")).scalar() == 1
    except Exception:  # noqa: BLE001 - whatever is wrong with the database, the answer is that it does not answer
        return False


def stamp(moment: dt.datetime) -> str:
    """An instant as one fixed text, for hashes and exports."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
