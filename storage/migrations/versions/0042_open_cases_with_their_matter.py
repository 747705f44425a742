"""The index of open cases holds what kind of matter each is: whose tasks somebody may see is answered by it, case by case no more."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
COLUMNS = ["id", "authority_key", "authority_name"]


def upgrade() -> None:
    op.drop_index("ix_case_open", table_name="case")
    op.create_index("ix_case_open", "case", [*COLUMNS, "matter"], postgresql_where=OPEN, sqlite_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_case_open", table_name="case")
    op.create_index("ix_case_open", "case", COLUMNS, postgresql_where=OPEN, sqlite_where=OPEN)
