"""Jobs are handed out by type to workers outside, and say who has them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("worker", sa.String(length=80), nullable=True))
    op.create_index("ix_job_type_state_run_at", "job", ["type", "state", "run_at"])


def downgrade() -> None:
    op.drop_index("ix_job_type_state_run_at", "job")
    op.drop_column("job", "worker")
