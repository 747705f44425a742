"""User tasks from before staff could note an answer keep the draft of whoever holds the link; staff has none yet."""

from sqlalchemy import text, update

from storage.unit_of_work import Database
from tasks.models import UserTask
from tasks.office import Office
from tests.storage.test_parts_of_a_complaint import migrate
from tests.stories.stage import Story

ROWS = text("SELECT id, draft FROM user_task WHERE closed_at IS NULL ORDER BY id")
STAFF = text("SELECT office_draft, office_draft_by FROM user_task WHERE closed_at IS NULL")


def rows_of(database: Database) -> list[tuple[object, ...]]:
    with database.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(ROWS)]


def test_open_tasks_are_carried_along_with_their_drafts(office: Office) -> None:
    task = Story(office).given_a_complaint().open("assess_intake")
    with office.database.work() as work:
        work.session.execute(update(UserTask).where(UserTask.id == task.id).values(draft={"intake_note": "half"}))
    before = rows_of(office.database)
    migrate(office.database, "0008", down=True)
    assert rows_of(office.database) == before
    migrate(office.database, "head")
    assert rows_of(office.database) == before
    with office.database.engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(STAFF)] == [(None, None)]
