"""How much may come from outside into one case, and into the reports house by all who report together.

In: whoever brings something by a link or a code, and their files. Counted in the database, in a turn that holds the case, so it is one count
whatever the number of processes. Where somebody comes from is not asked: that is `web.citizens.per_address`, which the reports house
does not have. Refuses with TooManyMessages, TooManyPapers, TooManyReports, and with DraftTooLong and TooManyFiles of `drafts`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from cases.documents import Upload
from cases.models import Case, Document, Message
from identity.people import Actor
from problems import TooOften
from storage.unit_of_work import Reading
from tasks.citizens.drafts import AN_HOUR, MOST_BYTES, MOST_FILES, DraftTooLong, TooManyFiles
from tasks.office import Office

A_DAY = timedelta(days=1)
# Of one sender in one case: messages in an hour, files in a day. Together they may weigh what the files of one complaint may.
MOST_MESSAGES, MOST_PAPERS = 30, 60


class TooManyMessages(TooOften):
    """U stuurde ons het laatste uur heel veel berichten. Wij hebben ze allemaal. Wacht een uur voor u weer iets stuurt."""


class TooManyPapers(TooOften):
    """U stuurde ons de laatste dag al heel veel bestanden. Wij hebben ze allemaal. Stuur de andere morgen."""

    after = int(A_DAY.total_seconds())


class TooManyReports(TooOften):
    """Er komt nu heel veel tegelijk binnen. Er is nog niets verstuurd. Probeer het over een uur opnieuw."""


def require_room(office: Office, reading: Reading, case_id: int, actor: Actor, files: Sequence[Upload]) -> None:
    """Before something is added to a case by who has its link. What the office itself adds is not counted."""
    if not actor.is_external:
        return
    now = office.clock.now()
    said = (Message.case_id == case_id, Message.sender == actor.id, Message.sent_at > now - AN_HOUR)
    if (reading.session.scalar(select(func.count()).where(*said)) or 0) >= MOST_MESSAGES:
        raise TooManyMessages
    if not files:
        return
    sent = (Document.case_id == case_id, Document.added_by == actor.id, Document.added_at > now - A_DAY)
    many, size = reading.session.execute(select(func.count(), func.sum(Document.size)).where(*sent)).one()
    weight = (size or 0) + sum(each.size for each in files)
    if many + len(files) > MOST_PAPERS or weight > MOST_FILES * office.settings.upload_limit:
        raise TooManyPapers
    if office.house.is_sealed:
        _require_room_for_files(office, reading, now)


def require_room_for_report(office: Office, reading: Reading, files: Sequence[Upload] = ()) -> None:
    """Before a report is taken of somebody nobody knows: so many in an hour, by all together, as complaints are begun elsewhere."""
    now = office.clock.now()
    recent = select(func.count()).where(Case.received_at > now - AN_HOUR)
    if (reading.session.scalar(recent) or 0) >= office.settings.drafts_an_hour:
        raise TooManyReports
    if len(files) > MOST_FILES:
        raise TooManyFiles(errors=[{"field": "files", "message": TooManyFiles().sentence}])
    _require_room_for_files(office, reading, now)


def _require_room_for_files(office: Office, reading: Reading, now: datetime) -> None:
    """What all reporters together send in a day fills no more of the disk than what strangers leave unsent elsewhere."""
    recent = select(func.sum(Document.size)).where(Document.added_at > now - A_DAY)
    if (reading.session.scalar(recent) or 0) >= office.settings.draft_bytes:
        raise TooManyReports


def require_short(actor: Actor, answers: Mapping[str, Any]) -> None:
    """Before half-filled answers are kept, which no form has checked yet."""
    if actor.is_external and len(json.dumps(answers, ensure_ascii=False).encode(errors="replace")) > MOST_BYTES:
        raise DraftTooLong
