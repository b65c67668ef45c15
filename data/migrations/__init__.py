"""The one tree of migrations for SQLite and PostgreSQL, and how to climb it."""

import contextlib
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from data import Refused
from models import schema
from models.database import as_owner, engine, schema_number
from models.settings import ROOT

HERE = Path(__file__).resolve().parent


def import_models() -> None:
    """Map every table: a module of models/ that nobody imported is missing from the metadata."""
    for module in pkgutil.iter_modules([str(ROOT / "models")]):
        importlib.import_module(f"models.{module.name}")


@contextlib.contextmanager
def climbing() -> Iterator[Connection]:
    """One transaction for a whole climb, one climber at a time. SQLite rebuilds a table by dropping it: its foreign keys
    are off meanwhile and checked before the commit."""
    with engine().execution_options(writing=True).connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        driver = connection.connection.driver_connection
        if sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(20200108)"))
                yield connection
                if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).fetchmany(5)):
                    raise RuntimeError(f"foreign keys broken by the migration: {broken}")
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def create_fresh() -> None:
    """Every table as the models say it, with its walls: what the migrations must arrive at (tests compare the two)."""
    from data.migrations import security

    import_models()
    with as_owner() as connection:
        SQLModel.metadata.create_all(connection)
        security.protect(connection)
        command.stamp(_config(connection), "head")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def upgrade(revision: str = "head") -> None:
    """Climb to the newest schema: a second process that starts meanwhile waits, and finds nothing left to do."""
    with climbing() as connection:
        number = MigrationContext.configure(connection).get_current_revision()
        if number is not None and not knows(number):
            raise Refused(f"The database is not ready: {schema.unknown(number)}.")
        command.upgrade(_config(connection), revision)


def downgrade(revision: str) -> None:
    with climbing() as connection:
        command.downgrade(_config(connection), revision)


def head() -> str | None:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


here = schema_number  # the revision of the database, None for an empty one


def knows(revision: str) -> bool:
    """Whether this code has the revision in its tree."""
    return revision in schema.known()
