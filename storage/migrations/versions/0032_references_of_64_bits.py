"""What refers to a row by its number is as wide as that number: 64 bits. SQLite's integers are so already.

PostgreSQL writes each of these tables anew and locks it meanwhile: docs/scaling.md says how long that took.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

REFERENCES = (
    ("case", "instance_id"),
    ("document", "user_task_id"),
    ("evidence", "document_id"),
    ("process_instance", "case_id"),
    ("published_message", "case_id"),
    ("delivery", "case_id"),
    ("incident", "case_id"),
    ("case_migration", "case_id"),
)


def upgrade() -> None:
    _become(sa.BigInteger())


def downgrade() -> None:
    _become(sa.Integer())


def _become(type_: sa.types.TypeEngine[int]) -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for table, column in REFERENCES:
        op.alter_column(table, column, type_=type_, existing_nullable=True)
