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
from tasks import completion
from tasks.errors import FormNotAccepted
from tasks.office import WORKFLOWS, Office
from tasks.treatment import choosing
from tests.stories.stage import UNHEARD, Story, person
from tests.stories.test_life import FOUNDED

VISIT = {
    "visit_place": "Stelplaats Gent, bij de dispatcher",
    "visit_on": "2026-01-04",
    "visit_report": "De automaat stond uit.",
    "evidence_class": "open",
}
SECRET = "De chef vroeg om altijd te beboeten."
MENDED = "De chef vroeg om altijd te beboeten, ook bij panne."
HEARING = {
    "heard_person": "Een chauffeur die niet genoemd wil worden",
    "heard_on": "2026-01-05",
    "hearing_minutes": SECRET,
    "heard_email": "chauffeur@example.org",
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
    story.completes("hold_hearing", **HEARING).waits_at("confirm_minutes", "expert_report")
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
    story.completes("confirm_minutes", minutes=MENDED, minutes_read=True)
    read_again = register(story)[3]
    assert (read_again.description, read_again.correction) == (SECRET, MENDED), (
        "what was mended stands beside the first text"
    )
    assert (read_again.digest, read_again.confirmed_on) == (rows[3].digest, story.today)
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


def test_minutes_nobody_reads_again_stay_as_they_are_and_hold_up_nothing(sqlite_office: Office) -> None:
    story = chooses(under_inquiry(sqlite_office), "hold_hearing").completes("hold_hearing", **HEARING)
    (invitation,) = [each for each in story.letters() if each.to_role == "heard_person"]
    assert invitation.to_address == HEARING["heard_email"]
    assert SECRET not in invitation.body
    chooses(story.after(22), "end_inquiry").completes("end_inquiry", inquiry_over="ja").waits_at("review_answer")
    (minutes,) = register(story)
    assert (minutes.confirmed_on, minutes.correction) == (None, None)


def test_both_parties_are_heard_and_the_file_tells_who_answered(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="nee").completes("review_answer", **FINDINGS)
    story.completes("reply_complainant", findings_reply="Dat klopt.").after(11)
    known = story.facts()
    assert (known["hearing.complainant"], known["hearing.authority"]) == ("replied", "silent")
    assert known["hearing.on"] == story.today.isoformat()
    story.completes("review_answer", investigation_next="assess").waits_at("assess")


def heard(office: Office) -> Story:
    """Investigated, and both parties could answer to what was found."""
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    return _heard_again(story.completes("request_information", has_questions="nee"))


def _heard_again(story: Story) -> Story:
    story.completes("review_answer", **FINDINGS).completes("reply_complainant", findings_reply="Dat klopt.")
    story.completes("reply_authority", findings_reply="Dat klopt niet.").waits_at("review_answer")
    said = [story.facts()[f"investigation.{party}_reply"] for party in ("complainant", "authority")]
    assert said == ["Dat klopt.", "Dat klopt niet."], "whoever judges reads both, and who said what"
    return story


def test_a_hearing_lapses_when_something_new_is_found_and_when_the_complaint_is_treated_again(
    sqlite_office: Office,
) -> None:
    story = heard(sqlite_office).completes("review_answer", investigation_next="inquiry")
    chooses(story, "visit_site", "end_inquiry").completes("visit_site", **VISIT)
    story.completes("end_inquiry", inquiry_over="ja").completes("review_answer", investigation_next="assess")
    story.waits_at("decide_unheard")
    known = story.facts()
    assert (known.get("hearing.on"), known["hearing.lapsed_on"]) == (None, story.today.isoformat())
    story.completes("decide_unheard", hearing_decision="hear")
    story.completes("choose_approach", approach="investigation").completes("request_information", has_questions="nee")
    _heard_again(story).completes("review_answer", investigation_next="assess").waits_at("assess")
    assert story.facts().get("hearing.lapsed_on") is None
    story.receives("approach_changed", approach_reason="De dienst schreef nog.")
    story.completes("choose_approach", approach="assessment").waits_at("decide_unheard")


def test_a_review_hears_both_parties_again_or_says_why_the_outcome_stays(sqlite_office: Office) -> None:
    story = heard(sqlite_office).completes("review_answer", investigation_next="assess")
    story.completes("assess", **FOUNDED).completes("close_case")
    story.receives("review_requested", role="complainant", review_ground="Er is een getuige.")
    story.completes("accept_review", review_accepted="ja").completes("request_information", has_questions="nee")
    story.completes("review_answer", investigation_next="assess").waits_at("decide_review_unheard")
    story.completes("decide_review_unheard", hearing_decision="hear")
    story.completes("request_information", has_questions="nee")
    _heard_again(story).completes("review_answer", investigation_next="assess").waits_at("assess_review")
    assert story.facts()["hearing.on"] == story.today.isoformat()


def ways(diagram: str) -> dict[str, dict[str, etree._Element]]:
    """Of each element of a shipped diagram, from where one comes there, with the flow."""
    found: dict[str, dict[str, etree._Element]] = {}
    for flow in xml.parse((WORKFLOWS / diagram).read_bytes()).iter(xml.bpmn("sequenceFlow")):
        found.setdefault(str(flow.get("targetRef")), {})[str(flow.get("sourceRef"))] = flow
    return found


def test_no_way_to_a_judgment_goes_around_a_hearing_that_still_holds() -> None:
    complaint, investigation = ways("complaint.bpmn"), ways("investigation.bpmn")
    for judgment, gate, first, asked in (
        ("assess", "parties_heard", "hear_first", "decide_unheard"),
        ("assess_review", "review_heard", "review_hear_first", "decide_review_unheard"),
    ):
        assert complaint[judgment].keys() == {gate, first}
        condition = complaint[judgment][gate].find(xml.bpmn("conditionExpression"))
        assert condition is not None and condition.text == "=parties_heard_on != null"
        assert complaint[first].keys() == {asked}, "and there the reason is written"
    assert complaint["treatment"].keys() == {"hearing_lapses"}
    assert complaint["to_review_investigation"].keys() == {"review_hearing_lapses", "review_hear_first"}
    assert investigation["to_review_answer"].keys() == {"questions_needed", "note_heard", "hearing_lapses"}
    assert investigation["hearing_lapses"].keys() == {"to_new_facts"}


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


def test_only_jobs_say_whether_the_parties_are_heard() -> None:
    for file in WORKFLOWS.glob("*.bpmn"):
        scripts = xml.parse(file.read_bytes()).iter(xml.zeebe("script"), xml.zeebe("output"))
        assert not [each for each in scripts if "parties_heard_on" in (each.get("resultVariable"), each.get("target"))]


def test_findings_are_not_sent_without_words(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="nee")
    with pytest.raises(FormNotAccepted):
        story.completes("review_answer", **{**FINDINGS, "provisional_findings": ""})
    story.waits_at("review_answer")
