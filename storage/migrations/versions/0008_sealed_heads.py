"""The head of a chain carries a seal of the office's master key.

A chain's hashes can be recomputed by anyone, also by whoever rewrites it whole; the seal cannot, since the key never lies in
the database. A head from before has none until its next event; until then `verify` says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew and lose its triggers.
    op.add_column("stream_head", sa.Column("seal", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("stream_head", "seal")
