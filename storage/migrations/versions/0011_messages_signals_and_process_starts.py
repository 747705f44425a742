"""Messages wait for their receiver, signals are on their way, and what starts a process waits without an instance."""

import sqlalchemy as sa
from alembic import op

from storage.base import JsonText, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_A_WAIT = "uq_subscription_instance_id_token_id_element_id"
OF_A_TRIGGER = "uq_subscription_instance_id_token_id_element_id_position"
OF_A_START = "uq_subscription_definition_id_element_id_position"


def upgrade() -> None:
    _published_message()
    _delivery()
    op.add_column("definition", sa.Column("version_tag", sa.String(length=200), nullable=True))
    op.add_column("definition", sa.Column("bindings", JsonText(), nullable=True))
    with op.batch_alter_table("subscription") as table:
        table.alter_column("instance_id", existing_type=BIG, nullable=True)
        table.add_column(sa.Column("definition_id", BIG, nullable=True))
        table.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("repeat", sa.Text(), nullable=True))
        table.add_column(sa.Column("is_tried", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_constraint(op.f(OF_A_WAIT), type_="unique")
        table.create_unique_constraint(op.f(OF_A_TRIGGER), ["instance_id", "token_id", "element_id", "position"])
        table.create_unique_constraint(op.f(OF_A_START), ["definition_id", "element_id", "position"])
        table.create_foreign_key(
            op.f("fk_subscription_definition_id_definition"), "definition", ["definition_id"], ["id"]
        )
        table.create_index("ix_subscription_kind_is_tried", ["kind", "is_tried"])
        table.create_check_constraint(
            op.f("ck_subscription_kind"), "kind IN ('timer', 'message', 'signal', 'condition')"
        )
        table.create_check_constraint(
            op.f("ck_subscription_belongs_to_one"), "(instance_id IS NULL) <> (definition_id IS NULL)"
        )
    with op.batch_alter_table("subscription") as table:  # the defaults were for the rows that were there
        table.alter_column("position", existing_type=sa.Integer(), server_default=None)
        table.alter_column("is_tried", existing_type=sa.Boolean(), server_default=None)


def _published_message() -> None:
    op.create_table(
        "published_message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("variables", JsonText(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("published_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_tried", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'received', 'expired')", name=op.f("ck_published_message_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_message")),
        sa.UniqueConstraint("name", "key", "message_id", name=op.f("uq_published_message_name_key_message_id")),
    )
    op.create_index("ix_published_message_state_name_key", "published_message", ["state", "name", "key"])
    op.create_index("ix_published_message_state_expires_at", "published_message", ["state", "expires_at"])
    op.create_index("ix_published_message_state_is_tried", "published_message", ["state", "is_tried"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", BIG, nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("definition_id", BIG, nullable=True),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("variables", JsonText(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'gone')", name=op.f("ck_delivery_state")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_delivery_definition_id_definition")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_delivery_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_state_id", "delivery", ["state", "id"])


def downgrade() -> None:
    op.execute("DELETE FROM subscription WHERE instance_id IS NULL OR position > 0 OR kind IN ('signal', 'condition')")
    with op.batch_alter_table("subscription") as table:
        table.drop_constraint(op.f("ck_subscription_belongs_to_one"), type_="check")
        table.drop_constraint(op.f("ck_subscription_kind"), type_="check")
        table.drop_constraint(op.f("fk_subscription_definition_id_definition"), type_="foreignkey")
        table.drop_constraint(op.f(OF_A_TRIGGER), type_="unique")
        table.drop_constraint(op.f(OF_A_START), type_="unique")
        table.drop_index("ix_subscription_kind_is_tried")
        table.create_unique_constraint(op.f(OF_A_WAIT), ["instance_id", "token_id", "element_id"])
        for column in ("definition_id", "position", "repeat", "is_tried"):
            table.drop_column(column)
        table.alter_column("instance_id", existing_type=BIG, nullable=False)
    op.drop_column("definition", "bindings")
    op.drop_column("definition", "version_tag")
    op.drop_table("delivery")
    op.drop_table("published_message")
