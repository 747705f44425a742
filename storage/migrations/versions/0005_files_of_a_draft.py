"""A complaint that is still being written may carry files; they go with the draft when it is removed."""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_draft_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["complaint_draft.id"],
            name=op.f("fk_complaint_draft_file_draft_id_complaint_draft"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_draft_file")),
    )
    with op.batch_alter_table("complaint_draft_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_draft_file_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_draft_file_digest"), ["digest"], unique=False)


def downgrade() -> None:
    op.drop_table("complaint_draft_file")
