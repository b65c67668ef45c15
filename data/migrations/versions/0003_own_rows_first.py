"""Own rows first

The indexes that the bubbles of the incident list and the figures are counted from have all that they ask for. The walls of the joint ledger let
the same rows through as before, and ask for them one by one.
"""
# ruff: noqa: E501 - written by alembic

from alembic import op

from data.migrations import security

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_figures"))
        batch_op.create_index(
            "ix_incident_figures",
            [
                "organisation_id",
                "occurred_at",
                "kind",
                "severity",
                "unit_id",
                "complexity",
                "not_confirmed_at",
                "event_id",
                "confidential",
                "was_latent",
                "origin",
                "entered_at",
            ],
            unique=False,
        )
        batch_op.drop_index(batch_op.f("ix_incident_bubbles"))
        batch_op.create_index(
            "ix_incident_bubbles",
            [
                "organisation_id",
                "severity",
                "complexity",
                "resolved_at",
                "transferred_at",
                "not_confirmed_at",
                "closed_at",
                "due_on",
                "confidential",
                "entered_by",
                "owner_id",
                "id",
            ],
            unique=False,
        )
    security.reread(
        op,
        "joint_activity",
        readable="organisation_id = :me OR released_at IS NOT NULL AND (shared_with LIKE '%,' || :me || ',%' OR host_path LIKE '%/' || :me || '/%' AND EXISTS (SELECT FROM organisation WHERE organisation.id = :me AND organisation.kind = 'board'))",
    )
    security.reread(
        op,
        "joint_answer",
        readable="organisation_id = :me OR host_id = :me OR (SELECT true FROM joint_party p WHERE p.id = joint_party_id)",
    )
    security.reread(
        op,
        "joint_party",
        readable="organisation_id = :me OR released_at IS NOT NULL AND (SELECT true FROM joint_activity a WHERE a.id = activity_id)",
    )
    security.reread(op, "joint_summary", readable="organisation_id = :me OR shared_with LIKE '%,' || :me || ',%'")


def downgrade() -> None:
    security.reread(
        op,
        "joint_activity",
        readable="released_at IS NOT NULL AND (shared_with LIKE '%,' || :me || ',%' OR host_path LIKE '%/' || :me || '/%' AND EXISTS (SELECT FROM organisation WHERE organisation.id = :me AND organisation.kind = 'board'))",
    )
    security.reread(op, "joint_answer", readable="EXISTS (SELECT FROM joint_party p WHERE p.id = joint_party_id)")
    security.reread(
        op,
        "joint_party",
        readable="released_at IS NOT NULL AND EXISTS (SELECT FROM joint_activity a WHERE a.id = activity_id)",
    )
    security.reread(op, "joint_summary", readable="shared_with LIKE '%,' || :me || ',%'")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_figures"))
        batch_op.create_index(
            "ix_incident_figures",
            [
                "organisation_id",
                "occurred_at",
                "kind",
                "severity",
                "unit_id",
                "complexity",
                "not_confirmed_at",
                "event_id",
            ],
            unique=False,
        )
        batch_op.drop_index("ix_incident_bubbles")
        batch_op.create_index(
            batch_op.f("ix_incident_bubbles"),
            [
                "organisation_id",
                "severity",
                "complexity",
                "resolved_at",
                "transferred_at",
                "not_confirmed_at",
                "due_on",
                "confidential",
                "entered_by",
                "owner_id",
                "id",
            ],
            unique=False,
        )
