"""What the database itself refuses reaches people as a sentence with a status, never as its own words."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from cases.models import CaseNumber
from identity.models import LoginFailure
from problems import Conflict
from storage.unit_of_work import Database, ValueNotStorable

AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("login", ["x" * 81, "a\x00b"], ids=["longer than its column", "NUL"])
def test_a_value_the_database_has_no_place_for_is_told_and_nothing_is_kept(database: Database, login: str) -> None:
    def write() -> None:
        with database.work() as work:
            work.session.add(LoginFailure(login=login, at=AT))

    if database.is_sqlite:  # it keeps any text; the pages and the API refuse before it
        write()
        expected = 1
    else:
        with pytest.raises(ValueNotStorable) as refused:
            write()
        assert "te lang" in refused.value.sentence
        expected = 0
    with database.reading() as reading:
        assert reading.session.scalar(select(func.count()).select_from(LoginFailure)) == expected


def test_who_writes_what_another_wrote_a_moment_ago_is_told_that_something_changed(database: Database) -> None:
    with database.work() as work:
        work.session.add(CaseNumber(year=2026, last=1))
    with pytest.raises(Conflict) as refused, database.work() as work:
        work.session.add(CaseNumber(year=2026, last=7))
    assert "ondertussen" in refused.value.sentence
    with database.reading() as reading:
        assert reading.session.scalars(select(CaseNumber.last)).all() == [1]
