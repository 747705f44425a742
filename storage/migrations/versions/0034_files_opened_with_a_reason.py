"""Files of services that somebody of the office opened, with the reason. Nothing is carried: nobody had to say why before."""

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_opening",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_file_opening_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_opening")),
    )
    op.create_index("ix_file_opening_person", "file_opening", ["person", "ended_at", "case_id"])
    op.create_index("ix_file_opening_case", "file_opening", ["case_id"])


def downgrade() -> None:
    op.drop_table("file_opening")
