"""A signal on its way follows the event that listens again, so its receiver is looked up by instance and token."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_delivery_instance_id_token_id", "delivery", ["instance_id", "token_id"])


def downgrade() -> None:
    op.drop_index("ix_delivery_instance_id_token_id", "delivery")
