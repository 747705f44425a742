"""Numbers of cases, when many ask at once: none twice, none left out, also on the first morning of a year."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from cases.numbering import next_number
from storage.unit_of_work import Database

MANY = 8


def test_the_first_complaints_of_a_year_may_come_at_the_same_moment(database: Database) -> None:
    line = Barrier(MANY)

    def ask(_: int) -> str:
        line.wait()
        with database.work() as work:
            return next_number(work, 2027)

    with ThreadPoolExecutor(MANY) as pool:
        given = sorted(pool.map(ask, range(MANY)))
    assert given == [f"2027-{number:04d}" for number in range(1, MANY + 1)]


def test_a_number_that_was_not_used_is_given_again(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.work() as work:
        assert next_number(work, 2027) == "2027-0001"
        raise ZeroDivisionError
    with database.work() as work:
        assert [next_number(work, 2027), next_number(work, 2027)] == ["2027-0001", "2027-0002"]
