"""The citizens' pages in four languages: nothing that stands in a template is missing from a catalogue, and places agree."""

import json
import re
from collections.abc import Callable

import pytest
from babel.messages.catalog import Message

from problems import Sentence
from tasks.background import mail_texts
from tasks.office import WORKFLOWS
from tests.conftest import START
from tests.web.conftest import Visitor, token_of
from tests.web.test_citizen import press
from web import catalogues, dates, gathered
from web.rendering import translator

PLACE = re.compile(r"%\(\w+\)s")


def messages(language: str) -> dict[object, Message]:
    return {message.id: message for message in catalogues.read(catalogues.file_of(language)) if message.id}


def texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value]  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", gathered.OTHERS)
def test_every_text_that_people_outside_read_is_translated(language: str) -> None:
    """Pages, labels of the forms that citizens and services fill in, plain names of steps, refusals."""
    known = messages(language)
    wanted = {message.id for message in gathered.gathered() if message.id}
    missing = [text for text in wanted if text not in known or not all(texts(known[text].string))]
    assert missing == [], "run `python -m web.gathered` and translate what is new"


@pytest.mark.parametrize("language", gathered.OTHERS)
def test_places_for_numbers_and_names_agree(language: str) -> None:
    for message in messages(language).values():
        for said in filter(None, texts(message.string)):
            for text in texts(message.id):
                assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(text)), said


def test_the_forms_of_services_are_among_them() -> None:
    wanted = {message.id for message in gathered.gathered()}
    assert {"Uw antwoord aan de klager", "Volgt u de aanbeveling?", "Gemiddeld aantal dagen tot het antwoord"} <= wanted
    assert "Een postcode telt 4 tot 10 cijfers of letters, bijvoorbeeld 9000 of 1011 AB." in wanted


def test_what_each_question_asks_is_said_in_every_language() -> None:
    said = json.loads((mail_texts.FOLDER / "asked.json").read_text(encoding="utf-8"))
    asked = {file.stem for file in gathered.forms_outside((), WORKFLOWS, WORKFLOWS.parent / "forms")}
    assert asked <= said.keys()
    assert {tuple(words) for words in said.values()} == {("nl", *gathered.OTHERS)}
    assert mail_texts.asked("a_form_of_tomorrow", "de") == said[""]["de"]


def test_the_template_of_all_messages_has_every_text_of_the_templates() -> None:
    known = {message.id for message in catalogues.read(catalogues.LOCALES / "messages.pot") if message.id}
    assert gathered.of_templates() <= known


def test_a_language_is_chosen_and_stays_chosen(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    page = browser.get("/").text
    assert '<html lang="nl">' in page
    data = {"_csrf": token_of(page), "language": "fr", "next": "/klacht"}
    chosen = browser.post("/taal", data=data).text
    assert '<html lang="fr">' in chosen
    assert "De quel service vous plaignez-vous ?" in chosen
    assert "étape 1 sur 6" in chosen
    assert "Suivre ma plainte" in browser.get("/").text
    assert "Volgende" not in chosen


def test_a_mistake_is_told_in_the_language_with_the_label_in_it(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    browser.post("/taal", data={"_csrf": token_of(browser.get("/").text), "language": "de", "next": "/"})
    answer = press(browser, 1, {"services": ""})
    assert "Füllen Sie „Über welchen Dienst beschweren Sie sich?“ aus." in browser.get(answer.headers["location"]).text


def test_text_that_is_data_stays_text_in_every_language() -> None:
    hostile = "<b>100%</b> %(number)s"
    for language in ("nl", *gathered.OTHERS):
        assert translator(language)(hostile) == hostile
        assert translator(language)("") == ""
    assert translator("en")(Sentence("Vul '%(label)s' in.", label="100% <b>")) == "Fill in ‘100% <b>’."


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "nog 1 dag"), ("fr", "encore 1 jour"), ("de", "noch 1 Tag"), ("en", "1 day left")]
)
def test_a_deadline_is_told_in_the_language(language: str, words: str) -> None:
    due = dates.until(dates.as_day(START).replace(day=6), START, language)
    assert due.words.startswith(words)
    assert (due.days, due.state) == (1, "soon")
