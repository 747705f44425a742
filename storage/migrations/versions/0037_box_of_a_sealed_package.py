"""What goes to a reports house lies in the row itself: one commit for the box and for what was destroyed. Nothing was sent before."""

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("sealed_package")
    _make(sa.Column("box", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    op.drop_table("sealed_package")
    _make()


def _make(*more: sa.Column[bytes]) -> None:
    op.create_table(
        "sealed_package",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("package_id", sa.String(40), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        *more,
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("last_error", sa.String(300)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_package")),
        sa.UniqueConstraint("package_id", name=op.f("uq_sealed_package_package_id")),
    )
    op.create_index(op.f("ix_sealed_package_next_at"), "sealed_package", ["next_at"])
