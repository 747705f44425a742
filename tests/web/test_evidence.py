"""The register of evidence as a tab, and what stands in it in confidence: nowhere where a party looks."""

import io
import re
import zipfile
from collections.abc import Callable

from sqlalchemy import select, update

from cases.models import Letter
from cases.treatment_models import Evidence
from tasks.models import Mail
from tasks.office import Office
from tests.stories.stage import COMPLAINT, Story
from tests.stories.test_investigation import FINDINGS, HEARING, MENDED, SECRET, chooses
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
PIECE = {
    "kind": "document",
    "source": "De klager",
    "obtained_on": "2026-01-05",
    "description": "Een schermafdruk van de app.",
    "confidentiality": "open",
}


def test_evidence_is_kept_by_hand_and_told_to_a_party_once(visit: Visit, sqlite_office: Office) -> None:
    number = Story(sqlite_office).given_an_opened_file().case.number
    page = f"/dossiers/{number}/bewijs"
    lies = visit("case_handler")
    strip, _, more = lies.get(f"/dossiers/{number}").text.partition('class="more-tabs"')
    assert page not in strip and page in more, "what a case does not have waits under Meer"
    assert "Er staat nog niets in het bewijsregister" in lies.get(page).text
    wrong = lies.form(page, {**PIECE, "obtained_on": "2026-02-30", "source": ""})
    assert wrong.status_code == 422
    for sentence in ("Schrijf van wie of waar het komt.", "Schrijf de dag waarop u het kreeg", PIECE["description"]):
        assert sentence in wrong.text
    assert "Een schermafdruk van de app." in lies.form(page, PIECE).text
    strip = lies.get(f"/dossiers/{number}").text.partition('class="more-tabs"')[0]
    assert f'href="{page}">Bewijs <span class="count">1</span>' in strip
    told = lies.form(page, {"told": "1", "party": "authority"}).text
    assert "de dienst, ma 5 januari 2026" in told and "Vandaag aan de klager" in told
    assert lies.form(page, {"told": "1", "party": "authority"}).text.count("de dienst, ma 5 januari 2026") == 1
    assert lies.form(page, {"told": "7", "party": "authority"}).status_code == 404
    lies.form(page, {**PIECE, "confidentiality": "confidential"})
    refused = lies.form(page, {"told": "2", "party": "complainant"})
    assert (refused.status_code, "niet voor de partijen bestemd" in refused.text) == (409, True)
    timeline = lies.get(f"/dossiers/{number}/tijdlijn").text
    assert "Bewijsstuk 2 in het register" in timeline and "Bewijsstuk 1 meegedeeld aan de dienst" in timeline
    auditor = visit("auditor")
    assert "Vandaag aan" not in auditor.get(page).text
    assert auditor.form(page, PIECE, seen="/account").status_code == 403


def test_what_was_said_in_confidence_reaches_no_party(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="nee").completes("review_answer", investigation_next="inquiry")
    chooses(story, "hold_hearing").completes("hold_hearing", **HEARING)
    story.completes("confirm_minutes", minutes=SECRET, minutes_read=True)
    chooses(story, "end_inquiry").completes("end_inquiry", inquiry_over="ja").completes("review_answer", **FINDINGS)
    with sqlite_office.database.reading() as reading:
        texts = [f"{each.subject} {each.body}" for each in reading.session.scalars(select(Letter))]
        others = select(Mail).where(Mail.to_address != HEARING["heard_email"])
        texts += [each.body for each in reading.session.scalars(others)]
    stranger, number = visit(), story.case.number
    links = {link for text in texts for link in re.findall(r"/(?:vraag|volg)/[\w-]{43}", text)}
    assert {link.split("/")[1] for link in links} == {"vraag", "volg"}
    texts += [stranger.get(link).text for link in links]
    assert len(texts) > 10
    archive = zipfile.ZipFile(io.BytesIO(visit("ombudsman").get(f"/dossiers/{number}/gegevens").content))
    texts += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    for secret in (SECRET, HEARING["heard_person"]):
        assert not [text for text in texts if secret in text]
        assert secret in visit("case_handler", login=f"noor{len(secret)}").get(f"/dossiers/{number}/bewijs").text


def test_whoever_was_heard_reads_and_mends_the_minutes_by_their_own_link_and_sees_nothing_else(
    visit: Visit, sqlite_office: Office
) -> None:
    story = Story(sqlite_office).given_an_opened_file(name_withheld="ja")
    story.completes("choose_approach", approach="investigation").completes("request_information", has_questions="nee")
    story.completes("review_answer", investigation_next="inquiry")
    said = {**HEARING, "hearing_minutes": f"{SECRET} Mies Vandevoorde stond erbij."}
    chooses(story, "hold_hearing").completes("hold_hearing", **said)
    with sqlite_office.database.reading() as reading:
        asked = select(Mail.body).where(Mail.to_address == HEARING["heard_email"])
        (link,) = re.findall(r"/vraag/[\w-]{43}", reading.session.scalars(asked).one())
    stranger, number = visit(), story.case.number
    page = stranger.get(link)
    assert page.status_code == 200
    assert SECRET in page.text
    assert not [
        each
        for each in (COMPLAINT["complainant_name"], COMPLAINT["subject"], COMPLAINT["narrative"])
        if each in page.text
    ]
    assert stranger.form(link, {"minutes": MENDED}).status_code == 422, "it is confirmed, not only read"
    thanks = stranger.form(link, {"minutes": MENDED, "minutes_read": "true"})
    assert "Uw antwoord is verstuurd" in thanks.text
    register = visit("case_handler").get(f"/dossiers/{number}/bewijs").text
    for words in ("Versie 1, van ", "Versie 2, van wie gehoord werd", "<ins>beboeten, ook bij panne.</ins>"):
        assert words in register
    assert SECRET in register and "Aanvaard door wie gehoord werd, ma 5 januari" in register
    assert "nagelezen en verbeterd" in visit("auditor").get(f"/dossiers/{number}/tijdlijn").text
    with sqlite_office.database.work() as work:
        work.session.execute(update(Evidence).values(added_by="system:engine"))  # as before the register named people
    assert "Versie 1, van het systeem" not in visit("mediator").get(f"/dossiers/{number}/bewijs").text
