"""What in a text may point at somebody is found in the four languages, each letter once; what points at nobody is left alone."""

import pytest

from tasks.reporting import traces


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Bel 0470 12 34 56 of +32 9 123 45 67.", ["nummer", "nummer"]),
        ("Rijksregister 85.07.30-033.28, rekening BE68 5390 0754 7034.", ["nummer", "nummer"]),
        ("Zie dossier 2026-0412, nummerplaat 1-ABC-123.", ["nummer", "nummerplaat"]),
        ("Schrijf naar mies.v@example.org.", ["e-mailadres"]),
        ("Zij woont in de Kerkstraat 12, vroeger in de Dorpsstraat.", ["adres", "plaats"]),
        ("Elle habite rue de la Loi 16.", ["adres"]),
        ("Op 12 maart 2026 en op 03/04/2026.", ["dag", "dag"]),
        ("Le 1er mars, am 3. Oktober, on 4 July.", ["dag", "dag", "dag"]),
        ("Een boete van € 107,50 en 1.234.567 euro.", ["bedrag", "bedrag"]),
        ("De 42-jarige klager wachtte.", ["leeftijd"]),
        ("Van 2019-2023 wachtten wij 120 dagen op 3 brieven van dienst 1700.", []),
        ("Mies schreef over kenmerk AB/77 in Moerzande.", ["naam", "kenmerk", "plaats"]),
    ],
)
def test_traces_are_found_in_their_order(text: str, kinds: list[str]) -> None:
    own = {"naam": ["Mies Vandevoorde", "Mies"], "kenmerk": ["AB/77"], "plaats": ["Moerzande"]}
    assert [each.kind for each in traces.found(text, own)] == kinds
