"""Alembic's environment. `data.migrations` opens the one transaction of a climb and hands its connection over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel

from data.migrations import climbing, import_models


def _written(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Types that alembic would write in a way that does not read back."""
    if kind == "type" and isinstance(thing, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if kind == "type" and type(thing).__module__.startswith("sqlmodel."):
        autogen.imports.add("import sqlmodel")
    return False


def _run(connection: sa.Connection) -> None:
    import_models()
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
        render_item=_written,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if given := context.config.attributes.get("connection"):
    _run(given)
else:
    with climbing() as opened:
        _run(opened)
