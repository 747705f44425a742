"""A former office keeps its histories, and its terms are found by the new index."""

from datetime import UTC, datetime

from history import reports
from tasks.office import Office
from tests.storage.test_parts_of_a_complaint import migrate
from tests.stories.stage import Story


def test_terms_that_were_set_before_are_counted_after(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    migrate(sqlite_office.database, "0044", down=True)
    migrate(sqlite_office.database, "head")
    with sqlite_office.database.reading() as reading:
        assert sqlite_office.log.verify(reading, f"case:{story.case_id}").ok
        portion = reports.portion(reading, 2026, datetime(2027, 1, 1, tzinfo=UTC), reports.BEGINNING)
        (told,) = reports.portion(reading, 2026, datetime(2027, 1, 1, tzinfo=UTC), portion.upto).cases
    assert [(term.rule, term.due_on.isoformat()) for term in told.terms.values()] == [("acknowledge_by", "2026-01-15")]
