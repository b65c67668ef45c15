"""${message}"""
# ruff: noqa: E501, PLR0915 - written by alembic

import sqlalchemy as sa
${imports if imports else ""}
from alembic import op

from data.migrations import security

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
