"""Accounts from before anybody asked who chose their password are carried along as they were, and back."""

from sqlalchemy import text

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import migrate

ANN = text(
    "INSERT INTO person (id, login, name, password_hash, roles, is_active, created_at) "
    "VALUES (1, 'ann', 'Ann', 'x', '[]', :yes, '2026-01-05 09:00:00')"
)


def test_whoever_had_an_account_is_not_asked_for_another_password(database: Database) -> None:
    migrate(database, "0042", down=True)
    with database.engine.begin() as connection:
        connection.execute(ANN, {"yes": True})
    migrate(database, "head")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT login, has_own_password FROM person")).all() == [("ann", True)]
    migrate(database, "0042", down=True)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT login FROM person")).all() == [("ann",)]
