"""Values as people read them: labels for codes, Dutch for yes, no and dates, names for actor ids."""

from collections.abc import Mapping
from datetime import date

from identity import people
from storage.unit_of_work import Reading
from tasks.office import Office

# What decision tables answer that no code list has a word for.
ANSWERS = {
    "none": "nee",
    "forward": "doorzenden",
    "refer": "doorverwijzen",
    "passed": "ja",
    "not_passed": "nog niet",
    "bypassed": "niet nodig",
    "antwoord_onvoldoende": "het antwoord volstaat niet",
    "geen_antwoord_45_dagen": "geen antwoord binnen 45 dagen",
    "weigering_eerste_lijn": "de dienst weigerde de klacht",
    "eerste_lijn_loste_op": "de dienst loste het op",
    "rewrite": "herschrijven",
    "approve": "laten goedkeuren",
    "nog_geen_contact": "nog geen contact met de dienst",
    "termijn_loopt_nog": "de termijn van de dienst loopt nog",
    "rvs_besluit": "beslissing van een bestuur, beroep bij de Raad van State",
}
OUTCOMES = {
    "admitted": "Ontvankelijk",
    "admissible": "Ontvankelijk",
    "refused": "Niet ontvankelijk",
    "suspended": "Opgeschort",
}


def label(office: Office, codelist: str, value: object) -> str:
    """The words of a value in a code list; empty for nothing."""
    if value in (None, ""):
        return ""
    return office.codelists[codelist].label(value) if codelist in office.codelists else str(value)


def spoken(office: Office, value: object, choices: Mapping[str, str] | None = None, codelist: str | None = None) -> str:
    """A value as people read it: labels for codes, Dutch for yes and no and dates, rows as lines."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, list):
        return "\n".join(filter(None, (spoken(office, item, choices, codelist) for item in value)))
    if isinstance(value, dict):
        said = (_of_row(office, name, item) for name, item in value.items() if item not in (None, "", []))
        return ", ".join(filter(None, said))
    text = str(value)
    if choices and text in choices:
        return choices[text]
    if codelist:
        return label(office, codelist, text)
    found = next((c.label for each in office.codelists.values() for c in each.codes if c.value == text), None)
    rule = office.deadline_rules.rules.get(text)
    known = OUTCOMES.get(text) or ANSWERS.get(text) or (rule.label if rule else None)
    return known or (found if found and not text.isdigit() else None) or _as_day(text)


def _of_row(office: Office, name: str, value: object) -> str:
    """A cell of a row. Norms are numbers: without their code list nobody knows which."""
    norms = value if name == "norms" and isinstance(value, list) else None
    if norms is None:
        return spoken(office, value)
    return "; ".join(label(office, "norms", str(norm)).lower() for norm in norms)


def _as_day(text: str) -> str:
    if len(text) == 10 and text[4:5] == "-" and text[7:8] == "-":
        try:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        except ValueError:
            return text
    return text


def names_in(office: Office, reading: Reading) -> dict[str, str]:
    """Actor id to name for `who`; and by its kind, what this house calls somebody without an account when that is a word of its own."""
    own = office.house.words.get("the_complainant")
    return {**people.names(reading), **({"complainant": own.lower()} if own else {})}


def who(resource: str | None, names: Mapping[str, str]) -> str:
    """The name behind an actor id; the system and those without an account by what they are."""
    kind, _, _ = (resource or "").partition(":")
    known = {
        "complainant": "de klager",
        "authority": "de dienst",
        "heard_person": "wie gehoord werd",
        "system": "het systeem",
        "token": "een programma",
    }
    return names.get(resource or "") or names.get(kind) or known.get(kind, resource or "")


def which_time(number: int, total: int | None) -> str:
    """Of something that is done several times, which time this is; a first time of who knows how many says nothing."""
    if total is not None:
        return f"{number} van {total}"
    return f"{number}e keer" if number > 1 else ""
