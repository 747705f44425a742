"""Scenario tests of decisions in the office: kept, run by publishing, and never overwritten unseen."""

import pytest

from engine.dmn.scenarios import Scenario, ScenarioFile
from engine.errors import DiagramRefused
from identity.people import Actor
from identity.permissions import NotAllowed
from identity.roles import AUDITOR, PROCESS_MANAGER
from tasks.office import WORKFLOWS, Office
from tasks.studio import decision_scenarios, publishing, shipped

MANAGER = Actor("person:41", "Petra Beheer", frozenset({PROCESS_MANAGER}))
AUDITOR_ACTOR = Actor("person:42", "An Audit", frozenset({AUDITOR}))
URGENCY = (WORKFLOWS / "urgency.dmn").read_bytes()


def test_shipped_scenarios_are_there_and_hold(office: Office) -> None:
    with office.database.reading() as reading:
        kept = decision_scenarios.of(reading, "urgency")
        assert (kept.revision, len(kept.file.scenarios)) == (1, 3)
        assert publishing.check(office, reading, "decision", URGENCY) == []


def test_a_table_that_breaks_a_scenario_is_not_published(office: Office) -> None:
    broken = URGENCY.replace(b"<text>false</text>", b"<text>true</text>")
    assert broken != URGENCY
    with office.database.reading() as reading:
        found = publishing.check(office, reading, "decision", broken)
    assert [(f.element_id, f.rule, f.severity) for f in found[:2]] == [("urgency", "scenarios", "error")] * 2
    with office.database.work() as work, pytest.raises(DiagramRefused) as refused:
        publishing.publish(office, work, MANAGER, "decision", broken)
    assert "verwacht false, kreeg true" in refused.value.errors[0]["message"]


def test_a_changed_agreement_lets_the_changed_table_through(office: Office) -> None:
    changed = URGENCY.replace(b"<text>false</text>", b"<text>true</text>")
    with office.database.work() as work:
        decision_scenarios.keep(
            office, work, MANAGER, ScenarioFile("urgency", (Scenario("Altijd", {}, True, (2,)),)), 1
        )
    with office.database.work() as work:
        assert publishing.publish(office, work, MANAGER, "decision", changed).definition.version == 2
    with office.database.reading() as reading:
        kept = decision_scenarios.of(reading, "urgency")
        assert (kept.revision, kept.changed_by, kept.file.scenarios[0].name) == (2, "person:41", "Altijd")
        last = list(office.log.read(reading, "office"))
        assert [(e.activity, e.resource, e.data["revision"]) for e in last if e.activity == "scenarios"] == [
            ("scenarios", "person:41", 2)
        ]


def test_two_people_do_not_overwrite_each_other_and_an_auditor_changes_nothing(office: Office) -> None:
    file = ScenarioFile("urgency", (Scenario("Eerste", {}, False),))
    with office.database.work() as work:
        decision_scenarios.keep(office, work, MANAGER, file, 1)
    with office.database.work() as work, pytest.raises(decision_scenarios.ScenariosChanged):
        decision_scenarios.keep(office, work, MANAGER, file, 1)
    with office.database.work() as work, pytest.raises(NotAllowed):
        decision_scenarios.keep(office, work, AUDITOR_ACTOR, file, 2)


def test_installing_again_leaves_the_scenarios_of_a_process_manager_alone(office: Office) -> None:
    with office.database.work() as work:
        decision_scenarios.keep(office, work, MANAGER, ScenarioFile("urgency"), 1)
    with office.database.work() as work:
        shipped.install(office, work)
    with office.database.reading() as reading:
        assert decision_scenarios.of(reading, "urgency").revision == 2
