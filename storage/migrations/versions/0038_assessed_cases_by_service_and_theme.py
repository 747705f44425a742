"""A case in which something was found is looked up by its service and by the theme it then had, to be laid beside those like it."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ASSESSED = sa.text("assessed_theme IS NOT NULL")
INDEXES = {
    "ix_case_assessed": ["id"],
    "ix_case_assessed_authority": ["authority_key", "id"],
    "ix_case_assessed_theme": ["assessed_theme", "id"],
}
# As the jobs of the complaint's diagram mark it: the files of services, and those the office opened itself, are no complaints to it.
FOUND = sa.text(
    """
    UPDATE "case" SET assessed_theme = ''
    WHERE matter NOT IN ('own_initiative', 'first_line')
      AND id IN (SELECT case_id FROM grievance WHERE finding IS NOT NULL)
    """
)
THEMES = sa.text(
    """
    SELECT fact.case_id, fact.value FROM fact JOIN "case" ON "case".id = fact.case_id
    WHERE "case".assessed_theme IS NOT NULL AND fact.name = 'complaint.theme' AND fact.replaced_at IS NULL
    """
)
THEME = sa.text('UPDATE "case" SET assessed_theme = :theme WHERE id = :case_id')


def upgrade() -> None:
    op.add_column("case", sa.Column("assessed_theme", sa.String(60), nullable=True))
    connection = op.get_bind()
    connection.execute(FOUND)
    told = [{"case_id": case_id, "theme": json.loads(value or '""')} for case_id, value in connection.execute(THEMES)]
    if told:
        connection.execute(THEME, told)
    for name, columns in INDEXES.items():
        op.create_index(name, "case", columns, postgresql_where=ASSESSED, sqlite_where=ASSESSED)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="case")
    op.drop_column("case", "assessed_theme")
