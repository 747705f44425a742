"""A letter is a definition as well: edited in a working copy, published in versions, taken into use by a second person.

SQLite cannot change a check, and the table that everything points at cannot be made again while it is pointed at. What is stored
does not change by it, so the text of the schema is changed, as https://www.sqlite.org/lang_altertable.html describes.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("definition", "working_copy")
BEFORE = "kind IN ('process', 'decision', 'form')"
AFTER = "kind IN ('process', 'decision', 'form', 'letter')"


def upgrade() -> None:
    _change(BEFORE, AFTER)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE kind = 'letter'")  # noqa: S608  # names of this file
    _change(AFTER, BEFORE)


def _change(old: str, new: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _change_text(old, new)
        return
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, new)


def _change_text(old: str, new: str) -> None:
    connection = op.get_bind()
    version = int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for table in TABLES:
        changed = connection.exec_driver_sql(
            "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
            (old, new, table, old),
        )
        if changed.rowcount != 1:
            message = f"the check of {table} is not as it was made"
            raise RuntimeError(message)
    # Every connection that knows the old schema reads it again.
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
