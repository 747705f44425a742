"""A report of a breach from its reception to its end: the clocks with their exceptions, the minutes, the consent, the refusals."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.deadlines import of_case
from engine import definitions
from identity.people import Actor
from tasks.citizens import complainant
from tasks.errors import FormNotAccepted
from tasks.office import Office
from tasks.reports_house import mailbox
from tasks.studio import decision_scenarios, publishing
from tests.stories.stage import Story, person

REPORT: dict[str, Any] = {
    "employer_kind": "flemish_administration",
    "employer": "een Vlaams agentschap",
    "relation": "employee",
    "subject": "Opdrachten in schijven",
    "narrative": "Bestelbonnen blijven telkens net onder de drempel.",
    "reported_before": "nee",
    "fears_reprisal": "ja",
}
VOICE = {**REPORT, "report_channel": "visit", "recording": "none", "employer_kind": "municipality"}
OFFICER = "whistle_officer"


class Report(Story):
    """One report and the people around it."""

    def given_a_report(self, **answers: Any) -> "Report":
        return self._received({**REPORT, **answers}, mailbox.REPORTER)

    def given_a_visit(self) -> "Report":
        return self._received(VOICE, person(OFFICER))

    def _received(self, answers: dict[str, Any], by: Actor) -> "Report":
        code = mailbox.new_code()
        with self.office.database.work() as work:
            mailbox.report(self.office, work, code, answers, by=by)
        with self.office.database.reading() as reading:
            self.case_id = complainant.find(reading, mailbox.secret_of(self.office, code))[0].id
        return self

    def terms(self) -> dict[str, date]:
        """The last day of each term, by its rule."""
        with self.office.database.reading() as reading:
            return {row.name: row.due_on for row in of_case(reading, self.case_id)}


def test_everything_the_house_ships_is_in_use_without_a_remark(reports: Office) -> None:
    kinds = {".form": "form", ".dmn": "decision", ".bpmn": "process"}
    house = reports.house
    with reports.database.reading() as reading:
        for file in [*house.forms.glob("*.form"), *house.workflows.glob("*.dmn"), *house.workflows.glob("*.bpmn")]:
            kind = kinds[file.suffix]
            assert definitions.latest(reading, kind, file.stem) is not None, file
            assert publishing.check(reports, reading, kind, file.read_bytes()) == [], file
        assert len(decision_scenarios.of(reading, "external_channel").file.scenarios) == 11


@pytest.fixture
def report(reports: Office) -> Report:
    return Report(reports)


def test_a_report_is_acknowledged_in_seven_days_and_answered_in_three_months(report: Report) -> None:
    report.given_a_report().waits_at("acknowledge", "assess_report")
    assert report.terms() == {"whistleblower_ack_by": date(2026, 1, 12)}
    report.after(3).completes("acknowledge", ack_choice="send").sent("L28")
    assert report.terms()["whistleblower_feedback_by"] == date(2026, 4, 8), "three months after the acknowledgement"
    report.completes("assess_report", report_choice="treat")
    report.completes("investigate", inquiry_next="ask", asked="Bestelbonnen, aan het agentschap.", answer_days=30)
    report.completes("note_answer", answer_received="Veertien bestelbonnen.")
    report.completes("investigate", inquiry_next="conclude")
    report.completes("give_feedback", founded="ja", feedback="De opdrachten worden voortaan aanbesteed.").sent("L29")
    assert "voortaan aanbesteed" in report.letters()[-1].body
    report.completes("close_report").is_closed("afgehandeld")
    report.has_stages("intake", "investigation", "assessment", "closed")


@pytest.mark.parametrize("why", ["handled", "refused", "danger"])
def test_without_acknowledgement_the_three_months_count_from_the_seventh_day(report: Report, why: str) -> None:
    report.given_a_report().completes("acknowledge", ack_choice=why, ack_reason="De melder vroeg het zo.")
    assert report.letters() == []
    assert report.terms()["whistleblower_feedback_by"] == date(2026, 4, 12)


def test_no_acknowledgement_needs_a_reason(report: Report) -> None:
    with pytest.raises(FormNotAccepted):
        report.given_a_report().completes("acknowledge", ack_choice="danger")


def test_a_justified_case_has_six_months_and_its_reporter_is_told(report: Report) -> None:
    report.given_a_report().completes("acknowledge", ack_choice="send")
    report.completes("assess_report", report_choice="treat")
    report.completes("investigate", inquiry_next="extend", extension_reason="De boekhouding van drie jaar.").sent(
        "L29V"
    )
    assert report.terms()["whistleblower_feedback_extended_by"] == date(2026, 7, 5)
    assert "5 juli 2026" in report.letters()[-1].body
    report.waits_at("investigate").completes("investigate", inquiry_next="conclude")
    report.completes("give_feedback", founded="deels", feedback="Een deel klopt.").waits_at("close_report")


def test_minutes_of_a_visit_are_corrected_until_their_reporter_signs(report: Report) -> None:
    report.given_a_visit().waits_at("sign_minutes")
    report.completes(
        "sign_minutes", narrative="Het waren er veertien.", minutes_correct="nee", minutes_remark="Zet de jaren erbij."
    )
    report.completes("correct_minutes", narrative="Het waren er veertien, van 2025 tot 2026.")
    report.completes(
        "sign_minutes",
        narrative="Het waren er veertien, van 2025 tot 2026.",
        minutes_correct="ja",
        minutes_signature="de melder",
    )
    report.waits_at("acknowledge", "assess_report")


def test_minutes_that_nobody_signs_hold_a_report_up_for_fourteen_days_only(report: Report) -> None:
    report.given_a_visit().after(14).waits_at("acknowledge", "assess_report")


def test_a_report_goes_to_another_body_only_with_consent(report: Report) -> None:
    report.given_a_report(employer_kind="municipality", employer="gemeente Elderbeke")
    forward = {"report_choice": "forward", "forward_body": "AUDIT", "report_reason": "Een gemeente."}
    report.completes("assess_report", **forward).sent("L28T").waits_at("acknowledge", "give_consent")
    assert "Audit Vlaanderen" in report.letters()[-1].body
    report.completes("give_consent", consent="nee").waits_at("acknowledge", "assess_report")
    report.completes("assess_report", **forward).after(31).waits_at("acknowledge", "assess_report")
    report.completes("assess_report", **forward).completes("give_consent", consent="ja")
    report.completes("forward_report", forwarded_by="by_hand", forwarded_note="Aan de auditor zelf.").sent("L28D")
    report.completes("acknowledge", ack_choice="send").completes("close_report").is_closed("doorverwezen")
    assert "whistleblower_feedback_by" not in report.terms(), "whoever it was given to answers it"
    report.has_stages("intake", "referral", "closed")


@pytest.mark.parametrize(
    ("ground", "choice"), [("kleine_inbreuk", "refuse"), ("herhaling", "refuse"), (None, "complaint")]
)
def test_what_is_not_treated_is_said_with_its_ground(report: Report, ground: str | None, choice: str) -> None:
    answers = {"refusal_ground": ground} if ground else {}
    report.given_a_report().completes(
        "assess_report", report_choice=choice, report_reason="Het gaat om een pen.", **answers
    )
    assert "Het gaat om een pen." in report.letters()[-1].body
    report.completes("acknowledge", ack_choice="send").completes("close_report")
    report.is_closed("geweigerd" if ground else "doorverwezen")
    assert report.case.refusal_ground == ground


def test_a_question_that_is_never_answered_does_not_keep_a_report_open(report: Report) -> None:
    report.given_a_report().receives("question_asked", role=OFFICER, question_text="Welke jaren?", question_days=21)
    assert report.terms()["missing_information_by"] == date(2026, 1, 26)
    report.sent("L28V").waits_at("acknowledge", "assess_report", "answer_question")
    report.receives("message_written", role=OFFICER, message_text="Wij lezen alles.").sent("L29B")
    report.after(90).waits_at("acknowledge", "assess_report")
    assert report.today == date(2026, 1, 5) + timedelta(days=90)


def test_the_reporter_reads_where_it_stands_in_plain_words(report: Report) -> None:
    report.given_a_report()
    assert report.status.now == "Wij lezen uw melding en kijken wie bevoegd is"
    report.completes("assess_report", report_choice="treat")
    assert report.status.now == "Wij onderzoeken uw melding"
    assert report.status.may == {"information_added"}
