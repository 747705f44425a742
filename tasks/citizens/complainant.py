"""The case in the hands of its complainant: found by the secret link, nothing of it hidden that is addressed to them.

In: the secret of the link. Out: where the case is, what is asked of them, their letters, documents and messages.
Refuses with CasePageNotFound, and with CasePageGone once it was destroyed; a letter or document that is not theirs does not exist for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from cases import facts
from cases.models import Case, Document, Letter, Message
from cases.parties import complainant_of
from forms.summary import Part, summary
from history.log import Event
from identity.people import Actor
from identity.roles import COMPLAINANT
from problems import Gone, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import turn, worklist
from tasks.background import mail, mail_texts
from tasks.case_file import public_status
from tasks.case_file.public_status import PublicStatus
from tasks.citizens import external, question_links
from tasks.forms_in_use import choices_of, form_in_use
from tasks.models import UserTask
from tasks.office import Office
from tasks.retention import erasing

ONE_LINK, LINK = timedelta(hours=1), "link"


class CasePageNotFound(NotFound):
    """Deze link werkt niet. Kijk of u hem helemaal overnam uit onze mail, of vraag een nieuwe link."""


class CasePageGone(Gone):
    """Uw dossier is vernietigd: langer mogen wij het niet bewaren, of u vroeg het zelf. Niemand kan het nog lezen, ook wij niet. Een nieuwe klacht kunt u altijd indienen."""


class PaperNotFound(NotFound):
    """Deze brief of dit stuk vinden wij niet in uw dossier."""


@dataclass(frozen=True)
class CasePage:
    """Everything the complainant sees. Letters and messages with the newest first; questions with the oldest first."""

    number: str
    subject: str
    authority: str
    received_at: datetime
    closed_at: datetime | None
    status: PublicStatus
    questions: Sequence[UserTask]
    letters: Sequence[Letter]
    documents: Sequence[Document]
    messages: Sequence[Message]
    complaint: Sequence[Part]


def find(reading: Reading, secret: str) -> tuple[Case, Actor]:
    """The case behind a secret link, and its complainant as an actor. What went to another house has a page of its own (`erasing.is_elsewhere`)."""
    case = reading.session.scalar(select(Case).where(Case.secret_hash == turn.hash_of(secret)))
    if case is None:
        raise CasePageNotFound
    if case.erased_at is not None and not erasing.is_elsewhere(reading, case.id):
        raise CasePageGone(language=case.language)
    return case, Actor(f"complainant:{case.id}", case.complainant_name, frozenset({COMPLAINANT}))


def page(office: Office, reading: Reading, case: Case) -> CasePage:
    """The case as its complainant sees it."""
    own = f"complainant:{case.id}"
    letters = select(Letter).where(_own_letters(case)).order_by(Letter.id.desc())
    documents = select(Document).where(Document.case_id == case.id, Document.added_by == own).order_by(Document.id)
    messages = select(Message).where(Message.case_id == case.id, Message.sender == own).order_by(Message.id.desc())
    return CasePage(
        number=case.number,
        subject=case.subject,
        authority=case.authority_name,
        received_at=case.received_at,
        closed_at=case.closed_at,
        status=public_status.of(office, reading, case),
        questions=[row for row in worklist.open_of_case(reading, case.id) if row.role == COMPLAINANT],
        letters=list(reading.session.scalars(letters)),
        documents=list(reading.session.scalars(documents)),
        messages=list(reading.session.scalars(messages)),
        complaint=_complaint(office, reading, case),
    )


def _complaint(office: Office, reading: Reading, case: Case) -> list[Part]:
    """What they told us when they complained, as the file knows it now; groups without any answer are left out."""
    form, _ = form_in_use(reading, office.house.own_form)
    known = facts.known(reading, case.id)
    values = {each.key: known.get(each.fact or each.key) for each in form.inputs()}
    parts = summary(form, values, codelists=choices_of(office))
    return [part for part in parts if any(line.answers for line in part.lines)]


def letter(reading: Reading, case: Case, letter_id: int) -> Letter:
    """One letter to the complainant. Raises PaperNotFound."""
    row = reading.session.scalar(select(Letter).where(Letter.id == letter_id, _own_letters(case)))
    if row is None:
        raise PaperNotFound
    return row


def document(reading: Reading, case: Case, document_id: int) -> Document:
    """One document the complainant sent. Raises PaperNotFound."""
    own = (Document.case_id == case.id, Document.added_by == f"complainant:{case.id}")
    row = reading.session.scalar(select(Document).where(Document.id == document_id, *own))
    if row is None:
        raise PaperNotFound
    return row


def renew_link(office: Office, work: UnitOfWork, number: str, email: str) -> bool:
    """Mail a link when number and address belong together, at most once an hour: the complainant a new one to their page, and the
    old one stops working; a service, or somebody who was heard, the one to each question that waits for them.

    Whether it did must not be shown: that would tell a stranger which numbers and addresses belong together.
    """
    case = work.session.scalar(select(Case).where(Case.number == number).with_for_update())
    party = complainant_of(work, case.id) if case else None
    if case is None:
        return False
    own = (party.email if party else None) or ""
    is_theirs = bool(own) and own.casefold() == email.casefold()
    asked = [] if is_theirs else question_links.asked_at(office, work, case, email)
    role = COMPLAINANT if is_theirs else asked[0].role if asked else ""
    if not role or _was_mailed_lately(office, work, case, role):
        return False
    if is_theirs:
        _mail_new_link(office, work, case, own)
    for row in asked:
        external.invite(office, work, case, row, question_links.again(office, row, office.clock.now()))
    who = f"complainant:{case.id}" if is_theirs else worklist.holder_of(asked[0])
    turn.finish(office, work, case.id, Event(LINK, "sent", office.clock.now(), who, role, {"to": role}))
    return True


def _was_mailed_lately(office: Office, work: UnitOfWork, case: Case, role: str) -> bool:
    since = office.clock.now() - ONE_LINK
    events = office.log.read(work, turn.stream_of(case.id))
    return any(event.activity == LINK and event.at > since and event.role == role for event in events)


def _mail_new_link(office: Office, work: UnitOfWork, case: Case, to: str) -> None:
    secret, case.secret_hash = turn.new_secret()
    written = mail_texts.text(
        "new_link",
        case.language,
        number=case.number,
        office=office.settings.office_name,
        link=external.case_link(office, secret),
    )
    mail.queue(office, work, to=to, subject=written.subject, body=written.body, case_id=case.id)


def _own_letters(case: Case) -> ColumnElement[bool]:
    """The letters themselves; the mails with a link to a question are not letters, the question stands on the page."""
    return and_(Letter.case_id == case.id, Letter.to_role == COMPLAINANT, Letter.template != external.INVITATION)
