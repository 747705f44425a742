"""What staff keeps of an answer that came by post or telephone lies apart from the draft of whoever holds the link."""

import sqlalchemy as sa
from alembic import op

from storage.base import JsonText

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("office_draft", JsonText(), nullable=True))
    op.add_column("user_task", sa.Column("office_draft_by", sa.String(length=80), nullable=True))


def downgrade() -> None:
    op.drop_column("user_task", "office_draft_by")
    op.drop_column("user_task", "office_draft")
