"""Working copies: what process managers are changing in the studio and have not published yet."""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "working_copy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('process', 'decision', 'form')", name=op.f("ck_working_copy_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_copy")),
        sa.UniqueConstraint("person", "kind", "key", name=op.f("uq_working_copy_person_kind_key")),
    )


def downgrade() -> None:
    op.drop_table("working_copy")
