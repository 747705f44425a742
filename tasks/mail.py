"""The outbox: mail is a row in the turn's own transaction, and leaves the house afterwards.

Promise: what was committed is sent at least once, always under the same Message-ID; what was rolled back is never sent.
A mail server that is down costs nothing but time: the mail waits, is tried again with growing pauses, and shows.
"""

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

from sqlalchemy import select, update

from engine.queue import MAIL, Errand
from storage.unit_of_work import Database, UnitOfWork
from tasks.models import Mail
from tasks.office import Office, Settings

ATTEMPTS = 12
BATCH = 20
SMTP_TIMEOUT_SECONDS = 20


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
    """Put one mail in the outbox; it leaves after the commit."""
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


def deliver_due(office: Office) -> int:
    """Send what is due. Returns how many left the house. Without a mail server everything waits, and shows."""
    if not office.settings.smtp_host:
        return 0
    now = office.clock.now()
    with office.database.reading() as reading:
        due = (
            select(Mail.id)
            .where(Mail.state == "waiting", Mail.next_at <= now)
            .order_by(Mail.next_at, Mail.id)
            .limit(BATCH)
        )
        ids = list(reading.session.scalars(due))
    return sum(_deliver(office.database, office.settings, mail_id, now) for mail_id in ids)


def _deliver(database: Database, settings: Settings, mail_id: int, now: datetime) -> bool:
    """Claim, send, and note what happened: never a transaction open while the network is slow."""
    claimed = _claim(database, mail_id, now)
    if claimed is None:
        return False
    try:
        _send(settings, claimed, now)
    except (OSError, smtplib.SMTPException, ValueError) as problem:  # ValueError: an address no header can hold
        _note(database, mail_id, _failure(claimed.attempts, problem, now))
        return False
    _note(database, mail_id, {"state": "sent", "sent_at": now, "last_error": None})
    return True


def _claim(database: Database, mail_id: int, now: datetime) -> Mail | None:
    """Count the attempt first: a process that dies while sending leaves a mail that is tried again in five minutes."""
    with database.work() as work:
        taken = work.session.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.state == "waiting", Mail.next_at <= now)
            .values(attempts=Mail.attempts + 1, next_at=now + timedelta(minutes=5))
        )
        if taken.rowcount == 0:  # type: ignore[attr-defined]
            return None
        row = work.session.get_one(Mail, mail_id, populate_existing=True)
        work.session.expunge(row)
        return row


def _send(settings: Settings, mail: Mail, now: datetime) -> None:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    with _connected(settings) as server:
        server.send_message(message)


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
    state = "dead" if attempts >= ATTEMPTS else "waiting"
    return {"state": state, "next_at": now + pause, "last_error": f"{type(problem).__name__}: {problem}"[:500]}


def _note(database: Database, mail_id: int, values: dict[str, object]) -> None:
    with database.work() as work:
        work.session.execute(update(Mail).where(Mail.id == mail_id).values(**values))


def retry(office: Office, work: UnitOfWork, mail_id: int) -> None:
    """Try a dead or waiting mail again at once (operations page)."""
    at = office.clock.now()
    work.session.execute(
        update(Mail).where(Mail.id == mail_id, Mail.state != "sent").values(state="waiting", attempts=0, next_at=at)
    )
    office.queue.put(work, Errand(MAIL, mail_id, at))
