"""Cases that belong together, one message to many of them, and packages between offices; the same person is found by an index."""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_office",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("public_key", sa.String(length=60), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_office")),
        sa.UniqueConstraint("public_key", name=op.f("uq_partner_office_public_key")),
    )
    op.create_table(
        "bulk_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.String(length=80), nullable=False),
        sa.Column("answers", storage.base.JsonText(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("started_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_bulk_message_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_message")),
    )
    op.create_index(op.f("ix_bulk_message_case_id"), "bulk_message", ["case_id"])
    op.create_index(
        "ix_bulk_message_running",
        "bulk_message",
        ["id"],
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "related_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leading_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("since", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('joined', 'merged')", name=op.f("ck_related_case_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_related_case_case_id_case")),
        sa.ForeignKeyConstraint(["leading_id"], ["case.id"], name=op.f("fk_related_case_leading_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_case")),
    )
    op.create_index("ix_related_case_leading_id", "related_case", ["leading_id", "kind", "id"])
    op.create_index(
        "ix_related_case_now",
        "related_case",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
        sqlite_where=sa.text("until IS NULL"),
    )

    op.create_table(
        "transfer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("package_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner", sa.String(length=200), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("their_number", sa.String(length=40), nullable=False),
        sa.Column("receipt_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_transfer_direction")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_transfer_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("direction", "package_id", name=op.f("uq_transfer_direction_package_id")),
    )
    op.create_index(op.f("ix_transfer_case_id"), "transfer", ["case_id"])

    op.create_table(
        "bulk_recipient",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bulk_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'stayed')", name=op.f("ck_bulk_recipient_state")),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_message.id"], name=op.f("fk_bulk_recipient_bulk_id_bulk_message")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_bulk_recipient_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_recipient")),
        sa.UniqueConstraint("bulk_id", "case_id", name=op.f("uq_bulk_recipient_bulk_id_case_id")),
    )
    op.create_index("ix_bulk_recipient_state", "bulk_recipient", ["bulk_id", "state", "id"])

    op.create_index("ix_case_complainant_name_id", "case", ["complainant_name", "id"])

    op.create_index(op.f("ix_party_email"), "party", ["email"])


def downgrade() -> None:
    op.drop_index(op.f("ix_party_email"), table_name="party")
    op.drop_index("ix_case_complainant_name_id", table_name="case")
    for table in ("bulk_recipient", "transfer", "related_case", "bulk_message", "partner_office"):
        op.drop_table(table)
