"""A rule says what its clock stands still for, and each pause what it is: waiting for the complainant is not a case at court.

Until now a rule could stand still or not, and did so for any reason; the shipped diagrams knew one, the court. So what could stand
still does so for a court case, and what a pause was, is read from its reason.
"""

import json

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = ("deadline_rule", "deadline")
FOR_COURT, FOR_NOTHING = '["court_case"]', "[]"
OF_COMPLAINANT = "informatie van de klager"
PLANS = sa.table("deadline_plan", sa.column("id"), sa.column("kind"), sa.column("content", sa.Text))


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as batch:
            batch.add_column(
                sa.Column("pauses_for", storage.base.JsonText(), server_default=FOR_NOTHING, nullable=False)
            )
        rows = sa.table(name, sa.column("pauses_for", sa.Text), sa.column("is_pausable", sa.Boolean))
        op.execute(rows.update().where(rows.c.is_pausable).values(pauses_for=FOR_COURT))
        with op.batch_alter_table(name) as batch:
            batch.drop_column("is_pausable")
            batch.alter_column("pauses_for", server_default=None)
    with op.batch_alter_table("clock_pause") as batch:
        batch.add_column(sa.Column("kind", sa.String(20), server_default="court_case", nullable=False))
    pauses = sa.table("clock_pause", sa.column("kind"), sa.column("reason"))
    op.execute(pauses.update().where(pauses.c.reason == OF_COMPLAINANT).values(kind="complainant"))
    with op.batch_alter_table("clock_pause") as batch:
        batch.alter_column("kind", server_default=None)
    _plans({"is_pausable": True}, {"pauses_for": ["court_case"]}, {"pauses_for": []})


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("is_pausable", sa.Boolean(), server_default=sa.false(), nullable=False))
        rows = sa.table(name, sa.column("pauses_for", sa.Text), sa.column("is_pausable", sa.Boolean))
        op.execute(rows.update().where(rows.c.pauses_for.contains("court_case")).values(is_pausable=True))
        with op.batch_alter_table(name) as batch:
            batch.drop_column("pauses_for")
            batch.alter_column("is_pausable", server_default=None)
    with op.batch_alter_table("clock_pause") as batch:
        batch.drop_column("kind")
    _plans({"pauses_for": ["court_case"]}, {"is_pausable": True}, {"is_pausable": False})


def _plans(when: dict[str, object], then: dict[str, object], otherwise: dict[str, object]) -> None:
    """The rules that wait as a plan say it in the same way."""
    connection, [(field, value)] = op.get_bind(), when.items()
    for id_, text in connection.execute(sa.select(PLANS.c.id, PLANS.c.content).where(PLANS.c.kind == "rule")).all():
        content = json.loads(text)
        told = then if content.pop(field, None) == value else otherwise
        new = json.dumps({**content, **told}, ensure_ascii=False)
        connection.execute(PLANS.update().where(PLANS.c.id == id_).values(content=new))
