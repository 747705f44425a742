"""In which cases somebody may choose a next step."""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "open_choice",
        sa.Column("id", number, nullable=False),
        sa.Column("case_id", number, nullable=False),
        sa.Column("instance_id", number, nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("definition_id", number, nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("opened_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_open_choice_case_id_case")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_open_choice_definition_id_definition")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_open_choice_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_choice")),
        sa.UniqueConstraint("instance_id", "token_id", name=op.f("uq_open_choice_instance_id_token_id")),
    )
    op.create_index(op.f("ix_open_choice_case_id"), "open_choice", ["case_id"])
    op.create_index("ix_open_choice_role", "open_choice", ["role", "opened_at"])


def downgrade() -> None:
    op.drop_table("open_choice")
