"""A diagram goes from a file into use: checked, published by one person, activated by another."""

from pathlib import Path

import pytest

from engine import definitions
from history.models import EventRow
from storage.unit_of_work import Database
from tests.cli.conftest import Command
from tests.engine.office import diagram, flows

PASSWORD = "een lange zin is veilig"
ONE_STEP = (
    '<startEvent id="begin"/><scriptTask id="count" name="Tellen"><extensionElements>'
    '<zeebe:script expression="=1" resultVariable="n"/></extensionElements></scriptTask><endEvent id="done"/>'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small diagram that is in order."""
    made = tmp_path / "small.bpmn"
    made.write_bytes(diagram(ONE_STEP + flows("begin>count;count>done"), key="small"))
    return made


@pytest.fixture
def staff(command: Command) -> None:
    for login, role in (("an", "process_manager"), ("bo", "process_manager"), ("kim", "case_handler")):
        made = command("users", "add", login, "--name", login.title(), "--role", role, typed=PASSWORD)
        assert made.exit_code == 0, made.output


@pytest.mark.usefixtures("staff")
def test_one_person_publishes_and_another_takes_it_into_use(command: Command, database: Database, file: Path) -> None:
    published = command("publish", str(file), "--by", "an")
    assert published.exit_code == 0, published.output
    assert published.output.endswith("small version 1: draft\n")

    alone = command("publish", str(file), "--by", "an", "--activate")
    assert alone.exit_code == 1
    assert "Vraag het aan een collega" in alone.output

    together = command("publish", str(file), "--by", "bo", "--activate")
    assert together.exit_code == 0, together.output
    assert together.output.endswith("small version 1: active\n")
    with database.reading() as reading:
        in_use = definitions.latest(reading, "process", "small")
        assert in_use is not None
        assert (in_use.created_by, in_use.activated_by) == ("person:1", "person:2")
        noted = reading.session.query(EventRow).where(EventRow.activity == "definition").order_by(EventRow.seq).all()
        assert [row.resource for row in noted] == ["person:1", "person:2"]


@pytest.mark.usefixtures("staff")
def test_only_a_process_manager_publishes(command: Command, database: Database, file: Path) -> None:
    refused = command("publish", str(file), "--by", "kim")

    assert refused.exit_code == 1
    assert "Uw rol laat dit niet toe" in refused.output
    with database.reading() as reading:
        assert definitions.latest(reading, "process", "small") is None


@pytest.mark.usefixtures("staff")
def test_a_diagram_that_cannot_run_right_is_refused_at_its_element(
    command: Command, database: Database, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.bpmn"
    wrong.write_bytes(
        diagram(
            '<startEvent id="begin"/><complexGateway id="wave"/><endEvent id="done"/>' + flows("begin>wave;wave>done")
        )
    )
    for words in (("check", str(wrong)), ("publish", str(wrong), "--by", "an")):
        refused = command(*words)
        assert refused.exit_code == 1
        assert "wave: " in refused.output
        assert "docs/lint/" in refused.output
    with database.reading() as reading:
        assert definitions.newest(reading) == []


def test_checking_changes_nothing(command: Command, database: Database, file: Path) -> None:
    checked = command("check", str(file))

    assert checked.exit_code == 0, checked.output
    assert checked.output.endswith("Publishing would accept this file.\n")
    with database.reading() as reading:
        assert definitions.newest(reading) == []


def test_another_kind_of_file_is_a_usage_error(command: Command, tmp_path: Path) -> None:
    other = tmp_path / "letter.docx"
    other.write_bytes(b"no diagram")

    assert command("check", str(other)).exit_code == 2
    assert command("check", str(tmp_path / "missing.bpmn")).exit_code == 2
