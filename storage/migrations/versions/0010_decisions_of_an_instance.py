"""A running case stays on the versions of the decisions with which it started; what runs already has none fixed."""

import sqlalchemy as sa
from alembic import op

from storage.base import JsonText

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_instance", sa.Column("decisions", JsonText(), nullable=True))


def downgrade() -> None:
    op.drop_column("process_instance", "decisions")
