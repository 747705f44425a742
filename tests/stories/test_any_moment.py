"""What may happen in every case from its first day: withdrawal, information, the court, parts apart, merging, review."""

from datetime import date

import pytest
from sqlalchemy import select, update

from cases import deadlines
from cases.parties import complainant_of, names_of
from tasks.errors import MessageNotExpected
from tasks.models import Mail
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, UNHEARD, Story
from tests.stories.test_life import FOUNDED


def test_a_complaint_can_be_withdrawn_before_anything_is_decided(office: Office) -> None:
    story = (
        Story(office)
        .given_a_complaint()
        .receives("complaint_withdrawn", role="complainant", withdrawal_reason="Opgelost.")
    )
    story.is_closed("ingetrokken").sent("L01", "L23").waits_at().has_stages("intake", "closed")


def test_a_complaint_can_be_withdrawn_in_the_middle_of_a_question(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", questions="Waarom?", term_days=20)
    story.receives("complaint_withdrawn", role="complainant").is_closed("ingetrokken").waits_at()
    assert all(deadline.met_at is not None for deadline in story.deadlines())
    written = len(story.letters())
    assert len(story.after(60).letters()) == written, "no reminder goes out for a case that is closed"


def test_what_is_closed_cannot_be_withdrawn(office: Office) -> None:
    story = Story(office).given_a_complaint().receives("complaint_withdrawn", role="complainant")
    with pytest.raises(MessageNotExpected):
        story.receives("complaint_withdrawn", role="complainant")


def stands_still_for(office: Office, story: Story) -> frozenset[str]:
    with office.database.reading() as reading:
        return deadlines.held_kinds(reading, story.case_id)


def test_information_is_asked_given_and_does_not_hold_up_the_rest(office: Office) -> None:
    story = Story(office).given_an_opened_file()
    story.receives("information_requested", missing="Uw factuur", term_days=14).sent("L02")
    story.waits_at("choose_approach", "provide_information")
    assert story.due("missing_information_by") == date(2026, 1, 19)
    story.receives("information_requested", missing="Uw adres", term_days=14)
    assert stands_still_for(office, story) == {"complainant"}
    for waits_on in ({"complainant"}, set[str]()):
        story.completes("provide_information", information_text="Zie bijlage.")
        assert stands_still_for(office, story) == waits_on, "each question holds the clocks until its own answer"
    story.waits_at("choose_approach")


def test_information_that_is_never_given_closes_the_case(office: Office) -> None:
    story = Story(office).given_an_opened_file().receives("information_requested", missing="Uw factuur", term_days=14)
    story.after(15).waits_at("choose_approach", "decide_no_reply")
    assert not stands_still_for(office, story), "what the office takes to decide is its own time"
    story.completes("decide_no_reply", no_reply_decision="remind", term_days=7).sent("L03")
    assert stands_still_for(office, story) == {"complainant"}
    story.after(9)
    story.completes("decide_no_reply", no_reply_decision="unreachable").is_closed("onbereikbaar").sent("L24").waits_at()


def test_the_handler_may_go_on_without_the_information(office: Office) -> None:
    story = Story(office).given_an_opened_file().receives("information_requested", missing="Uw factuur", term_days=14)
    story.after(15).completes("decide_no_reply", no_reply_decision="continue").waits_at("choose_approach")


def test_a_court_case_about_the_same_suspends_until_it_is_resumed(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", questions="Waarom?", term_days=20)
    asked_before = story.due("service_answer_by")
    story.receives("court_case_started", role="complainant", court="vrederechter", same_object="ja")
    story.waits_at("answer_information", "decide_suspension")
    story.completes("decide_suspension", suspend="ja").sent("L21").waits_at("await_judgment").after(100)
    story.completes("await_judgment", judgment="Gelijk gekregen.", resume="ja").completes("resume_case").sent("L22")
    story.waits_at("decide_admissibility")
    assert story.open("decide_admissibility").inputs["suggestion"] == "admitted"
    assert story.due("service_answer_by") == asked_before, "a question that lapsed does not move with the clock"


def test_a_court_case_about_something_else_changes_nothing(office: Office) -> None:
    story = Story(office).given_an_opened_file()
    story.receives("court_case_started", role="complainant", court="politierechtbank", same_object="nee")
    story.completes("decide_suspension", suspend="nee").waits_at("choose_approach")


def test_a_court_case_from_before_suspends_at_once_and_may_end_the_case(office: Office) -> None:
    story = Story(office).given_a_complaint(court_pending="ja", court_same_object="ja", court_started_on="2025-12-20")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    assert story.open("decide_admissibility").inputs["suggestion"] == "suspended"
    story.completes("decide_admissibility", decision="suspended", ground="jurisdictioneel_beroep_aanhangig")
    story.completes("await_judgment", judgment="Vernietigd.", resume="nee").is_closed("opgeschort_gesloten")
    story.has_stages("intake", "closed")


def test_a_part_of_the_complaint_goes_to_its_own_first_line(office: Office) -> None:
    story = Story(office).given_an_opened_file(services="AWV; De Lijn")
    story.receives("grievance_split", split_action="forward", split_authority="De Lijn", split_text="Nog niet gemeld.")
    row = story.open("answer_part")
    assert row.authority_key == "de_lijn"
    story.sent("L04", "L04G").completes("answer_part", first_line_outcome="solved", first_line_text="Halte verschoven.")
    main, part = story.grievances()
    assert (main.is_main, main.transfer, main.remedy) == (True, "none", None)
    assert (part.authority_key, part.transfer, part.gate_reason, part.remedy) == (
        "de_lijn",
        "forward",
        "nog_geen_contact",
        "hersteld",
    )
    assert [d.name for d in story.deadlines() if d.grievance == part.number] == [
        "first_line_ack_by",
        "first_line_handle_by",
    ]
    story.waits_at("choose_approach").has_stages("intake", "first_line")


def test_a_part_that_nobody_answers_is_told_to_the_complainant(office: Office) -> None:
    story = Story(office).given_an_opened_file(services="AWV; De Lijn")
    story.receives("grievance_split", split_action="forward", split_authority="De Lijn").after(46).sent("L04G", "L04S")


def test_a_part_for_another_ombudsman_and_a_question_are_told_apart(office: Office) -> None:
    story = Story(office).given_an_opened_file(services="VDAB; RVA")
    story.receives("grievance_split", split_action="refer", split_authority="RVA", split_body="FED").sent("L05G")
    story.receives(
        "grievance_split", split_action="answer", split_authority="Groeipakket", split_text="U hebt er recht op."
    )
    assert [(g.body, g.transfer, g.matter) for g in story.grievances()] == [
        ("VO", "none", "complaint"),
        ("FED", "refer", "complaint"),
        ("VO", "none", "question"),
    ]
    story.sent("L05G", "L05V").has_stages("intake", "referral")


def test_an_anonymous_complainant_may_still_make_themselves_known(office: Office) -> None:
    story = Story(office).given_a_complaint().completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.receives("identity_disclosed", complainant_name="Rita Claes", email="rita@example.org").waits_at(
        "decide_admissibility"
    )
    assert story.case.complainant_name == "Rita Claes"


def test_a_review_with_a_new_fact_is_investigated_and_assessed_again(office: Office) -> None:
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    rejected = {**FOUNDED, "grievances": [{"finding": "ongegrond", "remedy": "geen", "norms": []}]}
    story.completes("assess", **rejected).completes("close_case").is_closed("afgehandeld").after(30)
    assert "review_requested" in story.status.may
    story.receives("review_requested", role="complainant", review_ground="Nieuw feit.").sent("L26")
    assert story.due("review_decision_by") == date(2026, 3, 6)
    story.completes("accept_review", review_accepted="ja").waits_at("request_information")
    assert story.case.closed_at is None
    story.completes("request_information", has_questions="nee").completes("review_answer", investigation_next="assess")
    story.completes("decide_review_unheard", **{**UNHEARD, "unheard_reason": "unchanged"})
    story.completes("assess_review", **FOUNDED).completes("close_review").is_closed("afgehandeld")
    assert story.grievances()[0].finding == "gegrond"


def test_a_review_without_grounds_is_refused_with_reasons_and_the_case_stays_closed(office: Office) -> None:
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    story.completes("assess", **FOUNDED).completes("close_case")
    story.receives("review_requested", role="complainant", review_ground="Ik ben boos.")
    story.completes("accept_review", review_accepted="nee", review_motivation="Geen nieuw feit.").sent("L26W")
    story.is_closed("afgehandeld").waits_at()


def test_an_open_question_ends_with_the_case(office: Office) -> None:
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    story.receives("information_requested", missing="Uw factuur", term_days=14)
    story.completes("assess", **FOUNDED).completes("close_case").is_closed("afgehandeld").waits_at()


def test_policy_is_decided_without_the_first_line(office: Office) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee", about_policy="ja").waits_at(
        "decide_admissibility"
    )
    assert story.open("decide_admissibility").inputs["suggested_ground"] == "beleid_en_regelgeving"


@pytest.mark.parametrize("message", ["authority_corrected", "complaint_merged", "waiting_ended", "grievance_split"])
def test_a_complainant_cannot_tell_what_is_for_the_office_to_decide(sqlite_office: Office, message: str) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    with pytest.raises(MessageNotExpected):
        story.receives(message, role="complainant")


def test_a_wrong_address_is_mended_and_what_did_not_arrive_leaves_for_the_new_one(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint(name_withheld="ja")
    with sqlite_office.database.work() as work:
        work.session.execute(update(Mail).values(state="dead", attempts=12))
    home = {"address": "Kerkstraat 12", "postcode": "9000", "municipality": "Gent"}
    story.receives("contact_changed", email="mies@example.net", **home).waits_at("assess_intake")
    with sqlite_office.database.reading() as reading:
        assert [(m.to_address, m.state) for m in reading.session.scalars(select(Mail))] == [
            ("mies@example.net", "waiting")
        ]
        party = complainant_of(reading, story.case_id)
    assert party is not None and (party.email, party.address) == ("mies@example.net", "Kerkstraat 12, 9000 Gent")
    hidden = names_of(story.case, story.facts())
    assert {"mies@example.org", "mies@example.net", "Kerkstraat 12"} <= set(hidden), (
        "a service reads neither the new address nor the old"
    )
