"""Plans by which running cases move to another version of their diagram, and what became of each case."""

import sqlalchemy as sa
from alembic import op

from storage.base import JsonText, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLAN_STATES = "state IN ('draft', 'running', 'done', 'undoing', 'undone')"
CASE_STATES = "state IN ('waiting', 'moved', 'stayed', 'undoing', 'undone', 'kept')"


def upgrade() -> None:
    op.create_table(
        "migration_plan",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("target_id", BIG, nullable=False),
        sa.Column("mapping", JsonText(), nullable=False),
        sa.Column("takes_decisions", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=True),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(PLAN_STATES, name=op.f("ck_migration_plan_state")),
        sa.ForeignKeyConstraint(["source_id"], ["definition.id"], name=op.f("fk_migration_plan_source_id_definition")),
        sa.ForeignKeyConstraint(["target_id"], ["definition.id"], name=op.f("fk_migration_plan_target_id_definition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_plan")),
    )
    op.create_index("ix_migration_plan_key", "migration_plan", ["key", "id"])
    op.create_index("ix_migration_plan_state", "migration_plan", ["state"])
    _case_migration()


def _case_migration() -> None:
    op.create_table(
        "case_migration",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("former", JsonText(), nullable=True),
        sa.Column("version_after", sa.Integer(), nullable=True),
        sa.Column("moved_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(CASE_STATES, name=op.f("ck_case_migration_state")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_case_migration_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["migration_plan.id"], name=op.f("fk_case_migration_plan_id_migration_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_migration")),
        sa.UniqueConstraint("plan_id", "instance_id", name=op.f("uq_case_migration_plan_id_instance_id")),
    )
    op.create_index("ix_case_migration_plan_id_state", "case_migration", ["plan_id", "state", "id"])


def downgrade() -> None:
    op.drop_table("case_migration")
    op.drop_table("migration_plan")
