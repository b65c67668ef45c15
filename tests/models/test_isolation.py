"""Organisations never see each other. The matrix is made of the mapped classes and of the tables that are really there:
a new table is covered, or a test fails and says what is missing. (Permissions of verbs: test_permissions.py.)"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, literal_column, select, text, true, union_all, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Query, aliased, make_transient_to_detached
from sqlalchemy.orm import join as orm_join
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import SQLModel

from data.migrations import import_models
from models import criteria
from models.access import DOOR, Current, Denied, NoScope, Role, Scope
from models.database import GLOBAL, OPEN, READABLE, Owned, Session, as_owner, engine, mapped_classes, reading, writing
from models.organisation import Organisation
from tests.canaries import FOREIGN, OWN, WHEN, owned_classes, plant, row_of, table_of
from tests.conftest import KINDS, cast_of, copied
from tests.worlds import World

import_models()
OWNED = owned_classes()
TABLES = {table_of(cls).name: cls for cls in OWNED}
GLOBAL_REASONS = {
    "installation": "the first set-up's code, before any organisation is there; holds a hash and two instants",
    "ledger_head": "how often the joint ledger changed for an organisation: a number, moved by its partners",
    "organisation": "who there is; a member reads its own name, those below it and the police bodies",
    "security_entry": "sign-ins and refusals, where nobody may be known yet; a member reads its own organisation's",
    "throttle": "failures by hash of what was typed, known or not",
}
every_owned = pytest.mark.parametrize("cls", OWNED, ids=lambda cls: cls.__tablename__)


@pytest.fixture(scope="module", params=KINDS)
def canaries(request: pytest.FixtureRequest) -> Iterator[World]:
    """One world for all of them: whoever changes it has found a hole."""
    for url in copied(request.param, request):
        world = cast_of(url)
        plant(world.organisations)
        yield world


# ---- every table is somebody's ------------------------------------------------------------------------------------------
def test_every_table_is_owned_or_global_with_a_reason() -> None:
    shared = {table_of(cls).name for cls in mapped_classes() if not issubclass(cls, Owned)}
    assert shared == {table_of(cls).name for cls in GLOBAL} == set(GLOBAL_REASONS)
    assert {table_of(cls) for cls in mapped_classes()} == set(SQLModel.metadata.tables.values()), (
        "a table without a class"
    )


@every_owned
def test_an_owned_table_has_an_owner_in_every_row(cls: type[SQLModel]) -> None:
    table = table_of(cls)
    assert not table.c.organisation_id.nullable
    assert any(key.column.table.name == "organisation" for key in table.c.organisation_id.foreign_keys)


# Foreign keys by the id alone are never chosen by anybody: the verb writes the id of the very account that acts.
WRITERS_OWN_ID = {"entered_by", "submitted_by", "approved_by", "returned_by", "account_id", "actor_id"}
# Ids of a row in one of many tables, named beside them: looked up through the scope (models/history.py, record()).
OF_MANY_TABLES = {"subject_id", "source_id", "from_id", "to_id"}


@every_owned
def test_a_row_cannot_hang_on_another_organisations_row(cls: type[SQLModel]) -> None:
    """Foreign keys between owned tables hold the organisation too, and every id has one."""
    table = table_of(cls)
    for key in table.foreign_key_constraints:
        whole = any(element.column.name == "organisation_id" for element in key.elements)
        assert whole or key.referred_table.name not in TABLES or set(key.column_keys) <= WRITERS_OWN_ID, key
    loose = {column.name for column in table.columns if column.name.endswith("_id") and not column.foreign_keys}
    assert loose <= OF_MANY_TABLES


# ---- reading through the scope ------------------------------------------------------------------------------------------
def _beside(cls: type[Any], other: Any) -> Any:
    return select(cls.organisation_id, other.c.organisation_id).join(other, true())


def _newest(cls: type[Any]) -> Any:
    return select(func.max(aliased(cls).organisation_id)).scalar_subquery()


READS: dict[str, Callable[[type[Any]], Any]] = {
    "columns": lambda cls: select(cls.organisation_id),
    "alias": lambda cls: select(aliased(cls).organisation_id),
    "join": lambda cls: select((other := aliased(cls)).organisation_id).select_from(cls).join(other, true()),
    "subquery": lambda cls: _beside(cls, select(aliased(cls).organisation_id).subquery()),
    "cte": lambda cls: _beside(cls, select(aliased(cls).organisation_id).cte()),
    "aliased subquery": lambda cls: select(aliased(cls, select(cls).subquery()).organisation_id),
    "aliased union": lambda cls: select(aliased(cls, union_all(select(cls), select(cls)).subquery()).organisation_id),
    "in": lambda cls: select(cls.organisation_id).where(cls.organisation_id.in_(select(aliased(cls).organisation_id))),
    "max": lambda cls: select(func.max(cls.organisation_id)),
    "min": lambda cls: select(func.min(cls.organisation_id)),
    "distinct": lambda cls: select(cls.organisation_id).distinct(),
    "scalar subquery": lambda cls: select(cls.organisation_id, _newest(cls)),
    "group": lambda cls: select(cls.organisation_id).group_by(cls.organisation_id).having(func.count() > 0),
    "window": lambda cls: select(cls.organisation_id, func.max(cls.organisation_id).over()),
    "one by one": lambda cls: select(cls.organisation_id).execution_options(yield_per=1),
}


@every_owned
def test_reading_finds_the_own_rows_only(canaries: World, cls: type[Any]) -> None:
    own, foreign = canaries.organisations["so-a"], canaries.organisations["truong-b"]
    with reading(canaries.alice) as session:
        for way, question in READS.items():
            assert {value for row in session.execute(question(cls)) for value in row} == {own}, way
        assert {row.organisation_id for row in session.exec(select(cls)).scalars()} == {own}
        assert {row.organisation_id for row in Query(cls, session)} == {own}
        there = exists(select(cls.organisation_id).where(cls.organisation_id == foreign))
        assert session.execute(select(there)).scalar() is False
        assert session.execute(select(func.count()).select_from(cls)).scalar() == _count(cls, own)
        assert Query(cls, session).count() == _count(cls, own)


def _count(cls: type[SQLModel], organisation_id: int) -> int:
    table = table_of(cls)
    with as_owner() as connection:
        return connection.execute(select(func.count()).where(table.c.organisation_id == organisation_id)).scalar_one()


def _keys(cls: type[SQLModel]) -> dict[str, tuple[Any, ...]]:
    """Organisation code → primary key of one of its rows."""
    table = table_of(cls)
    with as_owner() as connection:
        rows = connection.execute(select(table.c.organisation_id, *table.primary_key))
        return {row[0]: tuple(row[1:]) for row in rows}


@every_owned
def test_get_finds_nothing_foreign(canaries: World, cls: type[Any]) -> None:
    keys = _keys(cls)
    with reading(canaries.alice) as session:
        assert session.get(cls, keys[canaries.organisations["so-a"]]) is not None
        assert session.get(cls, keys[canaries.organisations["truong-b"]]) is None


@every_owned
def test_the_door_and_the_system_see_what_is_open_to_them(canaries: World, cls: type[Any]) -> None:
    every = sum(_count(cls, organisation_id) for organisation_id in canaries.organisations.values())
    for current in (DOOR, canaries.system):
        with reading(current) as session:
            seen = session.execute(select(func.count()).select_from(cls)).scalar()
        opened = current.scope in OPEN.get(cls, ())
        own = _count(cls, current.organisation_id) if current.organisation_id else 0
        assert seen == (every if opened else own), current.name


@every_owned
def test_nobody_in_particular_sees_nothing(canaries: World, cls: type[Any]) -> None:
    with reading(Current(role=Role.HEAD)) as session:
        assert session.execute(select(func.count()).select_from(cls)).scalar() == 0


# ---- what the scope cannot filter is refused --------------------------------------------------------------------------------
@every_owned
def test_raw_core_and_bulk_are_refused(canaries: World, cls: type[Any]) -> None:
    table, row = table_of(cls), cls()
    with reading(canaries.alice) as session:
        for statement in (
            text(f"SELECT * FROM {table.name}"),
            select(table),
            select(cls).from_statement(text(f"SELECT * FROM {table.name}")),
            select(TABLES["unit"].id, table.c.organisation_id),
            select(TABLES["unit"].id).where(select(table.c.organisation_id).exists()),
            select(TABLES["unit"].id).join(table, true()),
            select(TABLES["unit"].id).join(table.alias(), true()),
            select(aliased(TABLES["unit"], select(TABLES["unit"].__table__).subquery())),
            select(TABLES["unit"].id).select_from(orm_join(TABLES["unit"], aliased(cls), true())),
            select(cls.organisation_id).where(text("1 = 1")),
            select(cls.organisation_id, literal_column(f"(SELECT count(*) FROM {table.name})")),
            insert(cls).values(organisation_id=1),
            update(cls).values(organisation_id=1),
            update(table).values(organisation_id=1),
            delete(cls),
            delete(table),
        ):
            with pytest.raises(NoScope):
                session.execute(statement)
        for bulk in (session.bulk_save_objects, session.bulk_insert_mappings, session.bulk_update_mappings):
            with pytest.raises(NoScope):
                bulk(cls, [{}])
        with pytest.raises(NoScope):
            Query(cls, session).delete()
        with pytest.raises(NoScope):
            Query(cls, session).update({"organisation_id": 1})
    assert row is not None


def test_a_session_without_a_scope_is_refused(canaries: World) -> None:
    with Session(engine()) as session, pytest.raises(NoScope):
        session.exec(select(OWNED[0]))
    with Session(engine().execution_options(writing=True)) as session, pytest.raises(NoScope):
        session.add(OWNED[0]())
        session.flush()


def test_a_reading_session_cannot_write(canaries: World) -> None:
    with reading(canaries.alice) as session:
        session.add(TABLES["unit"](name="Lẻn vào", folded="len vao"))
        with pytest.raises(NoScope):
            session.flush()
    with reading(canaries.alice) as session, pytest.raises(DBAPIError):
        session.connection().execute(text("UPDATE unit SET name = 'x'"))


# ---- writing --------------------------------------------------------------------------------------------------------------
def _values(cls: type[SQLModel], organisation_id: int) -> dict[str, Any]:
    table = table_of(cls)
    statement = select(table).where(table.c.organisation_id == organisation_id)
    if "id" in table.c and table.c.id.type.python_type is int:
        statement = statement.where(table.c.id >= OWN)
    with as_owner() as connection:
        return dict(connection.execute(statement).mappings().first() or {})


@every_owned
def test_a_row_for_another_organisation_is_refused(canaries: World, cls: type[Any]) -> None:
    with pytest.raises(Denied), writing(canaries.alice) as session:
        session.add(cls(**_values(cls, canaries.organisations["truong-b"])))


@every_owned
@pytest.mark.parametrize("way", ["change", "delete"])
def test_a_foreign_row_cannot_be_changed_or_deleted(canaries: World, cls: type[Any], way: str) -> None:
    """Not even one that was smuggled in with its key."""
    values = _values(cls, canaries.organisations["truong-b"])
    row = cls(**values)
    make_transient_to_detached(row)
    with pytest.raises(Denied), writing(canaries.alice) as session:
        session.add(row)
        if way == "delete":
            session.delete(row)
        else:
            flag_modified(row, list(values)[-1])
    assert _values(cls, canaries.organisations["truong-b"]) == values


@every_owned
def test_a_foreign_row_cannot_be_pulled_over(canaries: World, cls: type[Any]) -> None:
    values = _values(cls, canaries.organisations["truong-b"])
    row = cls(**values)
    make_transient_to_detached(row)
    with pytest.raises(Denied), writing(canaries.alice) as session:
        session.add(row)
        row.organisation_id = canaries.organisations["so-a"]
    assert _values(cls, canaries.organisations["truong-b"]) == values


@every_owned
def test_an_own_row_cannot_be_moved(canaries: World, cls: type[Any]) -> None:
    own = canaries.organisations["so-a"]
    with pytest.raises(Denied), writing(canaries.alice) as session:
        row = session.get(cls, _keys(cls)[own])
        row.organisation_id = canaries.organisations["truong-b"]


@every_owned
def test_an_own_row_cannot_hang_on_a_foreign_one(canaries: World, cls: type[Any]) -> None:
    """The composite foreign keys hold even where a verb forgot to look."""
    for key in table_of(cls).foreign_key_constraints:
        columns = [column.name for column in key.columns if column.name != "organisation_id"]
        if "organisation_id" not in key.column_keys or not columns or key.referred_table.name not in TABLES:
            continue
        with pytest.raises(DBAPIError), writing(canaries.alice) as session:
            row = session.get(cls, _keys(cls)[canaries.organisations["so-a"]])
            setattr(row, columns[-1], FOREIGN)
            session.info["entries"] = 1


# ---- PostgreSQL's own wall, with the scope switched off -----------------------------------------------------------------------
TELL = text(
    "SELECT set_config('role', 'app_rw', true), set_config('app.scope', :scope, true),"
    " set_config('app.organisation_id', :me, true)"
)


@pytest.fixture(scope="module")
def behind_the_wall(request: pytest.FixtureRequest) -> Iterator[World]:
    for url in copied("postgresql", request):
        world = cast_of(url)
        plant(world.organisations)
        yield world


def as_app(current: Current) -> Iterator[Any]:
    """A plain connection as the app's role, told for whom: what is left when every line of Python is wrong."""
    with engine().connect() as connection, connection.begin() as transaction:
        connection.execute(TELL, {"scope": str(current.scope), "me": str(current.organisation_id or "")})
        assert connection.execute(text("SELECT current_user::text")).scalar() == "app_rw"
        yield connection
        transaction.rollback()


def _tables() -> list[str]:
    """All but the one line that the migrations keep for themselves."""
    there = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'alembic_version'")
    with as_owner() as connection:
        return list(connection.execute(there).scalars())


def test_the_wall_hides_other_organisations_in_every_table_of_the_catalogue(behind_the_wall: World) -> None:
    own = behind_the_wall.organisations["so-a"]
    tables = _tables()
    assert set(TABLES) | set(GLOBAL_REASONS) == set(tables), "a table that the models do not know"
    for connection in as_app(behind_the_wall.alice):
        for name, cls in TABLES.items():
            seen = connection.execute(text(f"SELECT organisation_id, count(*) FROM {name} GROUP BY 1")).all()
            assert seen == [(own, _count(cls, own))], name


def test_the_wall_refuses_foreign_writes_in_every_table(behind_the_wall: World) -> None:
    me, other = behind_the_wall.alice, behind_the_wall.organisations["truong-b"]
    for name in TABLES:
        for statement, refusals in (
            (f"UPDATE {name} SET organisation_id = {other}", ("row-level security", "permission denied")),
            (f"DELETE FROM {name} WHERE organisation_id = {other}", ("permission denied", "0 rows")),
            (f"TRUNCATE {name}", ("permission denied",)),
            (f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY", ("must be owner",)),
        ):
            assert any(refusal in _answer(me, statement) for refusal in refusals), (name, statement)


def _answer(current: Current, statement: str) -> str:
    try:
        for connection in as_app(current):
            return f"{connection.execute(text(statement)).rowcount} rows"
    except DBAPIError as error:
        return str(error)
    raise AssertionError


def test_the_wall_refuses_a_new_row_for_another_organisation(behind_the_wall: World) -> None:
    for name, cls in TABLES.items():
        values = _values(cls, behind_the_wall.organisations["truong-b"])
        if "id" in values and isinstance(values["id"], int):
            values["id"] += 10
        with pytest.raises(DBAPIError, match="row-level security"):
            for connection in as_app(behind_the_wall.alice):
                connection.execute(insert(table_of(cls)).values(values))
        assert name


def test_nobody_in_particular_meets_a_closed_wall(behind_the_wall: World) -> None:
    for nobody in (Current(), Current(scope=Scope.SYSTEM)):
        for connection in as_app(nobody):
            for name, cls in TABLES.items():
                if nobody.scope not in OPEN.get(cls, ()):
                    assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() == 0, name


# ---- both say the same about what partners may read -----------------------------------------------------------------------
LEDGER = ("joint_activity", "joint_summary", "joint_party", "joint_answer")


def _ledger(organisations: dict[str, int]) -> None:
    """Activities in every state that the rules tell apart, each shared with one organisation and asked of one party, which
    may be released apart from its activity."""
    when = ((None, WHEN),) * 3
    states = itertools.product(("so-a", "truong-b"), ("congan", "truong-b", "ban"), *when)
    with as_owner() as connection:
        paths = dict(connection.execute(select(table_of(Organisation).c["id", "path"])).all())
        for one, (host, guest, released, asked, withdrawn) in enumerate(states, start=1):
            me, you = organisations[host], organisations[guest]
            shared = f",{you}," if released and not withdrawn else ""
            facts = {"released_at": released, "withdrawn_at": withdrawn, "host_path": paths[me], "shared_with": shared}
            for name in LEDGER:
                row = row_of(TABLES[name], f"so-{one}", me, one)
                row |= {key: value for key, value in facts.items() if key in row}
                row |= {name: one for name in ("activity_id", "joint_party_id") if name in row}
                row |= {"party_id": you, "code": f"org:{you}", "released_at": asked} if name == "joint_party" else {}
                row |= {"organisation_id": you, "host_id": me} if name == "joint_answer" else {}
                connection.execute(insert(table_of(TABLES[name])).values(row))


def test_the_wall_and_the_scope_let_the_same_rows_through(behind_the_wall: World) -> None:
    """READABLE is said twice: as a criterion in models/ and as SQL in the policies."""
    _ledger(behind_the_wall.organisations)
    found: dict[str, int] = {}
    for current in (*behind_the_wall.people.values(), DOOR):
        for cls in mapped_classes():
            table = table_of(cls)
            rule = criteria.rule_of(cls, current.scope, current.organisation_id)
            with as_owner() as connection:
                said = set(connection.execute(select(*table.primary_key).where(true() if rule is None else rule)).all())
            for connection in as_app(current):
                seen = set(connection.execute(select(*table.primary_key)).all())
            assert seen == said, (current.name, table.name)
            if cls in READABLE and current.scope is Scope.MEMBER:
                found[table.name] = found.get(table.name, 0) + len(seen)
    assert set(found) == {table_of(cls).name for cls in READABLE}
    assert all(found.values()), found
