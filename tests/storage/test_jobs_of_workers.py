"""Jobs from before workers outside keep waiting, and nobody has them."""

from sqlalchemy import text

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import migrate
from tests.storage.test_process_starts import DEFINITION, INSTANCE

JOB = (
    "INSERT INTO job (id, instance_id, token_id, element_id, type, state, run_at, attempts, retries) "
    "VALUES (1, 1, 'a', 'store', 'archive.store', 'ready', '2026-01-05 09:00:00', 1, 3)"
)
JOBS = text("SELECT id, token_id, type, state, attempts, retries FROM job")


def test_jobs_that_wait_are_carried_along(database: Database) -> None:
    migrate(database, "0010", down=True)
    with database.engine.begin() as connection:
        for statement in (DEFINITION, INSTANCE, JOB):
            connection.execute(text(statement))
        before = list(connection.execute(JOBS))
    migrate(database, "head")
    with database.engine.begin() as connection:
        assert list(connection.execute(JOBS)) == before
        assert connection.execute(text("SELECT worker FROM job")).scalar_one() is None
    migrate(database, "0010", down=True)
    with database.engine.begin() as connection:
        assert list(connection.execute(JOBS)) == before
