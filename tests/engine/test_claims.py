"""Jobs that have a handler here are found by an index, however many there are, and one of each instance is taken."""

from datetime import timedelta

from engine import claims
from storage.unit_of_work import Database
from tests.engine.test_jobs import OTHER, TYPE, add, instance, job, plans
from tests.engine.test_plans import asked_of
from tests.engine.waiting_rows import MONDAY

TYPES = (TYPE, OTHER)
MANY = 4_000
NOW = MONDAY + timedelta(days=2)


def test_claims_read_no_whole_table_and_sort_no_whole_backlog(database: Database) -> None:
    first, second = instance(database), instance(database, version=2)
    rows = [job(first, number, state="done") for number in range(MANY)]
    rows += [job(first, number, type="done.outside") for number in range(MANY)]
    rows += [job(second if number % 2 else first, MANY + number) for number in range(MANY)]
    rows += [job(first, MANY + number, type=OTHER) for number in range(MANY)]
    add(database, rows)
    with asked_of(database) as asked, database.work() as work:
        assert claims.has_due(work, TYPES, NOW, often=TYPES)
        taken = claims.take_due(work, TYPES, NOW, 10, often=[TYPE])
        assert claims.take_due(work, TYPES, NOW, 10, often=TYPES) == [], "both instances are busy"
    assert [(each.token_id, each.instance_id) for each in taken] == [(str(MANY), first), (str(MANY + 1), second)]
    found = plans(database, asked)
    assert found
    assert [line for line in found if "SCAN job" in line or "Seq Scan on job" in line] == []
    whole = "USE TEMP B-TREE FOR ORDER BY" if database.is_sqlite else "Sort Key: job.run_at, job.id"
    assert not [line for line in found if line.strip() == whole] or [line for line in found if "Incremental" in line], (
        found
    )


def test_those_left_behind_come_first_and_nothing_is_taken_twice(database: Database) -> None:
    behind, due, busy = (instance(database, version=number) for number in (1, 2, 3))
    left = {"state": "running", "lease_until": NOW}
    held = {"state": "running", "lease_until": NOW + claims.LEASE}
    add(database, [job(due, 1), job(busy, 2), job(busy, 3, **held), job(behind, 9, **left), job(behind, 8)])
    with database.work() as work:
        taken = claims.take_due(work, TYPES, NOW, 9)
        assert [each.token_id for each in taken] == ["9", "1"]
        assert claims.take_due(work, TYPES, NOW, 9) == []
        assert [claims.done(work, each, NOW) for each in taken] == [True, True]
        assert [each.token_id for each in claims.take_due(work, TYPES, NOW, 9, often=[TYPE])] == ["8"]
