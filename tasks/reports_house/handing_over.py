"""A report that came in as a complaint goes to the reports house, shut for that house alone, and is destroyed here in the same turn.

What it held lies from then on in a box that nobody here can open, in a row that does not say which case it was; it goes when the reports
house has it. The number stays, closed and erased as a case that was none of ours, for whatever reason. Sent twice is taken once.
Refuses with NotAllowed, NoReportsHouse, ReportsHouseAway, TooMuchToHandOver, NobodySentIt, CaseIsJoined, CaseOnHold, CaseAlreadyErased.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from sqlalchemy import delete, select, update

from cases import deadlines, documents, facts, own_initiative
from cases.models import Case, Document, Grievance, Message
from cases.parties import complainant_of
from cases.related import is_leading, leading_of
from history.log import Event
from history.sealed_box import shut_for
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid, Unavailable
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks import sight, turn
from tasks.background import mail, mail_texts
from tasks.case_file import case_view
from tasks.joined.transfer_models import SealedPackage
from tasks.office import Office
from tasks.retention import erasing

FORMAT, DOOR = "ombudsflow-report/1", "/overname"
NOTHING, LANGUAGES = "-", ("nl", "fr", "de", "en")
SECONDS, PORTION, LONGEST = 20, 10, timedelta(hours=6)
MOST_BYTES = 40 * 1024 * 1024  # of the documents together, before they are shut
_log = watching.logger("ombudsflow.mail")


class NoReportsHouse(Conflict):
    """Er is geen meldpunt ingesteld. De beheerder zet OMBUDSFLOW_REPORTS_URL en OMBUDSFLOW_REPORTS_KEY."""


class ReportsHouseAway(Unavailable):
    """Het andere huis antwoordt niet, of het is niet het huis waarvan wij de sleutel hebben. Er is niets gebeurd; probeer het later opnieuw."""


class TooMuchToHandOver(Invalid):
    """De stukken zijn samen te groot om over te dragen. Vraag de afzender om zelf te melden, en sluit het dossier daarna af."""


class NobodySentIt(Conflict):
    """Dit dossier begon bij de dienst zelf. Alleen wat iemand instuurde kan een melding zijn."""


class CaseIsJoined(Conflict):
    """Dit dossier hangt samen met andere. Haal het daar eerst uit."""


def is_possible(office: Office) -> bool:
    """True where this office knows a reports house and its key."""
    return bool(office.settings.reports_url and office.settings.reports_key)


def is_sent_in(case: Case) -> bool:
    """True for what somebody told us; the office's own inquiries and the yearly reports of services are no reports of anybody."""
    return case.matter != own_initiative.MATTER


def require_there(office: Office) -> None:
    """Before anything is shut: the house is there and has the key. Raises NoReportsHouse, ReportsHouseAway. No transaction may be open."""
    if not is_possible(office):
        raise NoReportsHouse
    try:
        found = _asked(Request(office.settings.reports_url + DOOR))  # noqa: S310  # an address of the administrator
    except (OSError, HTTPException):
        raise ReportsHouseAway from None
    if found.decode("ascii", "replace").strip() != office.settings.reports_key:
        raise ReportsHouseAway


def hand_over(office: Office, work: UnitOfWork, actor: Actor, number: str) -> None:
    """Shut the case for the reports house, tell whoever sent it, close and destroy it. `require_there` comes first."""
    require(actor, "case.hand_over")
    found = case_view.find(work, actor, number)
    sight.require(actor, "case.hand_over", found)
    case = erasing.held(office, work, found.id)
    if not is_sent_in(case):
        raise NobodySentIt(number=number)
    if leading_of(work, case.id) is not None or is_leading(work, case.id):
        raise CaseIsJoined(number=number)
    box = shut_for(office.settings.reports_key, _told(office, work, case))
    address, now = office.settings.reports_url + DOOR, office.clock.now()
    work.session.add(SealedPackage(package_id=str(uuid.uuid4()), address=address, box=box, next_at=now))
    party = complainant_of(work, case.id)
    email = party.email if party else None
    left = [row.digest for row in documents.of_case(work, case.id)]
    _close(office, work, actor, case)
    erasing.erase_elsewhere(office, work, actor, case)
    if email:
        _tell(office, work, case, email)
    known = set(work.session.scalars(select(Document.digest).where(Document.digest.in_(left))))
    # Not at the next sweep: until then the bytes would lie here. The same bytes on another case stay.
    work.after_commit(lambda: office.documents.remove(set(left) - known))


def _told(office: Office, work: UnitOfWork, case: Case) -> bytes:
    """What whoever sent it told us, their documents, and the hash of their link: with that link they open the mailbox."""
    papers = documents.of_case(work, case.id)
    if sum(each.size for each in papers) > MOST_BYTES:
        raise TooMuchToHandOver(number=case.number)
    known = facts.known(work, case.id)
    own = select(Message.text).where(Message.case_id == case.id, Message.sender == f"complainant:{case.id}")
    said = [str(known.get("complaint.narrative") or ""), *work.session.scalars(own.order_by(Message.id))]
    contact = [known.get(f"complainant.{part}") for part in ("email", "phone", "address", "postcode", "municipality")]
    return json.dumps(
        {
            "format": FORMAT,
            "secret_hash": case.secret_hash,
            "received_at": case.received_at.isoformat(),
            # As the form of the other house takes them: what it refused could not be mended any more.
            "answers": {
                "subject": case.subject[:200],
                "narrative": "\n\n".join(filter(None, said)) or NOTHING,
                "desired_outcome": str(known.get("complaint.desired_outcome") or "")[:5000],
                "employer": str(known.get("complaint.services") or case.authority_name or NOTHING)[:1000],
                "complainant_name": case.complainant_name[:200],
                "contact": ", ".join(str(each) for each in contact if each)[:1500],
                "complaint_language": case.language if case.language in LANGUAGES else LANGUAGES[0],
            },
            "documents": [
                {"name": each.name, "content": base64.b64encode(office.documents.read(each)).decode()}
                for each in papers
            ],
        },
        ensure_ascii=False,
    ).encode()


def _tell(office: Office, work: UnitOfWork, case: Case, email: str) -> None:
    """A mail that anybody may read over somebody's shoulder: it says only that the page of the case says more. Once sent, it is forgotten too."""
    written = mail_texts.text("closed_elsewhere", case.language, number=case.number, office=office.settings.office_name)
    mail.queue(office, work, to=email, subject=written.subject, body=written.body, case_id=case.id)


def _close(office: Office, work: UnitOfWork, actor: Actor, case: Case) -> None:
    """Closed as any case that was not for us; what a step already wrote about its kind is taken back where that can be."""
    now = office.clock.now()
    erasing.end_processes(office, work, actor, case.id)
    nothing = dict.fromkeys(("authority_key", "body", "transfer", "first_line_gate", "gate_reason"))
    neutral: Mapping[str, object] = {**nothing, "matter": "complaint", "authority_name": ""}
    work.session.execute(update(Grievance).where(Grievance.case_id == case.id).values(**neutral))
    case.authority_key, case.authority_name = None, ""
    case.matter, case.closed_at, case.closure_reason = "complaint", now, "doorverwezen"
    deadlines.meet_all(work, case.id, now)
    told = {"closed": True, "closure_reason": case.closure_reason}
    event = Event("case", "changed", now, actor.id, turn.role_of(actor), told)
    office.log.append(work, turn.stream_of(case.id), [event])


def deliver(office: Office) -> int:
    """Send what waits; returns how much arrived. What does not arrive is tried again, less and less often, for ever."""
    now = office.clock.now()
    with office.database.reading() as reading:
        rows = list(reading.session.scalars(select(SealedPackage).where(SealedPackage.next_at <= now).limit(PORTION)))
    return sum(_delivered(office, row) for row in rows)


def _delivered(office: Office, package: SealedPackage) -> bool:
    wrong, mine = _sent(package), SealedPackage.id == package.id
    with office.database.work() as work:
        if wrong:
            again = office.clock.now() + min(LONGEST, timedelta(seconds=2 ** min(package.attempts, 20)))
            tried = {"attempts": package.attempts + 1, "next_at": again, "last_error": wrong[:300]}
            work.session.execute(update(SealedPackage).where(mine).values(**tried))
        else:
            work.session.execute(delete(SealedPackage).where(mine))
    if wrong:
        _log.warning("a package for another house waits", problem=wrong)
    return not wrong


def _sent(package: SealedPackage) -> str:
    """What was wrong; nothing when the other house has it, which it says by the name of what it took: any other answer is not its own."""
    border = f"box-{package.package_id}"
    head = f'--{border}\r\nContent-Disposition: form-data; name="package"; filename="{package.package_id}"\r\n\r\n'
    body = head.encode() + package.box + f"\r\n--{border}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={border}", "User-Agent": "ombudsflow"}
    try:
        took = _asked(Request(package.address, data=body, headers=headers))  # noqa: S310  # an address of the administrator
    except (OSError, HTTPException) as problem:
        return f"{problem.code}" if isinstance(problem, HTTPError) else type(problem).__name__
    return "" if took == package.package_id.encode() else "AnotherAnswer"


class _Stays(HTTPRedirectHandler):
    """Goes nowhere else: a redirect would be followed without what was sent, and its answer taken for that of the house."""

    def redirect_request(self, *_: object) -> None:
        return None


_DIRECT = build_opener(ProxyHandler({}), _Stays)


def _asked(request: Request) -> bytes:
    with _DIRECT.open(request, timeout=SECONDS) as answer:
        found: bytes = answer.read(4096)
        return found
