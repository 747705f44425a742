"""What a narrative tells of the first line with each authority."""

import pytest

from cases.narrative import first_line_told, mentions_council_of_state

TOLD = (
    "Wij klaagden overal. Wegen en Verkeer in mei: geen antwoord. Gemeente in juni, antwoord dat het niet aan haar ligt. "
    "De Watergroep: nog niets ingediend.\nFarys a refusé ma plainte"
)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["wegen en verkeer"], ("passed", "geen_antwoord_45_dagen")),
        (["Gemeente Elderbeke"], ("passed", "antwoord_onvoldoende")),
        (["De Watergroep"], ("not_passed", "nog_geen_contact")),
        (["Farys"], ("passed", "weigering_eerste_lijn")),
        (["VDAB"], None),
        (["de"], None),
    ],
)
def test_a_sentence_tells_of_the_authority_it_names(names: list[str], told: tuple[str, str] | None) -> None:
    assert first_line_told(TOLD, names) == told


@pytest.mark.parametrize("text", ["naar de Raad van State", "Conseil d'État", "the Council of State", "beim Staatsrat"])
def test_the_council_of_state_is_known_in_four_languages(text: str) -> None:
    assert mentions_council_of_state(text)
    assert not mentions_council_of_state("de raad van bestuur")
