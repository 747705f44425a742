"""A user task that is done several times tells which one it is."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("about", sa.String(length=300), nullable=True))


def downgrade() -> None:
    op.drop_column("user_task", "about")
