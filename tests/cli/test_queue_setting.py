"""Choosing the queue from the command line: refused where it cannot be, made ready by `setup`."""

from storage.unit_of_work import Database
from tests.cli.conftest import Command


def test_the_shared_queue_needs_postgresql_and_setup_makes_it_ready(command: Command, database: Database) -> None:
    def asked(*words: str) -> tuple[int, str]:
        result = command(*words, OMBUDSFLOW_QUEUE="procrastinate")
        return result.exit_code, result.output

    code, said = asked("users", "list")
    assert code == 1
    if database.is_sqlite:
        assert "procrastinate needs PostgreSQL" in said
        refused = command("worker")
        assert (refused.exit_code, "SQLite takes one process" in refused.output) == (2, True)
    else:
        assert "Voer eerst `ombudsflow setup` uit." in said
        assert asked("setup")[0] == asked("setup")[0] == asked("users", "list")[0] == 0
