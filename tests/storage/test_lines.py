"""The lines to PostgreSQL: one the server closed is replaced, and what a look asks of a line stays with that look."""

import pytest
from sqlalchemy import text

from storage.unit_of_work import Database, Reading

ONLY_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
# Ends every other line to this database, and waits until each is gone.
CLOSE_OTHERS = text(
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
LINE = text("SELECT pg_backend_pid()")
MODE = text("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")


def mode_of(reading: Reading) -> tuple[str, str]:
    isolation, only_reads = reading.session.execute(MODE).one()
    return isolation, only_reads


@ONLY_POSTGRESQL
def test_a_line_that_the_server_closed_is_replaced_before_a_turn_uses_it(database: Database) -> None:
    with database.work() as work:
        before = work.session.scalar(LINE)
    other = Database(database.url)
    with other.work() as work:
        assert work.session.scalar(CLOSE_OTHERS) >= 1
    other.close()

    with database.work() as work:
        after = work.session.scalar(LINE)
    with database.reading() as reading:
        assert reading.session.scalar(LINE) == after != before


@ONLY_POSTGRESQL
def test_a_look_only_reads_one_state_and_the_turn_after_it_on_the_same_line_writes(database: Database) -> None:
    with database.reading() as reading:
        looked = reading.session.scalar(LINE)
        assert mode_of(reading) == ("repeatable read", "on")

    with database.work() as work:
        assert work.session.scalar(LINE) == looked
        assert mode_of(work) == ("read committed", "off")
