"""What the office hands over arrives here: a box for this house, which becomes a report. The reports house's side of `tasks.handing_over`.

Whoever sent it to the office has no code yet: with the address of their page at the office they open the mailbox once, and get a code.
A box that comes twice is taken once. Refuses with BoxNotOurs, and with what a form refuses.
"""

import base64
import io
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cases.cleaning import FileNotCleaned
from cases.documents import Stored, Upload
from cases.models import Case
from history.sealed_box import BoxNotOurs
from history.sealing import keyring_at
from problems import Invalid
from storage.unit_of_work import UnitOfWork
from tasks import intake, mailbox, turn
from tasks.handing_over import FORMAT
from tasks.office import Office
from tasks.transfer_models import Transfer

FORM = "report_handed_over"
OFFICE, GROUND = "ombudsdienst", "handed_over"
_LINK = re.compile(r"/volg/([A-Za-z0-9_-]{43})(?:[/?#]|$)")


class LinkUnknown(Invalid):
    """Met dit adres vinden wij geen melding. Kopieer het adres van uw dossierpagina helemaal. Opende u de postbus al, dan hebt u uw code nodig."""


def take(office: Office, work: UnitOfWork, package_id: str, box: bytes) -> None:
    """Open a box, and a report of it; nothing when it came before. Raises BoxNotOurs."""
    if work.session.scalar(select(Transfer.id).where(Transfer.package_id == package_id)) is not None:
        return
    told = _read(keyring_at(office.settings.master_key_file).opener.open(box))
    papers = [_kept(office, each) for each in told["documents"]]
    received = intake.receive(
        office,
        work,
        mailbox.REPORTER,
        {**told["answers"], "report_channel": "forwarded"},
        papers,
        form_key=FORM,
        received_at=datetime.fromisoformat(told["received_at"]),
    )
    work.session.get_one(Case, received.case_id).secret_hash = told["secret_hash"]
    arrived = Transfer(direction="in", package_id=package_id, case_id=received.case_id, partner=OFFICE, ground=GROUND)
    arrived.digest, arrived.person, arrived.at = "", mailbox.REPORTER.id, office.clock.now()
    work.session.add(arrived)


def _read(content: bytes) -> Mapping[str, Any]:
    """What is in the box; who shut it may be anybody, so nothing of it is trusted. Raises BoxNotOurs."""
    try:
        told = json.loads(content)
        is_ours = told["format"] == FORMAT and re.fullmatch("[0-9a-f]{64}", told["secret_hash"])
        has_zone = datetime.fromisoformat(told["received_at"]).tzinfo is not None
        is_text = all(isinstance(each, str) for each in told["answers"].values())
        is_paper = all(isinstance(each["name"], str) and isinstance(each["content"], str) for each in told["documents"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BoxNotOurs from None
    if not (is_ours and has_zone and is_text and is_paper):
        raise BoxNotOurs
    found: Mapping[str, Any] = told
    return found


def _kept(office: Office, paper: Mapping[str, str]) -> Stored:
    """Made clean where that can be; else as it is, for it lay open at the office already and may be proof."""
    try:
        content = base64.b64decode(paper["content"], validate=True)
    except ValueError:
        raise BoxNotOurs from None
    with suppress(FileNotCleaned):
        return office.documents.store(Upload(paper["name"], io.BytesIO(content)), cleans=True)
    return office.documents.store(Upload(paper["name"], io.BytesIO(content)))


def code_for(office: Office, work: UnitOfWork, typed: str) -> str:
    """The code of a mailbox, for who has the address of their page at the office; from then on that address opens nothing. Raises LinkUnknown."""
    found = _LINK.search(typed.strip())
    handed = select(Case).join(Transfer, Transfer.case_id == Case.id).where(Transfer.ground == GROUND)
    mine = handed.where(Case.secret_hash == turn.hash_of(found[1])) if found else None
    case = work.session.scalar(mine.with_for_update()) if mine is not None else None
    if case is None:
        raise LinkUnknown(errors=[{"field": "link", "message": LinkUnknown().sentence}])
    code = mailbox.new_code()
    case.secret_hash = turn.hash_of(mailbox.secret_of(office, code))
    return code
