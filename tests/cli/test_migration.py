"""Running cases to another version from the command line: planned by one, rehearsed, carried out by another, and put back."""

import pytest
from sqlalchemy import select

from engine.models import ProcessInstance
from storage.unit_of_work import Database
from tasks.office import Office
from tasks.studio import publishing
from tests.cli.conftest import Command
from tests.diagrams.shapes import chain
from tests.engine.office import user
from tests.tasks.migrations import ANN, PAUL

PASSWORD = "een lange zin is veilig"


@pytest.fixture
def database(office: Office) -> Database:
    """That of an office that is set up."""
    return office.database


@pytest.fixture
def cases(command: Command, office: Office) -> None:
    """Two people, two versions of a process, and two processes under way on the first."""
    for login in ("an", "bo"):
        made = command("users", "add", login, "--name", login.title(), "--role", "process_manager", typed=PASSWORD)
        assert made.exit_code == 0, made.output
    for content in (chain(user("a"), user("b")), chain(user("first"), user("b"))):
        with office.database.work() as work:
            named = content.replace(b'formId="form"', b'formId="close_case"')
            row = publishing.publish(office, work, ANN, "process", named).definition
            publishing.activate(office, work, PAUL, row.id)
        if row.version == 1:
            for _ in range(2):
                with office.database.work() as work:
                    office.engine.start(work, "p", {}, None)


def plan(command: Command, *more: str) -> str:
    made = command("migrate", "plan", "p", "--from", "1", "--to", "2", "--reason", "Andere naam", "--by", "an", *more)
    assert made.exit_code == 0, made.output
    return made.output.split()[1].rstrip(".")


@pytest.mark.usefixtures("cases")
def test_what_has_no_place_is_said_by_the_rehearsal_and_left_by_the_run(command: Command) -> None:
    number = plan(command)
    said = command("migrate", "rehearse", number, "--by", "an")
    assert said.exit_code == 1
    assert "needs mapping  Taak ‘a’ staat niet meer in de nieuwe versie" in said.output
    assert said.output.endswith("0 of 2 would move.\n")
    run = command("migrate", "run", number, "--by", "bo")
    assert run.exit_code == 1
    assert "2 stayed" in run.output


@pytest.mark.usefixtures("cases")
def test_there_by_a_second_person_and_back(command: Command, database: Database) -> None:
    number = plan(command, "--map", "a=first")
    said = command("migrate", "rehearse", number, "--by", "an")
    assert (said.exit_code, said.output.splitlines()[-1]) == (0, "2 of 2 would move.")
    alone = command("migrate", "run", number, "--by", "an")
    assert (alone.exit_code, "mag het niet zelf uitvoeren" in alone.output) == (1, True)
    run = command("migrate", "run", number, "--by", "bo")
    assert (run.exit_code, "2 moved" in run.output) == (0, True), run.output
    assert len(versions(database)) == 1
    there = versions(database)
    back = command("migrate", "undo", number, "--by", "bo")
    assert (back.exit_code, "2 undone" in back.output) == (0, True), back.output
    assert versions(database).isdisjoint(there)


def versions(database: Database) -> set[int]:
    with database.reading() as reading:
        return set(reading.session.scalars(select(ProcessInstance.definition_id)))


@pytest.mark.usefixtures("cases")
def test_what_is_not_understood_is_said(command: Command) -> None:
    wrong = command("migrate", "plan", "p", "--from", "1", "--to", "2", "--reason", "x", "--by", "an", "--map", "a")
    assert wrong.exit_code == 2
    assert "OLD=NEW" in wrong.output
    refused = command("migrate", "plan", "p", "--from", "1", "--to", "1", "--reason", "x", "--by", "an")
    assert (refused.exit_code, "al op deze versie" in refused.output) == (1, True)
    assert command("migrate", "run", "99", "--by", "bo").exit_code == 1
