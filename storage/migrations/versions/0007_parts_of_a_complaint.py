"""A complaint may have parts that go their own way: each grievance knows who is competent and how its first line stands.

Grievances from before are told apart by their number: the first is the main one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("grievance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_main", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("matter", sa.String(length=40), nullable=False, server_default="complaint"))
        batch_op.add_column(sa.Column("body", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("transfer", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("first_line_gate", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("gate_reason", sa.String(length=60), nullable=True))
    op.execute(sa.text("UPDATE grievance SET is_main = :yes WHERE number = 1").bindparams(yes=True))
    with op.batch_alter_table("grievance", schema=None) as batch_op:
        batch_op.alter_column("is_main", server_default=None, existing_type=sa.Boolean())
        batch_op.alter_column("matter", server_default=None, existing_type=sa.String(length=40))
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("grievance", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_column("grievance")
    with op.batch_alter_table("grievance", schema=None) as batch_op:
        for name in ("gate_reason", "first_line_gate", "transfer", "body", "matter", "is_main"):
            batch_op.drop_column(name)
