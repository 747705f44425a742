"""A process manager rewrites a letter in plain fields, sees how it reads, and a colleague takes it into use: also for running cases."""

from collections.abc import Callable

import pytest

from engine import definitions
from tasks.letters import letter_texts
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
L04K = "/studio/brieven/L04K"


def fields(office: Office, key: str = "L04K") -> dict[str, str]:
    """What stands in the editor's fields."""
    with office.database.reading() as reading:
        letter = letter_texts.in_use(reading, office.letters_dir, key)
    told = {"name": letter.name, "revision": "0", "action": "check"}
    for language, text in letter.texts.items():
        told |= {f"subject_{language}": text.subject, f"body_{language}": text.body.replace("\n", "\r\n")}
    return told


@pytest.fixture
def petra(visit: Visit) -> Visitor:
    return visit("process_manager", login="petra")


def test_a_letter_is_rewritten_by_two_people_and_a_running_case_gets_the_new_words(
    petra: Visitor, visit: Visit, sqlite_office: Office
) -> None:
    story = Story(sqlite_office).given_a_complaint(complaint_language="fr", **NOT_CONTACTED)
    changed = fields(sqlite_office)
    changed["body_fr"] = "Bonjour {complainant}\r\n\r\nVotre plainte est chez {authority}.\r\n\r\n{office}"
    changed["body_nl"] += "\r\n{part_text}"
    seen = petra.form(f"{L04K}/bewerken", changed)
    assert "Alles klopt" not in seen.text
    assert "Frans: {first_line_handle_by} staat in het Nederlands wel, hier niet." in seen.text
    assert "Votre plainte est chez De Lijn." in seen.text, "the example is filled in"
    assert "(naam afgeschermd)" in seen.text, "and as a service would read it"
    published = petra.form(f"{L04K}/publiceren")
    assert "ook in dossiers die al lopen" in published.text
    assert "<del>" in published.text
    assert "Versie 2 is gepubliceerd. Ze geldt pas als een tweede persoon ze in gebruik neemt." in published.text
    begun = visit("process_manager", login="pol").form(f"{L04K}/versies/2/activeren", seen=f"{L04K}/versies/2")
    assert "Versie 2 is nu in gebruik." in begun.text
    assert "Votre plainte est chez De Lijn." in begun.text, "the page of a letter shows the letter"

    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    letter = next(each for each in story.letters() if each.template == "L04K")
    assert letter.body == "Bonjour Mies Vandevoorde\n\nVotre plainte est chez De Lijn.\n\nOmbudsdienst\n"


def test_what_is_wrong_in_a_letter_is_said_with_its_place(petra: Visitor, sqlite_office: Office) -> None:
    told = fields(sqlite_office)
    told["subject_en"] = "File {number"
    told["body_de"] = ""
    seen = " ".join(petra.form(f"{L04K}/bewerken", told).text.split())
    assert "Duits: onderwerp en tekst moeten ingevuld zijn." in seen, "a language is whole, or it is not there"
    told["body_de"] = told["body_en"]
    told["body_nl"] = f"Voor {{datum}} graag. Gelieve te antwoorden.\r\n{'woord ' * 30}."
    seen = " ".join(petra.form(f"{L04K}/bewerken", {**told, "revision": "1"}).text.split())
    assert "Nederlands, regel 1 van de tekst: {datum} bestaat niet." in seen
    assert "Engels, onderwerp: een accolade staat los." in seen
    assert "telt 30 woorden. Maak er twee zinnen van." in seen
    assert "“gelieve” is een moeilijk woord. Liever: wilt u." in seen


def test_a_letter_with_an_unknown_place_is_not_published_and_hard_words_are(
    petra: Visitor, sqlite_office: Office
) -> None:
    petra.form(f"{L04K}/bewerken", {**fields(sqlite_office), "body_nl": "Voor {datum}."})
    assert petra.form(f"{L04K}/publiceren").status_code == 422
    petra.form(f"{L04K}/bewerken", {**fields(sqlite_office), "body_nl": "Gelieve te wachten.", "revision": "1"})
    assert petra.form(f"{L04K}/publiceren").status_code == 200
    with sqlite_office.database.reading() as reading:
        assert [row.version for row in definitions.versions(reading, "letter", "L04K")] == [2, 1]


def test_a_new_letter_starts_from_a_skeleton_and_stands_among_the_building_blocks_once_in_use(
    petra: Visitor, visit: Visit
) -> None:
    asked = {"kind": "letter", "key": "z01", "name": "wij bellen u"}
    assert petra.form("/studio/nieuw", asked, seen="/studio").status_code == 200
    petra.form("/studio/brieven/z01/publiceren")
    visit("process_manager", login="pol").form(
        "/studio/brieven/z01/versies/1/activeren", seen="/studio/brieven/z01/versies/1"
    )
    blocks, listed = petra.get("/studio/sjablonen.json").text, petra.get("/studio/brieven?zoek=L16").text
    assert "z01 · wij bellen u" in blocks
    assert "L16D · onze voorlopige bevindingen (aan de dienst)" in blocks, "letters with one subject are told apart"
    for key, reader in (("L16", "aan de klager"), ("L16D", "aan de dienst")):
        assert f'{key}</code> <span class="quiet-text">{reader}</span>' in listed
