"""Somebody reports a breach without saying who they are, and both sides write to each other; the pages as a browser gets them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.models import Case, Party
from tasks import worklist
from tasks.background.clock_source import TravellingClock
from tasks.citizens import amounts
from tasks.models import Mail
from tasks.office import Office
from tasks.reports_house import mailbox
from tests.cases.test_cleaning import NAME, pdf
from tests.reports.test_story import REPORT, VOICE
from tests.stories.stage import person
from tests.web.conftest import Visitor
from tests.web.test_first_steps import follow_every_link
from web.app import build
from web.reports_house import guesses

Come = Callable[..., Visitor]


def code_on(page: Any) -> str:
    found = re.search(r"\b\d{4} \d{4} \d{4} \d{4}\b", page.text)
    assert found, page.text
    return found[0]


def test_who_reports_gets_a_code_once_and_a_mailbox_in_which_both_sides_write(reports: Office, come: Come) -> None:
    stranger, officer = come(), come("whistle_officer")
    files = {"files": ("bon.pdf", pdf())}
    sent = stranger.form("/melding", REPORT, files=files)
    code = code_on(sent)
    again = stranger.form("/melding", REPORT)
    assert code_on(again) == code, "sending twice makes one report"

    mailbox = stranger.form("/melding/postbus", {"code": code.replace(" ", "-")})
    assert "Nog geen berichten" in mailbox.text and "bon.pdf" in mailbox.text
    paper = re.search(r"/melding/postbus/stuk/\d+", mailbox.text)
    assert paper and NAME not in stranger.get(paper[0]).content, "who made it stays out of it"
    assert stranger.get("/melding/code").url.path == "/melding/postbus", "the browser does not know the code any more"
    with reports.database.reading() as reading:
        [case] = reading.session.scalars(select(Case))
        assert code.replace(" ", "") not in repr(case.__dict__)
        opened = {row.element_id: row for row in worklist.open_of_case(reading, case.id)}
    acknowledge, assess = opened["acknowledge"], opened["assess_report"]
    officer.form(f"/taken/{acknowledge.id}", {"ack_choice": "send"}, seen=f"/taken/{acknowledge.id}")
    assert "het meldpunt van de Vlaamse Ombudsdienst" in officer.get(f"/taken/{assess.id}").text, "what the rules say"
    ask = f"/dossiers/{case.number}/melding/question_asked"
    officer.form(ask, {"question_text": "Hebt u bestelbonnen?", "question_days": "21"})

    mailbox = stranger.get("/melding/postbus")
    assert "Wij hebben uw melding ontvangen" in mailbox.text and "Hebt u bestelbonnen?" in mailbox.text
    found = re.search(r"/melding/postbus/vraag/\d+", mailbox.text)
    assert found
    answered = stranger.form(found[0], {"answer_text": "Ja, veertien."})
    assert "Ja, veertien." in answered.text
    photo = {"files": ("IMG_1.heic", b"heic")}
    refused = stranger.form("/melding/postbus/bericht", {"added": "Een foto."}, seen="/melding/postbus", files=photo)
    assert refused.status_code == 422 and "verstuur het als een foto in jpg of png" in refused.text
    assert "Een foto." in refused.text, "what was typed is kept"
    stranger.form("/melding/postbus/bericht", {"added": "Er is er nog een."}, seen="/melding/postbus")
    assert "Er is er nog een." in stranger.get("/melding/postbus").text
    told = officer.get(f"/dossiers/{case.number}").text
    assert "Er is er nog een." in told
    told += officer.get(f"/dossiers/{case.number}/tijdlijn").text
    assert "De melding" in told and "Melding ontvangen" in told and "(melder)" in told
    assert "klager" not in told.lower(), "who reports complains about nobody"
    with reports.database.reading() as reading:
        assert reading.session.scalar(select(Mail.id)) is None, "nobody is written to"
        assert {(party.email, party.phone, party.address) for party in reading.session.scalars(select(Party))} == {
            (None, None, None)
        }

    closed = stranger.form("/melding/postbus/sluiten", seen="/melding/postbus")
    assert closed.url.path == "/" and "Uw code van zestien cijfers" in stranger.get("/melding/postbus").text


def test_a_wrong_code_opens_nothing_and_what_is_missing_is_said_with_every_answer_kept(come: Come) -> None:
    stranger = come()
    for wrong in ("", "12", "1234 5678 9012 3456"):
        assert stranger.form("/melding/postbus", {"code": wrong}).status_code == 422
    refused = stranger.form("/melding", {**REPORT, "employer": ""})
    assert refused.status_code == 422
    assert "Bestelbonnen blijven" in refused.text
    assert stranger.get("/melding/postbus/vraag/1").status_code == 404
    assert stranger.get("/melding/postbus/stuk/1").status_code == 404


def test_what_was_told_by_voice_is_read_corrected_and_signed_with_the_code(reports: Office, come: Come) -> None:
    officer, reporter = come("whistle_officer"), come()
    code = code_on(officer.form("/noteren", VOICE))
    mailbox = reporter.form("/melding/postbus", {"code": code})
    found = re.search(r"/melding/postbus/vraag/\d+", mailbox.text)
    assert found and "Bestelbonnen blijven" in reporter.get(found[0]).text
    wrong = {"narrative": "Het zijn er dertien.", "minutes_correct": "nee", "minutes_remark": "Zet de jaren erbij."}
    reporter.form(found[0], wrong)
    with reports.database.reading() as reading:
        mend = next(row.id for row in worklist.open_of_case(reading, 1) if row.element_id == "correct_minutes")
    assert "er moet nog iets verbeterd worden" in officer.get("/dossiers/2026-0001").text
    page = f"/taken/{mend}"
    assert "Zet de jaren erbij." in officer.get(page).text.split("Verslag van de melding")[0], "above the text to mend"
    officer.form(page, {"narrative": "Het zijn er dertien, in 2026."}, seen=page)
    found = re.search(r"/melding/postbus/vraag/\d+", reporter.get("/melding/postbus").text)
    assert found
    signed = {"narrative": "Het zijn er veertien.", "minutes_correct": "ja", "minutes_signature": "de melder"}
    assert reporter.form(found[0], signed).status_code == 200
    with reports.database.reading() as reading:
        case = reading.session.scalars(select(Case)).one()
    page = officer.get(f"/dossiers/{case.number}").text.partition('id="verslag"')[2]
    for words in (
        "Versie 1, van Whistle_Officer",
        "Versie 2, van de melder",
        "Versie 3, van Whistle_Officer",
        "Versie 4, van de melder",
        "<del>dertien, in 2026.</del><ins>veertien.</ins>",
        "Aanvaard door de melder, ma 5 januari",
    ):
        assert words in page, words


def test_a_reporter_who_reads_french_is_written_to_in_french(reports: Office, come: Come) -> None:
    reporter, officer = come(), come("whistle_officer")
    reporter.form("/taal", {"language": "fr", "next": "/melding"}, seen="/melding")
    assert re.search(r'name="complaint_language" value="fr" checked', reporter.get("/melding").text), "as they read"
    code = code_on(reporter.form("/melding", {**REPORT, "complaint_language": "fr"}))
    with reports.database.reading() as reading:
        acknowledge = next(row.id for row in worklist.open_of_case(reading, 1) if row.element_id == "acknowledge")
    officer.form(f"/taken/{acknowledge}", {"ack_choice": "send"}, seen=f"/taken/{acknowledge}")
    elsewhere = come().form("/melding/postbus", {"code": code}).text  # a browser that chose no language
    assert '<html lang="fr">' in elsewhere
    assert "Nous avons reçu votre signalement" in elsewhere
    assert "Votre message" in elsewhere and "Uw bericht" not in elsewhere


def test_nothing_of_a_report_stays_in_a_browser_or_goes_with_a_link(come: Come) -> None:
    stranger = come()
    answer = stranger.form("/melding", REPORT, follow_redirects=False)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    kept = answer.headers["set-cookie"].lower()
    assert "httponly" in kept and "samesite=strict" in kept and "max-age=1800" in kept


def test_a_new_officer_reads_what_to_do_and_can_go_there(come: Come) -> None:
    assert "/noteren" in follow_every_link(come("whistle_officer"))


def test_so_many_wrong_codes_a_minute_from_all_together_and_whoever_is_in_goes_on(
    come: Come, clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter, stranger = come(), come()
    code = code_on(reporter.form("/melding", REPORT))
    reporter.form("/melding/postbus", {"code": code})
    monkeypatch.setattr(guesses, "MOST_WRONG", 2)
    assert stranger.form("/melding/postbus", {"code": "1234"}).status_code == 422, "no code at all is no try"
    assert stranger.form("/melding/postbus", {"code": "1234 5678 9012 3456"}).status_code == 422
    stranger.cookies.set("ombudsflow_code", "1234567890123457")
    assert stranger.get("/melding/code").url.path == "/melding/postbus", "by the cookie is a try too"
    for tried in (code, "1234 5678 9012 3458"):
        refused = stranger.form("/melding/postbus", {"code": tried})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert "te veel verkeerde codes" in refused.text
    assert reporter.form("/melding/postbus/bericht", {"added": "Nog iets."}, seen="/melding/postbus").status_code == 200
    clock.advance(timedelta(minutes=1))
    assert stranger.form("/melding/postbus", {"code": code}).url.path == "/melding/postbus"


def test_so_much_is_reported_by_all_together_and_so_much_in_one_mailbox(
    reports: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = replace(reports, settings=replace(reports.settings, drafts_an_hour=2, draft_bytes=1))
    monkeypatch.setattr(amounts, "MOST_MESSAGES", 1)
    with Visitor(build(full)) as first, Visitor(build(full)) as second, Visitor(build(full)) as third:
        sent = first.form("/melding", REPORT, files={"files": ("bon.pdf", pdf())})
        first.form("/melding/postbus", {"code": code_on(sent)})
        box = {"seen": "/melding/postbus"}
        assert first.form("/melding/postbus/bericht", {"added": "Een."}, **box).status_code == 200
        refused = first.form("/melding/postbus/bericht", {"added": "Twee."}, **box)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
        assert "heel veel berichten" in refused.text and ">Twee.</textarea>" in refused.text
        refused = second.form("/melding", REPORT, files={"files": ("bon.pdf", pdf())})
        assert refused.status_code == 429 and "Er komt nu heel veel tegelijk binnen" in refused.text
        assert "Bestelbonnen blijven" in refused.text, "the disk is full of what others sent"
        with reports.database.work() as work:
            mailbox.report(full, work, mailbox.new_code(), VOICE, by=person("whistle_officer"))
        refused = third.form("/melding", REPORT)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
