"""A demo office: invented people with a password everybody knows, and invented cases in every stage.

Promise: only an empty office is ever filled, and a filled one is marked in its own history, so that it is never mistaken
for a real one: `refuse_demo` keeps it from being served without the banner.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import select

from cases.deadlines import ZONE, local_day
from cases.models import Case
from history.log import Event
from history.models import EventRow
from identity import people, roles
from identity.people import Actor
from problems import Conflict
from storage.unit_of_work import Reading, UnitOfWork
from tasks import accounts, completion, inbox, intake, scenarios
from tasks.at_services import first_line
from tasks.background.clock_source import Clock, TravellingClock
from tasks.models import UserTask
from tasks.office import WORKFLOWS, Office
from tasks.reports_house import demo_reports, mailbox
from tasks.scenarios import forms
from tasks.scenarios.records import Record, read

PASSWORD = "demonstratie"  # noqa: S105  # printed at every start of a demo; guarded by the mark, not by secrecy
MARK = "demo"
SAMPLE = WORKFLOWS / "sample" / "complaints.jsonl"
CASES = 30
# How far into its script each complaint is today, in turns: just in, on its way, past its end.
SHARES = (0.05, 0.25, 0.4, 0.55, 0.8, 0.95, 1.1)
JUST_IN = 4
CLAIMED_EACH = 2
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
# Complaint handlers of two services, who come after the invented past: what was forwarded before them was answered by a link.
AT_SERVICES = (
    ("lena", "Lena De Lijn", "de_lijn", "klachtenbehandelaar van De Lijn"),
    ("vera", "Vera VDAB", "vdab", "klachtenbehandelaar van VDAB"),
)
AT_SERVICE = {
    "complaint_channel": "email",
    "first_line_source": "burger",
    "subject": "Geen antwoord op mijn vraag",
    "narrative": "Ik stuurde een maand geleden een vraag en kreeg nog geen antwoord.",
    "desired_outcome": "Een antwoord op mijn vraag.",
    "complainant_name": "Noor Peeters",
    "email": "noor@example.org",
    "complaint_language": "nl",
}
Say = Callable[[str], None]
OpenAt = Callable[[Clock], Office]


class OfficeIsDemo(Conflict):
    """In deze databank staat een demonstratie, met wachtwoorden die iedereen kent. Start met --demo, of kies met OMBUDSFLOW_DATA_DIR of OMBUDSFLOW_DATABASE_URL een andere databank."""


def people_of(office: Office) -> tuple[tuple[str, str, str, str], ...]:
    """Who works in the demonstration of this house."""
    return demo_reports.PEOPLE if office.house.is_sealed else PEOPLE


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
        _mark(office, work, {"people": [login for login, *_ in people_of(office)]})
        for login, name, role, _ in people_of(office):
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


def fill(office: Office, open_at: OpenAt, say: Say) -> int:
    """Let the sample's complaints live up to today, with a clock that travels; returns how many. Nothing when there are cases.

    `open_at` opens the same office with another clock. What is interrupted is not resumed: the demo has fewer cases then.
    """
    if office.house.is_sealed:
        with office.database.work() as work:
            return demo_reports.fill(office, work)
    with office.database.reading() as reading:
        if reading.session.scalar(select(Case.id).limit(1)) is not None:
            return 0
    now, sample = office.clock.now(), read(SAMPLE)[:CASES]
    say(f"De demonstratie wordt gevuld met {len(sample)} klachten…")
    lived = list(_aged(sample[JUST_IN:], now))
    this_morning = datetime.combine(local_day(now), time(), ZONE)  # nobody acted today yet, whatever the hour is
    scenarios.play_all(open_at(TravellingClock(min(record.received_at for record in lived))), lived, until=this_morning)
    for record in sample[:JUST_IN]:
        _receive(office, record.moved((local_day(now) - record.received_on).days))
    for role in sorted(roles.CASE_STAFF):
        _claim(office, role)
    _at_services(office)
    _ask_for_a_summary(office)
    return len(sample)


def _at_services(office: Office) -> None:
    """Two services with a handler each, and a complaint that waits there: one new, one nearly late."""
    today = local_day(office.clock.now())
    for (login, name, service, _), days in zip(AT_SERVICES, (0, 9), strict=True):
        arrived = (today - timedelta(days=days)).isoformat()
        told = {**AT_SERVICE, "arrived_on": arrived, "facts_on": (today - timedelta(days=40)).isoformat()}
        with office.database.work() as work:
            person = accounts.hire(
                office,
                work,
                INSTALLER,
                login=login,
                name=name,
                password=PASSWORD,
                roles=[roles.FIRST_LINE],
                email=f"{login}@example.org",
                authority_key=service,
            )
            first_line.receive(office, work, people.actor_of(person), told)


def _ask_for_a_summary(office: Office) -> None:
    """Of a case that is over somebody is asked to write a summary for the public."""
    with office.database.work() as work:
        handler = people.actor_of(people.with_role(work, roles.HANDLER)[0])
        over = select(Case.id).where(Case.closed_at.is_not(None), Case.closure_reason == "afgehandeld")
        case_id = work.session.scalars(over.order_by(Case.id).limit(1)).one()
        why = "Veel mensen maken dit mee, en zo weten zij wat zij kunnen doen."
        inbox.deliver(office, work, handler, case_id, "summary_wanted", {"summary_why": why})


def _receive(office: Office, record: Record) -> None:
    """A complaint of today that nobody looked at yet."""
    sender = Actor("complainant:new", "", frozenset({roles.COMPLAINANT, roles.INTAKE}))
    with office.database.work() as work:
        intake.receive(office, work, sender, forms.answers_of(record), form_key=forms.form_of(record))


def _aged(records: list[Record], now: datetime) -> Iterator[Record]:
    """Each complaint moved in time, so that the whole way from reception to closing is to be seen today."""
    for position, record in enumerate(records):
        last = max((act.days for act in record.script), default=0)
        age = int(last * SHARES[position % len(SHARES)]) + 1 + position % 4
        yield record.moved((local_day(now) - record.received_on).days - age)


def _claim(office: Office, role: str) -> None:
    """Give the person of a role something on their own list."""
    with office.database.work() as work:
        actor = people.actor_of(people.with_role(work, role)[0])
        waiting = select(UserTask.id).where(UserTask.role == role, UserTask.closed_at.is_(None)).order_by(UserTask.id)
        for user_task_id in list(work.session.scalars(waiting.limit(CLAIMED_EACH))):
            completion.claim(office, work, actor, user_task_id)


def _mark(office: Office, work: UnitOfWork, data: dict[str, object]) -> None:
    office.log.append(work, accounts.STREAM, [Event(MARK, "changed", office.clock.now(), INSTALLER.id, "", data)])


def guide(office: Office, say: Say, address: str) -> None:
    """Where to go, and as whom."""
    if office.house.is_sealed:
        _guide_reports(office, say, address)
        return
    say(f"Demonstratie op {address}")
    say(f"  klacht indienen        {address}/")
    say(f"  aanmelden              {address}/aanmelden   wachtwoord voor iedereen: {PASSWORD}")
    for login, _, _, purpose in (*PEOPLE, *AT_SERVICES):
        say(f"    {login:10} {purpose}")


def _guide_reports(office: Office, say: Say, address: str) -> None:
    say(f"Demonstratie van het meldpunt op {address}")
    say(f"  melden                 {address}/melding")
    say(f"  postbus                {address}/melding/postbus   code: {mailbox.in_groups(demo_reports.CODE)}")
    say(f"  postbus, mondeling     {address}/melding/postbus   code: {mailbox.in_groups(demo_reports.CODE_OF_VISIT)}")
    say(f"  aanmelden              {address}/aanmelden   wachtwoord voor iedereen: {PASSWORD}")
    for login, _, _, purpose in people_of(office):
        say(f"    {login:10} {purpose}")
