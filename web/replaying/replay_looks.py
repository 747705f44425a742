"""Looks and chains in words: who looked at what, and which case a chain belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.models import Case, Document, Letter
from history.looks import Look
from identity import people
from storage.unit_of_work import Reading
from tasks.case_file.spoken import who

WHAT = {
    "case": "Het dossier",
    "replay": "Het verloop (herbeleven)",
    "looks": "Wie keek?",
    "history": "Het verloop, door een programma",
    "post": "De brieven die met de post gaan",
    "export:xes": "Uitvoer als XES",
    "export:xes:personal": "Uitvoer als XES, met persoonsgegevens",
    "export:json": "Uitvoer als JSON",
    "export:json:personal": "Uitvoer als JSON, met persoonsgegevens",
}
KINDS = {
    "question": "De vraag die gesteld werd",
    "recommendation": "Een aanbeveling",
    "process": "Waar de stappen staan (beheer)",
    "incident": "Een stap die vastzat (beheer)",
}


@dataclass(frozen=True)
class LookShown:
    """One look, in words."""

    at: datetime
    who: str
    role: str
    what: str


def listed(reading: Reading, case_id: int, found: Sequence[Look]) -> list[LookShown]:
    """Looks with names of people, letters and documents: three small statements."""
    names = people.names(reading)
    letters = dict(reading.session.execute(select(Letter.id, Letter.subject).where(Letter.case_id == case_id)).all())
    documents = dict(
        reading.session.execute(select(Document.id, Document.name).where(Document.case_id == case_id)).all()
    )
    return [
        LookShown(each.at, who(each.resource, names), each.role, _what(each.what, letters, documents)) for each in found
    ]


def _what(what: str, letters: dict[int, str], documents: dict[int, str]) -> str:
    """`letter:12` and `document:7` by their names, `question:9` as what it is; an unknown name as it was kept."""
    kind = what.partition(":")[0]
    if kind in KINDS:
        return KINDS[kind]
    match = re.fullmatch(r"(letter|document):(\d+)", what)
    if match is None:
        return WHAT.get(what, what)
    known, kind = (letters, "Brief") if match[1] == "letter" else (documents, "Stuk")
    name = known.get(int(match[2]))
    return f"{kind}: {name}" if name else kind


def name_of_stream(reading: Reading, stream: str) -> tuple[str, str | None]:
    """What a chain is about, and the case's number when it is a case's."""
    if alone := re.fullmatch(r"instance:(\d+)", stream):
        return f"Een proces zonder dossier (nummer {alone[1]})", None
    match = re.fullmatch(r"case:(\d+)", stream)
    if match is None:
        return "Het kantoor zelf (mensen, diagrammen)" if stream == "office" else stream, None
    number = reading.session.scalar(select(Case.number).where(Case.id == int(match[1])))
    return (f"Dossier {number}", number) if number else (f"Een dossier dat er niet meer is ({stream})", None)
