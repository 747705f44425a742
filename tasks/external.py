"""People without an account: the mail that asks a complainant or an authority something, with their secret link.

An authority sees only what is addressed to it; a withheld name reaches it nowhere, not in this mail either.
"""

from cases.models import Case, Letter
from cases.parties import address_of
from storage.unit_of_work import UnitOfWork
from tasks import mail
from tasks.models import UserTask
from tasks.office import Office

COMPLAINANT, AUTHORITY = "complainant", "authority"
# Where a turn leaves the address of the case's page for the letters it writes: afterwards only a hash is known.
CASE_LINK = "address of the complainant's page"
# The template name of the mail that carries a link to one question.
INVITATION = "vraag"


def link(office: Office, secret: str) -> str:
    """The address where one user task is answered."""
    return f"{office.settings.base_url}/vraag/{secret}"


def case_link(office: Office, secret: str) -> str:
    """The address of the case as its complainant sees it."""
    return f"{office.settings.base_url}/volg/{secret}"


def invite(office: Office, work: UnitOfWork, case: Case, user_task: UserTask, secret: str) -> None:
    """Write the mail with the link; without an address it becomes a letter on the file for the post."""
    asked = office.register.get(user_task.authority_key)
    to = (asked.email or None) if asked else address_of(work, office.register, case, user_task.role)
    until = f" Graag uw antwoord ten laatste op {user_task.due_at:%d/%m/%Y}." if user_task.due_at else ""
    greeting = "Beste" if user_task.role == COMPLAINANT else "Geachte"
    subject = f"Dossier {case.number}: {user_task.name}"
    body = (
        f"{greeting},\n\n{office.settings.office_name} vraagt u iets in dossier {case.number}: {user_task.name}.{until}\n\n"
        f"U antwoordt zonder account, via deze persoonlijke link:\n{link(office, secret)}\n\n"
        "Geef de link niet door: wie ze heeft, kan antwoorden in uw plaats.\n\n"
        f"Met vriendelijke groeten\n{office.settings.office_name}\n"
    )
    letter = Letter(
        case_id=case.id,
        template=INVITATION,
        to_role=user_task.role,
        to_address=to,
        subject=subject,
        body=body.replace(link(office, secret), "(uw persoonlijke link)"),
        written_at=office.clock.now(),
    )
    work.session.add(letter)
    work.session.flush()
    if to:
        mail.queue(office, work, to=to, subject=subject, body=body, case_id=case.id, letter_id=letter.id)
