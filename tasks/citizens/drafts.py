"""A complaint somebody is still writing: kept by the server, found again by its secret, gone after thirty days.

In: the secret of a cookie or of a mailed link, and answers as a browser posts them. Out: the draft, or the case it became.
Promise: a draft is sent once. The secret of the case follows from that of the draft, so whoever presses "send" twice, or opens
the mailed link afterwards, comes to the same case. Refuses with DraftNotFound, DraftTooLong, TooManyFiles, TooMuchAtOnce, TooManyLinks,
NoMailAddress.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select

from cases.documents import Stored, Upload
from cases.models import Case, ComplaintDraft, DraftFile
from forms.limits import is_email
from identity.people import Actor
from identity.roles import COMPLAINANT
from problems import Invalid, NotFound, TooOften
from storage.unit_of_work import Reading, UnitOfWork
from tasks import intake, turn
from tasks.background import mail, mail_texts
from tasks.forms_in_use import form_in_use
from tasks.models import Mail
from tasks.office import Office

LIFETIME, AN_HOUR = timedelta(days=30), timedelta(hours=1)
MOST_FILES, MOST_BYTES, MOST_LINKS = 20, 400_000, 3
BATCH = 100
SENDER = Actor("complainant:new", "", frozenset({COMPLAINANT}))


class DraftNotFound(NotFound):
    """Wij vinden deze klacht niet meer. Een klacht die u niet verstuurt, bewaren wij dertig dagen."""


class DraftTooLong(Invalid):
    """Uw tekst is te lang om te bewaren. Maak hem korter, of voeg hem als bestand toe."""


class TooManyFiles(Invalid):
    """U kunt hoogstens 20 bestanden meesturen. Verwijder er een, of voeg er later toe op de bladzijde van uw dossier."""


class TooMuchFromHere(TooOften):
    """Vanaf uw internetverbinding kwam het laatste uur heel veel binnen. Probeer het over een uur opnieuw. Kunt u niet wachten? Bel ons dan."""


class TooMuchAtOnce(TooOften):
    """Er komen nu heel veel klachten tegelijk binnen. Probeer het over een uur opnieuw. Kunt u niet wachten? Bel ons dan."""


class NoMailAddress(Invalid):
    """Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.be. Daarheen sturen wij de link."""


class TooManyLinks(TooOften):
    """Wij stuurden u het laatste uur al enkele mails. Kijk in uw mailbox, ook bij ongewenste mail."""


@dataclass(frozen=True)
class Attached:
    """A file that goes with the draft. `size` in bytes."""

    id: int
    name: str
    size: int


@dataclass(frozen=True)
class Draft:
    """What was written so far, as the browser posted it."""

    answers: Mapping[str, Any]
    files: tuple[Attached, ...]
    saved_at: datetime


@dataclass(frozen=True)
class Sent:
    """The case a draft became, and the secret of its page."""

    number: str
    secret: str


def begin(office: Office, work: UnitOfWork) -> str:
    """A new, empty draft; returns its secret. Raises TooMuchAtOnce when very many were written at in the last hour, by whoever."""
    recent = select(func.count()).where(ComplaintDraft.saved_at > office.clock.now() - AN_HOUR)
    if (work.session.scalar(recent) or 0) >= office.settings.drafts_an_hour:
        raise TooMuchAtOnce
    secret, hashed = turn.new_secret()
    work.session.add(ComplaintDraft(secret_hash=hashed, answers={}, saved_at=office.clock.now()))
    work.session.flush()
    return secret


def find(office: Office, reading: Reading, secret: str) -> Draft | None:
    """The draft of a secret; None when it was sent, removed, or is older than thirty days."""
    row = reading.session.scalar(_row(office, secret))
    if row is None:
        return None
    query = select(DraftFile).where(DraftFile.draft_id == row.id).order_by(DraftFile.id)
    files = tuple(Attached(each.id, each.name, each.size) for each in reading.session.scalars(query))
    return Draft(row.answers, files, row.saved_at)


def save(office: Office, work: UnitOfWork, secret: str, answers: Mapping[str, Any]) -> None:
    """Add these answers to the draft, whatever their worth: they are checked when one goes on, and when one sends."""
    row = _locked(office, work, secret)
    merged = {**row.answers, **answers}
    if len(json.dumps(merged, ensure_ascii=False).encode(errors="replace")) > MOST_BYTES:
        raise DraftTooLong
    row.answers, row.saved_at = merged, office.clock.now()


def attach(office: Office, work: UnitOfWork, secret: str, upload: Upload) -> None:
    """Keep one file with the draft. Raises what `DocumentStore.store` raises, TooManyFiles, and TooMuchAtOnce when the files of all drafts
    together fill the room there is for what was not sent yet.
    """
    row = _locked(office, work, secret)
    many = work.session.scalar(select(func.count()).select_from(DraftFile).where(DraftFile.draft_id == row.id)) or 0
    if many >= MOST_FILES:
        raise TooManyFiles(errors=[{"field": "files", "message": TooManyFiles().sentence}])
    if (work.session.scalar(select(func.sum(DraftFile.size))) or 0) >= office.settings.draft_bytes:
        raise TooMuchAtOnce
    stored = office.documents.store(upload)
    now = office.clock.now()
    work.session.add(
        DraftFile(
            draft_id=row.id,
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            digest=stored.digest,
            added_at=now,
        )
    )
    row.saved_at = now


def detach(office: Office, work: UnitOfWork, secret: str, file_id: int) -> None:
    """Take a file out again; nothing happens when it is not there any more."""
    row = _locked(office, work, secret)
    work.session.execute(delete(DraftFile).where(DraftFile.id == file_id, DraftFile.draft_id == row.id))


def discard(office: Office, work: UnitOfWork, secret: str) -> None:
    """Remove the draft and everything in it."""
    row = work.session.scalar(_row(office, secret).with_for_update())
    if row is not None:
        work.session.delete(row)


def send(office: Office, work: UnitOfWork, secret: str, declared: Mapping[str, Any] | None = None) -> Sent:
    """Send the complaint, once: a second time finds the case of the first. Raises FormNotAccepted, DraftNotFound.

    `declared` is what was ticked on sending. Answers to questions that the form no longer asks are left behind.
    """
    row = work.session.scalar(_row(office, secret).with_for_update())
    if row is None:
        became = sent(work, secret)
        if became is None:
            raise DraftNotFound
        return became
    query = select(DraftFile).where(DraftFile.draft_id == row.id).order_by(DraftFile.id)
    files = [Stored(each.name, each.media_type, each.size, each.digest) for each in work.session.scalars(query)]
    form, _ = form_in_use(work, intake.WEB_FORM)
    asked = {each.key for each in form.inputs()}
    answers = {name: value for name, value in {**row.answers, **(declared or {})}.items() if name in asked}
    received = intake.receive(office, work, SENDER, answers, files, secret=case_secret(secret))
    work.session.delete(row)
    return Sent(received.number, received.secret)


def sent(reading: Reading, secret: str) -> Sent | None:
    """The case this draft became; None when it was never sent."""
    following = case_secret(secret)
    number = reading.session.scalar(select(Case.number).where(Case.secret_hash == turn.hash_of(following)))
    return Sent(number, following) if number else None


def case_secret(secret: str) -> str:
    """The secret of the case that this draft becomes: as long and as hard to guess as the draft's own."""
    digest = hashlib.sha256(f"case of {secret}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def mail_link(office: Office, work: UnitOfWork, secret: str, to: str, language: str = "nl") -> None:
    """Mail the link with which one goes on later, on this or another machine. At most three an hour to one address."""
    _locked(office, work, secret)
    if not is_email(to):
        raise NoMailAddress
    since = office.clock.now() - AN_HOUR
    recent = (
        select(func.count())
        .select_from(Mail)
        .where(func.lower(Mail.to_address) == to.lower(), Mail.case_id.is_(None), Mail.created_at > since)
    )
    if (work.session.scalar(recent) or 0) >= MOST_LINKS:
        raise TooManyLinks
    written = mail_texts.text(
        "continue_later",
        language,
        office=office.settings.office_name,
        link=f"{office.settings.base_url}/klacht/verder/{secret}",
    )
    mail.queue(office, work, to=to, subject=written.subject, body=written.body, case_id=None)


def expire(office: Office) -> int:
    """Remove the drafts nobody touched for thirty days; returns how many."""
    before = office.clock.now() - LIFETIME
    query = select(ComplaintDraft.id).where(ComplaintDraft.saved_at < before).limit(BATCH)
    with office.database.reading() as reading:
        old = list(reading.session.scalars(query))
    if old:
        with office.database.work() as work:
            work.session.execute(delete(ComplaintDraft).where(ComplaintDraft.id.in_(old)))
    return len(old)


def _row(office: Office, secret: str) -> Select[ComplaintDraft]:
    return select(ComplaintDraft).where(
        ComplaintDraft.secret_hash == turn.hash_of(secret), ComplaintDraft.saved_at >= office.clock.now() - LIFETIME
    )


def _locked(office: Office, work: UnitOfWork, secret: str) -> ComplaintDraft:
    row = work.session.scalar(_row(office, secret).with_for_update())
    if row is None:
        raise DraftNotFound
    return row
