"""The index of open cases holds their authority too: worklists in its order, or of one authority, are answered by it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_case_open", table_name="case")
    columns = ["id", "authority_key", "authority_name"]
    op.create_index("ix_case_open", "case", columns, postgresql_where=OPEN, sqlite_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_case_open", table_name="case")
    op.create_index("ix_case_open", "case", ["id"], postgresql_where=OPEN, sqlite_where=OPEN)
