"""Trying a decision out: any decision or service of a file in use, with values as a program sends them."""

from decimal import Decimal

import pytest

from engine import definitions
from engine.errors import DefinitionNotFound
from engine.vocabulary import Vocabulary
from identity.people import Actor
from identity.permissions import NotAllowed
from identity.roles import INTAKE, PROCESS_MANAGER
from tasks.office import Office
from tasks.studio import deciding
from tests.engine.dmn_files import decision, file, input_data, literal

MANAGER = Actor("person:41", "Petra Beheer", frozenset({PROCESS_MANAGER}))
TEXT_OF_A_DAY = "2026-01-02"
SERVICE = (
    '<decisionService id="fee_service" name="fee_service"><variable name="fee_service"/><outputDecision href="#fee"/>'
    '<inputDecision href="#days_late"/></decisionService>'
)


@pytest.fixture
def fees(office: Office) -> Office:
    """An office with a graph of three decisions: days late, the fee, and the letter about it."""
    content = file(
        input_data("moment", "dateTime"),
        input_data("period", "dayTimeDuration"),
        input_data("code", "string"),
        decision("days_late", literal("(moment - period).day"), "input:moment", "input:period"),
        decision("fee", literal("rate * days_late"), "decision:days_late"),
        decision("fee_letter", literal('code + ": " + string(fee)'), "decision:fee", "input:code"),
        SERVICE,
    )
    with office.database.work() as work:
        made = definitions.publish(
            work, "decision", content, actor_id="person:1", at=office.clock.now(), vocabulary=Vocabulary()
        )
        definitions.activate(work, made.definition.id, actor_id="person:2", at=office.clock.now())
    return office


def tried(office: Office, key: str, **inputs: object) -> deciding.Tried:
    with office.database.reading() as reading:
        return deciding.evaluate(office, reading, MANAGER, key, inputs)


def test_values_of_a_program_become_what_the_decision_declares(fees: Office) -> None:
    given = {"moment": "2026-01-12T10:00:00Z", "period": "P2D", "rate": 1.1, "code": TEXT_OF_A_DAY}
    found = tried(fees, "fee_letter", **given)
    assert (found.result.value, found.version) == ("2026-01-02: 11", 1)
    assert [each.decision for each in found.result.taken] == ["days_late", "fee", "fee_letter"]


def test_a_decision_or_service_inside_a_file_is_found_by_its_id(fees: Office) -> None:
    assert tried(fees, "fee", days_late=1, moment="2026-01-12T10:00:00Z", period="P2D", rate=2).result.value == 20
    assert tried(fees, "days_late", moment="2026-01-12T10:00:00Z", period="P2D").result.value == 10
    with pytest.raises(deciding.NoSingleAnswer):
        tried(fees, "fee", moment=5)
    service = tried(fees, "fee_service", days_late=Decimal(3))
    assert service.result.value is None, "the rate is no input of the service"
    with pytest.raises(DefinitionNotFound):
        tried(fees, "nothing")


def test_only_who_may_tries_decisions(fees: Office) -> None:
    with fees.database.reading() as reading, pytest.raises(NotAllowed):
        deciding.evaluate(fees, reading, Actor("person:9", "Ina", frozenset({INTAKE})), "fee", {})
