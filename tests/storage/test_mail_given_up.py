"""Mail from before it could be claimed or given up is carried along, and back: what was given up is then failed mail again."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import migrate

MAIL = (
    "INSERT INTO mail (id, message_id, to_address, subject, body, state, attempts, next_at, created_at) VALUES "
    "({0}, '<{0}@x>', 'mies@example.org', 'Dag', 'Dag', '{1}', 1, '2026-01-05 09:00:00', '2026-01-05 09:00:00')"
)
ROWS = text("SELECT id, state, attempts, message_id FROM mail ORDER BY id")


def test_mail_is_carried_along_and_back(database: Database) -> None:
    migrate(database, "0017", down=True)
    with database.engine.begin() as connection:
        for number, state in enumerate(("waiting", "sent", "dead"), start=1):
            connection.execute(text(MAIL.format(number, state)))
        before = list(connection.execute(ROWS))
    migrate(database, "head")
    with database.engine.begin() as connection:
        assert list(connection.execute(ROWS)) == before
        assert connection.execute(text("SELECT claim FROM mail WHERE claim IS NOT NULL")).all() == []
        connection.execute(text("UPDATE mail SET state = 'given_up' WHERE id = 3"))
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text("UPDATE mail SET state = 'lost' WHERE id = 1"))
    migrate(database, "0017", down=True)
    with database.engine.begin() as connection:
        assert list(connection.execute(ROWS)) == before
