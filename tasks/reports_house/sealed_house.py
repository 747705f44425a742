"""What a sealed house asks of its folder: a key for each case that is there, and nothing that still lies open.

Refuses with KeysMissing.
"""

import io

from sqlalchemy import select

from cases import facts
from cases.documents import Upload
from cases.models import Case, Document, Erasure
from cases.searching import search_words
from problems import Conflict
from storage import shutting
from storage.private import owner_of
from tasks.office import Office

PORTION = 200  # cases of one transaction


class KeysMissing(Conflict):
    """De sleutels van de dossiers ontbreken. Zet de kopie van de map 'keys' naast master.key terug: zonder die map leest niemand een melding."""


def require_keys(office: Office) -> None:
    """Refuse with KeysMissing where the newest case that was not destroyed has no key: its folder was left behind."""
    vault = office.database.vault
    if vault is None:
        return
    newest = select(Case.id).outerjoin(Erasure, Erasure.case_id == Case.id).where(Erasure.id.is_(None))
    with office.database.reading() as reading:
        case_id = reading.session.scalar(newest.order_by(Case.id.desc()).limit(1))
    if case_id is not None and not vault.has(owner_of(case_id)):
        raise KeysMissing(folder=str(office.settings.keys_dir))


def shut_what_lies_open(office: Office) -> int:
    """Shut the values and files that were there before there was a vault; returns how many. Safe to repeat.

    A file that lay open is gone with the next sweep, since no row knows it any more.
    """
    if office.database.vault is None:
        return 0
    shut = shutting.shut_open_values(office.database)
    lies_open = select(Document).where(Document.file_key.is_(None)).order_by(Document.id).limit(1)
    while True:
        with office.database.work() as work:
            row = work.session.scalar(lies_open)
            if row is None:
                return shut
            content = office.documents.path(row.digest).read_bytes()
            stored = office.documents.store(Upload(row.name, io.BytesIO(content)))
            row.digest, row.file_key = stored.digest, stored.key
            shut += 1


def find_words_again(office: Office) -> int:
    """Make what the search looks in again where it was made before letters of every script were kept; returns for how many cases.

    The migration that did so elsewhere cannot read these words. Safe to repeat: they are few, and what is right is left alone.
    """
    if office.database.vault is None:
        return 0
    is_there = select(Case).outerjoin(Erasure, Erasure.case_id == Case.id).where(Erasure.id.is_(None))
    made, last = 0, 0
    while True:
        with office.database.work() as work:
            rows = work.session.scalars(is_there.where(Case.id > last).order_by(Case.id).limit(PORTION)).all()
            for case in rows:
                words = search_words(case, facts.known(work, case.id))
                made += words != case.search_text
                case.search_text = words
            if not rows:
                return made
            last = rows[-1].id
