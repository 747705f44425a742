"""Who sends a mail holds a claim on it, and a mail that cannot be sent may be given up."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATE = "ck_mail_state"


def upgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("claim", sa.String(length=64), nullable=True))
        table.drop_constraint(op.f(STATE), type_="check")
        table.create_check_constraint(op.f(STATE), "state IN ('waiting', 'sent', 'dead', 'given_up')")


def downgrade() -> None:
    op.execute("UPDATE mail SET state = 'dead' WHERE state = 'given_up'")
    with op.batch_alter_table("mail") as table:
        table.drop_column("claim")
        table.drop_constraint(op.f(STATE), type_="check")
        table.create_check_constraint(op.f(STATE), "state IN ('waiting', 'sent', 'dead')")
