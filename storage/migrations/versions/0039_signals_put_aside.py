"""A signal that was explained is put aside; a report that is published again says why."""

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("published_report", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "signal_put_aside",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("authority_key", sa.String(100), nullable=False),
        sa.Column("authority_name", sa.String(200), nullable=False),
        sa.Column("theme", sa.String(60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("put_aside_by", sa.String(80), nullable=False),
        sa.Column("put_aside_at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_put_aside")),
    )
    op.create_index(op.f("ix_signal_put_aside_put_aside_at"), "signal_put_aside", ["put_aside_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_signal_put_aside_put_aside_at"), table_name="signal_put_aside")
    op.drop_table("signal_put_aside")
    op.drop_column("published_report", "reason")
