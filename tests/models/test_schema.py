"""The schema check before the server opens, on both databases."""

import pytest
from sqlalchemy import text

from data import migrations
from models import database, schema
from models.database import as_owner
from models.schema import NotReady, check_ready, known
from tests.worlds import World


def say(statement: str, **values: str) -> None:
    with as_owner() as connection:
        connection.execute(text(statement), values)


def refusal() -> str:
    with pytest.raises(NotReady) as refused:
        check_ready()
    told = str(refused.value)
    assert "`python -m data migrate`" in told
    assert "\n" not in told
    return told


def test_the_files_say_what_alembic_says() -> None:
    assert known()[-1] == migrations.head()
    assert all(migrations.knows(number) for number in known())


def test_a_migrated_database_is_ready(empty: str) -> None:
    assert refusal().startswith("it has no tables yet; run ")
    migrations.upgrade()
    check_ready()
    assert database.schema_number() == known()[-1]


def test_the_tests_own_database_is_ready(world: World) -> None:
    check_ready()


def test_an_older_one_is_not(empty: str) -> None:
    migrations.upgrade(known()[0])
    if len(known()) > 1:
        assert refusal().startswith(f"it has schema {known()[0]}, this version of the app needs {known()[-1]}; run ")
    migrations.upgrade()
    check_ready()


def test_a_newer_one_is_not(world: World) -> None:
    say("UPDATE alembic_version SET version_num = '9999'")
    told = refusal()
    assert "schema 9999, which this version of the app" in told
    assert "cannot go back" in told


@pytest.mark.parametrize("statement", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"])
def test_tables_of_unknown_origin_are_not(world: World, statement: str) -> None:
    say(statement)
    assert "its tables were not made by" in refusal()


def test_asking_changes_nothing(empty: str) -> None:
    refusal()
    assert database.is_empty()
    assert database.schema_number() is None


def test_a_database_that_is_away_says_so_itself(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "engine", lambda: database.make_engine("sqlite:////nowhere/at/all.sqlite3"))
    with pytest.raises(Exception, match="unable to open database file"):
        schema.check_ready()
