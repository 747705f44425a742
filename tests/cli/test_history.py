"""The chain is checked and a case leaves the house, from the command line."""

import json
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import text

from identity.people import Actor
from storage.unit_of_work import Database
from tasks.intake import PHONE_FORM, Received, receive
from tasks.office import Office
from tests.cli.conftest import Command

COMPLAINT = {
    "complaint_channel": "phone",
    "subject": "Bus te laat",
    "narrative": "De bus kwam drie keer niet.",
    "services": "De Lijn",
    "complainant_name": "Jan Peeters",
    "email": "jan@example.org",
    "desired_outcome": "Een excuus",
    "facts_on": "2025-12-01",
    "first_line_contacted": "nee",
    "court_pending": "nee",
    "filer_kind": "person",
    "name_withheld": "nee",
    "complaint_language": "nl",
    "is_anonymous": "nee",
}


@pytest.fixture
def database(office: Office) -> Database:
    """That of an office that is set up."""
    return office.database


@pytest.fixture
def case(office: Office) -> Received:
    """A complaint that came in by phone."""
    with office.database.work() as work:
        return receive(
            office, work, Actor("person:1", "An", frozenset({"intake_officer"})), COMPLAINT, form_key=PHONE_FORM
        )


def tamper(database: Database, stream: str) -> None:
    """Change what was said in event 2, behind the application's back."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE event DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE event SET resource = 'person:9' WHERE stream = :s AND seq = 2"), {"s": stream})


def test_a_chain_that_holds(command: Command, case: Received) -> None:
    everything = command("verify")
    one = command("verify", case.number)

    assert (everything.exit_code, one.exit_code) == (0, 0), everything.output
    assert everything.output.startswith("1 of 1 chains hold, ")
    assert one.output == everything.output


def test_an_event_that_was_changed_is_named(command: Command, database: Database, case: Received) -> None:
    tamper(database, f"case:{case.case_id}")

    for words in (("verify",), ("verify", case.number)):
        told = command(*words)
        assert told.exit_code == 1
        assert told.output.splitlines() == [
            f"{case.number}: event 2 does not hold: de inhoud is gewijzigd nadat ze geschreven werd",
            "0 of 1 chains hold, 1 events.",
        ]


def test_a_case_leaves_as_json_and_as_xes_without_its_people(command: Command, case: Received, tmp_path: Path) -> None:
    told = command("export", case.number)
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["events"][0]["activity"] == "case"

    file = tmp_path / "case.xes"
    assert command("export", case.number, "--format", "xes", "--output", str(file)).exit_code == 0
    assert len(etree.parse(file).findall("{*}trace/{*}event")) > 2
    assert "Jan Peeters" not in told.output + file.read_text()


def test_an_export_is_a_look_into_the_case(command: Command, case: Received) -> None:
    command("export", case.number, "--format", "xes")

    events = json.loads(command("export", case.number).output)["events"]

    looks = [event for event in events if event["transition"] == "looked"]
    assert [(look["resource"], json.loads(look["data"])["what"]) for look in looks] == [
        ("system:console", "export:xes"),
        ("system:console", "export:json"),
    ]


def test_a_case_that_is_not_there(command: Command) -> None:
    for words in (("verify", "2026-9999"), ("export", "2026-9999")):
        refused = command(*words)
        assert refused.exit_code == 1
        assert refused.output == "Dit dossier bestaat niet, of u mag het niet zien. (number: 2026-9999)\n"


def test_a_machine_with_another_key_does_not_begin(command: Command, case: Received, tmp_path: Path) -> None:
    assert case.number
    assert command("users", "list").exit_code == 0
    elsewhere = command("users", "list", OMBUDSFLOW_DATA_DIR=str(tmp_path / "elsewhere"))
    assert elsewhere.exit_code == 1
    assert "De sleutel (master.key) in de map van de gegevens hoort niet bij deze databank." in elsewhere.stderr
