"""Timers that are due at the same moment are found in order: however many there are, none are sorted for the next few."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEX = "ix_subscription_kind_due_at"


def upgrade() -> None:
    op.drop_index(INDEX, "subscription")
    op.create_index(f"{INDEX}_id", "subscription", ["kind", "due_at", "id"])


def downgrade() -> None:
    op.drop_index(f"{INDEX}_id", "subscription")
    op.create_index(INDEX, "subscription", ["kind", "due_at"])
