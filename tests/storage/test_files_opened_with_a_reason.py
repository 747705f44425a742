"""Cases from before files were opened with a reason are carried along, and nobody has any open."""

from sqlalchemy import text

from tasks.office import Office
from tests.storage.test_parts_of_a_complaint import migrate
from tests.stories.stage import Story


def test_the_cases_of_a_former_office_stay_and_nobody_has_one_of_a_service_open(office: Office) -> None:
    story = Story(office).given_a_complaint()
    migrate(office.database, "0033", down=True)
    migrate(office.database, "head")
    assert story.case.subject == "Boete terwijl de app niet werkte"
    with office.database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM file_opening")).scalar_one() == 0
