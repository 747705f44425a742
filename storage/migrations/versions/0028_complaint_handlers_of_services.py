"""Somebody may work for a service: its complaint handler. The first-line files of a service that are open have an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL AND matter = 'first_line'")


def upgrade() -> None:
    op.add_column("person", sa.Column("authority_key", sa.String(length=100), nullable=True))
    op.create_index(
        "ix_case_open_first_line", "case", ["authority_key", "id"], postgresql_where=_OPEN, sqlite_where=_OPEN
    )


def downgrade() -> None:
    op.drop_index("ix_case_open_first_line", table_name="case")
    op.drop_column("person", "authority_key")
