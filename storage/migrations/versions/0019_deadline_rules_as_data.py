"""Deadline rules and closing days are rows; a deadline keeps what its date was counted from.

How many days somebody gave instead of the rule's own stood only in the sentence until now: for what is still open it is read there.
"""

import re

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


# What the rules of that day said; another number in a sentence was given by a person.
OWN = {
    "acknowledge_by": 10,
    "first_line_ack_by": 10,
    "first_line_handle_by": 45,
    "first_line_due": 45,
    "urgent_contact_by": 2,
    "missing_information_by": 14,
    "service_answer_by": 20,
    "recommendation_answer_by": 30,
    "ministerial_note_by": 40,
    "review_decision_by": 30,
    "rvs_appeal_by": 60,
}
COUNTED = re.compile(r": (\d{1,6}) (?:kalenderdagen|werkdagen|maanden) vanaf ")


def upgrade() -> None:
    op.create_table(
        "closing_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_yearly", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_day")),
        sa.UniqueConstraint("closed_on", name=op.f("uq_closing_day_closed_on")),
    )
    op.create_table(
        "deadline_plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", storage.base.JsonText(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=True),
        sa.Column("started_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('rule', 'closing_days')", name=op.f("ck_deadline_plan_kind")),
        sa.CheckConstraint("state IN ('draft', 'running', 'done')", name=op.f("ck_deadline_plan_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_plan")),
    )
    with op.batch_alter_table("deadline_plan", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_plan_state", ["state"], unique=False)

    op.create_table(
        "deadline_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.String(length=80), nullable=False),
        sa.Column("is_pausable", sa.Boolean(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit IN ('calendar_days', 'working_days', 'months')", name=op.f("ck_deadline_rule_unit")),
        sa.CheckConstraint("value > 0", name=op.f("ck_deadline_rule_value")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_rule")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_deadline_rule_name_version")),
    )
    op.create_table(
        "deadline_shift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("old_on", sa.Date(), nullable=True),
        sa.Column("new_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_deadline_shift_case_id_case")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["deadline_plan.id"], name=op.f("fk_deadline_shift_plan_id_deadline_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_shift")),
    )
    with op.batch_alter_table("deadline_shift", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_shift_plan_id", ["plan_id", "id"], unique=False)

    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("value", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reckoning", storage.base.JsonText(), nullable=True))
        batch_op.create_index("ix_deadline_rule", ["rule", "met_at", "case_id"], unique=False)

    _note_given_days()


def _note_given_days() -> None:
    deadline = sa.table(
        "deadline",
        sa.column("id", sa.BigInteger),
        sa.column("rule", sa.String),
        sa.column("explanation", sa.Text),
        sa.column("met_at", sa.DateTime),
        sa.column("value", sa.Integer),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(deadline.c.id, deadline.c.rule, deadline.c.explanation).where(deadline.c.met_at.is_(None))
    ).all()
    for id_, rule, explanation in rows:
        found = COUNTED.search(explanation)
        if found and int(found.group(1)) != OWN.get(rule):
            connection.execute(deadline.update().where(deadline.c.id == id_).values(value=int(found.group(1))))


def downgrade() -> None:
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_rule")
        batch_op.drop_column("reckoning")
        batch_op.drop_column("value")

    with op.batch_alter_table("deadline_shift", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_shift_plan_id")

    op.drop_table("deadline_shift")
    op.drop_table("deadline_rule")
    with op.batch_alter_table("deadline_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_plan_state")

    op.drop_table("deadline_plan")
    op.drop_table("closing_day")
