"""The mailbox of somebody who reported a breach: opened by a code of sixteen digits that only they have.

In: the code, as people type it. Out: the secret of their case's page. Nothing else is known of them: no address, no mail, and not when they
looked. The code is made here, shown once and kept nowhere; what is stored is a hash that cannot be tried without the house's key.
Refuses with CodeUnknown.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cases.documents import Upload
from cases.models import Case
from history.sealing import keyring_at
from identity.people import Actor
from identity.roles import COMPLAINANT
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import intake, turn
from tasks.citizens import amounts
from tasks.citizens.complainant import CasePage
from tasks.office import Office

DIGITS, GROUP = 16, 4
REPORTER = Actor("complainant:new", "", frozenset({COMPLAINANT}))


class CodeUnknown(Invalid):
    """Deze code kennen wij niet. Kijk na of u alle zestien cijfers juist overnam. Een melding die lang geleden afgesloten werd, is vernietigd."""


@dataclass(frozen=True)
class Said:
    """One message in the mailbox. `is_ours` is from the house."""

    at: datetime
    is_ours: bool
    subject: str
    text: str


def new_code() -> str:
    """Sixteen digits: 53 bits, too many to try at a door, few enough to write down."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def in_groups(code: str) -> str:
    """As people read it: 1234 5678 9012 3456."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def secret_of(office: Office, typed: str) -> str:
    """The secret behind a code, with or without spaces and dashes. Raises CodeUnknown for what cannot be one."""
    code = re.sub(r"[\s.-]", "", typed)
    if re.fullmatch(r"[0-9]{16}", code) is None:
        raise CodeUnknown(errors=[{"field": "code", "message": CodeUnknown().sentence}])
    return keyring_at(office.settings.master_key_file).lengthened(code)


def is_known(reading: Reading, secret: str) -> bool:
    """True when a report lies behind this secret."""
    return reading.session.scalar(select(Case.id).where(Case.secret_hash == turn.hash_of(secret))) is not None


def report(
    office: Office,
    work: UnitOfWork,
    code: str,
    answers: Mapping[str, Any],
    files: Sequence[Upload] = (),
    *,
    by: Actor = REPORTER,
) -> None:
    """Take a report; a second time with the same code finds that of the first. An officer notes what was told by voice. Raises TooManyReports."""
    secret = secret_of(office, code)
    if is_known(work, secret):
        return
    if by.is_external:
        amounts.require_room_for_report(office, work, files)
    form = office.house.own_form if by.is_external else office.house.desk_form
    papers = [office.documents.store(each, cleans=True) for each in files]  # also what an officer was handed
    intake.receive(office, work, by, answers, papers, form_key=form, secret=secret)


def conversation(page: CasePage) -> list[Said]:
    """What was said in both directions, the newest first."""
    ours = [Said(letter.written_at, True, letter.subject, letter.body) for letter in page.letters]
    theirs = [Said(message.sent_at, False, "", message.text) for message in page.messages]
    return sorted([*ours, *theirs], key=lambda said: said.at, reverse=True)
