"""Who is meant when a citizen writes the name of an authority."""

import pytest

from cases.folding import normal
from cases.register import Authority, Register
from tasks.office import WORKFLOWS

REGISTER = Register.load(WORKFLOWS / "register")


def key_of(text: str) -> str | None:
    found = REGISTER.find(text, limit=1)
    return found[0].authority.key if found else None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("De Lijn", "de_lijn"),
        ("de lijn", "de_lijn"),
        ("delijn", "de_lijn"),
        ("de lijnn", "de_lijn"),
        ("bus 41 van de lijn", "de_lijn"),
        ("V.D.A.B.", "vdab"),
        ("vdab gent", "vdab"),
        ("wegen en verkeer denk ik", "awv"),
        ("Kind & Gezin", "opgroeien"),
        ("verbouwpremies", "wonen_in_vlaanderen"),
        ("prime de rénovation", "wonen_in_vlaanderen"),
        ("technische Kontrolle", "autokeuring"),
        ("NMBS / SNCB", "nmbs"),
        ("iets heel anders", None),
        ("", None),
    ],
)
def test_a_name_is_found_as_citizens_write_it(text: str, key: str | None) -> None:
    assert key_of(text) == key


def test_an_authority_that_is_named_goes_before_a_kind_of_authority() -> None:
    register = Register(
        (
            Authority("kind", "Woonmaatschappij", "flemish", "VO", ("sociale woonmaatschappij",), is_kind=True),
            Authority("own", "De Eikenhof", "flemish", "VO", ("eikenhof",)),
        )
    )
    found = register.find("sociale woonmaatschappij Eikenhof gebouw B")
    assert [match.authority.key for match in found] == ["own", "kind"]


def test_a_local_authority_is_found_by_its_municipality() -> None:
    found = REGISTER.local("stadsbestuur van Brugge")
    assert found is not None and found.key == "stad_brugge"
    assert REGISTER.local("Bruggelingen") is None
    assert REGISTER.local("") is None


def test_every_entry_is_whole_and_every_name_means_one_entry() -> None:
    assert len({each.key for each in REGISTER.authorities}) == len(REGISTER.authorities)
    for each in REGISTER.authorities:
        assert each.body and each.level and each.source and each.valid_from, each.key
        assert key_of(each.name) == each.key
    names = [normal(name) for each in REGISTER.authorities for name in {normal(each.name), *map(normal, each.aliases)}]
    assert sorted({name for name in names if names.count(name) > 1}) == []
