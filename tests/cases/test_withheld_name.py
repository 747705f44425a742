"""A withheld name is taken out of a text however it is written, and the text stays readable."""

import pytest

from cases.models import Case
from cases.parties import WITHHELD, names_of, visible_to_authority, without_name

FACTS = {
    "complainant.name": "José-Marie van de Peeters",
    "complainant.email": "josepeeters80@example.org",
    "complainant.phone": "0470 12 34 56",
    "complainant.address": "Kerkstraat 12",
}


def case(**values: object) -> Case:
    return Case(complainant_name=FACTS["complainant.name"], name_withheld=True, number="2026-0001", **values)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Ik ben José-Marie van de Peeters.", "Ik ben W."),
        ("ik ben JOSE MARIE VAN DE PEETERS", "ik ben W"),
        ("José (Marie) Peeters-José", "W (W) W"),
        ("Mevrouw Peeters belde van de halte.", "Mevrouw W belde van de halte."),
        ("brief_Peeters_2.pdf", "brief_W_2.pdf"),
        ("in de Peetersstraat", "in de Wstraat"),
        ("Bel 0470/12.34.56 of +32 470 12 34 56.", "Bel W of W."),
        ("mail JOSEPEETERS80@example.org", "mail W"),
        ("Kerkstraat  12, Gent", "W, Gent"),
        ("Het is josé zijn bus", "Het is W zijn bus"),
        ("De marietten van de markt", "De Wtten van de markt"),
        ("mijn nummer is 85.07.30-033.28, of 85073003328", "mijn nummer is W, of W"),
        ("Dossier 2026-0412, ondernemingsnummer 0123.456.789", "Dossier 2026-0412, ondernemingsnummer 0123.456.789"),
    ],
)
def test_every_way_to_write_it_is_taken_out(written: str, expected: str) -> None:
    assert without_name(written, names_of(case(), FACTS)) == expected.replace("W", WITHHELD)


def test_a_short_name_goes_as_a_word_and_leaves_other_words_alone() -> None:
    known = {"complainant.name": "An Li"}
    names = names_of(Case(complainant_name="An Li"), known)
    assert without_name("An zag de ander. Li ook; limiet en plan.", names) == (
        f"{WITHHELD} zag de ander. {WITHHELD} ook; limiet en plan."
    )


def test_what_the_authority_sees_is_clean_in_every_part() -> None:
    told = {
        **FACTS,
        "complaint.narrative": "Chauffeur zei: dag Jose. Mijn nummer is 0470123456.",
        "complaint.desired_outcome": "Excuses aan mevrouw PEETERS",
    }
    seen = visible_to_authority(case(subject="Klacht van josé"), told)
    everything = f"{seen}".lower()
    assert seen.complainant == WITHHELD
    for secret in ("jos", "peeters", "0470", "marie"):
        assert secret not in everything
    in_french = f"{visible_to_authority(case(subject='Klacht van josé'), told, 'fr')}"
    assert in_french.count("(nom confidentiel)") == everything.count(WITHHELD) and WITHHELD not in in_french


def test_a_name_that_is_not_withheld_stays() -> None:
    open_case = Case(
        complainant_name="Jan Peeters", name_withheld=False, number="2026-0002", subject="Jan Peeters klaagt"
    )
    assert visible_to_authority(open_case, {}).subject == "Jan Peeters klaagt"


def test_nothing_known_changes_nothing() -> None:
    assert without_name("Een tekst.", []) == "Een tekst."
