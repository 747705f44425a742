"""Whether somebody chose their password themselves; of accounts from before nobody knows, and nobody is bothered."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("has_own_password", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("person", "has_own_password")
