"""People and programs get in, and are kept out again, from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from history.log import verify
from history.models import EventRow
from identity import people, sessions
from storage.unit_of_work import Database
from tests.cli.conftest import Command

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "een lange zin is veilig"


def can_log_in(database: Database, login: str, password: str) -> bool:
    with database.reading() as reading:
        return people.recognise(reading, login, password, NOW) is not None


def test_the_first_account_is_made_from_the_command_line(command: Command, database: Database) -> None:
    made = command("users", "add", "An", "--name", "An Admin", "--role", "admin", "--role", "auditor", typed=PASSWORD)

    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    assert can_log_in(database, "an", PASSWORD)
    listed = command("users", "list").output.split()
    assert listed == ["an", "active", "admin,auditor", "An", "Admin"]


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (("--role", "admin"), "kort", "minstens 12 tekens"),
        (("--role", "koning"), PASSWORD, "Deze rol bestaat niet. (roles: koning, known: admin, auditor"),
        (("--role", "complainant"), PASSWORD, "Deze rol bestaat niet."),
    ],
)
def test_an_account_that_may_not_exist_is_refused_in_a_sentence(
    command: Command, words: tuple[str, ...], typed: str, sentence: str
) -> None:
    refused = command("users", "add", "an", "--name", "An", *words, typed=typed)

    assert refused.exit_code == 1
    assert sentence in refused.output
    assert command("users", "list").output == ""


def test_a_name_is_taken_only_once(command: Command) -> None:
    words = ("users", "add", "an", "--name", "An", "--role", "admin")
    assert command(*words, typed=PASSWORD).exit_code == 0

    again = command(*words, typed=PASSWORD)

    assert again.exit_code == 1
    assert "al iemand met deze aanmeldnaam" in again.output


def test_a_new_password_ends_the_old_one_and_its_sessions(command: Command, database: Database) -> None:
    command("users", "add", "an", "--name", "An", "--role", "admin", typed=PASSWORD)
    with database.work() as work:
        secret = sessions.open_for(work, people.by_login(work, "an"), NOW)

    changed = command("users", "password", "an", typed="nog een lange zin")

    assert changed.exit_code == 0, changed.output
    assert not can_log_in(database, "an", PASSWORD)
    assert can_log_in(database, "an", "nog een lange zin")
    with database.reading() as reading:
        assert sessions.find(reading, secret, NOW) is None


def test_a_closed_account_is_out_at_once_and_may_come_back(command: Command, database: Database) -> None:
    command("users", "add", "an", "--name", "An", "--role", "admin", typed=PASSWORD)

    assert command("users", "deactivate", "an").exit_code == 0
    assert not can_log_in(database, "an", PASSWORD)
    assert "closed" in command("users", "list").output

    assert command("users", "reactivate", "an").exit_code == 0
    assert can_log_in(database, "an", PASSWORD)


def test_nobody_is_called_so(command: Command) -> None:
    refused = command("users", "deactivate", "niemand")

    assert refused.exit_code == 1
    assert refused.output == "Er is niemand met deze aanmeldnaam. (login: niemand)\n"


def test_a_token_opens_the_api_until_it_is_revoked(command: Command, database: Database) -> None:
    secret = command("tokens", "add", "statistiek", "--role", "auditor").output.strip()

    with database.reading() as reading:
        actor = sessions.token_actor(reading, secret)
    assert actor is not None
    assert (actor.name, actor.roles) == ("statistiek", frozenset({"auditor"}))
    assert secret not in command("tokens", "list").output

    assert command("tokens", "revoke", "1").exit_code == 0
    with database.reading() as reading:
        assert sessions.token_actor(reading, secret) is None
    assert command("tokens", "revoke", "1").exit_code == 1
    assert command("tokens", "list").output.split() == ["1", "revoked", "auditor", "statistiek"]


def test_what_was_done_to_accounts_stands_in_the_history_without_secrets(command: Command, database: Database) -> None:
    command("users", "add", "an", "--name", "An", "--role", "admin", typed=PASSWORD)
    command("users", "password", "an", typed="nog een lange zin")
    secret = command("tokens", "add", "statistiek", "--role", "auditor").output.strip()

    with database.reading() as reading:
        rows = reading.session.query(EventRow).order_by(EventRow.seq).all()
        assert [(row.activity, row.transition, row.resource) for row in rows] == [
            ("person", "changed", "system:console"),
            ("person", "changed", "system:console"),
            ("token", "changed", "system:console"),
        ]
        assert not any(hidden in row.data for row in rows for hidden in (PASSWORD, secret, "lange zin"))
        assert verify(reading, "office").ok


def test_a_database_without_tables_asks_for_setup(command: Command, tmp_path: Path) -> None:
    refused = command("users", "list", OMBUDSFLOW_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")

    assert refused.exit_code == 1
    assert "Voer eerst `ombudsflow setup` uit" in refused.output


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OMBUDSFLOW_SMTP_PORT", "vijfentwintig"), ("OMBUDSFLOW_TICK_SECONDS", "0"), ("OMBUDSFLOW_SMTP_SECURITY", "ssl")],
)
def test_a_setting_that_makes_no_sense_is_named(command: Command, variable: str, value: str) -> None:
    refused = command("users", "list", **{variable: value})

    assert refused.exit_code == 1
    assert variable in refused.output
    assert value in refused.output
    assert "Traceback" not in refused.output


def test_every_command_explains_itself(command: Command) -> None:
    for words in (("--help",), ("users", "--help"), ("tokens", "--help"), ("serve", "--help"), ("publish", "--help")):
        shown = command(*words)
        assert shown.exit_code == 0
        assert "Usage:" in shown.output


def test_an_unknown_command_is_a_usage_error(command: Command) -> None:
    assert command("users", "fire").exit_code == 2
    assert command("sreve").exit_code == 2
