"""The register of recommendations, satisfaction surveys, and who may not take a user task."""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("user_task", sa.Column("not_by", sa.Text(), nullable=True))
    _recommendations()
    _surveys()


def _recommendations() -> None:
    op.create_table(
        "recommendation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("authority_key", sa.String(length=100), nullable=True),
        sa.Column("addressee", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("next_check_on", sa.Date(), nullable=True),
        sa.Column("to_minister_on", sa.Date(), nullable=True),
        sa.Column("to_parliament_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("public_title", sa.String(length=200), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("public_follow_up", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('individual', 'general', 'regulation')", name=op.f("ck_recommendation_kind")),
        sa.CheckConstraint(
            "status IN ('open', 'done', 'partly_done', 'not_done')", name=op.f("ck_recommendation_status")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_recommendation_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
    )
    op.create_index(op.f("ix_recommendation_case_id"), "recommendation", ["case_id"])
    op.create_index("ix_recommendation_issued_on_id", "recommendation", ["issued_on", "id"])
    op.create_table(
        "recommendation_source",
        sa.Column("recommendation_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_source_recommendation_id_recommendation"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_recommendation_source_case_id_case")),
        sa.PrimaryKeyConstraint("recommendation_id", "case_id", name=op.f("pk_recommendation_source")),
    )
    op.create_index(op.f("ix_recommendation_source_case_id"), "recommendation_source", ["case_id"])


def _surveys() -> None:
    op.create_table(
        "survey_invitation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("expires_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.CheckConstraint("side IN ('complainant', 'authority')", name=op.f("ck_survey_invitation_side")),
        sa.CheckConstraint("state IN ('open', 'answered', 'declined')", name=op.f("ck_survey_invitation_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_survey_invitation_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitation")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_survey_invitation_secret_hash")),
    )
    op.create_index(op.f("ix_survey_invitation_case_id"), "survey_invitation", ["case_id"])
    op.create_index(op.f("ix_survey_invitation_year"), "survey_invitation", ["year"])
    op.create_table(
        "survey_answer",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("answers", storage.base.JsonText(), nullable=False),
        sa.CheckConstraint("side IN ('complainant', 'authority')", name=op.f("ck_survey_answer_side")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_survey_answer")),
    )
    op.create_index("ix_survey_answer_year", "survey_answer", ["year", "side"])


def downgrade() -> None:
    for table in ("survey_answer", "survey_invitation", "recommendation_source", "recommendation"):
        op.drop_table(table)
    op.drop_column("user_task", "not_by")
