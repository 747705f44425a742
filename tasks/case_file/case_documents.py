"""Documents of a case, for those who may see the case: added, listed in the history, opened again.

What is added is noted with its name sealed: a file is often named after a person. Refuses with NotAllowed, DocumentNotFound and
what `cases.documents` refuses a file for.
"""

from collections.abc import Sequence
from pathlib import Path

from cases.documents import DocumentNotFound, Upload
from cases.models import Case, Document
from history.log import Event
from identity.people import Actor
from identity.permissions import allows
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.office import Office


class NoFileChosen(Invalid):
    """Kies eerst een bestand."""


def add(office: Office, work: UnitOfWork, actor: Actor, case: Case, uploads: Sequence[Upload]) -> list[Document]:
    """Put files on the case, all of them or none."""
    sight.require(actor, "document.add", case)
    if not uploads:
        raise NoFileChosen(errors=[{"field": "files", "message": NoFileChosen().sentence}])
    now = office.clock.now()
    rows = [office.documents.add(work, case.id, each, source=actor.id, by=actor.id, at=now) for each in uploads]
    work.session.flush()
    events = [
        Event(
            "document",
            "received",
            now,
            actor.id,
            turn.role_of(actor),
            {"document": row.id, "digest": row.digest, "size": row.size},
            {"name": row.name},
        )
        for row in rows
    ]
    turn.finish(office, work, case.id, *events)
    return rows


def find(office: Office, reading: Reading, actor: Actor, case: Case, document_id: int) -> tuple[Document, Path]:
    """A document of this case and where its bytes lie. Raises DocumentNotFound, also when it is another case's."""
    row = reading.session.get(Document, document_id) if allows(actor, "document.read") else None
    if row is None or row.case_id != case.id:
        raise DocumentNotFound(document_id=document_id)
    return row, office.documents.path(row.digest)
