"""The queue of jobs for workers outside: found by an index, however many there are, and handed out in order."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from engine import jobs
from engine.models import Definition, Job, ProcessInstance
from storage.unit_of_work import Database
from tests.engine.test_plans import Asked, asked_of
from tests.engine.waiting_rows import MONDAY

MANY = 10_000
TYPE, OTHER = "archive.store", "letter.print"


def instance(database: Database, version: int = 1) -> int:
    with database.work() as work:
        row = Definition(
            kind="process", key="p", version=version, digest="x", content=b"x", created_by="a", created_at=MONDAY
        )
        work.session.add(row)
        work.session.flush()
        made = ProcessInstance(
            definition_id=row.id, called={}, state="", codec_version=2, library_version="3", started_at=MONDAY
        )
        work.session.add(made)
        work.session.flush()
        return made.id


def job(instance_id: int, number: int, **more: object) -> dict[str, object]:
    at = MONDAY + timedelta(seconds=number)
    return {
        "instance_id": instance_id,
        "token_id": str(number),
        "element_id": "x",
        "type": TYPE,
        "state": "ready",
        "run_at": at,
        "attempts": 0,
        "retries": 3,
        "lease_until": None,
        **more,
    }


def add(database: Database, rows: list[dict[str, object]]) -> None:
    with database.work() as work:
        work.session.execute(insert(Job), rows)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def plans(database: Database, asked: Asked) -> list[str]:
    """The lines of the plans of every question."""
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    questions = [each for each in asked if each[0].startswith("SELECT")]
    with database.engine.connect() as connection:
        return [
            str(row[-1]) for text, values in questions for row in connection.exec_driver_sql(explain + text, values)
        ]


def test_those_that_wait_longest_come_first_and_those_left_behind_before_them(database: Database) -> None:
    process = instance(database)
    now, until = MONDAY + timedelta(minutes=1), MONDAY + timedelta(minutes=2)
    left = {"state": "running", "lease_until": now}
    busy = {"state": "running", "lease_until": until}
    add(
        database,
        [
            job(process, 3),
            job(process, 1),
            job(process, 2, type=OTHER),
            job(process, 5, **left),
            job(process, 6, **busy),
            job(process, 61),
            job(process, 4, state="done"),
        ],
    )
    with database.work() as work:
        assert jobs.has_free(work, {TYPE}, now)
        taken = jobs.claim(work, {TYPE}, worker="token:1", most=2, now=now, until=until)
        assert [each.token_id for each in taken] == ["5", "1"]
        rest = jobs.claim(work, {TYPE, OTHER}, worker="token:1", most=9, now=now, until=until)
        assert [each.token_id for each in rest] == ["2", "3"]
        work.session.flush()
        assert not jobs.has_free(work, {TYPE, OTHER}, now)
        assert len({each.claim for each in [*taken, *rest]}) == 4


@pytest.mark.parametrize("types", [{TYPE}, {TYPE, OTHER}], ids=["one type", "two types"])
def test_asking_for_work_reads_no_whole_table(database: Database, types: set[str]) -> None:
    process = instance(database)
    rows = [job(process, number, state="done") for number in range(MANY)]
    rows += [job(process, MANY + number, type="something.else") for number in range(MANY)]
    add(database, [*rows, job(process, 7), job(process, 8, state="running", lease_until=MONDAY)])
    now = MONDAY + timedelta(days=2)
    with asked_of(database) as asked, database.work() as work:
        assert jobs.has_free(work, types, now)
        taken = jobs.claim(work, types, worker="token:1", most=5, now=now, until=now + timedelta(minutes=1))
        assert [each.token_id for each in taken] == ["8", "7"]
    found = plans(database, asked)
    assert found
    assert [line for line in found if "SCAN job" in line or "Seq Scan on job" in line] == []


def test_the_longest_waits_of_many_are_found_without_sorting_them_all(database: Database) -> None:
    process = instance(database)
    add(database, [job(process, number) for number in range(MANY)])
    now = MONDAY + timedelta(days=2)
    with asked_of(database) as asked, database.work() as work:
        jobs.claim(work, {TYPE}, worker="token:1", most=5, now=now, until=now)
    found = plans(database, asked)
    whole = "USE TEMP B-TREE FOR ORDER BY" if database.is_sqlite else "Sort Key: job.run_at, job.id"
    sorted_whole = [line for line in found if line.strip() == whole]
    partly = [line for line in found if "Incremental Sort" in line]
    assert not sorted_whole or partly, found


def test_a_suspended_process_gives_no_work(database: Database) -> None:
    process = instance(database)
    add(database, [job(process, 1)])
    with database.work() as work:
        work.session.scalars(select(ProcessInstance)).one().is_suspended = True
        work.session.flush()
        assert not jobs.has_free(work, {TYPE}, MONDAY + timedelta(days=1))
