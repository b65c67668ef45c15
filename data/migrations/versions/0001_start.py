"""Start"""
# ruff: noqa: E501, PLR0915 - written by alembic

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from data.migrations import security

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "organisation",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("short_name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("model_started_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("path", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["organisation.id"], name=op.f("fk_organisation_successor_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("locked_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "account",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("full_name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("sort", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("password", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_account_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_account_organisation_id_name")),
    )
    op.create_table(
        "catalogue_entry",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catalogue", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("vi", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("attributes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_catalogue_entry_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_entry")),
        sa.UniqueConstraint(
            "organisation_id", "catalogue", "code", name=op.f("uq_catalogue_entry_organisation_id_catalogue_code")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_catalogue_entry_organisation_id_id")),
    )
    op.create_table(
        "chain_head",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_chain_head_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "counter",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_counter_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "series", "year", name=op.f("pk_counter")),
    )
    op.create_table(
        "joint_activity",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("subject_label", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("area", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("area_folded", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("host_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("host_path", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("shared_with", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("released_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("rereleased_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joint_activity_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_activity")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_joint_activity_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_joint_activity_organisation_id_number")),
        sa.UniqueConstraint(
            "organisation_id", "source", "source_id", name=op.f("uq_joint_activity_organisation_id_source_source_id")
        ),
    )
    with op.batch_alter_table("joint_activity", schema=None) as batch_op:
        batch_op.create_index("ix_joint_activity_occurred", ["organisation_id", "occurred_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_joint_activity_occurred_on"), ["occurred_on"], unique=False)

    op.create_table(
        "ledger_head",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_ledger_head_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "place",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("ward", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("ward_since", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folded", sqlmodel.sql.sqltypes.AutoString(length=250), nullable=False),
        sa.Column("wards", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("retired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_place_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("organisation_id", "folded", name=op.f("uq_place_organisation_id_folded")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_place_organisation_id_id")),
    )
    op.create_table(
        "submission",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_submission_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "nonce", name=op.f("pk_submission")),
    )
    op.create_table(
        "unit",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folded", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "successor_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_unit_organisation_id_successor_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_unit_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_unit_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_unit_organisation_id_name")),
    )
    op.create_table(
        "attachment",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("caption", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("content_type", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("received_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("preview_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("struck_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("struck_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("struck_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_attachment_entered_by_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attachment_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_attachment_organisation_id_id")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_subject", ["organisation_id", "subject", "subject_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("venue", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expected_people", sa.Integer(), nullable=True),
        sa.Column("organiser", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("partners", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancelled_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("attendance", sa.Integer(), nullable=True),
        sa.Column("attendance_kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("peak", sa.Integer(), nullable=True),
        sa.Column("incident_summary", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("forces_used", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("lessons", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("reported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reported_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("search", sqlmodel.sql.sqltypes.AutoString(length=700), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_event_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_event_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_event_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_event_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_event_organisation_id_number")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_event_figures",
            [
                "organisation_id",
                "ends_at",
                "cancelled_at",
                "kind",
                "unit_id",
                "attendance",
                "starts_at",
                "attendance_kind",
            ],
            unique=False,
        )
        batch_op.create_index("ix_event_list", ["organisation_id", "starts_at", "id"], unique=False)

    op.create_table(
        "export",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=43), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("content_type", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("valid_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_export_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_export_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    with op.batch_alter_table("export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_account_id"), ["account_id"], unique=False)

    op.create_table(
        "form_draft",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=43), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("seen_version", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_form_draft_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_form_draft_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_draft")),
    )
    with op.batch_alter_table("form_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_draft_account_id"), ["account_id"], unique=False)

    op.create_table(
        "history_entry",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("folded", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("previous", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_history_entry_actor_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_history_entry_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_entry")),
        sa.UniqueConstraint("organisation_id", "sequence", name=op.f("uq_history_entry_organisation_id_sequence")),
    )
    with op.batch_alter_table("history_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_history_entry_subject", ["organisation_id", "subject", "subject_id", "sequence"], unique=False
        )

    op.create_table(
        "inbox_mark",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("ledger_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_inbox_mark_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_inbox_mark_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_mark")),
        sa.UniqueConstraint("organisation_id", "account_id", name=op.f("uq_inbox_mark_organisation_id_account_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_inbox_mark_organisation_id_id")),
    )
    op.create_table(
        "inspection_round",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("lead", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("planned_to", sa.Date(), nullable=True),
        sa.Column("area", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("decision_no", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("decision_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("leader", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("members", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("partners", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("conclusion_no", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("conclusion_on", sa.Date(), nullable=True),
        sa.Column("conclusion", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("concluded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancel_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("search", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_inspection_round_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_inspection_round_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_inspection_round_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_round")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_inspection_round_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_inspection_round_organisation_id_number")),
    )
    with op.batch_alter_table("inspection_round", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inspection_round_done_on", ["organisation_id", "done_on", "subject", "unit_id"], unique=False
        )
        batch_op.create_index(
            "ix_inspection_round_planned_on",
            ["organisation_id", "planned_on", "kind", "done_on", "unit_id"],
            unique=False,
        )

    op.create_table(
        "joint_opening",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("account_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id", "activity_id"],
            ["joint_activity.organisation_id", "joint_activity.id"],
            name=op.f("fk_joint_opening_host_id_activity_id_joint_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_joint_opening_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joint_opening_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_opening")),
        sa.UniqueConstraint(
            "organisation_id",
            "account_id",
            "activity_id",
            name=op.f("uq_joint_opening_organisation_id_account_id_activity_id"),
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_joint_opening_organisation_id_id")),
    )
    with op.batch_alter_table("joint_opening", schema=None) as batch_op:
        batch_op.create_index("ix_joint_opening_activity", ["host_id", "activity_id"], unique=False)

    op.create_table(
        "joint_party",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("released_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "activity_id"],
            ["joint_activity.organisation_id", "joint_activity.id"],
            name=op.f("fk_joint_party_organisation_id_activity_id_joint_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joint_party_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["organisation.id"], name=op.f("fk_joint_party_party_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_party")),
        sa.UniqueConstraint(
            "organisation_id", "id", "party_id", name=op.f("uq_joint_party_organisation_id_id_party_id")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_joint_party_organisation_id_id")),
    )
    with op.batch_alter_table("joint_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joint_party_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joint_party_party_id"), ["party_id"], unique=False)
        batch_op.create_index(
            "uq_joint_party_live",
            ["activity_id", "code"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "joint_summary",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("figures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("shared_with", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "activity_id"],
            ["joint_activity.organisation_id", "joint_activity.id"],
            name=op.f("fk_joint_summary_organisation_id_activity_id_joint_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joint_summary_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_summary")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_joint_summary_activity_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_joint_summary_organisation_id_id")),
    )
    op.create_table(
        "mail_choice",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_mail_choice_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mail_choice_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint("organisation_id", "account_id", name=op.f("uq_mail_choice_organisation_id_account_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_mail_choice_organisation_id_id")),
    )
    op.create_table(
        "outbox",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("happened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("queued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("batch", sqlmodel.sql.sqltypes.AutoString(length=43), nullable=True),
        sa.Column("claim", sqlmodel.sql.sqltypes.AutoString(length=43), nullable=True),
        sa.Column("claimed_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("dropped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_outbox_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outbox_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "organisation_id", "account_id", "key", name=op.f("uq_outbox_organisation_id_account_id_key")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_outbox_organisation_id_id")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["organisation_id", "sent_at", "dropped_at", "due_at"], unique=False)

    op.create_table(
        "record_link",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("removed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_record_link_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_record_link_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_link")),
        sa.UniqueConstraint(
            "organisation_id", "from_subject", "from_id", "to_subject", "to_id", "kind", name="uq_record_link_pair"
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_record_link_organisation_id_id")),
    )
    with op.batch_alter_table("record_link", schema=None) as batch_op:
        batch_op.create_index("ix_record_link_to", ["organisation_id", "to_subject", "to_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("shared_role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("page", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("filters", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_saved_view_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_saved_view_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_saved_view_organisation_id_id")),
    )
    op.create_table(
        "security_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("who", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_security_entry_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_security_entry_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_entry")),
    )
    with op.batch_alter_table("security_entry", schema=None) as batch_op:
        batch_op.create_index("ix_security_entry_organisation_id_at", ["organisation_id", "at"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("ticket_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("browser", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_sign_in_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_sign_in_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_sign_in_organisation_id_id")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_sign_in_ticket_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_sign_in_ended_at", ["ended_at"], unique=False)

    op.create_table(
        "task",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("due_basis", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("done_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("verified_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("verified_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("given_up_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("given_up_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "done_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_task_organisation_id_done_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_task_organisation_id_owner_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_task_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_task_organisation_id_id")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_due", ["organisation_id", "due_on", "verified_at", "given_up_at"], unique=False)
        batch_op.create_index(
            "ix_task_owner", ["organisation_id", "owner_id", "verified_at", "given_up_at"], unique=False
        )
        batch_op.create_index("ix_task_record", ["organisation_id", "subject", "subject_id"], unique=False)

    op.create_table(
        "watch",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("watching", sa.Boolean(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_watch_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_watch_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint(
            "organisation_id",
            "account_id",
            "subject",
            "subject_id",
            name=op.f("uq_watch_organisation_id_account_id_subject_subject_id"),
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_watch_organisation_id_id")),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index("ix_watch_subject", ["organisation_id", "subject", "subject_id"], unique=False)

    op.create_table(
        "event_plan",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("aims", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("expected_people", sa.Integer(), nullable=True),
        sa.Column("peak_people", sa.Integer(), nullable=True),
        sa.Column("has_vip", sa.Boolean(), nullable=False),
        sa.Column("commander", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("measures", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("risks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("posts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("scenarios", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("contacts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("staffed_posts", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("drafted_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("approved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("returned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("returned_by", sa.Integer(), nullable=True),
        sa.Column("returned_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("returned_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("superseded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "approved_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_event_plan_organisation_id_approved_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "event_id"],
            ["event.organisation_id", "event.id"],
            name=op.f("fk_event_plan_organisation_id_event_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "returned_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_event_plan_organisation_id_returned_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "submitted_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_event_plan_organisation_id_submitted_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_event_plan_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_plan")),
        sa.UniqueConstraint(
            "organisation_id", "event_id", "edition", name=op.f("uq_event_plan_organisation_id_event_id_edition")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_event_plan_organisation_id_id")),
    )
    with op.batch_alter_table("event_plan", schema=None) as batch_op:
        batch_op.create_index(
            "ix_event_plan_figures", ["organisation_id", "event_id", "approved_at", "staffed_posts"], unique=False
        )
        batch_op.create_index("ix_event_plan_state", ["organisation_id", "state", "event_id"], unique=False)

    op.create_table(
        "incident",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("complexity", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("complexity_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=True),
        sa.Column("people_roles", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("measures", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("partners", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("complexity_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("complexity_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("was_latent", sa.Boolean(), nullable=False),
        sa.Column("latent_outcome", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("latent_ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_basis", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("flash_due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("flash_reported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("resolved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("conclusion", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("transferred_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("transferred_to", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("transfer_document", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("transferred_on", sa.Date(), nullable=True),
        sa.Column("not_confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("search", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_incident_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "event_id"],
            ["event.organisation_id", "event.id"],
            name=op.f("fk_incident_organisation_id_event_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_incident_organisation_id_owner_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "place_id"],
            ["place.organisation_id", "place.id"],
            name=op.f("fk_incident_organisation_id_place_id_place"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_incident_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_incident_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_incident_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_incident_organisation_id_number")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incident_complex", ["organisation_id", "complexity", "occurred_at", "complexity_at"], unique=False
        )
        batch_op.create_index(
            "ix_incident_due",
            ["organisation_id", "due_on", "resolved_at", "transferred_at", "not_confirmed_at", "unit_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_incident_event", ["organisation_id", "event_id", "not_confirmed_at", "occurred_at"], unique=False
        )
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
        batch_op.create_index(
            "ix_incident_latent",
            ["organisation_id", "latent_ended_at", "latent_outcome", "not_confirmed_at", "unit_id"],
            unique=False,
        )
        batch_op.create_index("ix_incident_list", ["organisation_id", "occurred_at", "id"], unique=False)
        batch_op.create_index(
            "ix_incident_resolved",
            ["organisation_id", "resolved_at", "received_at", "transferred_at", "not_confirmed_at", "unit_id"],
            unique=False,
        )

    op.create_table(
        "inspection_visit",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("ward", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("representative", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("record_no", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("is_recheck", sa.Boolean(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("search", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "round_id"],
            ["inspection_round.organisation_id", "inspection_round.id"],
            name=op.f("fk_inspection_visit_organisation_id_round_id_inspection_round"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_inspection_visit_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_inspection_visit_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_visit")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_inspection_visit_organisation_id_id")),
    )
    with op.batch_alter_table("inspection_visit", schema=None) as batch_op:
        batch_op.create_index("ix_inspection_visit_round", ["organisation_id", "round_id"], unique=False)
        batch_op.create_index(
            "ix_inspection_visit_visited_on",
            ["organisation_id", "visited_on", "is_recheck", "unit_id", "round_id"],
            unique=False,
        )

    op.create_table(
        "joint_answer",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("joint_party_id", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("declined_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("answered_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id", "activity_id"],
            ["joint_activity.organisation_id", "joint_activity.id"],
            name=op.f("fk_joint_answer_host_id_activity_id_joint_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["host_id", "joint_party_id", "organisation_id"],
            ["joint_party.organisation_id", "joint_party.id", "joint_party.party_id"],
            name="fk_joint_answer_party",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joint_answer_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_answer")),
        sa.UniqueConstraint("joint_party_id", name=op.f("uq_joint_answer_joint_party_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_joint_answer_organisation_id_id")),
    )
    with op.batch_alter_table("joint_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joint_answer_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joint_answer_host_id"), ["host_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_notice_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "sequence"],
            ["history_entry.organisation_id", "history_entry.sequence"],
            name=op.f("fk_notice_organisation_id_sequence_history_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "organisation_id", "account_id", "sequence", name=op.f("uq_notice_organisation_id_account_id_sequence")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_notice_organisation_id_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_unread", ["organisation_id", "account_id", "read_at", "sequence"], unique=False
        )

    op.create_table(
        "finding",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("item", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("legal_basis", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("handling", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("receiving_body", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("fine", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("first_deadline", sa.Date(), nullable=True),
        sa.Column("evidence", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("remedying_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("reported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("remedied_on", sa.Date(), nullable=True),
        sa.Column("remedied_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("given_up_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("given_up_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "visit_id"],
            ["inspection_visit.organisation_id", "inspection_visit.id"],
            name=op.f("fk_finding_organisation_id_visit_id_inspection_visit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_finding_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_finding_organisation_id_id")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(
            "ix_finding_deadline", ["organisation_id", "deadline", "remedied_on", "visit_id"], unique=False
        )
        batch_op.create_index("ix_finding_visit", ["organisation_id", "visit_id"], unique=False)

    op.create_table(
        "incident_helper",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role_word", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_incident_helper_organisation_id_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incident.organisation_id", "incident.id"],
            name=op.f("fk_incident_helper_organisation_id_incident_id_incident"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_incident_helper_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_helper")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_incident_helper_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "incident_id",
            "account_id",
            name=op.f("uq_incident_helper_organisation_id_incident_id_account_id"),
        ),
    )
    op.create_table(
        "statement",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("witness", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("signed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("attached_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attached_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "attached_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_statement_organisation_id_attached_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entered_by"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_statement_organisation_id_entered_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incident.organisation_id", "incident.id"],
            name=op.f("fk_statement_organisation_id_incident_id_incident"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_statement_organisation_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_statement_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_statement_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_statement_organisation_id_number")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index("ix_statement_incident", ["organisation_id", "incident_id"], unique=False)

    op.create_table(
        "recheck",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("checked_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "finding_id"],
            ["finding.organisation_id", "finding.id"],
            name=op.f("fk_recheck_organisation_id_finding_id_finding"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_recheck_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_recheck_organisation_id_id")),
    )
    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.create_index("ix_recheck_finding", ["organisation_id", "finding_id"], unique=False)
    security.role(op)
    security.own(op, "account", open_to=("door", "system"))
    security.own(op, "attachment")
    security.own(op, "catalogue_entry")
    security.own(op, "chain_head", open_to=("door", "system"))
    security.own(op, "counter")
    security.own(op, "event")
    security.own(op, "event_plan")
    security.own(op, "export", grants="SELECT, INSERT, UPDATE, DELETE")
    security.own(op, "finding")
    security.own(op, "form_draft", grants="SELECT, INSERT, UPDATE, DELETE")
    security.own(op, "history_entry", grants="SELECT, INSERT")
    security.own(op, "inbox_mark")
    security.own(op, "incident")
    security.own(op, "incident_helper")
    security.own(op, "inspection_round")
    security.own(op, "inspection_visit")
    security.share(op, "installation", writers=("door", "system"))
    security.own(
        op,
        "joint_activity",
        readable="released_at IS NOT NULL AND (shared_with LIKE '%,' || :me || ',%' OR host_path LIKE '%/' || :me || '/%' AND EXISTS (SELECT FROM organisation WHERE organisation.id = :me AND organisation.kind = 'board'))",
    )
    security.own(op, "joint_answer", readable="joint_party_id IN (SELECT id FROM joint_party)")
    security.own(op, "joint_opening", readable="host_id = :me")
    security.own(
        op, "joint_party", readable="released_at IS NOT NULL AND activity_id IN (SELECT id FROM joint_activity)"
    )
    security.own(op, "joint_summary", readable="shared_with LIKE '%,' || :me || ',%'")
    security.share(op, "ledger_head", writers=("door", "member", "system"))
    security.own(op, "mail_choice")
    security.own(op, "notice")
    security.share(
        op, "organisation", writers=("door", "system"), readable="path LIKE '%/' || :me || '/%' OR kind = 'police'"
    )
    security.own(op, "outbox")
    security.own(op, "place")
    security.own(op, "recheck")
    security.own(op, "record_link")
    security.own(op, "saved_view", grants="SELECT, INSERT, UPDATE, DELETE")
    security.share(
        op,
        "security_entry",
        writers=("door", "member", "system"),
        readable="organisation_id = :me",
        grants="SELECT, INSERT",
    )
    security.own(op, "sign_in", open_to=("door", "system"))
    security.own(op, "statement")
    security.own(op, "submission")
    security.own(op, "task")
    security.share(op, "throttle", writers=("door", "member", "system"))
    security.own(op, "unit")
    security.own(op, "watch")
    security.require(
        op,
        "joint_answer",
        condition="EXISTS (SELECT FROM joint_party p WHERE p.id = joint_party_id AND p.party_id = joint_answer.organisation_id AND p.organisation_id = host_id AND p.activity_id = joint_answer.activity_id AND p.released_at IS NOT NULL AND p.withdrawn_at IS NULL)",
    )
    security.require(
        op,
        "joint_opening",
        condition="EXISTS (SELECT FROM joint_activity a WHERE a.id = activity_id AND a.organisation_id = host_id)",
    )
    security.append_only(op, "history_entry")


def downgrade() -> None:
    security.forget(op, "history_entry")
    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.drop_index("ix_recheck_finding")

    op.drop_table("recheck")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_incident")

    op.drop_table("statement")
    op.drop_table("incident_helper")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index("ix_finding_visit")
        batch_op.drop_index("ix_finding_deadline")

    op.drop_table("finding")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_unread")

    op.drop_table("notice")
    with op.batch_alter_table("joint_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_joint_answer_host_id"))
        batch_op.drop_index(batch_op.f("ix_joint_answer_activity_id"))

    op.drop_table("joint_answer")
    with op.batch_alter_table("inspection_visit", schema=None) as batch_op:
        batch_op.drop_index("ix_inspection_visit_visited_on")
        batch_op.drop_index("ix_inspection_visit_round")

    op.drop_table("inspection_visit")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_resolved")
        batch_op.drop_index("ix_incident_list")
        batch_op.drop_index("ix_incident_latent")
        batch_op.drop_index("ix_incident_figures")
        batch_op.drop_index("ix_incident_event")
        batch_op.drop_index("ix_incident_due")
        batch_op.drop_index("ix_incident_complex")

    op.drop_table("incident")
    with op.batch_alter_table("event_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_event_plan_state")
        batch_op.drop_index("ix_event_plan_figures")

    op.drop_table("event_plan")
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.drop_index("ix_watch_subject")

    op.drop_table("watch")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_record")
        batch_op.drop_index("ix_task_owner")
        batch_op.drop_index("ix_task_due")

    op.drop_table("task")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_ended_at")
        batch_op.drop_index("ix_sign_in_account_id")

    op.drop_table("sign_in")
    with op.batch_alter_table("security_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_security_entry_organisation_id_at")

    op.drop_table("security_entry")
    op.drop_table("saved_view")
    with op.batch_alter_table("record_link", schema=None) as batch_op:
        batch_op.drop_index("ix_record_link_to")

    op.drop_table("record_link")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_due")

    op.drop_table("outbox")
    op.drop_table("mail_choice")
    op.drop_table("joint_summary")
    with op.batch_alter_table("joint_party", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_joint_party_live",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_joint_party_party_id"))
        batch_op.drop_index(batch_op.f("ix_joint_party_activity_id"))

    op.drop_table("joint_party")
    with op.batch_alter_table("joint_opening", schema=None) as batch_op:
        batch_op.drop_index("ix_joint_opening_activity")

    op.drop_table("joint_opening")
    with op.batch_alter_table("inspection_round", schema=None) as batch_op:
        batch_op.drop_index("ix_inspection_round_planned_on")
        batch_op.drop_index("ix_inspection_round_done_on")

    op.drop_table("inspection_round")
    op.drop_table("inbox_mark")
    with op.batch_alter_table("history_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_history_entry_subject")

    op.drop_table("history_entry")
    with op.batch_alter_table("form_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_draft_account_id"))

    op.drop_table("form_draft")
    with op.batch_alter_table("export", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_account_id"))

    op.drop_table("export")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_list")
        batch_op.drop_index("ix_event_figures")

    op.drop_table("event")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_subject")

    op.drop_table("attachment")
    op.drop_table("unit")
    op.drop_table("submission")
    op.drop_table("place")
    op.drop_table("ledger_head")
    with op.batch_alter_table("joint_activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_joint_activity_occurred_on"))
        batch_op.drop_index("ix_joint_activity_occurred")

    op.drop_table("joint_activity")
    op.drop_table("counter")
    op.drop_table("chain_head")
    op.drop_table("catalogue_entry")
    op.drop_table("account")
    op.drop_table("throttle")
    op.drop_table("organisation")
    op.drop_table("installation")
