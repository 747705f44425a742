"""The page of a user task: nothing typed is lost, exactly one finishes, and the next task is offered."""

import re
from collections.abc import Callable
from html import escape

from tasks.handlers.case_file import stays_here
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, UNHEARD, Story
from tests.web.conftest import Visitor, token_of

GOOD: dict[str, object] = {"matter": "complaint", "judged_urgent": "nee", "intake_note": "Belt liever na vijf uur."}
Visit = Callable[..., Visitor]


def test_the_form_stands_beside_the_file_with_what_was_told(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    page = visit("intake_officer").get(f"/taken/{task.id}").text
    for words in ("Wat voor melding is dit?", "De app hing", "Mies Vandevoorde", "In het kort", "nog 3 dagen"):
        assert words in page, words


def test_finishing_shows_what_happened_and_offers_the_next_task(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    task = story.open("assess_intake")
    answer = visit("intake_officer", "case_handler").form(f"/taken/{task.id}", GOOD)
    assert answer.status_code == 200
    assert "Afgewerkt:" in answer.text
    following = story.open("decide_admissibility")
    assert f'href="/taken/{following.id}"' in answer.text
    assert "Regel toegepast: Ontvankelijkheid" in answer.text


def test_the_rules_suggestion_says_which_row_fired_and_why(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint(facts_on="2024-01-05", first_line_on="2024-02-01")
    task = story.completes("assess_intake", matter="complaint", judged_urgent="nee").open("decide_admissibility")
    page = visit("case_handler").get(f"/taken/{task.id}").text
    suggestion = page[page.index("Wat de regels voorstellen") : page.index("Beslissing")]
    assert "Niet ontvankelijk" in suggestion
    assert "Feiten ouder dan één jaar" in suggestion
    assert re.search(r"versie 1, rij \d+: Ombudsdecreet art\. 13", suggestion)


def test_a_wrong_answer_keeps_the_others_and_links_to_its_field(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    answer = visit("intake_officer").form(
        f"/taken/{task.id}", {"intake_note": "Half werk & <b>", "matter": "complaint"}
    )
    assert answer.status_code == 422
    assert 'href="#judged_urgent' in answer.text
    assert answer.text.count('role="alert"') == 1, "what is wrong is said once"
    assert "Half werk &amp; &lt;b&gt;" in answer.text
    assert re.search(r'value="complaint"\s+checked', answer.text)


def test_a_field_that_depends_on_an_answer_comes_without_javascript(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    task = story.completes("assess_intake", matter="complaint", judged_urgent="nee").open("decide_admissibility")
    handler = visit("case_handler")
    assert 'name="ground"' not in handler.get(f"/taken/{task.id}").text
    answer = handler.form(f"/taken/{task.id}", {"decision": "refused", "admissibility_motivation": "Te oud."})
    assert answer.status_code == 422
    assert 'name="ground"' in answer.text
    done = handler.form(
        f"/taken/{task.id}",
        {"decision": "refused", "ground": "ouder_dan_1_jaar", "admissibility_motivation": "Te oud."},
    )
    assert done.status_code == 200
    story.waits_at("sign_refusal")


def test_of_two_people_the_second_reads_that_it_is_done_and_keeps_the_text(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    task = story.open("assess_intake")
    first, second = visit("intake_officer", login="ann"), visit("intake_officer", login="bob")
    token = token_of(second.get(f"/taken/{task.id}").text)
    assert first.form(f"/taken/{task.id}", GOOD).status_code == 200
    late = second.post(f"/taken/{task.id}", data={"_csrf": token, "_version": "1", **GOOD, "intake_note": "Mijn nota"})
    assert late.status_code == 409
    assert "Deze taak is ondertussen al afgewerkt" in late.text
    assert "Mijn nota" in late.text
    assert "Afgewerkt door Ann, " in late.text
    assert "Kijk wat er daarna gebeurde" in late.text
    assert story.facts()["intake.note"] == GOOD["intake_note"]


def test_an_old_version_is_told_with_every_answer_kept(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    ann = visit("intake_officer")
    ann.form(f"/taken/{task.id}/opnemen", seen=f"/taken/{task.id}")
    answer = ann.form(f"/taken/{task.id}", {**GOOD, "_version": "1"})
    assert answer.status_code == 409
    assert "ondertussen gewijzigd" in answer.text
    assert str(GOOD["intake_note"]) in answer.text


def test_another_role_reads_along_but_cannot_finish(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    mediator = visit("mediator")
    page = mediator.get(f"/taken/{task.id}").text
    assert "U kunt meelezen" in page
    assert mediator.form(f"/taken/{task.id}", GOOD).status_code == 403
    for role in ("admin", "process_manager"):
        assert visit(role).get(f"/taken/{task.id}").status_code == 404


def test_a_draft_waits_on_the_server_for_whoever_opens_the_task(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    ann, bob = visit("intake_officer", login="ann"), visit("intake_officer", login="bob")
    saved = ann.form(f"/taken/{task.id}", {"intake_note": "Nog bellen", "_save": "1"})
    assert "Uw concept is bewaard" in saved.text
    page = bob.get(f"/taken/{task.id}").text
    assert "Nog bellen" in page
    assert "een concept van Ann" in page


def test_a_script_keeps_the_draft_and_gets_the_fields_that_now_belong(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    task = story.completes("assess_intake", matter="complaint", judged_urgent="nee").open("decide_admissibility")
    handler = visit("case_handler")
    answer = handler.form(
        f"/taken/{task.id}/concept",
        {"decision": "refused", "_seen": ""},
        seen=f"/taken/{task.id}",
        headers={"Accept": "application/json"},
    )
    told = answer.json()
    assert told["message"] == "Concept bewaard om 10:00"
    assert 'name="ground"' in told["fields"]
    assert story.open("decide_admissibility").draft == {"decision": "refused"}


def test_the_assessment_starts_with_a_row_for_each_grievance(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file(services="de lijn; Fluvius")
    story.completes("choose_approach", approach="investigation")
    story.completes("request_information", questions="Wat ging er mis?", term_days="14")
    story.completes("answer_information", answer="De app hing.")
    task = (
        story.completes("review_answer", investigation_next="assess")
        .completes("decide_unheard", **UNHEARD)
        .open("assess")
    )
    handled = [each.number for each in story.grievances() if each.is_main or stays_here(each)]
    assert len(story.grievances()) == 2
    visit("case_handler")  # the story acts as the first who is hired, and whoever prepared a decision does not sign it
    page = visit(task.role).get(f"/taken/{task.id}").text
    assert re.findall(r'name="grievances-\d+-grievance" value="(\d+)"', page) == [str(number) for number in handled]
    assert page.count('class="row"') == len(handled)


def asked_authority(office: Office) -> Story:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    return story.completes("assess_intake", matter="complaint", judged_urgent="nee")


def test_a_task_of_the_authority_says_whom_it_waits_for(visit: Visit, sqlite_office: Office) -> None:
    task = asked_authority(sqlite_office).open("answer_first_line")
    page = visit("mediator").get(f"/taken/{task.id}").text
    assert "Dit wacht op de dienst" in page
    assert "Afwerken" not in page
    assert "op een andere manier" not in page


def test_staff_notes_what_the_authority_answered_by_post(visit: Visit, sqlite_office: Office) -> None:
    story = asked_authority(sqlite_office)
    task, hamid = story.open("answer_first_line"), visit("case_handler", login="hamid")
    page = hamid.get(f"/taken/{task.id}").text
    assert "Dit wacht op de dienst" in page
    assert re.search(r'<details class="answered-otherwise"><summary>Het antwoord kwam op een andere manier', page)
    assert {"on_behalf.channel", "on_behalf.received_on", "first_line_outcome", "first_line_text", "files"} <= set(
        re.findall(r'name="([^"]+)"', page)
    )
    said = {"first_line_outcome": "solved", "first_line_text": "Wij schrappen de boete."}
    half = hamid.form(f"/taken/{task.id}", said)
    assert half.status_code == 422
    assert 'href="#on_behalf.channel-1"' in half.text
    assert 'href="#on_behalf.received_on"' in half.text
    assert "Wij schrappen de boete." in half.text
    assert re.search(r'value="solved"\s+checked', half.text)
    assert '<details class="answered-otherwise" open>' in half.text
    came = {"on_behalf.channel": "post", "on_behalf.received_on": "2026-01-05"}
    done = hamid.form(
        f"/taken/{task.id}", {**said, **came}, files=[("files", ("brief.pdf", b"%PDF-1.7", "application/pdf"))]
    )
    assert done.status_code == 200
    assert "Hamid, namens de dienst (brief van 5 januari 2026)" in done.text
    assert "brief.pdf" in hamid.get(f"/dossiers/{story.case.number}/stukken").text
    line = hamid.get(f"/dossiers/{story.case.number}/tijdlijn").text
    assert "Hamid, namens de dienst (brief van 5 januari 2026)" in line
    film = visit("auditor").get(f"/herbeleven/{story.case.number}").text
    assert "Hamid, namens de dienst (brief van 5 januari 2026)" in film


def test_a_draft_of_such_an_answer_waits_for_colleagues_and_not_for_the_authority(
    visit: Visit, sqlite_office: Office
) -> None:
    task = asked_authority(sqlite_office).open("answer_first_line")
    ann, hamid = visit("intake_officer", login="ann"), visit("case_handler", login="hamid")
    kept = ann.form(
        f"/taken/{task.id}", {"on_behalf.channel": "visit", "first_line_text": "Aan de balie", "_save": "1"}
    )
    assert "Uw concept is bewaard" in kept.text
    page = hamid.get(f"/taken/{task.id}").text
    assert '<details class="answered-otherwise" open>' in page
    assert re.search(r'value="visit"\s+checked', page)
    assert "Aan de balie" in page
    assert visit("mediator").form(f"/taken/{task.id}/concept", seen="/dossiers").status_code == 403


def test_delegating_offers_the_colleagues_of_the_role(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    ann, bob = visit("intake_officer", login="ann"), visit("intake_officer", login="bob")
    page = ann.get(f"/taken/{task.id}/doorgeven").text
    person = re.search(r'value="(\d+)" required><label[^>]*>Bob', page)
    assert person
    assert "Ann<" not in page.partition("<form method")[2].partition("fieldset")[2]
    ann.form(f"/taken/{task.id}/doorgeven", {"person_id": person[1]})
    assert "Opgenomen door Bob" in bob.get(f"/taken/{task.id}").text


def test_whoever_was_logged_out_meanwhile_gets_everything_back(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    ann = visit("intake_officer")
    token = token_of(ann.get(f"/taken/{task.id}").text)
    ann.cookies.delete("ombudsflow_session")
    answer = ann.post(f"/taken/{task.id}", data={"_csrf": token, **GOOD})
    assert answer.status_code == 401
    assert str(GOOD["intake_note"]) in answer.text
    assert "Aanmelden in een nieuw tabblad" in answer.text


def test_what_would_leave_is_read_before_it_leaves_and_nothing_of_it_stays(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint(facts_on="2024-01-05", first_line_on="2024-02-01")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    refused = {"decision": "refused", "ground": "ouder_dan_1_jaar", "admissibility_motivation": "Te oud."}
    task = story.completes("decide_admissibility", **refused).open("sign_refusal")
    before = [each.id for each in story.letters()]
    visit("case_handler")  # the story acts as the first who is hired, and whoever prepared a refusal does not sign it
    ombudsman, said = visit("ombudsman"), {"signed": "ja", "refusal_motivation": "De feiten zijn van <2024>."}
    assert ">Te oud.</textarea>" in ombudsman.get(f"/taken/{task.id}").text
    shown = ombudsman.form(f"/taken/{task.id}", {**said, "_preview": "1"})
    assert shown.status_code == 200
    leaves = shown.text[
        shown.text.index("Als u nu afwerkt, vertrekt deze brief") : shown.text.index("Er is nog niets verstuurd")
    ]
    assert "mies@example.org" in leaves
    assert "De feiten zijn van &lt;2024&gt;." in leaves
    assert re.search(r'name="signed"[^>]* value="ja" checked', shown.text)
    assert [each.id for each in story.letters()] == before
    assert ombudsman.form(f"/taken/{task.id}", said).status_code == 200
    sent = story.letters()[-1]
    assert escape(sent.body) in leaves
    wrong = visit("mediator").form(f"/taken/{task.id}", {**said, "_preview": "1"})
    assert wrong.status_code == 409


def test_a_task_that_lapsed_meanwhile_says_so(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    task, ann = story.open("assess_intake"), visit("intake_officer")
    token = token_of(ann.get(f"/taken/{task.id}").text)
    story.receives("complaint_withdrawn", role="complainant", withdrawal_reason="Opgelost.")
    late = ann.post(f"/taken/{task.id}", data={"_csrf": token, **GOOD})
    assert late.status_code == 409
    assert "Deze taak is ondertussen vervallen" in late.text
    assert "Belt liever na vijf uur." in late.text
    page = ann.get(f"/taken/{task.id}").text
    assert "Vervallen:" in page
    assert "Afgewerkt:" not in page.partition("Wat er daarna gebeurde")[0]
    assert "Melding: Klacht intrekken" in page


def test_a_second_window_does_not_overwrite_what_the_first_kept_unseen(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    task, ann = story.open("assess_intake"), visit("intake_officer")
    token = token_of(ann.get(f"/taken/{task.id}").text)
    kept = {"_csrf": token, "_save": "1", "_seen": ""}
    ann.post(f"/taken/{task.id}", data={**kept, "intake_note": "Uit het eerste venster"})
    second = ann.post(f"/taken/{task.id}", data={**kept, "intake_note": "Uit het tweede"})
    assert second.status_code == 409
    assert "in een ander venster" in second.text
    assert "Uit het tweede" in second.text
    assert story.open("assess_intake").draft == {"intake_note": "Uit het eerste venster"}
    seen = re.search(r'name="_seen" value="(\w+)"', second.text)
    assert seen
    ann.post(f"/taken/{task.id}", data={**kept, "_seen": seen[1], "intake_note": "Uit het tweede"})
    assert story.open("assess_intake").draft == {"intake_note": "Uit het tweede"}
