"""PostgreSQL's own ways of dumping and restoring: pg_dump, pg_restore and psql, of the server's version or newer."""

import os
import shutil
import subprocess
from pathlib import Path

from psycopg.pq import Conninfo
from sqlalchemy import Connection
from sqlmodel import SQLModel

from data import Failed, Refused, migrations, verify
from data.migrations import security
from data.sqlite import Rows
from models.database import as_owner, engine


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(
            f"{name} was not found. Install PostgreSQL's client programs (Debian: apt-get install postgresql-client)."
        )
    return found


def _environment() -> dict[str, str]:
    """The address as environment variables: on the command line everybody on the machine could read the password."""
    address = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    options = [one for one in Conninfo.parse(address.encode()) if one.envvar is not None and one.val is not None]
    said = {one.envvar.decode(): one.val.decode() for one in options}  # type: ignore[union-attr]
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | said


def _run(tool: str, *words: str | Path) -> None:
    done = subprocess.run([_tool(tool), *words], env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise Failed(f"{tool} says: {done.stderr.strip() or done.returncode}")


def dump(target: Path) -> Rows:
    """pg_dump and our own count look at the same moment, through one exported snapshot."""
    with engine().connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        rows = verify.counts(connection)
        _run("pg_dump", "--format=custom", "--no-owner", "--schema=public", f"--snapshot={moment}", f"--file={target}")
    return Rows(revision, rows)


def restore(source: Path, expected: dict[str, int]) -> None:
    """Out with the old tables, in with the new, and a count of them, in one transaction: a crash leaves the old database."""
    for tool in ("pg_restore", "psql"):
        _tool(tool)
    with as_owner() as connection:
        security.role(connection)  # what the walls in the dump are for
        before = _cleared(connection)
    script, first, last = (source.with_name(name) for name in ("dump.sql", "before.sql", "after.sql"))
    _run("pg_restore", "--no-owner", "--schema=public", f"--file={script}", source)
    first.write_text(before, encoding="utf-8")
    last.write_text(_counted(expected), encoding="utf-8")
    engine().dispose()
    each = [f"--file={file}" for file in (first, script, last)]
    _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null", *each)


def _cleared(connection: Connection) -> str:
    """SQL that takes away what is ours. Other tables in the database, if there are any, are not ours to drop."""
    migrations.import_models()
    tables = [*SQLModel.metadata.tables, "alembic_version"]
    there = [f"public.{name}" for name in tables if connection.dialect.has_table(connection, name)]
    drops = [f"DROP TABLE {', '.join(there)} CASCADE"] if there else []
    drops += [f"DROP FUNCTION IF EXISTS public.{table}_refuse() CASCADE" for table in security.APPEND_ONLY]
    return "SET client_min_messages = warning;\n" + "".join(f"{drop};\n" for drop in drops)


def _counted(expected: dict[str, int]) -> str:
    """SQL that fails, and so undoes everything, when a table does not hold the rows that the backup lists."""
    checks = "".join(
        f"  IF (SELECT count(*) FROM public.{table}) <> {int(rows)} THEN RAISE EXCEPTION 'rows missing in {table}'; END IF;\n"  # noqa: S608
        for table, rows in expected.items()
    )
    return f"DO $$ BEGIN\n{checks}END $$;\n"


def clear(connection: Connection) -> None:
    """Take away what is ours."""
    for statement in _cleared(connection).split(";\n"):
        if statement:
            connection.exec_driver_sql(statement)
