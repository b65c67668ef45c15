"""Canary rows: one in every owned table for each of two organisations, filled from the metadata alone, so that a table that
is added tomorrow has its canaries or fails.

Their ids are far away from all others: 900000 is so-a's in every table, 900001 truong-b's, and nobody has 900777.
"""

import datetime as dt
import typing
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, Numeric, String, Table, Time, insert, select
from sqlalchemy.types import JSON, TypeDecorator
from sqlmodel import SQLModel

from data.migrations import import_models
from models.database import Owned, as_owner, mapped_classes

OWN, FOREIGN, NOBODY = 900_000, 900_001, 900_777
WHEN = dt.datetime(2020, 1, 2, 3, 4, tzinfo=dt.UTC)


def owned_classes() -> list[type[SQLModel]]:
    import_models()
    return sorted((cls for cls in mapped_classes() if issubclass(cls, Owned)), key=lambda cls: cls.__tablename__)


def table_of(cls: type[SQLModel]) -> Table:
    return cls.__table__


def mark(code: str) -> str:
    """What stands in every text of an organisation's canaries."""
    return f"⟦{code}"


def plant(organisations: dict[str, int]) -> None:
    """Canaries for so-a and truong-b, in the order in which tables refer to each other."""
    classes = {table_of(cls): cls for cls in owned_classes()}
    with as_owner() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table not in classes:
                continue
            for code, canary_id in (("so-a", OWN), ("truong-b", FOREIGN)):
                organisation_id = organisations[code]
                if _alone(table) and _there(connection, table, organisation_id):
                    continue
                connection.execute(insert(table).values(row_of(classes[table], code, organisation_id, canary_id)))


def row_of(cls: type[SQLModel], code: str, organisation_id: int, canary_id: int) -> dict[str, Any]:
    """One canary."""
    return {column.name: _filled(column, cls, code, organisation_id, canary_id) for column in table_of(cls).columns}


def _alone(table: Table) -> bool:
    """A table with one row for each organisation, such as the head of its chain."""
    return [column.name for column in table.primary_key] == ["organisation_id"]


def _there(connection: Any, table: Table, organisation_id: int) -> bool:
    return connection.execute(select(table).where(table.c.organisation_id == organisation_id)).first() is not None


def _filled(column: Column, cls: type[SQLModel], code: str, organisation_id: int, canary_id: int) -> Any:
    target = _target(column)
    if column.name == "organisation_id" or target == "organisation" or _names_an_organisation(column):
        return organisation_id
    if target == column.table.name:
        return None  # a row that hangs on itself would be merged into itself
    if target:
        return canary_id
    if column.primary_key and isinstance(column.type, Integer):
        return canary_id
    if column.name == "subject":
        return "incident"  # what a task or a note is about; its id is the canary's too
    field = cls.model_fields.get(column.name)
    if field is not None and isinstance(field.default, str) and field.default:
        return field.default  # a state that the verbs know
    if field is not None and typing.get_origin(field.annotation) is list:
        return []
    return _canary(column, code, canary_id)


def _target(column: Column) -> str:
    """The table that a column points at, alone or together with the organisation."""
    tables = {key.column.table.name for key in column.foreign_keys if key.column.name == "id"}
    return min(tables, default="")


def _names_an_organisation(column: Column) -> bool:
    return any(key.column.name == "organisation_id" for key in column.foreign_keys)


def _canary(column: Column, code: str, canary_id: int) -> Any:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, String):
        return f"{mark(code)}:{column.table.name}.{column.name}⟧"[: kind.length or 200]
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Integer):
        return canary_id if column.name == "sequence" or column.name.endswith("_id") else 1
    for family, value in _VALUES.items():
        if isinstance(kind, family):
            return value
    raise LookupError(
        f"{column.table.name}.{column.name}: how is a canary of type {kind!r} filled? Say it in tests/canaries.py."
    )


_VALUES: dict[type, Any] = {
    Boolean: False,
    DateTime: WHEN,
    Date: WHEN.date(),
    Time: dt.time(8),
    Float: 1.0,
    Numeric: 1,
}
