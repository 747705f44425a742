"""A message that comes into a case: what it says by its form, put on the file, and the event that tells it.

Who may send it, and what it moves, the caller decides (`tasks.inbox`, `tasks.citizens.more_time`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cases import facts
from cases.documents import Upload
from cases.models import Message
from engine import definitions
from forms.schema import Split, split
from forms.validation import validate
from history.log import Event
from identity.people import Actor
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.errors import FormNotAccepted, MessageNotExpected
from tasks.forms_in_use import Said, choices_of, form_in_use, plain, raw_of
from tasks.office import Office


def check(
    office: Office, work: UnitOfWork, message: str, said: Said, context: Mapping[str, Any] | None = None
) -> Split:
    """What it says, by its form. Raises MessageNotExpected where it has none, FormNotAccepted naming every field."""
    if definitions.latest(work, "form", message) is None:
        raise MessageNotExpected(message=message)
    form, _ = form_in_use(work, message)
    checked = validate(form, raw_of(form, said), codelists=choices_of(office), context=context)
    if checked.errors:
        raise FormNotAccepted(errors=checked.problems, form=message)
    return split(form, checked.values)


def keep(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    case_id: int,
    message: str,
    parts: Split,
    files: Sequence[Upload] = (),
) -> Event:
    """Facts, files and words on the file; gives the event that this came."""
    now = office.clock.now()
    told = {name: plain(value) for name, value in parts.facts.items()}
    facts.remember(work, case_id, told, personal=parts.personal, at=now)
    for upload in files:
        office.documents.add(work, case_id, upload, source=actor.id, by=actor.id, at=now)
    text = str(told.get(f"{message}.text") or told.get("message.text") or "")
    if text:
        work.session.add(Message(case_id=case_id, sender=actor.id, about=message, text=text, sent_at=now))
    personal = {name: value for name, value in told.items() if name in parts.personal}
    data = {"message": message, "answers": {k: plain(v) for k, v in parts.token.items()}, "files": len(files)}
    return Event("message", "received", now, actor.id, turn.role_of(actor), data, personal)
