"""What the office hands over arrives here: a box for this house, which becomes a report. The reports house's side of `tasks.reports_house.handing_over`.

Whoever sent it to the office has no code yet: with the address of their page at the office they open the mailbox once, and get a code.
A box that comes twice is taken once. Refuses with BoxNotOurs, and with what a form refuses.
"""

import base64
import io
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from cases.cleaning import FileNotCleaned
from cases.documents import Stored, Upload
from cases.models import Case
from history.log import Event
from history.sealed_box import BoxNotOurs
from history.sealing import keyring_at
from identity.people import Actor
from identity.permissions import require
from identity.roles import COMPLAINANT
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import intake, turn
from tasks.citizens import amounts
from tasks.errors import CaseNotFound
from tasks.joined.transfer_models import Transfer
from tasks.office import Office
from tasks.reports_house import mailbox
from tasks.reports_house.handing_over import FORMAT

FORM = "report_handed_over"
OFFICE, GROUND = "ombudsdienst", "handed_over"
_LINK = re.compile(r"/volg/([A-Za-z0-9_-]{43})(?:[/?#]|$)")


class LinkUnknown(Invalid):
    """Met dit adres vinden wij geen melding. Kopieer het adres van uw dossierpagina helemaal. Opende u de postbus al, dan hebt u uw code nodig."""


def take(office: Office, work: UnitOfWork, package_id: str, box: bytes) -> None:
    """Open a box, and a report of it; nothing when it came before. Raises BoxNotOurs, TooManyReports (it is sent again later)."""
    if work.session.scalar(select(Transfer.id).where(Transfer.package_id == package_id)) is not None:
        return
    amounts.require_room_for_report(office, work)
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
    # Its first key: for as long as it is the case's, nobody opened the mailbox.
    arrived.digest, arrived.person, arrived.at = told["secret_hash"], mailbox.REPORTER.id, office.clock.now()
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
    mine = Case.secret_hash == turn.hash_of(found[1] if found else "")
    case = work.session.scalar(_unopened().where(mine).with_for_update())
    if case is None:
        raise LinkUnknown(errors=[{"field": "link", "message": LinkUnknown().sentence}])
    return _new_code(office, case)


def without_code(reading: Reading) -> Sequence[str]:
    """The numbers of reports that came by the office and of which nobody opened the mailbox yet."""
    query = _unopened().with_only_columns(Case.number).order_by(Case.id)
    return reading.session.scalars(query).all()


def code_by_officer(office: Office, work: UnitOfWork, actor: Actor, number: str) -> str:
    """A code to tell a reporter who has no page at the office, by telephone or on paper; once, and it is noted. Raises CaseNotFound."""
    require(actor, "complaint.receive")
    case = work.session.scalar(_unopened().where(Case.number == number).with_for_update())
    if case is None:
        raise CaseNotFound(number=number)
    told = Event("link", "sent", office.clock.now(), actor.id, turn.role_of(actor), {"to": COMPLAINANT})
    turn.finish(office, work, case.id, told)
    return _new_code(office, case)


def _unopened() -> Select[Case]:
    handed = select(Case).join(Transfer, Transfer.case_id == Case.id)
    return handed.where(Transfer.ground == GROUND, Transfer.digest == Case.secret_hash)


def _new_code(office: Office, case: Case) -> str:
    code = mailbox.new_code()
    case.secret_hash = turn.hash_of(mailbox.secret_of(office, code))
    return code
