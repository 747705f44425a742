"""The outbox: mail is a row in the turn's own transaction, and leaves the house afterwards.

Promise: what was committed is sent at least once, always under the same Message-ID; what was rolled back is never sent.
A mail server that is down costs nothing but time: the mail waits, is tried again with growing pauses, and shows. A recipient whom
the server refuses for good shows at once.
"""

import secrets
import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from uuid import uuid4

from sqlalchemy import Select, or_, select, update

from cases.models import Case, Letter
from engine.queue import MAIL, Errand
from problems import Conflict, Problem
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks.background.outcalls import Call, ClaimLost, Doing, Steps
from tasks.letters import letter_pdf
from tasks.models import Mail
from tasks.office import Office, Settings
from tasks.operating import counts

ATTEMPTS = 12
LEASE, TIME_LIMIT = timedelta(minutes=5), timedelta(minutes=2)
SMTP_TIMEOUT_SECONDS = 20
_log = watching.logger("ombudsflow.mail")


class SealedHouseWritesNobody(Conflict):
    """Het meldpunt verstuurt geen mail. Leg wat u wilt zeggen in de postbus van de melder."""


def queue(
    office: Office,
    work: UnitOfWork,
    *,
    to: str,
    subject: str,
    body: str,
    case_id: int | None,
    letter_id: int | None = None,
) -> Mail:
    """Put one mail in the outbox; it leaves after the commit. Raises SealedHouseWritesNobody."""
    if office.house.is_sealed:
        raise SealedHouseWritesNobody
    now = office.clock.now()
    domain = office.settings.mail_from.partition("@")[2] or "localhost"
    row = Mail(
        case_id=case_id,
        letter_id=letter_id,
        message_id=f"<{uuid4().hex}@{domain}>",
        to_address=to,
        subject=" ".join(subject.split()),  # a line break in a subject would start a header of its own
        body=body,
        next_at=now,
        created_at=now,
    )
    work.session.add(row)
    work.session.flush()
    office.queue.put(work, Errand(MAIL, row.id, now))
    return row


def take_due(office: Office, most: int) -> list[Doing]:
    """Claim mails that are due, each as what sends it. Without a mail server everything waits, and shows."""
    now = office.clock.now()
    due = (Mail.state == "waiting", Mail.next_at <= now)
    if not office.settings.smtp_host:
        return []
    with office.database.reading() as reading:  # an idle office writes nothing
        if reading.session.scalar(select(Mail.id).where(*due).limit(1)) is None:
            return []
    query = select(Mail).where(*due).order_by(Mail.next_at, Mail.id).limit(most)
    return _claimed(office, query, now)


def take(office: Office, mail_id: int) -> Doing | None:
    """Claim this mail. None when it is not due, somebody has it, there is no mail server, or nothing is left to do."""
    now = office.clock.now()
    query = select(Mail).where(Mail.id == mail_id, Mail.state == "waiting", Mail.next_at <= now)
    taken = _claimed(office, query, now) if office.settings.smtp_host else []
    return taken[0] if taken else None


def look_again(office: Office, work: UnitOfWork, mail_id: int) -> None:
    """A mail that could not be sent now keeps its place in the queue."""
    now = office.clock.now()
    row = work.session.get(Mail, mail_id)
    if row is not None and row.state == "waiting":
        office.queue.put(work, Errand(MAIL, mail_id, row.next_at if row.next_at > now else now + LEASE))


def _claimed(office: Office, query: Select[Mail], now: datetime) -> list[Doing]:
    """Count the attempt first: a process that dies while sending leaves a mail that is tried again when the lease ends."""
    with office.database.work() as work:
        rows = list(work.session.scalars(query.with_for_update(skip_locked=True)))
        for row in rows:
            row.attempts, row.next_at, row.claim = row.attempts + 1, now + LEASE, secrets.token_hex(16)
        work.session.flush()
        for row in rows:
            work.session.expunge(row)
    return [Doing(counts.errand(_log, "mail", _steps(office, row), mail=row.id)) for row in rows]


def _steps(office: Office, row: Mail) -> Steps:
    """Send, and note what happened under the claim: never a transaction open while the network is slow."""
    now = office.clock.now()
    sheet = _sheet(office, row)
    try:
        yield Call(lambda: _send(office, row, now, sheet), TIME_LIMIT, lambda: _keep(office, row), LEASE / 3)
    except ClaimLost:
        return False
    except Exception as problem:  # whatever the network brings; ValueError: an address no header can hold
        return _note(office, row, _failure(row.attempts, problem, office.clock.now())) and False
    return _note(office, row, {"state": "sent", "sent_at": now, "last_error": None})


def _keep(office: Office, row: Mail) -> bool:
    return _note(office, row, {"next_at": office.clock.now() + LEASE}, row.claim)


def _sheet(office: Office, row: Mail) -> letter_pdf.Sheet | None:
    """The letter a mail carries, to go with it as PDF; None where the office does not want that, or the case was destroyed."""
    if not office.settings.has_pdf_in_mail or row.letter_id is None:
        return None
    with office.database.reading() as reading:
        letter = reading.session.get(Letter, row.letter_id)
        case = reading.session.get(Case, letter.case_id) if letter else None
        return letter_pdf.sheet(reading, case, letter) if case and letter else None


def _send(office: Office, mail: Mail, now: datetime, sheet: letter_pdf.Sheet | None) -> None:
    settings, message = office.settings, EmailMessage()
    message["From"] = formataddr((settings.office_name, settings.mail_from))
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_signed(settings, mail.body))
    if sheet is not None:
        name = f"{sheet.number}-{mail.letter_id}.pdf"
        message.add_attachment(letter_pdf.pdf(office, [sheet]), maintype="application", subtype="pdf", filename=name)
    with _connected(settings) as server:
        server.send_message(message)


def _signed(settings: Settings, body: str) -> str:
    """The words with how the office is reached beneath: whoever gets a mail has no letterhead, and cannot always answer by a link."""
    lines = settings.contact_lines
    return "\n".join([body.rstrip(), "", "-- ", settings.office_name, *lines, ""]) if lines else body


def _connected(settings: Settings) -> smtplib.SMTP:
    """A session with the mail server, encrypted and logged in as the settings say; a bad certificate is refused."""
    place, trusted = (settings.smtp_host, settings.smtp_port), ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=SMTP_TIMEOUT_SECONDS, context=trusted)
    else:
        server = smtplib.SMTP(*place, timeout=SMTP_TIMEOUT_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=trusted)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def _failure(attempts: int, problem: Exception, now: datetime) -> dict[str, object]:
    pause = min(timedelta(seconds=30 * 2 ** (attempts - 1)), timedelta(hours=6))
    state = "dead" if attempts >= ATTEMPTS or _is_for_good(problem) else "waiting"
    return {"state": state, "next_at": now + pause, "last_error": f"{type(problem).__name__}: {problem}"[:500]}


def _is_for_good(problem: Exception) -> bool:
    """True when the server refuses this recipient or this text for good (RFC 5321, 5yz): waiting helps nobody, a person must know.

    What it refuses as a matter of policy (RFC 3463, x.7.x) is about the office, which somebody can set right; so is a login.
    """
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        refusals = list(problem.recipients.values())
        return all(code >= 500 and not text.startswith(b"5.7.") for code, text in refusals)
    is_refused = isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= 500
    return is_refused and b"5.7." not in str(problem).encode()


def _note(office: Office, row: Mail, values: dict[str, object], claim: str | None = None) -> bool:
    """False when the claim was lost, or its lease had ended: whoever has the mail now notes what became of it."""
    now = office.clock.now()
    mine = (Mail.id == row.id, Mail.claim == row.claim, Mail.state == "waiting", Mail.next_at > now)
    try:
        with office.database.work() as work:
            noted = work.session.execute(update(Mail).where(*mine).values(**values, claim=claim))
            is_ours = bool(noted.rowcount)  # type: ignore[attr-defined]
            if is_ours and claim is None and values["state"] == "waiting":
                look_again(office, work, row.id)
            return is_ours
    except Problem as away:  # the lease ends and another attempt follows, under the same Message-ID
        _log.warning("what became of a mail could not be noted", mail=row.id, problem=away.code)
        return False


def retry(office: Office, work: UnitOfWork, mail_id: int) -> None:
    """Try a dead or waiting mail again at once (operations page); one that is being sent just now is left to whoever sends it."""
    at = office.clock.now()
    is_free = or_(Mail.claim.is_(None), Mail.next_at <= at)
    unsent = (Mail.id == mail_id, Mail.state.in_(("waiting", "dead")), is_free)
    again = work.session.execute(
        update(Mail).where(*unsent).values(state="waiting", attempts=0, next_at=at, claim=None)
    )
    if again.rowcount:  # type: ignore[attr-defined]
        office.queue.put(work, Errand(MAIL, mail_id, at))


def readdress(office: Office, work: UnitOfWork, case_id: int, old: str, new: str) -> None:
    """Somebody is to be reached elsewhere: what did not leave for the old address yet, leaves for the new one. What is being sent just
    now is left to whoever sends it."""
    unsent = (Mail.case_id == case_id, Mail.to_address == old, Mail.state.in_(("waiting", "dead")))
    for mail_id in work.session.scalars(select(Mail.id).where(*unsent)).all():
        work.session.execute(update(Mail).where(Mail.id == mail_id).values(to_address=new))
        retry(office, work, mail_id)
