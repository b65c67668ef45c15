"""The migrations arrive at what the models say, on both databases: table by table, constraint by constraint, wall by wall."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import SQLModel

import data.migrations as migrations
from data.migrations import security
from models import database
from models.database import GLOBAL, READABLE, Owned, as_owner, mapped_classes
from models.settings import ROOT, settings
from tests.conftest import forget, use
from tests.postgres import OWNER, Postgres, name_of


# ---- dumps --------------------------------------------------------------------------------------------------------------
def _tidy(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


def _parts(body: str) -> list[str]:
    """What stands between the commas of a CREATE TABLE, sorted: a column added later stands elsewhere and is the same."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(body):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(body[start:at])
            start = at + 1
    return sorted(_tidy(part) for part in [*parts, body[start:]])


def _statement(sql: str) -> str:
    if made := re.match(r"CREATE TABLE \S+ \((.*)\)[^)]*$", sql := _tidy(sql)):
        return f"{sql[: made.start(1)]}\n  " + "\n  ".join(_parts(made[1])) + "\n)"
    return sql


def _sqlite_dump() -> list[str]:
    with as_owner() as connection:
        rows = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name != 'alembic_version'")
        )
        return sorted(_statement(sql) for (sql,) in rows)


def _postgres_dump(server: Postgres) -> list[str]:
    command = [server.programs / "pg_dump", "--schema-only", "--exclude-table=alembic_version", settings.database_url]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = (line for line in dump.splitlines() if not line.startswith(("--", "SET ", "SELECT ", "\\")))
    return sorted(_statement(part) for part in re.split(r";\n", "\n".join(lines)) if part.strip())


@pytest.fixture
def dump(request: pytest.FixtureRequest):
    """The schema of the database that settings name, as sorted statements."""

    def taken() -> list[str]:
        return _sqlite_dump() if database.is_sqlite() else _postgres_dump(request.getfixturevalue("postgres"))

    return taken


# ---- the tests ----------------------------------------------------------------------------------------------------------
def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(migrations._config()).get_heads()) == 1


def test_an_upgraded_database_equals_a_fresh_one(
    empty: str, dump, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    migrations.upgrade()
    upgraded = dump()
    fresh = (
        f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
        if database.is_sqlite()
        else request.getfixturevalue("postgres").make()
    )
    use(fresh)
    try:
        migrations.create_fresh()
        assert dump() == upgraded
    finally:
        forget(fresh)
        if not fresh.startswith("sqlite"):
            request.getfixturevalue("postgres").drop(fresh)


def test_the_dump_sees_walls_triggers_and_checks(on_postgres: str, dump) -> None:
    """A comparison that sees nothing is green too."""
    found = "\n".join(dump())
    for word in ("CREATE POLICY own ON public.incident", "ENABLE ROW LEVEL SECURITY", "GRANT SELECT,INSERT ON TABLE"):
        assert word in found
    assert "CREATE TRIGGER history_entry_append_only" in found
    assert "USAGE ON SEQUENCE" in found


def test_going_down_and_up_again_leaves_the_same(empty: str, dump) -> None:
    migrations.upgrade()
    before = dump()
    migrations.downgrade("base")
    assert not [line for line in dump() if line.startswith("CREATE TABLE")]
    migrations.upgrade()
    assert dump() == before


def test_one_step_down_is_where_the_step_up_began(empty: str, dump) -> None:
    steps = [one.revision for one in ScriptDirectory.from_config(migrations._config()).walk_revisions()][::-1]
    for below, above in itertools.pairwise(steps):
        migrations.upgrade(below)
        before = dump()
        migrations.upgrade(above)
        migrations.downgrade(below)
        assert dump() == before, f"down from {above}"


def test_the_models_are_in_step(empty: str) -> None:
    migrations.upgrade()
    with as_owner() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert migrations.here() == migrations.head()


def test_every_constraint_has_a_name() -> None:
    migrations.import_models()
    nameless = [
        f"{table.name}: {one}"
        for table in SQLModel.metadata.tables.values()
        for one in table.constraints
        if not one.name
    ]
    assert nameless == []


def test_a_second_process_waits_and_finds_nothing_to_do(empty: str) -> None:
    command = [sys.executable, "-m", "data", "migrate"]
    environment = {"DATABASE_URL": settings.database_url, "PATH": "/usr/bin:/bin"}
    both = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    said = [one.communicate(timeout=120)[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert migrations.here() == migrations.head()


def test_every_table_has_its_wall() -> None:
    migrations.import_models()
    walled = {step.table for step in security.steps()}
    for cls in mapped_classes():
        assert cls in GLOBAL or issubclass(cls, Owned), (
            f"{cls.__name__} belongs to no organisation and is not in GLOBAL"
        )
        assert cls.__tablename__ in walled
    assert {cls.__tablename__ for cls in READABLE} == set(security.READ), (
        "READABLE is said twice: in models/ and as SQL"
    )
    assert set(security.GRANTS) <= walled


def test_a_table_that_nobody_granted_is_closed(postgres_world, on_postgres: str) -> None:
    with as_owner() as connection:
        connection.execute(text("CREATE TABLE forgotten (id int)"))
    with database.reading(postgres_world.alice) as session, pytest.raises(Exception, match="permission denied"):
        session.connection().execute(text("SELECT * FROM forgotten"))


# Tables that the app may lose rows of, and why that is no loss. From every other one nothing can be deleted.
MAY_LOSE = {
    "form_draft": "what was half typed, once it is sent or forgotten",
    "export": "a file for one download, once it is fetched or over",
    "saved_view": "one's own shortcut to a list",
}


def test_the_app_may_do_no_more_than_it_must(on_postgres: str) -> None:
    statement = (
        "SELECT table_name, privilege_type, grantee FROM information_schema.role_table_grants "
        "WHERE table_schema = 'public' AND table_name != 'alembic_version'"
    )
    with as_owner() as connection:
        rows = connection.execute(text(statement)).all()
    granted: dict[str, set[str]] = {}
    for table, privilege, grantee in rows:
        assert grantee in ("app_rw", OWNER), f"{grantee} may {privilege} {table}"
        if grantee == "app_rw":
            granted.setdefault(table, set()).add(privilege)
    assert set(granted) == {cls.__tablename__ for cls in mapped_classes()}
    assert {table for table, found in granted.items() if "DELETE" in found} == set(MAY_LOSE)
    assert {table for table, found in granted.items() if "UPDATE" not in found} >= {"history_entry", "security_entry"}
    assert set().union(*granted.values()) <= {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_history_is_append_only_for_the_owner_too(world) -> None:
    for statement in ("UPDATE history_entry SET note = 'x'", "DELETE FROM history_entry"):
        with pytest.raises(Exception, match="history is append-only"), as_owner() as connection:
            connection.execute(text(statement))


def test_the_owner_is_no_superuser_and_the_app_is_app_rw(postgres_world, on_postgres: str) -> None:
    with as_owner() as connection:
        assert connection.execute(text("SELECT current_setting('is_superuser')")).scalar() == "off"
    for door in (database.reading, database.writing):
        with door(postgres_world.alice) as session:
            who = (
                session.connection()
                .execute(text("SELECT current_user::text, current_setting('transaction_read_only')"))
                .one()
            )
            assert who == ("app_rw", "off" if door is database.writing else "on")
    assert name_of(on_postgres)
