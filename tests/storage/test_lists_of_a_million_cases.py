"""Cases from before their number was among the words the search looks in, are found by it afterwards."""

from sqlalchemy import select, text

from cases.models import Case
from cases.searching import mentions
from tasks.office import Office
from tests.storage.test_parts_of_a_complaint import migrate
from tests.stories.stage import Story


def test_cases_that_were_there_are_found_by_their_number(office: Office) -> None:
    Story(office).given_a_complaint()
    migrate(office.database, "0020", down=True)
    with office.database.engine.begin() as connection:
        connection.execute(text("UPDATE \"case\" SET search_text = 'bus te laat'"))
    migrate(office.database, "head")
    with office.database.reading() as reading:
        assert reading.session.scalar(select(Case.search_text)) == "0001 1 bus te laat"
        for asked in ("2026-0001", "0001", "bus 1", "la"):
            assert reading.session.scalar(select(Case.number).where(*mentions(asked))) == "2026-0001", asked
        assert reading.session.scalar(select(Case.number).where(*mentions("aat"))) is None
