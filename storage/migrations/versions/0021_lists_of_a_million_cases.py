"""Every list of cases and tasks walks along an index; what is open has indexes of its own; words are found by text search."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# PostgreSQL keeps the words by itself, so that looking at one costs nothing but looking.
KEEP_WORDS = """
CREATE FUNCTION keep_search_words() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.search_words := to_tsvector('simple', NEW.search_text); RETURN NEW; END $$
"""
WORDS_KEPT = """
CREATE TRIGGER case_search_words BEFORE INSERT OR UPDATE OF search_text ON "case"
FOR EACH ROW EXECUTE FUNCTION keep_search_words()
"""
# The number within its year, as it is written and without its noughts.
NUMBERS = """
UPDATE "case" SET search_text = substr(number, 6)
    || CASE WHEN ltrim(substr(number, 6), '0') IN ('', substr(number, 6)) THEN '' ELSE ' ' || ltrim(substr(number, 6), '0') END
    || ' ' || search_text
"""


def _where(condition: str, on_sqlite: str = "") -> dict[str, Any]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(on_sqlite or condition)}


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("case", sa.Column("search_words", TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=True))
    if is_postgresql:
        op.execute(KEEP_WORDS)
        op.execute(WORDS_KEPT)
    op.execute(NUMBERS)
    for name, table in (
        ("ix_case_received_at", "case"),
        ("ix_case_authority_key", "case"),
        ("ix_user_task_open_role", "user_task"),
        ("ix_user_task_open_assignee", "user_task"),
    ):
        op.drop_index(name, table_name=table)
    for column in ("received_at", "subject", "authority_name", "authority_key"):
        op.create_index(f"ix_case_{column}_id", "case", [column, "id"])
    op.create_index("ix_case_open", "case", ["id"], **_where("closed_at IS NULL"))
    op.create_index(
        "ix_case_open_authority", "case", ["authority_key", "authority_name"], **_where("closed_at IS NULL")
    )
    op.create_index("ix_case_urgent", "case", ["id"], **_where("is_urgent IS true", "is_urgent IS 1"))
    op.create_index("ix_case_number_prefix", "case", ["number"], postgresql_ops={"number": "varchar_pattern_ops"})
    is_open = _where("closed_at IS NULL")
    op.create_index("ix_user_task_open_role", "user_task", ["role", "assignee", "due_at"], **is_open)
    op.create_index("ix_user_task_open_assignee", "user_task", ["assignee", "due_at"], **is_open)
    covering = ["due_at", "id", "role", "assignee", "case_id", "opened_at", "name"]
    op.create_index("ix_user_task_open", "user_task", covering, **is_open)
    op.create_index(
        "ix_process_instance_running", "process_instance", ["definition_id", "id"], **_where("ended_at IS NULL")
    )
    op.create_index(
        "ix_process_instance_suspended",
        "process_instance",
        ["id"],
        **_where("is_suspended IS true", "is_suspended IS 1"),
    )
    op.create_index("ix_incident_case_id", "incident", ["case_id"])
    op.create_index("ix_mail_letter_id", "mail", ["letter_id"])
    op.create_index("ix_case_words", "case", ["search_words"], postgresql_using="gin")
    op.create_index("ix_case_open_words", "case", ["search_words"], postgresql_using="gin", **is_open)


def downgrade() -> None:
    for name in ("ix_case_open_words", "ix_case_words"):
        op.drop_index(name, table_name="case")
    if op.get_bind().dialect.name == "postgresql":
        op.execute('DROP TRIGGER case_search_words ON "case"')
        op.execute("DROP FUNCTION keep_search_words")
    op.drop_index("ix_mail_letter_id", table_name="mail")
    op.drop_index("ix_incident_case_id", table_name="incident")
    for name in ("ix_process_instance_suspended", "ix_process_instance_running"):
        op.drop_index(name, table_name="process_instance")
    for name in ("ix_user_task_open", "ix_user_task_open_assignee", "ix_user_task_open_role"):
        op.drop_index(name, table_name="user_task")
    for name in ("ix_case_number_prefix", "ix_case_urgent", "ix_case_open_authority", "ix_case_open"):
        op.drop_index(name, table_name="case")
    for column in ("received_at", "subject", "authority_name", "authority_key"):
        op.drop_index(f"ix_case_{column}_id", table_name="case")
    op.create_index("ix_case_received_at", "case", ["received_at"])
    op.create_index("ix_case_authority_key", "case", ["authority_key"])
    op.create_index("ix_user_task_open_role", "user_task", ["closed_at", "role", "due_at"])
    op.create_index("ix_user_task_open_assignee", "user_task", ["assignee", "closed_at"])
    op.drop_column("case", "search_words")
