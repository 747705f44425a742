"""The lines to PostgreSQL: one the server closed is replaced, and what a look asks of a line stays with that look."""

import pytest
from sqlalchemy import make_url, text

from storage.unit_of_work import Database, DatabaseBusy, DatabaseGone, DiskFull, Reading

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
def test_a_look_sees_one_state_and_a_turn_what_it_waited_for_whatever_the_server_would_choose(
    database: Database,
) -> None:
    set_otherwise = make_url(database.url).update_query_dict(
        {"options": "-c default_transaction_isolation=serializable"}
    )
    office = Database(set_otherwise.render_as_string(hide_password=False))
    with office.reading() as reading:
        looked = reading.session.scalar(LINE)
        assert mode_of(reading) == ("repeatable read", "on")

    with office.work() as work:
        assert work.session.scalar(LINE) == looked
        assert mode_of(work) == ("read committed", "off")
    office.close()


@ONLY_POSTGRESQL
def test_what_the_server_refuses_is_known_by_its_number_in_any_language(database: Database) -> None:
    told = {"40P01": DatabaseBusy, "57014": DatabaseBusy, "53100": DiskFull, "57P01": DatabaseGone}
    for number, refusal in told.items():
        refuse = text(f"DO $$ BEGIN RAISE EXCEPTION 'dat gaat niet' USING ERRCODE = '{number}'; END $$")
        with pytest.raises(refusal), database.work() as work:
            work.session.execute(refuse)
