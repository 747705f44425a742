"""An investigation as an ombudsman does it: what is done in any order becomes evidence, and both parties are heard before a judgment."""

import hashlib
from collections.abc import Sequence
from io import BytesIO

import pytest
from lxml import etree

from cases import evidence
from cases.documents import Upload
from cases.treatment_models import Evidence
from engine.parsing import xml
from tasks import choosing, completion
from tasks.errors import FormNotAccepted
from tasks.office import WORKFLOWS, Office
from tests.stories.stage import UNHEARD, Story, person
from tests.stories.test_life import FOUNDED

VISIT = {
    "visit_place": "Stelplaats Gent, bij de dispatcher",
    "visit_on": "2026-01-04",
    "visit_report": "De automaat stond uit.",
    "evidence_class": "open",
}
SECRET = "De chef vroeg om altijd te beboeten."
HEARING = {
    "heard_person": "Een chauffeur die niet genoemd wil worden",
    "heard_on": "2026-01-05",
    "hearing_minutes": SECRET,
    "minutes_confirmed": "ja",
    "evidence_class": "confidential",
}
FINDINGS = {"investigation_next": "findings", "reply_days": 10, "provisional_findings": "De app viel uit."}


def under_inquiry(office: Office) -> Story:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="nee")
    return story.completes("review_answer", investigation_next="inquiry").waits_at()


def chooses(story: Story, *steps: str) -> Story:
    """The handler begins these steps, in the only choice of the case."""
    office, handler = story.office, person("case_handler")
    with office.database.work() as work:
        choice = choosing.of_case(office, work, handler, story.case_id)[0]
        choosing.choose(office, work, handler, story.case_id, choice.id, steps)
    return story


def register(story: Story) -> Sequence[Evidence]:
    with story.office.database.reading() as reading:
        return [row for row, _ in evidence.of_case(reading, story.case_id)]


def test_what_is_done_in_any_order_and_several_times_becomes_evidence(office: Office) -> None:
    story = chooses(under_inquiry(office), "hold_hearing", "visit_site", "visit_site", "assign_expert")
    visit = story.open("visit_site")
    with office.database.work() as work:
        photo = Upload("automaat.txt", BytesIO(b"een foto van de automaat"))
        completion.complete(office, work, person("case_handler"), visit.id, VISIT, files=[photo])
    story.completes("visit_site", **{**VISIT, "visit_report": "De automaat werkt weer.", "evidence_class": "internal"})
    story.completes("assign_expert", expert="Prof. Maes", expert_question="Werkte de app?", expert_days=20)
    story.completes("hold_hearing", **HEARING).waits_at("expert_report")
    assert story.open("expert_report").due_at is not None
    story.completes(
        "expert_report",
        expert_source="Prof. Maes",
        expert_on="2026-01-05",
        expert_findings="Nee.",
        evidence_class="open",
    )
    rows = register(story)
    told = [(row.number, row.kind, row.source, row.confidentiality) for row in rows]
    assert told == [
        (1, "site_visit", VISIT["visit_place"], "open"),
        (2, "document", VISIT["visit_place"], "open"),
        (3, "site_visit", VISIT["visit_place"], "internal"),
        (4, "hearing", HEARING["heard_person"], "confidential"),
        (5, "expert_report", "Prof. Maes", "open"),
    ]
    assert rows[1].digest == hashlib.sha256(b"een foto van de automaat").hexdigest()
    assert "Nagelezen en bevestigd" in rows[3].description
    assert not [name for name, value in story.facts().items() if name.startswith("evidence.") and value is not None]
    chooses(story, "end_inquiry").completes("end_inquiry", inquiry_over="ja").waits_at("review_answer")
    story.completes("review_answer", investigation_next="inquiry").waits_at()
    chooses(story, "visit_site").completes(
        "visit_site", **VISIT
    ).waits_at()  # a second inquiry is not over at its first step
    assert len(register(story)) == 6


def test_a_further_question_is_asked_reminded_and_its_answer_is_evidence(sqlite_office: Office) -> None:
    story = chooses(under_inquiry(sqlite_office), "ask_further").completes(
        "ask_further", further_questions="En nu?", term_days=10
    )
    story.sent("L08").waits_at("answer_further").after(12).sent("L08", "L09")
    story.completes("answer_further", answer="Het spijt ons.")
    assert [(row.kind, row.source, row.description) for row in register(story)] == [
        ("answer", "De Lijn", "Het spijt ons.")
    ]
    chooses(story, "end_inquiry").completes("end_inquiry", inquiry_over="ja").waits_at("review_answer")
    assert all(each.met_at for each in story.deadlines() if each.name.startswith("service_answer_by"))


def test_both_parties_are_heard_and_the_file_tells_who_answered(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="nee").completes("review_answer", **FINDINGS)
    story.completes("reply_complainant", findings_reply="Dat klopt.").after(11)
    known = story.facts()
    assert (known["hearing.complainant"], known["hearing.authority"]) == ("replied", "silent")
    assert known["hearing.on"] == story.today.isoformat()
    story.completes("review_answer", investigation_next="assess").waits_at("assess")


def test_who_was_not_heard_is_heard_first_or_the_reason_is_written_down(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="assessment")
    with pytest.raises(FormNotAccepted):
        story.completes("decide_unheard", hearing_decision="assess", unheard_reason="urgent")
    story.completes("decide_unheard", hearing_decision="hear").waits_at("choose_approach")
    story.goes_straight_to_assessment().waits_at("assess")
    assert story.facts()["hearing.motivation"] == UNHEARD["unheard_motivation"]
    story.receives("approach_changed", approach_reason="Toch nog eens horen.").waits_at("choose_approach")
    story.completes("choose_approach", approach="assessment").waits_at("decide_unheard")
    story.receives("court_case_started", court="vrederechter", same_object="nee")
    story.completes("decide_late_suspension", suspend="nee").waits_at("decide_unheard")
    story.completes("decide_unheard", **UNHEARD).completes("assess", **FOUNDED).waits_at("close_case")


def test_every_way_to_the_assessment_passes_the_question_whether_both_were_heard() -> None:
    root = xml.parse((WORKFLOWS / "complaint.bpmn").read_bytes())
    into: dict[str, list[etree._Element]] = {}
    for flow in root.iter(xml.bpmn("sequenceFlow")):
        into.setdefault(str(flow.get("targetRef")), []).append(flow)
    ways = {str(flow.get("sourceRef")): flow for flow in into["assess"]}
    assert ways.keys() == {"parties_heard", "hear_first"}
    condition = ways["parties_heard"].find(xml.bpmn("conditionExpression"))
    assert condition is not None and condition.text == "=parties_heard_on != null"
    assert [flow.get("sourceRef") for flow in into["hear_first"]] == ["decide_unheard"], (
        "and there the reason is written"
    )
    sets = [task for task in root.iter(xml.bpmn("scriptTask")) if "parties_heard_on" in etree.tostring(task).decode()]
    assert sets == [], "only the job that notes it says so"
