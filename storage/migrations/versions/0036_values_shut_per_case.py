"""Room for values that a sealed house shuts: they are longer than what was typed, and a file has a key of its own; and its outbox.

SQLite does not count characters, so only PostgreSQL is told. What lies open in a house that is there already, `ombudsflow setup` shuts.
"""

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# Columns, with how long they were.
WIDENED = (
    ("case", "subject", 300, False),
    ("case", "complainant_name", 200, False),
    ("case", "authority_name", 200, False),
    ("party", "name", 200, False),
    ("party", "email", 320, True),
    ("party", "phone", 60, True),
    ("party", "address", 500, True),
    ("grievance", "authority_name", 200, False),
    ("document", "name", 200, False),
    ("letter", "to_name", 200, False),
    ("letter", "to_address", 320, True),
    ("letter", "subject", 300, False),
    ("legal_hold", "reason", 500, False),
    ("user_task", "about", 300, True),
)


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, column, _, is_nullable in WIDENED:
            op.alter_column(table, column, type_=sa.Text(), existing_nullable=is_nullable)
    op.add_column("document", sa.Column("file_key", sa.Text()))
    op.create_table(
        "sealed_package",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("package_id", sa.String(40), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("last_error", sa.String(300)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_package")),
        sa.UniqueConstraint("package_id", name=op.f("uq_sealed_package_package_id")),
    )
    op.create_index(op.f("ix_sealed_package_next_at"), "sealed_package", ["next_at"])


def downgrade() -> None:
    op.drop_table("sealed_package")
    op.drop_column("document", "file_key")
    if op.get_context().dialect.name == "postgresql":
        for table, column, length, is_nullable in WIDENED:
            op.alter_column(table, column, type_=sa.String(length), existing_nullable=is_nullable)
