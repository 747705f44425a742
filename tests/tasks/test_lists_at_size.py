"""Lists and counts cost the same however many cases there are: measured in pages of the database that are read, not in time."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from history.log import Event, streams
from identity.people import Actor
from storage.unit_of_work import Database, Reading
from tasks import worklist
from tasks.case_file import case_list
from tasks.case_file.case_list import CaseFilters
from tasks.office import Office
from tasks.operating import operations
from tasks.worklist import Filters

FEW, MANY = 1_500, 15_000
ANN = Actor("person:1", "Ann", frozenset({"case_handler", "admin", "auditor"}))
# Of the first ones, one in twenty is open and one in twenty urgent; later ones are all closed. Half of the complainants have the same name.
CASES = """
INSERT INTO "case" (id, number, matter, channel, language, subject, received_at, closed_at, secret_hash, instance_id,
    complainant_name, name_withheld, authority_key, authority_name, is_urgent, search_text)
SELECT n, '2020-' || lpad(n::text, 6, '0'), 'complaint', 'web', 'nl', 'Onderwerp ' || n * 7919 % 100003,
    timestamptz '2020-01-01' + n * interval '1 hour',
    CASE WHEN n % 20 = 0 AND n <= {few} THEN NULL ELSE timestamptz '2020-02-01' + n * interval '1 hour' END, md5(n::text), n,
    'Naam ' || n % 2, false, 'dienst' || n % 3, 'Dienst ' || n % 3, n % 20 = 1 AND n <= {few},
    n || ' naam' || n % 2 || ' bus kenmerk' || n
FROM generate_series({first}, {last}) n
"""
INSTANCES = """
INSERT INTO process_instance (id, case_id, definition_id, called, outcome, is_suspended, state, codec_version,
    library_version, version, started_at, ended_at)
SELECT n, n, (SELECT min(id) FROM definition), '{{}}', 'active', false, '{{}}', 2, '', 1, timestamptz '2020-01-01',
    CASE WHEN n % 10 = 0 THEN NULL ELSE timestamptz '2020-03-01' END
FROM generate_series({first}, {last}) n
"""
USER_TASKS = """
INSERT INTO user_task (id, case_id, instance_id, token_id, definition_id, element_id, name, role, assignee, due_at, priority,
    inputs, opened_at, closed_at, version)
SELECT n * 2 + part, n, n, part::text, (SELECT min(id) FROM definition), 'decide', 'Beslissen ' || n % 50, 'case_handler',
    CASE WHEN n % 40 = 0 THEN 'person:1' END, timestamptz '2026-01-01' + n % 17 * interval '1 day', 50, '{{}}',
    timestamptz '2020-01-01' + n * interval '1 hour',
    CASE WHEN n % 20 = 0 AND n <= {few} AND part = 1 THEN NULL ELSE timestamptz '2020-02-01' END, 1
FROM generate_series({first}, {last}) n, generate_series(0, 1) part
"""
Question = Callable[[Office, Reading], object]


def listed(view: str, sort: str = "due", **filters: str) -> Question:
    return lambda office, reading: worklist.page(
        reading, ANN, view, now=office.clock.now(), filters=Filters(**filters), sort=sort
    )


def cases(sort: str = case_list.NEWEST, **filters: Any) -> Question:
    return lambda _office, reading: case_list.page(reading, ANN, CaseFilters(**filters), sort=sort)


QUESTIONS: dict[str, Question] = {
    **{f"the worklist of {view}": listed(view) for view in worklist.VIEWS},
    **{f"the worklist by {sort}": listed("all", sort) for sort in ("number", "name", "-opened", "-due")},
    "what is late": listed("all", due="late"),
    "the worklist with a word": listed("all", query="bus"),
    "authorities of the worklist": lambda _office, reading: worklist.authorities(reading, ANN),
    **{f"cases by {sort}": cases(sort) for name in case_list.SORTS for sort in (name, f"-{name}")},
    "cases with a word in all": cases(query="bus"),
    "cases with a word in many": cases(query="naam1"),
    "cases with two words": cases(query="naam1 kenmerk321"),
    "cases with three words": cases(query="naam1 bus kenmerk321"),
    "one case by its number": cases(query="2020-000321"),
    "one case by its reference": cases(query="kenmerk321"),
    "no case": cases(query="zonnebril"),
    "open cases": cases(state="open"),
    "closed cases": cases(state="closed"),
    "urgent cases": cases(is_urgent=True),
    "cases of an authority": cases(authority="dienst2"),
    "authorities of all cases": lambda _office, reading: case_list.authorities(reading, ANN),
    "what the search of the worklist finds": lambda _office, reading: case_list.found(reading, ANN, "naam1"),
    "the figures of operations": lambda office, reading: operations.figures(office, reading, ANN),
}


def fill(office: Office, first: int, last: int) -> None:
    with office.database.work() as work:
        for rows in (CASES, INSTANCES, USER_TASKS):
            work.session.execute(text(rows.format(first=first, last=last, few=FEW)))
    vacuum(office.database)


def vacuum(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")


@contextmanager
def heard(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements sent meanwhile, with their values."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            said.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    yield said
    event.remove(database.engine, "before_cursor_execute", note)


def pages_read(office: Office, question: Question) -> int:
    """How many pages of the database the question touches, in all its statements together."""
    with heard(office.database) as said, office.database.reading() as reading:
        question(office, reading)
    total = 0
    with office.database.engine.connect() as connection:
        for statement, values in said:
            explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
            found = explained.scalar_one()
            plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
            total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return total


def least_pages_read(office: Office, question: Question) -> int:
    """The same, as the question is answered at rest: a vacuum that another held up leaves rows to be looked at, and is done again."""
    first = pages_read(office, question)
    vacuum(office.database)
    return min(first, pages_read(office, question))


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_ten_times_as_many_cases_cost_no_list_more_than_twice_as_much(office: Office) -> None:
    fill(office, 1, FEW)
    few = {name: pages_read(office, question) for name, question in QUESTIONS.items()}
    fill(office, FEW + 1, MANY)
    many = {name: least_pages_read(office, question) for name, question in QUESTIONS.items()}

    # As much is open as before. Twenty pages more is less than a millisecond.
    grown = {name: (few[name], many[name]) for name in QUESTIONS if many[name] > 2 * few[name] + 20}
    assert grown == {}


def test_the_names_of_chains_are_found_a_portion_at_a_time_without_reading_their_events(office: Office) -> None:
    with office.database.work() as work:
        for number in range(1, 8):
            told = [Event(f"step{place}", "changed", office.clock.now(), "person:1") for place in range(3)]
            office.log.append(work, f"case:{number}", told)
    with office.database.reading() as reading:
        everything = list(streams(reading))
        assert everything == ["case:1", "case:2", "case:3", "case:4", "case:5", "case:6", "case:7"]
        assert list(streams(reading, after="case:2", limit=3)) == ["case:3", "case:4", "case:5"]
        assert list(streams(reading, after="case:7", limit=3)) == []


@pytest.mark.parametrize("sort", ["number", "-number", "subject", "-subject", "authority", "-received"])
def test_the_pages_of_a_list_follow_each_other_without_gap_or_repeat_in_either_direction(
    sqlite_office: Office, sort: str
) -> None:
    assert walked(sqlite_office, sort) == set(range(1, 24))


def walked(office: Office, sort: str) -> set[int]:
    """All cases by following the pages; the case after 9999 in a year comes after it."""
    with office.database.work() as work:
        for number in range(1, 24):
            work.session.execute(
                text(
                    'INSERT INTO "case" (id, number, matter, channel, language, subject, received_at, secret_hash, '
                    "complainant_name, name_withheld, authority_name, is_urgent, search_text) VALUES (:n, :number, "
                    "'complaint', 'web', 'nl', :subject, '2026-01-01 00:00:00.000000', :n, '', 0, 'De Lijn', 0, '')"
                ),
                {"n": number, "number": f"2026-{9990 + number}", "subject": f"Onderwerp {number % 3}"},
            )
    seen: list[int] = []
    key: str | None = None
    with office.database.reading() as reading:
        while True:
            page = case_list.page(reading, ANN, CaseFilters(), sort=sort, key=key, limit=5)
            seen += [item.id for item in page.items]
            key = page.next_key
            if key is None:
                break
    assert len(seen) == len(set(seen))
    assert sort.removeprefix("-") != "number" or seen == sorted(seen, reverse=sort.startswith("-"))
    return set(seen)


def test_more_than_a_thousand_cases_are_not_counted_to_the_end(sqlite_office: Office) -> None:
    with sqlite_office.database.work() as work:
        work.session.execute(
            text(
                "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1001) "
                'INSERT INTO "case" (id, number, matter, channel, language, subject, received_at, secret_hash, '
                "complainant_name, name_withheld, authority_name, is_urgent, search_text) SELECT n, '2026-' || n, "
                "'complaint', 'web', 'nl', '', '2026-01-01 00:00:00.000000', n, '', 0, '', n <= 1000, '' FROM counted"
            )
        )
    with sqlite_office.database.reading() as reading:
        everything = case_list.page(reading, ANN, CaseFilters())
        urgent = case_list.page(reading, ANN, CaseFilters(is_urgent=True))
    assert (everything.total, everything.is_more) == (1000, True)
    assert (urgent.total, urgent.is_more) == (1000, False)


@pytest.mark.parametrize("most", [1000, 2])
def test_of_many_words_the_longest_go_first_and_the_same_cases_are_found(
    office: Office, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Also when the longest two find more than are counted: then all are asked at once."""
    monkeypatch.setattr(case_list, "MOST_COUNTED", most)
    told = ["bussen gent peeters", "bus gent peeters", "bus genk peeters", "gent peeters", "gentse bus peetersstraat"]
    with office.database.work() as work:
        add = text(
            'INSERT INTO "case" (number, matter, channel, language, subject, received_at, secret_hash, complainant_name, '
            "name_withheld, authority_name, is_urgent, search_text) VALUES (:at, 'complaint', 'web', 'nl', '', "
            "'2026-01-01 00:00:00.000000', :at, '', false, '', false, :told)"
        )
        work.session.execute(add, [{"at": f"2026-000{n}", "told": each} for n, each in enumerate(told)])
    with office.database.reading() as reading:
        for asked, numbers in (("bus peeters gent", [4, 1, 0]), ("gent bus peetersst", [4]), ("gent x peeters", [])):
            found = [item.number[-1] for item in case_list.page(reading, ANN, CaseFilters(query=asked)).items]
            assert found == [str(number) for number in numbers], asked
