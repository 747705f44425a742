"""The record of a mediation: what was said in confidence stays with who mediates, and who took it in does not assess."""

from collections.abc import Callable

from identity import people
from identity.people import Actor
from tasks.citizens import on_behalf
from tasks.office import Office
from tasks.treatment import mediation
from tasks.turn import stream_of
from tests.stories.stage import Story
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
SECRET = "De dienst wil betalen als niemand het hoort."
NOTE = {"kind": "contact", "party": "authority", "happened_on": "2026-01-05", "text": SECRET, "confidential": "ja"}


def test_what_is_said_in_confidence_is_read_by_mediators_only(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="mediation")
    page = f"/dossiers/{story.case.number}/bemiddeling"
    visit("intake_officer")  # the story acts as the first who is hired
    mira, max_, lies = (
        visit("mediator", login="mira"),
        visit("mediator", login="max"),
        visit("case_handler", login="lies"),
    )
    both, oscar = visit("mediator", "ombudsman", login="both"), visit("ombudsman", login="oscar")
    assert "Er is nog niets genoteerd" in mira.get(page).text
    assert mira.form(page, {**NOTE, "text": ""}).status_code == 422
    assert SECRET in mira.form(page, NOTE).text
    open_one = {**NOTE, "kind": "position", "text": "De boete is terecht.", "confidential": ""}
    assert "Standpunt van de dienst" in lies.form(page, open_one).text
    refused = lies.form(page, {**NOTE, "text": "Ik ook."})
    assert (refused.status_code, "Alleen een bemiddelaar" in refused.text) == (422, True)
    assert SECRET in max_.get(page).text
    auditor = visit("auditor")
    for reader in (oscar, both, lies, auditor):
        told = reader.get(page).text
        assert "1 regel in vertrouwen" in told and SECRET not in told
    for tab in ("", "/tijdlijn", "/bewijs"):
        assert SECRET not in oscar.get(f"/dossiers/{story.case.number}{tab}").text
    for address in ("", "/uitvoer.xes?persoonlijk=1", "/uitvoer.json?persoonlijk=1"):
        assert SECRET not in auditor.get(f"/herbeleven/{story.case.number}{address}").text
    with sqlite_office.database.reading() as reading:
        assert SECRET not in str(list(sqlite_office.log.read(reading, stream_of(story.case_id))))


def test_whoever_mediated_in_confidence_does_not_get_the_assessment(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="mediation")
    visit("intake_officer")
    both, oscar = visit("mediator", "ombudsman", login="both"), visit("ombudsman", login="oscar")
    with sqlite_office.database.reading() as reading:
        assert not mediation.sees_confidential(
            sqlite_office, reading, Actor("person:9", "", frozenset({"mediator", "ombudsman"}))
        )
        assert mediation.sees_confidential(sqlite_office, reading, Actor("person:9", "", frozenset({"mediator"})))
    mira = visit("mediator", login="mira")
    story.completes("propose_settlement", proposal="De boete vervalt.", due_in_days=14)
    told = mira.get(f"/dossiers/{story.case.number}/bemiddeling").text
    assert "Voorstel 1 van de dienst" in told and "wacht op antwoord" in told and "nog geen antwoord" in told
    assert f"/dossiers/{story.case.number}/melding/mediator_proposed" in told
    mira.form(f"/dossiers/{story.case.number}/bemiddeling", NOTE)
    with sqlite_office.database.work() as work:  # since then she also assesses
        people.by_login(work, "mira").roles = ["mediator", "ombudsman"]
    story.receives("mediation_failed", role="mediator").completes("record_failure", failure_reason="Geen gebaar.")
    left = mira.get(f"/dossiers/{story.case.number}/bemiddeling").text
    assert "vervallen" in left and "nog geen antwoord" not in left, "what nobody can answer any more waits for nobody"
    story.receives("approach_changed", approach_reason="Genoeg gepraat.").goes_straight_to_assessment()
    task = story.open("assess").id
    assert both.form(f"/taken/{task}/opnemen", {}, seen="/account").status_code == 200
    both.form(f"/taken/{task}/teruggeven", {}, seen="/account")
    assert mira.form(f"/taken/{task}/opnemen", {}, seen="/account").status_code == 403
    assert oscar.form(f"/taken/{task}/opnemen", {}, seen="/account").status_code == 200


def test_an_acceptance_on_paper_shows_the_sheet_or_why_there_is_none(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="mediation")
    visit("intake_officer")
    story.receives("mediator_proposed", role="mediator", proposal="De boete vervalt.", due_in_days=14)
    lies = visit("case_handler", login="lies")
    by_post = {"on_behalf.channel": "post", "on_behalf.received_on": "2026-01-05", "proposal_answer": "ja"}
    first, second = (f"/taken/{story.open(name).id}" for name in ("answer_complainant", "answer_authority"))
    refused = lies.form(first, by_post)
    assert (refused.status_code, on_behalf.NO_PROOF in refused.text) == (422, True)
    lies.form(first, {**by_post, "on_behalf.no_document": "Gezegd aan het loket."})
    lies.form(second, by_post, files={"on_behalf.files": ("blad.pdf", b"%PDF-1.7 akkoord", "application/pdf")})
    told = lies.get(f"/dossiers/{story.case.number}/bemiddeling").text
    assert "door beide partijen aanvaard" in told
    for words in (
        "Brief van ma 5 januari 2026, genoteerd door Lies.",
        "Geen stuk: Gezegd aan het loket.",
        ">blad.pdf</a>",
    ):
        assert words in told
