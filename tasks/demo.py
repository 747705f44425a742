"""A demo office: invented people with a password everybody knows, and invented cases in every stage.

Promise: only an empty office is ever filled, and a filled one is marked in its own history, so that it is never mistaken
for a real one: `refuse_demo` keeps it from being served without the banner.
"""

from collections.abc import Callable

from sqlalchemy import select

from history.log import Event
from history.models import EventRow
from identity import people, roles
from problems import Conflict
from storage.unit_of_work import Reading, UnitOfWork
from tasks import accounts
from tasks.office import Office

PASSWORD = "demonstratie"  # noqa: S105  # printed at every start of a demo; guarded by the mark, not by secrecy
MARK = "demo"
INSTALLER = people.system("demo")
# Login, name, role, what the role is for. Two process managers, since activating takes a second person.
PEOPLE = (
    ("ines", "Ines Onthaal", roles.INTAKE, "onthaal: nieuwe klachten"),
    ("hamid", "Hamid Dossier", roles.HANDLER, "dossierbehandelaar"),
    ("mira", "Mira Bemiddeling", roles.MEDIATOR, "bemiddelaar"),
    ("oscar", "Oscar Ombuds", roles.OMBUDSMAN, "ombudsman: ondertekent"),
    ("petra", "Petra Proces", roles.PROCESS_MANAGER, "procesbeheerder: diagrammen"),
    ("pol", "Pol Proces", roles.PROCESS_MANAGER, "tweede procesbeheerder: neemt in gebruik"),
    ("aude", "Aude Toezicht", roles.AUDITOR, "auditor: verloop en keten"),
    ("bert", "Bert Beheer", roles.ADMIN, "beheerder: mensen en werking"),
)
Say = Callable[[str], None]


class OfficeIsDemo(Conflict):
    """In deze databank staat een demonstratie, met wachtwoorden die iedereen kent. Start met --demo, of kies met OMBUDSFLOW_DATA_DIR of OMBUDSFLOW_DATABASE_URL een andere databank."""


def is_demo(reading: Reading) -> bool:
    """True when this database was filled as a demonstration."""
    marked = select(EventRow.seq).where(EventRow.stream == accounts.STREAM, EventRow.activity == MARK).limit(1)
    return reading.session.scalar(marked) is not None


def refuse_demo(office: Office) -> None:
    """Raise OfficeIsDemo for a demo office."""
    with office.database.reading() as reading:
        if is_demo(reading):
            raise OfficeIsDemo


def hire(office: Office) -> bool:
    """Mark an empty office as a demonstration and give each role somebody. False when it has people of its own."""
    with office.database.work() as work:
        if is_demo(work):
            return True
        if people.anyone(work):
            return False
        _mark(office, work, {"people": [login for login, *_ in PEOPLE]})
        for login, name, role, _ in PEOPLE:
            accounts.hire(
                office,
                work,
                INSTALLER,
                login=login,
                name=name,
                password=PASSWORD,
                roles=[role],
                email=f"{login}@example.org",
            )
    return True


def _mark(office: Office, work: UnitOfWork, data: dict[str, object]) -> None:
    office.log.append(work, accounts.STREAM, [Event(MARK, "changed", office.clock.now(), INSTALLER.id, "", data)])


def guide(say: Say, address: str) -> None:
    """Where to go, and as whom."""
    say(f"Demonstratie op {address}")
    say(f"  klacht indienen        {address}/")
    say(f"  aanmelden              {address}/aanmelden   wachtwoord voor iedereen: {PASSWORD}")
    for login, _, _, purpose in PEOPLE:
        say(f"    {login:10} {purpose}")
