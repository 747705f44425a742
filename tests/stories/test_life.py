"""The life of a complaint, from the web form to the closing letter, along the office's own diagrams."""

import re
from datetime import date, timedelta

from sqlalchemy import select

from tasks.models import Mail
from tasks.office import Office
from tests.stories.stage import CLEAR, COMPLAINT, NOT_CONTACTED, UNHEARD, Story

FOUNDED = {
    "grievances": [{"finding": "gegrond", "remedy": "hersteld", "norms": ["12", "11"]}],
    "assessment_text": "De klacht is gegrond.",
    "next_step": "close",
}


def test_an_admissible_complaint_is_mediated_and_reconciled(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="mediation")
    story.waits_at("propose_settlement", "propose_own").sent("L01", "L07", "L13", "L13K")
    story.completes("propose_settlement", proposal="De boete vervalt.", due_in_days=14).waits_at("answer_complainant")
    story.completes("answer_complainant", proposal_answer="ja")
    story.completes("check_agreement", **CLEAR).sent("L14A", "L14B")
    assert story.open("check_promise").due_at is not None
    story.completes("check_promise", promise_kept="ja").completes("close_case")
    story.is_closed("afgehandeld").has_stages("intake", "mediation", "follow_up", "closed")
    assert [(g.finding, g.remedy) for g in story.grievances()] == [(None, "verzoend")]


def test_a_failed_mediation_goes_on_to_a_recommendation_that_is_followed(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="mediation")
    story.receives("mediation_failed", role="mediator").completes("record_failure", failure_reason="geen gebaar")
    story.sent("L15").completes("request_information", questions="Waarom?", term_days=20)
    story.sent("L08").waits_at("answer_information")
    assert story.due("service_answer_by") == story.today + timedelta(days=20)
    story.completes("answer_information", answer="Zo is de regel.")
    story.completes(
        "review_answer", investigation_next="findings", reply_days=10, provisional_findings="De app viel uit."
    )
    story.waits_at("reply_complainant", "reply_authority").sent("L16", "L16D")
    story.completes("reply_complainant", findings_reply="Dat klopt.").completes(
        "reply_authority", findings_reply="Akkoord."
    )
    story.completes("review_answer", investigation_next="assess")
    story.completes("assess", **{**FOUNDED, "next_step": "recommendation"}).sent("L17", "L17D")
    story.completes(
        "issue_recommendation", recommendation_kind="general", recommendation="Meld storingen.", answer_within_days=30
    )
    story.sent("L18", "L18K").completes("answer_recommendation", recommendation_answer="accepted")
    story.completes("check_recommendation", recommendation_done="ja").completes("close_case").is_closed("afgehandeld")
    story.has_stages("intake", "mediation", "investigation", "assessment", "recommendation", "follow_up", "closed")
    main = story.grievances()[0]
    assert (main.finding, main.remedy, main.norms) == ("gegrond", "hersteld", [11, 12])
    assert main.codelist_version == office.codelists["norms"].version


def test_a_refused_recommendation_goes_to_the_minister_and_to_parliament(office: Office) -> None:
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    story.completes("assess", **{**FOUNDED, "next_step": "recommendation"})
    story.completes(
        "issue_recommendation", recommendation_kind="individual", recommendation="Schrap.", answer_within_days=30
    )
    story.completes("answer_recommendation", recommendation_answer="refused")
    story.completes("decide_ministerial_route", to_minister="ja", minister="Mobiliteit").sent("L19")
    assert story.due("ministerial_note_by") == story.today + timedelta(days=40)
    story.completes("ministerial_note", ministerial_note="Mies Vandevoorde krijgt ongelijk.")
    story.completes("note_to_parliament", parliament_note="De minister geeft de klager ongelijk.").sent("L20")
    assert "Vandevoorde" not in story.letters()[-1].body
    story.completes("close_case").has_stages(
        "intake", "assessment", "recommendation", "follow_up", "ministerial_note", "closed"
    )


def test_old_facts_are_refused_with_reasons_and_a_signature(office: Office) -> None:
    story = Story(office).given_a_complaint(facts_on="2024-08-14", first_line_answer="refused")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    asked = story.open("decide_admissibility").inputs
    assert (asked["suggestion"], asked["suggested_ground"]) == ("refused", "ouder_dan_1_jaar")
    story.completes(
        "decide_admissibility", decision="refused", ground="ouder_dan_1_jaar", admissibility_motivation="Te oud."
    )
    story.completes("sign_refusal", signed="nee", return_reason="Schrijf het duidelijker.").waits_at(
        "decide_admissibility"
    )
    story.completes(
        "decide_admissibility", decision="refused", ground="ouder_dan_1_jaar", admissibility_motivation="Te oud."
    )
    story.completes(
        "sign_refusal", signed="ja", refusal_motivation="De feiten zijn van 2024.", refusal_next_door="De rechter"
    )
    story.is_closed("geweigerd").has_stages("intake", "closed")
    letter = story.letters()[-1]
    assert letter.template == "L06"
    assert "De feiten zijn van 2024." in letter.body
    assert (story.case.admissibility, story.case.refusal_ground) == ("refused", "ouder_dan_1_jaar")


def test_a_complaint_for_another_ombudsman_is_sent_on_and_its_complainant_told(office: Office) -> None:
    story = Story(office).given_a_complaint(services="NMBS", complaint_language="fr")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").is_closed("doorverwezen")
    story.sent("L05D", "L05Z").has_stages("intake", "referral", "closed").waits_at()
    to_them, to_complainant = story.letters()[-2:]
    assert (to_them.to_name, COMPLAINT["narrative"] in to_them.body) == ("Ombudsrail", True)
    assert "Ombudsrail est là pour les voyages en train." in to_complainant.body


def test_whoever_did_not_ask_the_service_first_is_told_where_to_go(office: Office) -> None:
    story = Story(office).given_a_complaint(services="NMBS", **NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").is_closed("doorverwezen")
    story.sent("L05").has_stages("intake", "referral", "closed")
    assert "www.ombudsrail.be" in story.letters()[-1].body


def test_a_withheld_name_stays_so_with_whoever_the_complaint_is_sent_on_to(office: Office) -> None:
    story = Story(office).given_a_complaint(services="NMBS", name_withheld="ja")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").sent("L05D")
    assert COMPLAINT["complainant_name"] not in story.letters()[-2].body


def test_an_urgent_complaint_gets_its_own_term(office: Office) -> None:
    story = Story(office).given_a_complaint().completes("assess_intake", matter="complaint", judged_urgent="ja")
    assert story.case.is_urgent
    assert story.due("urgent_contact_by") == date(2026, 1, 7)


def test_the_first_line_answers_and_the_complaint_is_settled(office: Office) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").sent("L04", "L04K").waits_at(
        "answer_first_line"
    )
    assert (story.due("first_line_ack_by"), story.due("first_line_handle_by")) == (date(2026, 1, 15), date(2026, 2, 19))
    story.after(20).completes("answer_first_line", first_line_outcome="solved", first_line_text="Opgelost.")
    story.completes("return_offer", first_line_result="settled").is_closed("afgehandeld")
    assert story.grievances()[0].remedy == "hersteld"


def test_a_silent_first_line_is_offered_a_return_the_day_after_its_term(office: Office) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.after(45).waits_at("answer_first_line")
    story.after(1).waits_at("return_offer")
    story.completes("return_offer", first_line_result="return", return_reason="geen_antwoord_45_dagen")
    story.waits_at("decide_admissibility")
    assert story.open("decide_admissibility").inputs["suggestion"] == "admitted"
    assert story.grievances()[0].gate_reason == "geen_antwoord_45_dagen"


def test_a_return_that_is_not_taken_closes_after_sixty_days(office: Office) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").after(46).after(59).waits_at(
        "return_offer"
    )
    story.after(2).is_closed("afgehandeld")
    assert story.grievances()[0].remedy is None


def test_while_the_authoritys_own_term_runs_the_complainant_waits(office: Office) -> None:
    story = Story(office).given_a_complaint(
        first_line_on="2025-12-20", first_line_answer="none", first_line_answered_on=None
    )
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").sent("L04B").waits_at()
    assert story.due("first_line_due") == date(2026, 2, 3)
    story.after(29).waits_at()
    story.after(1).waits_at("return_offer")


def test_an_answer_within_the_term_ends_the_waiting(office: Office) -> None:
    story = Story(office).given_a_complaint(
        first_line_on="2025-12-20", first_line_answer="none", first_line_answered_on=None
    )
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.receives("first_line_answered", role="complainant", first_line_outcome="insufficient").waits_at(
        "return_offer"
    )


def test_a_decision_before_the_council_of_state_needs_no_first_line(office: Office) -> None:
    told = "De brief zegt dat ik naar de Raad van State kan."
    story = Story(office).given_a_complaint(narrative=told, facts_on="2025-12-20", **NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("decide_admissibility")
    assert (story.grievances()[0].first_line_gate, story.due("rvs_appeal_by")) == ("bypassed", date(2026, 2, 18))
    assert story.status.until != date(2026, 2, 18), "their own term is no day by which we do something"


def test_a_silent_authority_is_reminded_twice_and_its_head_is_told(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", questions="Waarom?", term_days=20).after(20)
    assert "L09" not in [letter.template for letter in story.letters()]
    story.after(1).sent("L09").after(10).sent("L09", "L10").after(10).sent("L09", "L10", "L11").waits_at(
        "answer_information"
    )
    with office.database.reading() as reading:
        bodies = reading.session.scalars(select(Mail.body).where(Mail.body.contains("/vraag/")))
        links = [re.findall(r"/vraag/[\w-]{43}", body) for body in bodies]
    # The question, both reminders and the letter to the head: whoever lost one mail finds the same link in the next.
    assert links == [links[0]] * 4
    story.receives("waiting_ended", waiting_reason="Antwoord per brief.").waits_at("review_answer")


def test_an_authority_that_corrects_early_goes_straight_to_the_assessment(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", questions="Waarom?", term_days=20)
    story.receives("authority_corrected", correction="Boete geschrapt.")
    story.completes("decide_unheard", **UNHEARD).waits_at("assess")
    story.completes("assess", **FOUNDED).completes("close_case").is_closed("afgehandeld")


def test_a_broken_promise_is_reminded_and_at_last_investigated(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="mediation")
    story.completes("propose_settlement", proposal="Terugbetaling.", due_in_days=7)
    story.completes("answer_complainant", proposal_answer="ja").completes("check_agreement", **CLEAR)
    story.completes("check_promise", promise_kept="later", promise_due_on="2026-02-01").sent("L09B").waits_at(
        "check_promise"
    )
    story.completes("check_promise", promise_kept="nee").waits_at("choose_approach")
    story.completes("choose_approach", approach="investigation").completes("request_information", has_questions="nee")
    story.completes("review_answer", investigation_next="assess").waits_at("decide_unheard")


def test_a_handler_may_change_the_approach(office: Office) -> None:
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="mediation")
    story.receives("approach_changed", approach_reason="Dienst wil niet praten.").waits_at("choose_approach")
    story.completes("choose_approach", approach="investigation").waits_at("request_information")


def test_whoever_asks_something_more_before_closing_treats_the_case_again(office: Office) -> None:
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    story.receives("approach_changed", approach_reason="Nog een vraag.").waits_at("choose_approach")
    story.goes_straight_to_assessment().completes("assess", **FOUNDED)
    story.receives("approach_changed", approach_reason="De dienst schreef nog.").waits_at("choose_approach")


def test_the_front_office_corrects_the_authority_before_anything_leaves(office: Office) -> None:
    story = Story(office).given_a_complaint(services="de bank van de gemeente", **NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee", authority_correction="VDAB")
    story.waits_at("answer_first_line")
    assert (story.case.authority_key, story.open("answer_first_line").authority_key) == ("vdab", "vdab")
    assert [(g.authority_key, g.is_main) for g in story.grievances()] == [("vdab", True)]


def test_a_report_on_a_member_of_parliament_goes_to_the_speaker_without_the_name_of_who_reported(
    office: Office,
) -> None:
    story = Story(office).given_a_complaint(services="lid van het Vlaams Parlement", first_line_contacted="nee")
    story.completes("assess_intake", matter="deontology", judged_urgent="nee").waits_at("decide_admissibility")
    main = story.grievances()[0]
    assert (main.first_line_gate, main.gate_reason) == ("bypassed", "deontologie")
    story.completes("decide_admissibility", decision="admitted").waits_at("report_to_speaker")
    story.completes(
        "report_to_speaker", speaker_report="Dienstbetoon op de kermis.", reporter_text="Het is voorgelegd."
    )
    story.sent("L20V", "L20K").is_closed("afgehandeld").has_stages("intake", "assessment", "closed")
    to_speaker = next(letter for letter in story.letters() if letter.template == "L20V")
    assert "Dienstbetoon op de kermis." in to_speaker.body
    assert story.case.complainant_name not in to_speaker.body


def test_whoever_asks_a_question_or_complains_about_discrimination_is_told_where_to_go(office: Office) -> None:
    for matter, ground, admissibility, reason in (
        ("question", None, "admitted", "informatievraag"),
        ("petition", "beleid_en_regelgeving", "refused", "niet_bevoegd"),
        ("discrimination", None, "refused", "niet_bevoegd"),
    ):
        story = Story(office).given_a_complaint()
        story.completes("assess_intake", matter=matter, judged_urgent="nee").is_closed("doorverwezen")
        assert (story.case.admissibility, story.case.refusal_ground) == (admissibility, ground)
        assert (story.grievances()[0].first_line_gate, story.grievances()[0].gate_reason) == ("bypassed", reason)


def test_a_complaint_about_a_company_nobody_knows_by_name_is_known_by_what_it_does(office: Office) -> None:
    story = Story(office).given_a_complaint(
        services="ZitGoed Deluxe", narrative="De meubelzaak levert mijn zetel niet."
    )
    main = story.grievances()[0]
    assert (story.case.authority_key, main.authority_name, main.body) == ("handelaar", "ZitGoed Deluxe", "CONS")
