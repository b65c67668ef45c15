"""Throwing the demonstration world away. Nothing else is ever thrown away."""

from sqlalchemy import inspect, select

from data import Refused, migrations, postgres, sqlite
from models.database import as_owner, is_sqlite
from models.organisation import Organisation


def refuse_real() -> None:
    """Where real records are, nothing of the demonstration is done, not even a migration."""
    if real := _real():
        raise Refused(f"This database holds records of {', '.join(real)}: no place for the demonstration world.")


def demonstration() -> None:
    """Take every table of ours away. What is in them is the demonstration world, or the half of one."""
    refuse_real()
    with migrations.climbing() as connection:
        (sqlite if is_sqlite() else postgres).clear(connection)


def _real() -> list[str]:
    """Codes of organisations that are no invention."""
    table = Organisation.__table__  # type: ignore[attr-defined]
    with as_owner() as connection:
        if not inspect(connection).has_table(table.name):
            return []
        return list(connection.execute(select(table.c.code).where(~table.c.is_demo)).scalars())
