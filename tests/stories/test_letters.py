"""Letters: every template of a diagram exists, names only what can be known, and speaks the complainant's language."""

import json
import re

import pytest
from sqlalchemy import select

from cases import codelists
from cases.models import Letter
from engine import definitions
from engine.models import Incident
from engine.parsing import xml
from identity import people
from identity.people import Actor
from tasks import completion, intake
from tasks.errors import HandledEarlier
from tasks.letters import letter_places, letter_texts
from tasks.office import WORKFLOWS, Office
from tasks.studio.shipped import FORMS, vocabulary
from tests.stories.stage import COMPLAINT, NOT_CONTACTED, Story

LETTERS = WORKFLOWS / "letters"
# Sent by the office itself: the survey, the yearly request to services, and what was destroyed.
WITHOUT_DIAGRAM = {"L27", "L30", "L31"}
# What cases on a former diagram of the mediation still send.
OF_BEFORE = {"L14", "L14D"}
ARTICLE = re.compile(r"\bart(?:\.|icle|ikel) (II\.\d+|\d+(?: ?§ ?\d)?)", re.IGNORECASE)


def sent_by_diagrams() -> set[tuple[str, str]]:
    """Template and reader of every letter a shipped diagram sends."""
    found = set()
    for file in WORKFLOWS.glob("*.bpmn"):
        for headers in xml.parse(file.read_bytes()).iter(xml.zeebe("taskHeaders")):
            given = {header.get("key"): header.get("value") for header in headers}
            if "template" in given:
                found.add((str(given["template"]), str(given["to"])))
    return found


def test_every_letter_of_a_diagram_has_a_template_and_no_template_lies_idle() -> None:
    used = {template for template, _ in sent_by_diagrams()}
    assert used | WITHOUT_DIAGRAM | OF_BEFORE == {file.name.partition(".")[0] for file in LETTERS.glob("*.txt")}


def test_no_shipped_letter_gives_a_remark_a_process_manager_would_get(sqlite_office: Office) -> None:
    """Every place exists, every translation asks what the Dutch asks, and the sentences are short and plain."""
    with sqlite_office.database.reading() as reading:
        known = frozenset(letter_places.known(reading))
        letters = definitions.in_use(reading, letter_texts.KIND)
    said = {letter.key: letter_texts.check(letter.content, known) for letter in letters}
    assert len(said) >= 45
    assert {key: [f"{f.element_id}: {f.sentence}" for f in found] for key, found in said.items() if found} == {}


def test_forms_are_named_after_their_files() -> None:
    for file in FORMS.glob("*.form"):
        assert json.loads(file.read_text(encoding="utf-8"))["id"] == file.stem


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "19 februari 2026"), ("fr", "19 février 2026"), ("de", "19. Februar 2026"), ("en", "19 February 2026")],
)
def test_dates_are_written_in_the_language_of_the_letter(sqlite_office: Office, language: str, words: str) -> None:
    story = Story(sqlite_office).given_a_complaint(complaint_language=language, **NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    letter = next(letter for letter in story.letters() if letter.template == "L04K")
    assert letter.language == language
    assert words in letter.body


def test_a_place_that_nothing_fills_stops_the_letter_and_says_which(sqlite_office: Office) -> None:
    """A diagram that sends a letter too early: the case waits with an incident instead of sending a letter with a hole."""
    office = sqlite_office
    spoiled = (WORKFLOWS / "complaint.bpmn").read_bytes().replace(b'value="L01"', b'value="L14"')
    with office.database.work() as work:
        made = definitions.publish(
            work, "process", spoiled, actor_id="person:1", at=office.clock.now(), vocabulary=vocabulary(work)
        )
        definitions.activate(work, made.definition.id, actor_id="person:2", at=office.clock.now())
        sender = Actor("complainant:new", "", frozenset({"complainant"}))
        intake.receive(office, work, sender, {k: v for k, v in COMPLAINT.items() if v is not None})
    with office.database.reading() as reading:
        incident = reading.session.scalars(select(Incident)).one()
        assert incident.element_id == "send_acknowledgement"
        assert "promise_due_on" in incident.reason
        assert list(reading.session.scalars(select(Letter))) == []


def test_a_letter_keeps_the_address_it_went_to(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    addressed = {letter.template: letter.to_address for letter in story.letters() if isinstance(letter, Letter)}
    assert addressed["L01"] == "mies@example.org"
    assert str(addressed["L04"]).endswith("@example.org")
    forwarded = next(letter for letter in story.letters() if letter.template == "L04")
    assert "Klager: Mies Vandevoorde\nmies@example.org\n" in forwarded.body, "the service has to answer somebody"


def test_whoever_gets_letters_by_post_reads_how_to_answer_without_a_link(sqlite_office: Office) -> None:
    told = {}
    for email in ("mies@example.org", None):
        story = Story(sqlite_office).given_a_complaint(email=email, address="Kerkstraat 12")
        story.receives("information_requested", missing="Welke halte?", term_days=14)
        told[email] = next(letter.body for letter in story.letters() if letter.template == "L02")
    assert "U krijgt een aparte mail met uw persoonlijke link." in str(told["mies@example.org"])
    assert "U kunt met een brief antwoorden, ons bellen of langskomen." in str(told[None])
    assert "mail" not in str(told[None])


def test_what_letters_tell_from_a_code_list_has_words_in_every_language() -> None:
    lists = codelists.load(WORKFLOWS / "codelists")
    told = ("findings", "remedies", "norms", "refusal_grounds", "first_line_grounds")
    silent = [
        (name, code.value) for name in told for code in lists[name].codes if set(code.labels) < {"fr", "de", "en"}
    ]
    assert silent == []


def test_the_building_block_of_letters_offers_letters_that_exist() -> None:
    """In the studio the list is that of the letters in use; the file has those of the day it was written, for editors elsewhere."""
    block = json.loads((WORKFLOWS / "templates" / "letter.send.json").read_text(encoding="utf-8"))
    offered = {c["value"] for p in block["properties"] if p["binding"].get("key") == "template" for c in p["choices"]}
    assert len(offered) > 40
    assert offered <= {file.name.partition(".")[0] for file in LETTERS.glob("*.nl.txt")}


def hired(office: Office, name: str, *roles: str) -> Actor:
    with office.database.work() as work:
        person = people.add(work, login=name, name=name, password="x" * 20, roles=roles, at=office.clock.now())
        return people.actor_of(person)


def does(story: Story, actor: Actor, element_id: str, **answers: object) -> None:
    with story.office.database.work() as work:
        completion.complete(story.office, work, actor, story.open(element_id).id, answers)


def test_a_refusal_is_signed_by_somebody_else_and_the_letter_says_why_and_who(sqlite_office: Office) -> None:
    noor = hired(sqlite_office, "Noor Claes", "case_handler", "ombudsman")
    hanne = hired(sqlite_office, "Hanne Peeters", "ombudsman")
    story = Story(sqlite_office).given_a_complaint(complaint_language="de", facts_on="2024-08-14")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    why = {"ground": "ouder_dan_1_jaar", "admissibility_motivation": "Zu alt."}
    does(story, noor, "decide_admissibility", decision="refused", **why)
    with pytest.raises(HandledEarlier):
        does(story, noor, "sign_refusal", signed="ja", refusal_motivation="Zu alt.")
    does(story, hanne, "sign_refusal", signed="ja", refusal_motivation="Zu alt.")
    letter = story.letters()[-1]
    assert (letter.template, letter.language) == ("L06", "de")
    assert "Ereignisse vor mehr als einem Jahr.\n\nZu alt." in letter.body
    assert "Unterzeichnet von Hanne Peeters" in letter.body
    assert "Wohin Sie sich wenden können" not in letter.body, "a line that announces nothing is left out"


def test_the_assessment_tells_each_grievance_in_the_reader_s_own_words(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file(complaint_language="en").goes_straight_to_assessment()
    rows = [{"finding": "gegrond", "remedy": "te_herstellen", "norms": ["5", "13"], "reasoning": "De app hing."}]
    hanne = hired(sqlite_office, "Hanne Peeters", "ombudsman")
    does(story, hanne, "assess", grievances=rows, assessment_text="See above.", next_step="close")
    bodies = {letter.template: letter.body for letter in story.letters()}
    assert "Finding: justified\nRemedy: still to be put right\n" in bodies["L17"]
    assert "Standards not met: reasonableness and proportion; reasonable time\nReasons: De app hing." in bodies["L17"]
    assert "Signed by Hanne Peeters" in bodies["L17"]
    assert "Oordeel: gegrond\nHerstel: nog te herstellen\n" in bodies["L17D"]


def test_every_language_names_the_same_article_and_none_keeps_the_dutch_name_of_a_law() -> None:
    for file in LETTERS.glob("*.nl.txt"):
        key = file.name.partition(".")[0]
        texts = {each: (LETTERS / f"{key}.{each}.txt").read_text(encoding="utf-8") for each in letter_texts.LANGUAGES}
        named = {
            language: sorted(each.replace(" ", "") for each in ARTICLE.findall(text))
            for language, text in texts.items()
        }
        assert all(each == named["nl"] for each in named.values()), (key, named)
        assert "decreet" not in "".join(text for language, text in texts.items() if language != "nl"), key
