"""The page of a case, and questions answered by link: plain words, once, and never a name that must not be known."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from httpx2 import Response
from sqlalchemy import select

from cases import facts
from cases.documents import Upload, of_case
from cases.models import Case, Letter
from engine.models import ProcessInstance
from history import looks
from tasks import intake, turn
from tasks.background.clock_source import TravellingClock
from tasks.citizens import drafts
from tasks.models import Mail, UserTask
from tasks.office import Office
from tasks.retention import erasing
from tests.stories.stage import COMPLAINT, NOT_CONTACTED, Story, person
from tests.stories.test_withheld import speaking
from tests.web.conftest import Visitor, token_of
from tests.web.counting import statements
from web.app import build

NAME = "José-Marie van den Abeele"
WITHHELD = {
    "complainant_name": NAME,
    "name_withheld": "ja",
    "email": "josemarie.abeele@example.org",
    "phone": "0470 12 34 56",
    "subject": "De bus vergat José-Marie",
    "narrative": "Ik, JOSE MARIE VAN DEN ABEELE, belde van 0470/123456. Mail: josemarie.abeele@example.org.",
    "desired_outcome": "Excuses aan mevrouw Abeele",
}
# What may be nowhere: the name, its parts, the address and the number, however they are written.
SECRETS = re.compile(r"jos[eé]|marie|abeele|0?470\D*12\D*34\D*56", re.IGNORECASE)


class Received(Story):
    """A story that remembers the secret of the complainant's page."""

    secret = ""

    def given_a_sent_complaint(self, *files: Upload, **answers: object) -> "Received":
        given = {name: value for name, value in {**COMPLAINT, **answers}.items() if value is not None}
        with self.office.database.work() as work:
            draft = drafts.begin(self.office, work)
            drafts.save(self.office, work, draft, given)
            for upload in files:
                drafts.attach(self.office, work, draft, upload)
            sent = drafts.send(self.office, work, draft)
            self.secret = sent.secret
            self.case_id = work.session.scalars(select(Case.id).where(Case.number == sent.number)).one()
        return self

    def link(self) -> str:
        """The link of the newest question that was mailed."""
        with self.office.database.reading() as reading:
            bodies = reading.session.scalars(select(Mail.body).where(Mail.body.contains("/vraag/")).order_by(Mail.id))
            found = re.search(r"/vraag/[\w-]{43}", list(bodies)[-1])
        assert found is not None
        return found[0]


@pytest.fixture
def story(sqlite_office: Office) -> Received:
    return Received(sqlite_office)


def post(browser: Visitor, address: str, **answers: object):  # type: ignore[no-untyped-def]
    """Post the form of a page as the page gives it."""
    page = browser.get(address).text
    version = re.search(r'name="_version" value="(\d+)"', page)
    files = answers.pop("files", None)
    address += str(answers.pop("to", ""))
    data = {"_csrf": token_of(page), **({"_version": version[1]} if version else {}), **answers}
    return browser.post(address, data=data, files=files, follow_redirects=False)  # type: ignore[arg-type]


def test_who_was_answered_directly_says_so_and_the_case_goes_on(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint(**NOT_CONTACTED)
    browser, address = visit(), f"/volg/{story.secret}/antwoord"
    early = browser.get(address)
    assert early.status_code == 409, "nobody was asked anything yet"
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
    assert f'href="{address}"' in browser.get(f"/volg/{story.secret}").text
    refused = post(browser, address, first_line_text="Zij schreven dat het klopt.")
    assert refused.status_code == 422
    assert "Zij schreven dat het klopt." in refused.text
    answer = post(browser, address, first_line_outcome="insufficient", first_line_text="Zij schreven dat het klopt.")
    page = browser.get(answer.headers["location"]).text
    assert "Wij weten nu wat de dienst u antwoordde" in page
    assert f'href="{address}"' not in page
    story.waits_at("return_offer")
    assert story.facts()["first_line.text"] == "Zij schreven dat het klopt."


def test_only_who_complained_without_a_name_is_asked_for_it(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint().completes("assess_intake", matter="complaint", judged_urgent="nee")
    browser = visit()
    assert f"/volg/{story.secret}/naam" not in browser.get(f"/volg/{story.secret}").text
    assert browser.get(f"/volg/{story.secret}/naam").status_code == 409
    nameless = Received(story.office)
    given = {name: value for name, value in COMPLAINT.items() if name not in ("complainant_name", "email")}
    call = {**given, "complaint_channel": "phone", "is_anonymous": "ja"}
    with story.office.database.work() as work:
        received = intake.receive(story.office, work, person("intake_officer"), call, form_key=intake.PHONE_FORM)
    nameless.case_id, nameless.secret = received.case_id, received.secret
    nameless.completes("assess_intake", matter="complaint", judged_urgent="nee")
    address = f"/volg/{nameless.secret}/naam"
    assert f'href="{address}"' in browser.get(f"/volg/{nameless.secret}").text
    answer = post(browser, address, complainant_name="Rita Claes", email="rita@example.org")
    page = browser.get(answer.headers["location"]).text
    assert "Wij weten nu wie u bent" in page
    assert f'href="{address}"' not in page
    assert nameless.case.complainant_name == "Rita Claes"


# -- an answer that came another way ---------------------------------------------------------------------------------------


def test_a_link_says_that_the_answer_was_noted_and_opens_nothing_any_more(
    visit: Callable[..., Visitor], story: Received
) -> None:
    story.given_a_sent_complaint(**NOT_CONTACTED).completes("assess_intake", matter="complaint", judged_urgent="nee")
    link, task, authority = story.link(), story.open("answer_first_line"), visit()
    staff = visit("intake_officer")
    staff.form(f"/taken/{task.id}", {"first_line_text": "Half genoteerd door het kantoor", "_save": "1"})
    asked = authority.get(link).text
    assert "Half genoteerd" not in asked
    token = token_of(asked)
    said = {"first_line_outcome": "solved", "first_line_text": "Wij schrappen de boete."}
    came = {"on_behalf.channel": "phone", "on_behalf.received_on": "2026-01-05"}
    assert staff.form(f"/taken/{task.id}", {**said, **came}).status_code == 200
    page = authority.get(link).text
    assert "Wij kregen uw antwoord op een andere manier" in page
    assert "Wij schrappen de boete." not in page
    late = authority.post(link, data={"_csrf": token, **said, "first_line_text": "Te laat"})
    assert late.status_code == 409
    assert "Te laat" in late.text


# -- the page of a case -----------------------------------------------------------------------------------------------------


def test_the_page_asks_the_database_as_little_with_many_files_as_with_one(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    browser, asked = visit(), list[int]()
    for many in (1, 6):
        files = [Upload(f"foto{number}.txt", io.BytesIO(b"de bus")) for number in range(many)]
        story = Received(sqlite_office).given_a_sent_complaint(*files)
        story.completes("assess_intake", matter="complaint", judged_urgent="nee")
        browser.get(f"/volg/{story.secret}")  # the look is recorded
        with statements(sqlite_office.database) as counted:
            assert browser.get(f"/volg/{story.secret}").text.count(".txt") == many
        asked.append(len(counted.asked))
    assert asked[1] == asked[0] <= 18, "\n".join(counted.asked)


def test_the_page_says_where_the_case_is_and_what_one_can_do(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    page = visit().get(f"/volg/{story.secret}?nieuw=1").text
    assert "Wij hebben uw klacht ontvangen" in page
    assert story.case.number in page
    assert f'value="http://127.0.0.1:8000/volg/{story.secret}"' in page
    assert "Wij kijken na waarover uw klacht gaat" in page
    assert "Wij beslissen of wij uw klacht kunnen behandelen" in page
    assert f"/volg/{story.secret}/intrekken" in page
    for jargon in ("token", "gateway", "user_task", "assess_intake"):
        assert jargon not in page


def test_a_wrong_link_is_a_sentence_and_nothing_else(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    for address in ("/volg/" + "x" * 43, f"/volg/{story.secret[:-1]}", "/vraag/" + "x" * 43):
        answer = visit().get(address)
        assert answer.status_code == 404
        assert "Deze link werkt niet" in answer.text
        assert story.case.number not in answer.text


def test_letters_and_documents_are_read_by_who_they_are_for(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint(Upload("boete <1>.pdf", io.BytesIO(b"%PDF-1.7 boete")))
    other = Received(story.office).given_a_sent_complaint()
    browser = visit()
    page = browser.get(f"/volg/{story.secret}").text
    letter = re.search(rf"/volg/{story.secret}/brief/\d+", page)
    document = re.search(rf"/volg/{story.secret}/stuk/\d+", page)
    assert letter is not None
    assert document is not None
    assert "hebben uw klacht" in browser.get(letter[0]).text
    assert story.secret not in browser.get(letter[0]).text.replace(f"/volg/{story.secret}", "")
    sent = browser.get(document[0])
    assert sent.content == b"%PDF-1.7 boete"
    assert sent.headers["content-disposition"].startswith("attachment")
    assert sent.headers["x-content-type-options"] == "nosniff"
    for address in (letter[0], document[0]):
        assert browser.get(address.replace(story.secret, other.secret)).status_code == 404


def test_adding_information_keeps_text_and_files_on_the_file(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    browser = visit()
    address = f"/volg/{story.secret}/informatie"
    refused = post(browser, address, added="")
    assert refused.status_code == 422
    assert 'href="#added"' in refused.text
    files = [("files", ("foto.png", b"\x89PNG\r\n\x1a\n", "image/png"))]
    answer = post(browser, address, added="De bus kwam vandaag weer niet.", files=files)
    assert answer.headers["location"] == f"/volg/{story.secret}?gedaan=informatie"
    page = browser.get(answer.headers["location"]).text
    assert "Wij voegden dit bij uw dossier" in page
    assert "De bus kwam vandaag weer niet." in page
    assert "foto.png" in page


def test_a_refused_file_keeps_the_text(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    files = [("files", ("virus.exe", b"MZ", "application/pdf"))]
    answer = post(visit(), f"/volg/{story.secret}/informatie", added="Mijn verhaal", files=files)
    assert answer.status_code == 422
    assert "virus.exe" in answer.text
    assert "Mijn verhaal" in answer.text
    with story.office.database.reading() as reading:
        assert of_case(reading, story.case_id) == []


def test_withdrawing_says_what_will_happen_and_then_closes(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    browser = visit()
    address = f"/volg/{story.secret}/intrekken"
    assert "Wij sluiten uw dossier" in browser.get(address).text
    answer = post(browser, address, withdrawal_reason="Het is opgelost.")
    page = browser.get(answer.headers["location"]).text
    assert "Uw klacht is ingetrokken" in page
    assert "Uw dossier is afgesloten" in page
    assert f"/volg/{story.secret}/intrekken" not in page
    story.is_closed(story.case.closure_reason or "")
    again = browser.get(address)
    assert again.status_code == 409
    assert "Ja, ik trek mijn klacht in" not in again.text


def test_a_message_that_is_staffs_to_send_does_not_exist_here(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    browser = visit()
    token = token_of(browser.get(f"/volg/{story.secret}/informatie").text)
    for word in ("authority_corrected", "complaint_merged", "information_requested"):
        answer = browser.post(f"/volg/{story.secret}/{word}", data={"_csrf": token, "correction": "opgelost"})
        assert answer.status_code == 404
    assert story.case.closed_at is None


def test_a_question_is_answered_on_the_page_of_the_case(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    story.receives("information_requested", missing="Welke halte?", term_days="14")
    browser = visit()
    asked = re.search(rf"/volg/{story.secret}/vraag/\d+", browser.get(f"/volg/{story.secret}").text)
    assert asked is not None
    other = Received(story.office).given_a_sent_complaint()
    assert browser.get(asked[0].replace(story.secret, other.secret)).status_code == 404
    answer = post(browser, asked[0], information_text="De halte aan de Korenmarkt.")
    assert answer.headers["location"] == asked[0]
    confirmed = browser.get(asked[0]).text
    assert "Uw antwoord is verstuurd" in confirmed
    assert "De halte aan de Korenmarkt." in confirmed
    assert asked[0] not in browser.get(f"/volg/{story.secret}").text
    with story.office.database.reading() as reading:
        assert facts.known(reading, story.case_id)["information.answer"] == "De halte aan de Korenmarkt."


def test_every_look_of_the_complainant_is_recorded(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint()
    visit().get(f"/volg/{story.secret}")
    with story.office.database.reading() as reading:
        since = story.office.clock.now() - timedelta(minutes=1)
        seen = looks.seen_since(reading, turn.stream_of(story.case_id), f"complainant:{story.case_id}", since)
    assert set(seen) == {"case"}


def test_the_page_speaks_the_language_of_the_complaint_until_one_chooses_another(
    visit: Callable[..., Visitor], story: Received
) -> None:
    story.given_a_sent_complaint(complaint_language="fr")
    browser = visit()
    page = browser.get(f"/volg/{story.secret}").text
    assert '<html lang="fr">' in page
    assert "Que pouvez-vous faire ?" in page
    browser.post("/taal", data={"_csrf": token_of(page), "language": "nl", "next": "/"})
    assert "Wat kunt u doen?" in browser.get(f"/volg/{story.secret}").text
    story.receives("information_requested", missing="Quel arrêt ?", term_days="14")
    with story.office.database.reading() as reading:
        mail = reading.session.scalars(select(Mail).where(Mail.body.contains("/vraag/"))).one()
    assert mail.subject == f"Ombudsdienst, dossier {story.case.number} : des informations supplémentaires"
    assert "au plus tard le 19/01/2026" in mail.body


def test_a_part_of_a_complaint_is_read_by_its_own_authority_only(
    visit: Callable[..., Visitor], story: Received
) -> None:
    forwarded(story)
    first = story.link()
    story.receives(
        "grievance_split", split_action="forward", split_authority="VDAB", split_text="Dit deel gaat over de VDAB."
    )
    second = story.link()
    assert first != second
    browser = visit()
    for link in (first, second):
        assert browser.get(link).text.count('<div class="letter">') == 1
    with story.office.database.reading() as reading:
        row = reading.session.scalars(
            select(UserTask).where(UserTask.link_hash == turn.hash_of(second.rpartition("/")[2]))
        ).one()
        letters = reading.session.scalars(select(Letter).where(Letter.to_role == "authority"))
        assert {each.to_name for each in letters if each.to_name} == {"De Lijn", "VDAB"}
        assert row.authority_key == "vdab"


def test_a_lost_link_is_mailed_anew_to_the_address_on_the_file_only(
    visit: Callable[..., Visitor], story: Received, clock: TravellingClock
) -> None:
    story.given_a_sent_complaint()
    browser = visit()
    wrong = post(browser, "/volg", number=story.case.number, email="iemand.anders@example.org")
    right = post(browser, "/volg", number=story.case.number, email="MIES@example.org")
    again = post(browser, "/volg", number=story.case.number, email="mies@example.org")
    assert wrong.headers["location"] == right.headers["location"] == again.headers["location"]
    with story.office.database.reading() as reading:
        [mail] = reading.session.scalars(select(Mail).where(Mail.subject == "Nieuwe link naar uw dossier"))
    link = re.search(r"/volg/[\w-]{43}", mail.body)
    assert link is not None
    assert mail.to_address == "mies@example.org"
    assert browser.get(link[0]).status_code == 200
    assert browser.get(f"/volg/{story.secret}").status_code == 404


# -- a question by link -------------------------------------------------------------------------------------------------------


def forwarded(story: Received, *files: Upload, **answers: object) -> Received:
    """A complaint that goes to the authority first."""
    story.given_a_sent_complaint(*files, **{**NOT_CONTACTED, **answers})
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.waits_at("answer_first_line")
    return story


def test_the_authority_answers_by_its_link_and_a_second_press_reads_that_it_was_answered(
    visit: Callable[..., Visitor], story: Received
) -> None:
    link = forwarded(story).link()
    browser = visit()
    page = browser.get(link).text
    assert "Drie" not in page
    assert COMPLAINT["narrative"] in page
    files = [("files", ("antwoord.pdf", b"%PDF-1.7", "application/pdf"))]
    answers = {"first_line_outcome": "solved", "first_line_text": "Wij betalen de boete terug."}
    token, version = token_of(page), re.search(r'name="_version" value="(\d+)"', page)
    assert version is not None
    answer = post(browser, link, files=files, **answers)
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    confirmed = browser.get(link).text
    assert "Deze vraag is al beantwoord" in confirmed
    assert "Wij betalen de boete terug." in confirmed
    assert "antwoord.pdf" in confirmed
    late = browser.post(link, data={"_csrf": token, "_version": version[1], **answers, "first_line_text": "Toch niet."})
    assert late.status_code == 409
    assert "is al beantwoord" in late.text
    assert "Toch niet." in late.text
    with story.office.database.reading() as reading:
        assert facts.known(reading, story.case_id)["first_line.text"] == "Wij betalen de boete terug."


def test_a_service_is_asked_in_the_language_it_works_in(sqlite_office: Office) -> None:
    story = Received(speaking(sqlite_office, "fr"))
    link, browser = (
        forwarded(story, complainant_name=NAME, subject=f"De bus vergat {NAME}").link(),
        Visitor(build(story.office)),
    )
    with story.office.database.reading() as reading:
        [mail] = reading.session.scalars(select(Mail).where(Mail.body.contains("/vraag/")))
    assert mail.subject == f"Ombudsdienst, dossier {story.case.number} : le traitement d'une plainte"
    assert "Vous répondez sans compte" in mail.body and "au plus tard le" in mail.body
    page = browser.get(link).text
    assert '<html lang="fr">' in page and "Envoyer la réponse" in page and "Graag uw antwoord" not in page
    refused = post(browser, link, first_line_text="Nous cherchons")
    assert "Nous cherchons" in refused.text and "Vul " not in refused.text


def test_a_service_asks_more_time_on_the_page_of_its_question(visit: Callable[..., Visitor], story: Received) -> None:
    story.given_a_sent_complaint().completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.completes("decide_admissibility", decision="admitted").completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="ja", questions="Waarom?", term_days=20)
    link, browser, handler = story.link(), visit(), visit("case_handler")
    page = browser.get(link).text
    assert "Meer tijd nodig?" in page and 'min="2026-01-26"' in page
    wrong = post(browser, link, proposed_on="2026-01-20", more_time_reason="Wij zoeken het dossier", to="/meer-tijd")
    assert wrong.status_code == 422
    assert "kan niet vroeger zijn dan 26/01/2026" in wrong.text and "Wij zoeken het dossier" in wrong.text
    asked = {"proposed_on": "2026-02-01", "more_time_reason": "Wij zoeken het dossier", "to": "/meer-tijd"}
    answer = post(browser, link, **asked)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{link}#meer-tijd")
    waiting = browser.get(link).text
    assert "U vroeg meer tijd op" in waiting and "1 februari 2026" in waiting and "/meer-tijd" not in waiting
    assert post(browser, link, **asked).status_code == 409
    deciding = story.open("decide_more_time")
    assert f'href="/taken/{deciding.id}"' in handler.get(f"/taken/{story.open('answer_information').id}").text
    form = handler.get(f"/taken/{deciding.id}").text
    assert "Wij zoeken het dossier" in form and 'value="2026-02-01"' in form
    handler.form(f"/taken/{deciding.id}", {"more_time_granted": "ja", "new_on": "2026-02-01"})
    told = browser.get(link).text
    assert "U krijgt tijd tot en met 1 februari 2026" in told and "Vraag meer tijd" in told
    timeline = handler.get(f"/dossiers/{story.case.number}/tijdlijn").text
    assert "Melding: De dienst vraagt meer tijd" in timeline and "van 25/01/2026 naar 01/02/2026" in timeline


def test_a_draft_is_kept_for_the_holder_of_the_link(visit: Callable[..., Visitor], story: Received) -> None:
    link = forwarded(story).link()
    saved = post(visit(), link, first_line_text="Wij zoeken het uit", _save="1")
    assert "Er is nog niets verstuurd" in saved.text
    assert "Wij zoeken het uit" in visit().get(link).text
    story.waits_at("answer_first_line")


def test_a_wrong_answer_comes_back_with_what_was_typed(visit: Callable[..., Visitor], story: Received) -> None:
    link = forwarded(story).link()
    answer = post(visit(), link, first_line_text="Zonder resultaat")
    assert answer.status_code == 422
    assert 'href="#first_line_outcome-1"' in answer.text
    assert "Zonder resultaat" in answer.text


def test_a_question_that_the_case_has_passed_needs_no_answer(visit: Callable[..., Visitor], story: Received) -> None:
    link = forwarded(story).link()
    story.receives("complaint_withdrawn", role="complainant")
    page = visit().get(link)
    assert page.status_code == 200
    assert "hoeft niet meer te antwoorden" in page.text


def test_a_link_that_expired_or_was_lost_is_mailed_again_to_the_service_that_was_asked(
    visit: Callable[..., Visitor], story: Received, clock: TravellingClock
) -> None:
    link, browser = forwarded(story).link(), visit()
    clock.advance(turn.LINK_LIFETIME + timedelta(days=1))
    answer = browser.get(link)
    assert answer.status_code == 404
    assert "Deze link werkt niet" in answer.text
    assert 'href="/volg"' in answer.text
    unsaid = post(browser, "/volg", number="", email="delijn")
    assert (unsaid.status_code, unsaid.text.count('class="field-error"')) == (422, 2)
    asked = story.office.register.get("de_lijn")
    assert asked is not None
    for email in ("iemand.anders@example.org", asked.email.upper(), asked.email):
        post(browser, "/volg", number=story.case.number, email=email)
    with story.office.database.reading() as reading:
        mails = list(reading.session.scalars(select(Mail).where(Mail.body.contains("/vraag/"))))
    assert [mail.to_address for mail in mails] == [asked.email] * 2, "the question, and once more on demand"
    assert story.link() == link, "whoever it was passed on to keeps theirs"
    assert browser.get(link).status_code == 200
    timeline = visit("case_handler").get(f"/dossiers/{story.case.number}/tijdlijn").text
    assert "Link opnieuw gemaild op vraag van de dienst" in timeline


def anonymous(texts: list[str]) -> None:
    """Then none of these texts says who complained."""
    for text in texts:
        assert not SECRETS.search(text), text


def whole(answer: Response) -> str:
    """Everything an answer says: its headers and every byte of its body."""
    return f"{answer.headers} {answer.content.decode()}"


def written_to_others(office: Office) -> list[str]:
    """Every mail and letter that is not the complainant's own."""
    with office.database.reading() as reading:
        mails = reading.session.scalars(select(Mail).where(Mail.to_address.not_in([WITHHELD["email"]])))
        letters = reading.session.scalars(select(Letter).where(Letter.to_role != "complainant"))
        return [
            *(f"{each.to_address} {each.subject} {each.body}" for each in mails),
            *(f"{each.to_name} {each.to_address} {each.subject} {each.body}" for each in letters),
        ]


def test_a_withheld_name_reaches_the_authority_nowhere(visit: Callable[..., Visitor], story: Received) -> None:
    forwarded(story, Upload(f"brief van {NAME}.pdf", io.BytesIO(b"%PDF-1.7")), **WITHHELD)
    link, browser = story.link(), visit()
    told = [
        browser.get(link),
        post(browser, link, first_line_text="Half"),
        post(browser, link, first_line_text="Half", _save="1"),
        browser.get(f"/api/v1/links/{link.rpartition('/')[2]}"),
        post(browser, link, first_line_outcome="insufficient", first_line_text="Wij deden niets fout."),
        browser.get(link),
        browser.get(f"/api/v1/links/{link.rpartition('/')[2]}"),
    ]
    assert [answer.status_code for answer in told] == [200, 422, 200, 200, 303, 200, 200]
    assert "(naam afgeschermd)" in told[0].text
    anonymous([whole(answer) for answer in told])
    written = written_to_others(story.office)
    assert len(written) >= 3
    anonymous(written)


def test_what_staff_writes_about_a_withheld_name_is_cleaned_on_its_way_out(
    visit: Callable[..., Visitor], story: Received
) -> None:
    story.given_a_sent_complaint(**WITHHELD)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.completes("decide_admissibility", decision="admitted").completes("choose_approach", approach="investigation")
    asked = f"Waarom liet u {NAME} staan? Bel mevrouw Abeele op 0470/12.34.56."
    story.completes("request_information", questions=asked, term_days=20)
    link, browser = story.link(), visit()
    told = [browser.get(link), post(browser, link, answer="Dat was een vergissing."), browser.get(link)]
    assert "Waarom liet u (naam afgeschermd) staan?" in told[0].text
    assert "Dat was een vergissing." in told[2].text
    anonymous([whole(answer) for answer in told])
    anonymous(written_to_others(story.office))


def test_a_link_opens_one_question_and_not_the_case(visit: Callable[..., Visitor], story: Received) -> None:
    link = forwarded(story).link()
    secret = link.rpartition("/")[2]
    browser = visit()
    assert browser.get(f"/volg/{secret}").status_code == 404
    for address in (f"/dossiers/{story.case.number}", "/werklijst"):
        assert "/aanmelden" in browser.get(address, follow_redirects=False).headers["location"]
    with story.office.database.reading() as reading:
        row = reading.session.scalars(select(UserTask).where(UserTask.link_hash == turn.hash_of(secret))).one()
        assert row.link_hash != secret
        assert reading.session.scalar(select(ProcessInstance.id).limit(1)) is not None


def test_after_its_case_was_destroyed_a_link_says_so_in_plain_words(
    visit: Callable[..., Visitor], story: Received
) -> None:
    story.given_a_sent_complaint(complaint_language="de").receives(
        "complaint_withdrawn", role="complainant", withdrawal_reason="Het is opgelost."
    )
    with story.office.database.work() as work:
        erasing.erase(story.office, work, person("ombudsman"), story.case.number, erasing.REQUEST)
    stranger = visit()
    for page in ("", "/informatie", "/brief/1", "/stuk/1", "/vraag/1"):
        gone = stranger.get(f"/volg/{story.secret}{page}")
        assert (gone.status_code, "Niemand kann sie mehr lesen" in gone.text) == (410, True), page
        assert 'href="/volg"' not in gone.text, "a new link leads nowhere either"
    assert stranger.get(f"/volg/{story.secret}/brief/1/pdf").status_code == 410
    assert stranger.get(f"/volg/{'x' * 43}").status_code == 404
