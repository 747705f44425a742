"""A case says itself that it was destroyed; what was accepted on paper says how that is known."""

import sqlalchemy as sa
from alembic import op

from storage.base import JsonText, UtcDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

ERASED = sa.text(
    'UPDATE "case" SET erased_at = (SELECT erasure.erased_at FROM erasure WHERE erasure.case_id = "case".id) '
    "WHERE id IN (SELECT case_id FROM erasure)"
)


def upgrade() -> None:
    op.add_column("case", sa.Column("erased_at", UtcDateTime()))
    op.get_bind().execute(ERASED)
    op.add_column("mediation_proposal", sa.Column("on_paper", JsonText()))


def downgrade() -> None:
    op.drop_column("mediation_proposal", "on_paper")
    op.drop_column("case", "erased_at")
