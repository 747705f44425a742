"""A year is counted once and kept, with how far it is; the terms that fall due in a year are found by an index of their own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.base import JsonText, UtcDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

TERM_IS_SET = sa.text("activity = 'deadline' AND transition = 'changed'")
UNDER_WAY = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_event_deadline", "event", ["at"], postgresql_where=TERM_IS_SET, sqlite_where=TERM_IS_SET)
    op.create_table(
        "annual_count",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("definition", sa.String(20), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("events", sa.BigInteger()),
        sa.Column("counted_to", UtcDateTime(), nullable=False),
        sa.Column("found", JsonText(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("held_until", UtcDateTime()),
        sa.Column("done_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_count")),
    )
    op.create_index("ix_annual_count_year", "annual_count", ["year", "id"])
    where: dict[str, Any] = {"postgresql_where": UNDER_WAY, "sqlite_where": UNDER_WAY}
    op.create_index("uq_annual_count_under_way", "annual_count", ["year"], unique=True, **where)


def downgrade() -> None:
    op.drop_table("annual_count")
    op.drop_index("ix_event_deadline", table_name="event")
