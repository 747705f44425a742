"""What a letter may name: of itself, of what diagrams set, and of every fact a form may tell. And an example of each, for a preview.

A name that is not here would stop a case at the moment its letter is written; so a letter that asks for one is not published.
"""

import json
from collections.abc import Mapping
from functools import cache

from cases.parties import WITHHELD, withheld_in
from engine import definitions
from forms import schema
from storage.unit_of_work import Reading
from tasks.letters import answering, letter_texts
from tasks.letters.letter_texts import PLACE, Wording
from tasks.office import WORKFLOWS, Office
from tasks.studio import known_variables

# What `tasks.handlers.letters` fills in by itself, with what it is.
OWN: Mapping[str, str] = {
    "number": "Nummer van het dossier",
    "office": "Naam van de ombudsdienst",
    "today": "Datum van de brief",
    "complainant": "Naam van de klager; afgeschermd waar het moet",
    "authority": "Dienst waarover de klacht gaat",
    "subject": "Onderwerp van de klacht",
    "narrative": "Wat de klager vertelde",
    "desired_outcome": "Wat de klager vraagt",
    "case_link": "Persoonlijke link van de klager",
    "appeal_warning": "Wat de klager over beroepstermijnen moet weten",
    "first_line_ground_words": "Grond waarop een dienst weigerde, in woorden",
    "body_name": "Andere dienst die kan helpen",
    "body_about": "Waarvoor die andere dienst er is",
    "body_website": "Website van die andere dienst",
    "grievances": "Elke grief met oordeel, herstel, normen en redenering",
    "refusal_ground": "Weigeringsgrond, in de taal van de lezer",
    "signed_by": "Wie ondertekende",
    "how_to_answer": "Hoe de lezer antwoordt: met een aparte mail, of met de post",
    "answer_link": "Link naar de vraag die al wacht op de lezer, voor een herinnering",
    "complainant_contact": "Waar de klager te bereiken is; via ons als dat niet gezegd mag worden",
}
# Of letters that no diagram sends: the yearly request to services, and what was destroyed.
OF_OTHERS: Mapping[str, str] = {
    "report_year": "Jaar van het verslag",
    "erasure_ground": "Waarom de gegevens vernietigd zijn",
    "erasure_proof": "Bewijs van de vernietiging",
    "survey_link": "Link naar de vragen over tevredenheid",
}


def known(reading: Reading) -> Mapping[str, str]:
    """Every place by name, with what it is in words; empty words where only a diagram knows."""
    found = dict.fromkeys(sorted(known_variables.known(reading)), "")
    for row in definitions.in_use(reading, "form"):
        for each in schema.parse(row.content).inputs():
            if each.fact:
                found[each.fact.replace(".", "_")] = each.label
    return {**found, **OF_OTHERS, **OWN}


def used(reading: Reading) -> Mapping[str, str]:
    """The places that letters in use ask for, and the letter's own: what somebody who writes one is offered first."""
    meant = known(reading)
    letters = (letter_texts.parse(row.content, row.version) for row in definitions.in_use(reading, letter_texts.KIND))
    asked = frozenset(name for letter in letters for text in letter.texts.values() for name in text.places)
    return {name: words for name, words in meant.items() if name in asked or name in OWN}


@cache
def _examples() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(
        (WORKFLOWS / "letters" / "example.json").read_text(encoding="utf-8")
    )
    return found


def example(office: Office, wording: Wording, language: str, meant: Mapping[str, str], *, is_withheld: bool) -> Wording:
    """The wording filled from an invented case. What the example does not have stands between quotes, in words."""
    told = {**_examples()["nl"], **_examples().get(language, {}), "office": office.settings.office_name}
    if is_withheld:
        told["complainant"] = withheld_in(WITHHELD, language)
        told[answering.CONTACT] = answering.contact({}, (), language)

    def filled(text: str) -> str:
        return PLACE.sub(lambda match: told.get(match[1]) or f"«{meant.get(match[1]) or match[1]}»", text)

    return Wording(filled(wording.subject), filled(wording.body))
