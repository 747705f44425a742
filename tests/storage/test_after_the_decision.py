"""Open user tasks from before anybody was kept from one are carried along, for whoever has the role."""

from sqlalchemy import text

from tasks.office import Office
from tests.storage.test_answers_noted_by_staff import rows_of
from tests.storage.test_parts_of_a_complaint import migrate
from tests.stories.stage import Story


def test_open_tasks_are_carried_along_and_keep_nobody_away(office: Office) -> None:
    Story(office).given_a_complaint()
    before = rows_of(office.database)
    assert len(before) == 1
    migrate(office.database, "0025", down=True)
    assert rows_of(office.database) == before
    migrate(office.database, "head")
    assert rows_of(office.database) == before
    with office.database.engine.begin() as connection:
        assert connection.execute(text("SELECT not_by FROM user_task")).scalars().all() == [None]
        assert connection.execute(text("SELECT count(*) FROM recommendation")).scalar_one() == 0
