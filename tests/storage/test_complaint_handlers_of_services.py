"""People and cases from before services had handlers here keep all they had; nobody is bound to a service."""

from sqlalchemy import text

from storage.unit_of_work import Database
from tasks.office import Office
from tests.storage.test_parts_of_a_complaint import migrate
from tests.stories.stage import Story
from tests.web.conftest import hire

PEOPLE = text("SELECT login, name, roles, is_active FROM person ORDER BY id")
CASES = text('SELECT number, matter, authority_key FROM "case" ORDER BY id')
BOUND = text("SELECT authority_key FROM person")


def rows_of(database: Database) -> list[tuple[object, ...]]:
    with database.engine.begin() as connection:
        return [tuple(row) for query in (PEOPLE, CASES) for row in connection.execute(query)]


def test_people_and_cases_are_carried_along(office: Office) -> None:
    hire(office, "hamid", "case_handler")
    Story(office).given_a_complaint()
    before = rows_of(office.database)
    migrate(office.database, "0027", down=True)
    assert rows_of(office.database) == before
    migrate(office.database, "head")
    assert rows_of(office.database) == before
    with office.database.engine.begin() as connection:
        assert list(connection.execute(BOUND)) == [(None,)]
