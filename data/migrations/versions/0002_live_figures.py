"""Live figures"""
# ruff: noqa: E501, PLR0915 - written by alembic

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from data.migrations import security

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "guard_force",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_guard_force_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guard_force")),
        sa.UniqueConstraint("organisation_id", "counted_on", name=op.f("uq_guard_force_organisation_id_counted_on")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_guard_force_organisation_id_id")),
    )
    op.create_table(
        "period_rule",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("cut_off", sa.Integer(), nullable=False),
        sa.Column("result_days", sa.Integer(), nullable=False),
        sa.Column("year_day", sa.Integer(), nullable=False),
        sa.Column("year_month", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("struck_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_period_rule_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_rule")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_period_rule_organisation_id_id")),
    )
    with op.batch_alter_table("period_rule", schema=None) as batch_op:
        batch_op.create_index("ix_period_rule_valid_from", ["organisation_id", "valid_from"], unique=False)

    op.create_table(
        "display",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("issued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("browser", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "issued_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_display_organisation_id_issued_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_display_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_display")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_display_code_hash")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_display_organisation_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_display_token_hash")),
    )
    with op.batch_alter_table("display", schema=None) as batch_op:
        batch_op.create_index("ix_display_ended_at", ["ended_at"], unique=False)

    op.create_table(
        "kpi_target",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("warning", sa.Float(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("span", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("struck_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_kpi_target_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_kpi_target_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_target")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_kpi_target_organisation_id_id")),
    )
    with op.batch_alter_table("kpi_target", schema=None) as batch_op:
        batch_op.create_index(
            "ix_kpi_target_code", ["organisation_id", "code", "unit_id", "span", "valid_from"], unique=False
        )

    op.create_table(
        "movement_activity",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("guards_trained", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("struck_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("struck_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_movement_activity_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_movement_activity_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_movement_activity_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_activity")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_movement_activity_organisation_id_id")),
    )
    with op.batch_alter_table("movement_activity", schema=None) as batch_op:
        batch_op.create_index(
            "ix_movement_activity_held_on", ["organisation_id", "held_on", "struck_at", "unit_id"], unique=False
        )

    op.create_table(
        "self_score",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("year_first", sa.Date(), nullable=False),
        sa.Column("year_last", sa.Date(), nullable=False),
        sa.Column("premises_points", sa.Float(), nullable=False),
        sa.Column("premises_max", sa.Float(), nullable=False),
        sa.Column("people_points", sa.Float(), nullable=False),
        sa.Column("people_max", sa.Float(), nullable=False),
        sa.Column("property_points", sa.Float(), nullable=False),
        sa.Column("property_max", sa.Float(), nullable=False),
        sa.Column("activities_points", sa.Float(), nullable=False),
        sa.Column("activities_max", sa.Float(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("signed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("signed_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("grade", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("graded_on", sa.Date(), nullable=True),
        sa.Column("grade_document", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("struck_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("struck_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_self_score_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_self_score_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_score")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_self_score_organisation_id_id")),
    )
    with op.batch_alter_table("self_score", schema=None) as batch_op:
        batch_op.create_index(
            "ix_self_score_year", ["organisation_id", "year_last", "signed_at", "struck_at"], unique=False
        )

    op.create_table(
        "disqualifying_event",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("basis", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("struck_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("struck_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_disqualifying_event_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incident.organisation_id", "incident.id"],
            name=op.f("fk_disqualifying_event_organisation_id_incident_id_incident"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_disqualifying_event_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_disqualifying_event_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disqualifying_event")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_disqualifying_event_organisation_id_id")),
    )
    with op.batch_alter_table("disqualifying_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_disqualifying_event_occurred_on",
            ["organisation_id", "occurred_on", "struck_at", "unit_id"],
            unique=False,
        )

    op.create_table(
        "plan_request",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("party_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("host_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("event_number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("event_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("venue", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["event_plan.organisation_id", "event_plan.id"],
            name=op.f("fk_plan_request_organisation_id_plan_id_event_plan"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plan_request_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["organisation.id"], name=op.f("fk_plan_request_party_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_request")),
        sa.UniqueConstraint(
            "organisation_id", "id", "party_id", name=op.f("uq_plan_request_organisation_id_id_party_id")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_plan_request_organisation_id_id")),
    )
    with op.batch_alter_table("plan_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_request_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_request_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(
            "uq_plan_request_live",
            ["plan_id", "party_id", "submitted_at"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "plan_opinion",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("remarks", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("given_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id", "request_id", "organisation_id"],
            ["plan_request.organisation_id", "plan_request.id", "plan_request.party_id"],
            name="fk_plan_opinion_request",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plan_opinion_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_opinion")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_plan_opinion_organisation_id_id")),
        sa.UniqueConstraint("request_id", name=op.f("uq_plan_opinion_request_id")),
    )
    with op.batch_alter_table("plan_opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_opinion_host_id"), ["host_id"], unique=False)

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incident_bubbles",
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
        batch_op.create_index(
            "ix_incident_flash",
            ["organisation_id", "flash_due_at", "flash_reported_at", "not_confirmed_at", "unit_id"],
            unique=False,
        )

    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recheck_checked_on", ["organisation_id", "checked_on", "result", "finding_id"], unique=False
        )

    with op.batch_alter_table("throttle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_throttle_name_key"), ["name_key"], unique=False)
    security.own(op, "display", open_to=("door",))
    security.own(op, "disqualifying_event")
    security.own(op, "guard_force")
    security.own(op, "kpi_target")
    security.own(op, "movement_activity")
    security.own(op, "period_rule")
    security.own(op, "plan_opinion", readable="host_id = :me")
    security.own(op, "plan_request", readable="party_id = :me AND withdrawn_at IS NULL")
    security.own(op, "self_score")
    security.require(
        op,
        "plan_opinion",
        condition="EXISTS (SELECT FROM plan_request r WHERE r.id = request_id AND r.organisation_id = host_id AND r.party_id = plan_opinion.organisation_id AND r.withdrawn_at IS NULL AND r.decided_at IS NULL)",
    )
    security.reread(op, "joint_answer", readable="EXISTS (SELECT FROM joint_party p WHERE p.id = joint_party_id)")
    security.reread(
        op,
        "joint_party",
        readable="released_at IS NOT NULL AND EXISTS (SELECT FROM joint_activity a WHERE a.id = activity_id)",
    )


def downgrade() -> None:
    security.reread(op, "joint_answer", readable="joint_party_id IN (SELECT id FROM joint_party)")
    security.reread(
        op, "joint_party", readable="released_at IS NOT NULL AND activity_id IN (SELECT id FROM joint_activity)"
    )
    with op.batch_alter_table("throttle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_throttle_name_key"))
        batch_op.drop_column("name_key")

    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.drop_index("ix_recheck_checked_on")

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_flash")
        batch_op.drop_index("ix_incident_bubbles")

    with op.batch_alter_table("plan_opinion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_opinion_host_id"))

    op.drop_table("plan_opinion")
    with op.batch_alter_table("plan_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_request_live",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_request_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_request_party_id"))

    op.drop_table("plan_request")
    with op.batch_alter_table("disqualifying_event", schema=None) as batch_op:
        batch_op.drop_index("ix_disqualifying_event_occurred_on")

    op.drop_table("disqualifying_event")
    with op.batch_alter_table("self_score", schema=None) as batch_op:
        batch_op.drop_index("ix_self_score_year")

    op.drop_table("self_score")
    with op.batch_alter_table("movement_activity", schema=None) as batch_op:
        batch_op.drop_index("ix_movement_activity_held_on")

    op.drop_table("movement_activity")
    with op.batch_alter_table("kpi_target", schema=None) as batch_op:
        batch_op.drop_index("ix_kpi_target_code")

    op.drop_table("kpi_target")
    with op.batch_alter_table("display", schema=None) as batch_op:
        batch_op.drop_index("ix_display_ended_at")

    op.drop_table("display")
    with op.batch_alter_table("period_rule", schema=None) as batch_op:
        batch_op.drop_index("ix_period_rule_valid_from")

    op.drop_table("period_rule")
    op.drop_table("guard_force")
