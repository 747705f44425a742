"""A letter on paper: what stands on the sheet, read inside a transaction; the PDF, made outside one.

In: a letter as it was written and kept. Out: the same letter with the office's head and the reader's address. Nothing is looked up
again that its reader may not know: an authority's sheet holds what its letter holds.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from cases.deadlines import local_day
from cases.explaining import written_out
from cases.models import Case, Letter
from cases.parties import complainant_of
from identity.roles import COMPLAINANT
from storage.unit_of_work import Reading
from tasks.letters import printing
from tasks.office import Office, lines_of

TEMPLATE = "letter"
# Who has no name of their own on the file.
ADDRESSED = {"minister": "Aan de minister", "parliament": "Aan de voorzitter van het Vlaams Parlement"}
# Street and town stand on lines of their own: the post reads from below.
TOWN = re.compile(r"\n|,\s*(?=(?:[A-Z]{1,2}-)?\d{4,5}\s)")


@dataclass(frozen=True)
class Sheet:
    """One letter as it is printed; `to` are the lines of the address, `paragraphs` lists of lines."""

    language: str
    to: tuple[str, ...]
    date: str
    number: str
    subject: str
    paragraphs: tuple[tuple[str, ...], ...]
    written_at: datetime


def sheet(reading: Reading, case: Case, letter: Letter, subject: str = "", body: str = "") -> Sheet:
    """What stands on paper. `subject` and `body` are the words its reader may see, where those are not all."""
    return Sheet(
        language=letter.language,
        to=_address(reading, case, letter),
        date=written_out(local_day(letter.written_at), letter.language),
        number=case.number,
        subject=subject or letter.subject,
        paragraphs=paragraphs(body or letter.body),
        written_at=letter.written_at,
    )


def pdf(office: Office, sheets: Sequence[Sheet], title: str = "") -> bytes:
    """The letters, each on pages of its own. The same letters give the same bytes: their date is that of the newest."""
    settings = office.settings
    told = {
        "title": title or sheets[0].subject,
        "office": settings.office_name,
        "address": lines_of(settings.office_address),
        "contact": lines_of(settings.office_contact),
        "letters": [{**asdict(each), "written_at": each.written_at.isoformat()} for each in sheets],
    }
    return printing.pdf(TEMPLATE, told, max(each.written_at for each in sheets))


def name(case_number: str, letter: Letter) -> str:
    """What the file is called: the number of the case, the letter, its number."""
    return f"{case_number}-{letter.template}-{letter.id}.pdf"


def _address(reading: Reading, case: Case, letter: Letter) -> tuple[str, ...]:
    lines = [ADDRESSED.get(letter.to_role, letter.to_name)]
    if letter.to_role == COMPLAINANT:
        party = complainant_of(reading, case.id)
        lines = [letter.to_name or case.complainant_name, *(TOWN.split(party.address or "") if party else ())]
    return tuple(line.strip() for line in lines if line.strip())


def paragraphs(body: str) -> tuple[tuple[str, ...], ...]:
    """A body as lists of lines."""
    return tuple(tuple(block.split("\n")) for block in body.strip().split("\n\n") if block.strip())
