"""publications and consistency notes"""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("definition", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("figures", storage.base.JsonText(), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("published_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_report")),
    )
    with op.batch_alter_table("published_report", schema=None) as batch_op:
        batch_op.create_index("ix_published_report_year", ["year", "id"], unique=False)

    op.create_table(
        "case_summary",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("authority_key", sa.String(length=100), nullable=True),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=True),
        sa.Column("finding", sa.String(length=40), nullable=True),
        sa.Column("remedy", sa.String(length=40), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("goes_with_case", sa.Boolean(), nullable=False),
        sa.Column("published_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_summary_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_summary")),
    )
    with op.batch_alter_table("case_summary", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_summary_authority_key"), ["authority_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_summary_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_summary_theme"), ["theme"], unique=False)

    op.create_table(
        "consistency_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("one_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.Column("noted_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_consistency_note_pair")),
        sa.ForeignKeyConstraint(["one_id"], ["case.id"], name=op.f("fk_consistency_note_one_id_case")),
        sa.ForeignKeyConstraint(["other_id"], ["case.id"], name=op.f("fk_consistency_note_other_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consistency_note")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_consistency_note_one_id_other_id")),
    )
    with op.batch_alter_table("consistency_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consistency_note_other_id"), ["other_id"], unique=False)

    op.create_table(
        "case_summary_norm",
        sa.Column("summary_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("norm", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["case_summary.id"], name=op.f("fk_case_summary_norm_summary_id_case_summary")
        ),
        sa.PrimaryKeyConstraint("summary_id", "norm", name=op.f("pk_case_summary_norm")),
    )
    with op.batch_alter_table("case_summary_norm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_summary_norm_norm"), ["norm"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_summary_norm", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_summary_norm_norm"))

    op.drop_table("case_summary_norm")
    with op.batch_alter_table("consistency_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consistency_note_other_id"))

    op.drop_table("consistency_note")
    with op.batch_alter_table("case_summary", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_summary_theme"))
        batch_op.drop_index(batch_op.f("ix_case_summary_case_id"))
        batch_op.drop_index(batch_op.f("ix_case_summary_authority_key"))

    op.drop_table("case_summary")
    with op.batch_alter_table("published_report", schema=None) as batch_op:
        batch_op.drop_index("ix_published_report_year")

    op.drop_table("published_report")
