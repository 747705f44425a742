"""Versions of a proposal in a mediation, and minutes that whoever was heard reads again. Evidence of before has nothing to add."""

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BOTH = "state <> 'agreed' OR (complainant_accepted_at IS NOT NULL AND authority_accepted_at IS NOT NULL)"
STATES = "state IN ('open', 'agreed', 'countered', 'refused', 'lapsed')"


def upgrade() -> None:
    op.create_table(
        "mediation_proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(20), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_in_days", sa.Integer(), nullable=False),
        sa.Column("stands_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("complainant_accepted_at", UtcDateTime()),
        sa.Column("authority_accepted_at", UtcDateTime()),
        sa.Column("promise_due_on", sa.Date()),
        sa.CheckConstraint(BOTH, name=op.f("ck_mediation_proposal_agreed_by_both")),
        sa.CheckConstraint(
            "proposed_by IN ('complainant', 'authority', 'mediator')", name=op.f("ck_mediation_proposal_proposed_by")
        ),
        sa.CheckConstraint(STATES, name=op.f("ck_mediation_proposal_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_mediation_proposal_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_proposal")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_mediation_proposal_case_id_number")),
    )
    op.add_column("evidence", sa.Column("address", sa.String(320)))
    op.add_column("evidence", sa.Column("correction", sa.Text()))
    op.add_column("evidence", sa.Column("confirmed_on", sa.Date()))


def downgrade() -> None:
    for name in ("confirmed_on", "correction", "address"):
        op.drop_column("evidence", name)
    op.drop_table("mediation_proposal")
