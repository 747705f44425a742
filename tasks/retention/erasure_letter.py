"""The letter that tells somebody their data were destroyed (L31), with the proof: made from what is left, so it names nobody.

The office prints it, or sends it on where it was asked for. It can be made again, as often as wanted: the same proof, the same bytes.
"""

from collections.abc import Mapping

from sqlalchemy import select

from cases.deadlines import local_day
from cases.explaining import written_out
from cases.models import Case, Erasure
from identity.people import Actor
from identity.permissions import require
from problems import NotFound
from storage.unit_of_work import Reading
from tasks.letters import letter_pdf, letter_texts
from tasks.letters.letter_pdf import Sheet
from tasks.office import Office
from tasks.retention.erasing import ELSEWHERE, GROUNDS, REQUEST, TERM

TEMPLATE = "L31"
WHY: Mapping[str, Mapping[str, str]] = {
    "nl": GROUNDS,
    "fr": {
        TERM: "Le délai de conservation est écoulé",
        REQUEST: "Vous nous l'avez demandé",
        ELSEWHERE: "Cela ne relevait pas de ce service",
    },
    "de": {
        TERM: "Die Aufbewahrungsfrist ist abgelaufen",
        REQUEST: "Sie haben uns darum gebeten",
        ELSEWHERE: "Es gehörte nicht zu dieser Stelle",
    },
    "en": {
        TERM: "The retention period is over",
        REQUEST: "You asked us to",
        ELSEWHERE: "It did not belong with this office",
    },
}


class NothingDestroyed(NotFound):
    """Van dit dossier is niets vernietigd."""


def sheet(office: Office, reading: Reading, actor: Actor, number: str) -> Sheet:
    """The letter about one destroyed case, in the language its complainant chose. Raises NothingDestroyed."""
    require(actor, "retention.read")
    query = select(Erasure, Case).join(Case, Case.id == Erasure.case_id).where(Case.number == number)
    found = reading.session.execute(query).one_or_none()
    if found is None:
        raise NothingDestroyed(number=number)
    proof, case = found
    wording, language = letter_texts.in_use(reading, office.letters_dir, TEMPLATE).wording(case.language)
    day = written_out(local_day(proof.erased_at), language)
    places = {
        "number": case.number,
        "office": office.settings.office_name,
        "today": day,
        "erasure_ground": WHY.get(language, GROUNDS)[proof.ground],
        "erasure_proof": f"{day}\n{case.number} / {proof.seq}\n{proof.hash}\n{proof.key_digest}",
    }
    subject, body = (letter_texts.filled(text, places) for text in (wording.subject, wording.body))
    return Sheet(language, (), day, case.number, subject, letter_pdf.paragraphs(body), proof.erased_at)
