"""Cases from before the search looked at their number, or at letters outside a-z, are found by those afterwards."""

from sqlalchemy import select, text

from cases.models import Case
from cases.searching import mentions
from identity.people import Actor
from tasks.case_file import case_list
from tasks.joined import alike
from tasks.office import Office
from tests.storage.test_parts_of_a_complaint import migrate
from tests.stories.stage import Story

INA = Actor("person:1", "Ina", frozenset({"intake_officer"}))


def test_cases_that_were_there_are_found_by_their_number_and_in_any_script(office: Office) -> None:
    Story(office).given_a_complaint(complainant_name="Наталія Шевченко", email="n@example.org", subject="Bus te laat")
    again = Story(office).given_a_complaint(complainant_name="ШЕВЧЕНКО, Наталія", email="s@example.org")
    with office.database.reading() as reading:
        written = list(reading.session.scalars(select(Case.search_text).order_by(Case.id)))
    migrate(office.database, "0020", down=True)
    with office.database.engine.begin() as connection:
        connection.execute(text("UPDATE \"case\" SET search_text = 'bus te laat'"))
    migrate(office.database, "head")
    with office.database.reading() as reading:
        assert list(reading.session.scalars(select(Case.search_text).order_by(Case.id))) == written
        for asked in ("2026-0001", "0001", "bus 1", "шевч laat", "НАТАЛІЯ te laat"):
            numbers = reading.session.scalars(select(Case.number).where(*mentions(asked)).order_by(Case.id)).all()
            assert numbers[:1] == ["2026-0001"], asked
        assert reading.session.scalar(select(Case.number).where(*mentions("евченко"))) is None, (
            "a word by its beginning"
        )
        names = [each.complainant for each in case_list.found(reading, INA, "шевченко наталія")]
        assert sorted(names) == ["Наталія Шевченко", "ШЕВЧЕНКО, Наталія"], "what is shown beside a telephone note"
        (double,) = alike.duplicates(reading, INA, again.case)
        assert (double.number, double.why[0]) == ("2026-0001", "zelfde naam")
