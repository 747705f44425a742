"""What waits in a case from before messages and signals keeps waiting; going back drops only what the old schema cannot hold."""

from sqlalchemy import select, text

from engine.models import Subscription
from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import migrate

DEFINITION = (
    "INSERT INTO definition (id, kind, key, version, digest, name, content, state, created_by, created_at) "
    "VALUES (1, 'process', 'p', 1, 'x', '', 'x', 'active', 'a', '2026-01-05 09:00:00')"
)
INSTANCE = (
    "INSERT INTO process_instance (id, definition_id, called, outcome, is_suspended, state, codec_version, library_version, "
    "version, started_at) VALUES (1, 1, '{}', 'active', false, '', 1, '3', 1, '2026-01-05 09:00:00')"
)
WAITS = (
    "INSERT INTO subscription (id, instance_id, token_id, element_id, kind, name, key, due_at) "
    "VALUES (1, 1, 'a', 'await_letter', 'message', 'letter', '7', NULL), "
    "(2, 1, 'b', 'after_ten_days', 'timer', NULL, NULL, '2026-01-15 09:00:00')"
)
START = (
    "INSERT INTO subscription (id, definition_id, token_id, element_id, position, kind, name, is_tried) "
    "VALUES (3, 1, '', 'letter_arrives', 0, 'message', 'letter', false)"
)


def test_what_waits_is_carried_along(database: Database) -> None:
    migrate(database, "0010", down=True)
    with database.engine.begin() as connection:
        for statement in (DEFINITION, INSTANCE, WAITS):
            connection.execute(text(statement))
        before = list(connection.execute(text("SELECT * FROM subscription ORDER BY id")))
    migrate(database, "head")
    with database.work() as work:
        rows = list(work.session.scalars(select(Subscription).order_by(Subscription.id)))
        assert [(row.instance_id, row.definition_id, row.kind, row.key) for row in rows] == [
            (1, None, "message", "7"),
            (1, None, "timer", None),
        ]
        assert [(row.position, row.repeat, row.is_tried) for row in rows] == [(0, None, False)] * 2
        work.session.execute(text(START))
    migrate(database, "0010", down=True)
    with database.engine.begin() as connection:
        assert list(connection.execute(text("SELECT * FROM subscription ORDER BY id"))) == before
