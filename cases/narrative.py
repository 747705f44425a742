"""What a complainant tells about the first line, read from their own words: suggestions, never decisions.

A complaint may be about several authorities while its form asks after one first line only. For the others the narrative
often says it: "bij het waterbedrijf op 3 mei, antwoord 'eigen schuld'". A sentence counts when it names the authority; the last
one that says something wins. Also: whether the narrative says that the Council of State is open to the complainant.
"""

import re
from collections.abc import Iterable

from cases.folding import normal

NOT_CONTACTED = (
    "nog niet aangesproken|nog niets|nog niet ingediend|nog geen klacht|geen klacht|pas encore|pas porte plainte|not yet|"
    "not complained|noch nicht|noch keine beschwerde"
)
NO_ANSWER = (
    "geen antwoord|nooit antwoord|geen enkel antwoord|antwoordt niet|antwoordde niet|geen reactie|pas de reponse|"
    "aucune reponse|jamais repondu|no answer|no reply|never answered|keine antwort|nie geantwortet"
)
REFUSED = "weigert|geweigerd|weigerde|refuse|refused|abgelehnt"
ANSWERED = "antwoord|antwoordde|reponse|repondu|answer|answered|reply|replied|antwort|geantwortet"
# In the order in which they are tried: a refusal to answer is not an answer.
MEANINGS = (
    (NOT_CONTACTED, ("not_passed", "nog_geen_contact")),
    (NO_ANSWER, ("passed", "geen_antwoord_45_dagen")),
    (REFUSED, ("passed", "weigering_eerste_lijn")),
    (ANSWERED, ("passed", "antwoord_onvoldoende")),
)
COUNCIL_OF_STATE = "raad van state|conseil d etat|council of state|staatsrat"
ORDINARY = frozenset(
    "de het een mijn onze ons van voor en of in la le les des ma mon notre the my our der die das und meine dienst afdeling".split()
)


def first_line_told(narrative: str, names: Iterable[str]) -> tuple[str, str] | None:
    """Gate and reason as the narrative tells them of an authority with these names; None when it says nothing."""
    wanted = {word for name in names for word in normal(name).split() if len(word) > 2 and word not in ORDINARY}
    told = None
    for sentence in re.split(r"[.!?;\n]+(?=\s|$)", narrative):
        words = normal(sentence)
        if wanted.isdisjoint(words.split()):
            continue
        told = next((meaning for pattern, meaning in MEANINGS if re.search(rf"\b({pattern})\b", words)), told)
    return told


def mentions_council_of_state(narrative: str) -> bool:
    """True when the narrative says that one can go to the Council of State."""
    return re.search(rf"\b({COUNCIL_OF_STATE})\b", normal(narrative)) is not None
