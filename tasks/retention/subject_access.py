"""What a complainant may ask of us under the GDPR (article 15): everything of theirs in a case, in one file.

In it: what they told, the letters to them, their documents, their messages, what became of each grievance. Not in it: what others
told about themselves, notes of the office, letters to services. Refuses with NotAllowed, CaseNotFound, CaseAlreadyErased.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select, true

from cases import facts
from cases.models import Case, Document, Erasure, Grievance, Letter, Message
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading
from tasks.case_file import case_view
from tasks.forms_in_use import plain
from tasks.office import Office
from tasks.retention.erasing import CaseAlreadyErased

THEIRS = ("complaint.", "complainant.", "first_line.", "court.", "mandate.")
ABOUT = """Dit zijn uw gegevens in dossier {number}.

dossier.json   wat u ons vertelde en wat er met uw klacht gebeurde
brieven/       de brieven die wij u stuurden
stukken/       de bestanden die u ons bezorgde

Klopt er iets niet, of wilt u dat wij iets wissen? Laat het ons weten.
"""


def package(office: Office, reading: Reading, actor: Actor, number: str) -> bytes:
    """A zip with everything of the complainant in this case. The caller records the look."""
    require(actor, "retention.export")
    case = case_view.find(reading, actor, number)
    if reading.session.scalar(select(Erasure.id).where(Erasure.case_id == case.id)) is not None:
        raise CaseAlreadyErased(number=number)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("lees-mij.txt", ABOUT.format(number=number))
        out.writestr("dossier.json", json.dumps(_told(reading, case), ensure_ascii=False, indent=2, default=str))
        for letter in _of_theirs(reading, Letter, case, Letter.to_role == "complainant"):
            name = f"brieven/{letter.written_at:%Y-%m-%d}-{letter.id}-{letter.template}.txt"
            out.writestr(name, f"{letter.subject}\n\n{letter.body}\n")
        # Where a case goes on from another, its papers came along: they say from which case, and whose they are.
        theirs = or_(Document.source.startswith("complainant"), Document.added_by == f"complainant:{case.id}")
        for document in _of_theirs(reading, Document, case, theirs):
            out.writestr(f"stukken/{document.id}-{document.name}", office.documents.read(document))
    return buffer.getvalue()


def _of_theirs(reading: Reading, table: Any, case: Case, condition: Any) -> list[Any]:
    query = select(table).where(table.case_id == case.id, condition).order_by(table.id)
    return list(reading.session.scalars(query))


def _told(reading: Reading, case: Case) -> Mapping[str, object]:
    known = facts.known(reading, case.id)
    grievances = _of_theirs(reading, Grievance, case, true())
    messages = _of_theirs(reading, Message, case, Message.sender.startswith("complainant"))
    return {
        "dossier": case.number,
        "ontvangen": case.received_at.isoformat(),
        "afgesloten": case.closed_at.isoformat() if case.closed_at else None,
        "onderwerp": case.subject,
        "wat u vertelde": {name: plain(value) for name, value in known.items() if name.startswith(THEIRS)},
        "grieven": [
            {
                "nummer": g.number,
                "dienst": g.authority_name,
                "oordeel": g.finding,
                "herstel": g.remedy,
                "normen": g.norms,
            }
            for g in grievances
        ],
        "berichten van u": [{"op": m.sent_at.isoformat(), "over": m.about, "tekst": m.text} for m in messages],
    }
