"""People without an account: the mail that asks a complainant or an authority something, with their secret link.

An authority sees only what is addressed to it; a withheld name reaches it nowhere, not in this mail either.
"""

from cases.deadlines import local_day
from cases.models import Case, Letter
from cases.parties import address_of
from identity.roles import HEARD
from storage.unit_of_work import UnitOfWork
from tasks.background import mail, mail_texts
from tasks.letters import letter_texts
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment import minutes

COMPLAINANT = "complainant"
# Where a turn leaves the address of the case's page for the letters it writes: afterwards only a hash is known.
CASE_LINK = "address of the complainant's page"
# The same for a link that belongs to the next letter alone, whoever it is for.
LETTER_LINK = "address for one letter"
# The template name of the mail that carries a link to one question.
INVITATION = "vraag"
# The file keeps what was written without the secret link; only the mail itself carries it.
OWN_LINK = {
    "nl": "(uw persoonlijke link)",
    "fr": "(votre lien personnel)",
    "de": "(Ihr persönlicher Link)",
    "en": "(your personal link)",
}
UNTIL = {
    "nl": "Graag uw antwoord ten laatste op {day}.",
    "fr": "Répondez si possible au plus tard le {day}.",
    "de": "Bitte antworten Sie spätestens am {day}.",
    "en": "Please answer by {day}.",
}


def question_secret(office: Office, instance_id: int, token_id: str) -> str:
    """The secret of the link to one question. It can be made again, so a reminder carries the link of the first mail; no row holds it."""
    return office.log.link_secret(f"{instance_id}:{token_id}")


def link(office: Office, secret: str) -> str:
    """The address where one user task is answered."""
    return f"{office.settings.base_url}/vraag/{secret}"


def case_link(office: Office, secret: str) -> str:
    """The address of the case as its complainant sees it."""
    return f"{office.settings.base_url}/volg/{secret}"


def invite(office: Office, work: UnitOfWork, case: Case, user_task: UserTask, secret: str) -> None:
    """Write the mail with the link; without an address it becomes a letter on the file for the post, which no link can be in:
    whoever gets it answers by letter or telephone, and staff notes it.

    A sealed house writes to nobody: its question stands in the reporter's mailbox, and the link is never known.
    """
    if office.house.is_sealed:
        return
    to = reached_at(office, work, case, user_task)
    language = language_of(office, case, user_task)
    written = mail_texts.text(
        _template(user_task) if to else "question_by_post",
        language,
        number=case.number,
        asked=mail_texts.asked(user_task.form_key, language),
        office=office.settings.office_name,
        until=_until(language, user_task),
        link=link(office, secret),
    )
    letter = Letter(
        case_id=case.id,
        template=INVITATION,
        to_role=user_task.role,
        to_address=to,
        language=language,
        subject=written.subject,
        body=written.body.replace(link(office, secret), OWN_LINK.get(language, OWN_LINK["nl"])),
        written_at=office.clock.now(),
    )
    work.session.add(letter)
    work.session.flush()
    if to:
        mail.queue(
            office, work, to=to, subject=written.subject, body=written.body, case_id=case.id, letter_id=letter.id
        )


def language_of(office: Office, case: Case, user_task: UserTask) -> str:
    """The language in which something is asked: the complainant's own, the one a service works in, else Dutch."""
    if user_task.role == COMPLAINANT:
        return case.language
    asked = office.register.get(user_task.authority_key)
    return asked.language if asked else letter_texts.DUTCH


def _template(user_task: UserTask) -> str:
    return "question" if user_task.role == COMPLAINANT else f"question_{user_task.role}"


def reached_at(office: Office, work: UnitOfWork, case: Case, user_task: UserTask) -> str | None:
    """Where whoever is asked gets mail; None when only paper reaches them."""
    if user_task.role == HEARD:
        return minutes.address(work, user_task)
    asked = office.register.get(user_task.authority_key)
    return (asked.email or None) if asked else address_of(work, office.register, case, user_task.role)


def _until(language: str, user_task: UserTask) -> str:
    """A sentence with the last day, in figures that read alike in every language; nothing when there is none."""
    if user_task.due_at is None:
        return ""
    return " " + UNTIL.get(language, UNTIL["nl"]).format(day=f"{local_day(user_task.due_at):%d/%m/%Y}")
