"""Running the office: how many steps cannot go on, what waits for the post, what is late; and mail sent again.

Whoever runs the system sees no case: figures, and mail with a masked address. What cannot go on is `tasks.operating.incidents`. Refuses with
NotAllowed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select

from cases.models import Case
from engine.models import Delivery, Incident, Job, ProcessInstance, PublishedMessage, Subscription
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading, UnitOfWork
from tasks.background import mail, workers
from tasks.models import Mail
from tasks.office import Office

PAGE = 50
_ADDRESS = re.compile(r"[^\s<>()\[\]'\",;:]+@[\w.-]+")
# A timer is late when the clock has passed it by more than a few ticks.
LATE_AFTER = timedelta(minutes=2)
WAITING, DEAD, GIVEN_UP, SENT = "waiting", "dead", "given_up", "sent"
# What sending ran into, by the kind of error, for whoever does not read the protocol.
WHY_UNSENT = (
    ({"SMTPRecipientsRefused"}, "De mailserver aanvaardt dit adres niet."),
    ({"SMTPDataError"}, "De mailserver weigert deze mail."),
    ({"SMTPSenderRefused"}, "De mailserver aanvaardt ons eigen adres als afzender niet."),
    (
        {"SMTPAuthenticationError", "SMTPNotSupportedError"},
        "De mailserver laat ons niet binnen: kijk de instellingen na.",
    ),
    ({"SSLError", "SSLCertVerificationError"}, "De beveiligde verbinding met de mailserver lukt niet."),
    (
        {
            "SMTPServerDisconnected",
            "SMTPConnectError",
            "SMTPHeloError",
            "ConnectionRefusedError",
            "ConnectionResetError",
        },
        "De mailserver antwoordt niet, of breekt het gesprek af.",
    ),
    ({"TimeoutError", "gaierror", "OSError"}, "De mailserver is niet te bereiken."),
)


@dataclass(frozen=True)
class Figures:
    """How the office runs now."""

    incidents: int
    jobs_waiting: int
    late_timers: int
    late_messages: int
    mails_waiting: int
    mails_dead: int
    suspended: int
    open_cases: int


@dataclass(frozen=True)
class JobLine:
    """The jobs of one type. `who` does them: system, worker (a program outside), or nobody. `oldest_at` waits longest."""

    type: str
    who: str
    waiting: int
    running: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class MailLine:
    """A mail in the outbox. `to` is masked: who complained is no business of whoever runs the mail.

    `text` is filled in a demonstration only, where nobody is real and a visitor plays the one who gets the mail.
    """

    id: int
    case_number: str
    to: str
    state: str
    attempts: int
    next_at: datetime
    created_at: datetime
    last_error: str
    text: str = ""

    @property
    def why(self) -> str:
        """What went wrong in plain words; empty where only the mail server's own are known."""
        kind = self.last_error.partition(":")[0]
        return next((words for kinds, words in WHY_UNSENT if kind in kinds), "")


def figures(office: Office, reading: Reading, actor: Actor) -> Figures:
    """The figures of the operations page: one statement each."""
    require(actor, "operations.read")
    now = office.clock.now()

    def count(*conditions: object) -> int:
        return reading.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]

    return Figures(
        incidents=count(Incident.resolved_at.is_(None)),
        jobs_waiting=count(Job.state.in_(("ready", "running"))),
        late_timers=count(Subscription.kind == "timer", Subscription.due_at < now - LATE_AFTER),
        late_messages=_late_messages(reading, now - LATE_AFTER),
        mails_waiting=count(Mail.state == WAITING),
        mails_dead=count(Mail.state == DEAD),
        suspended=count(ProcessInstance.is_suspended.is_(True), ProcessInstance.ended_at.is_(None)),
        open_cases=count(Case.closed_at.is_(None)),
    )


def _late_messages(reading: Reading, before: datetime) -> int:
    """Messages and signals that should have been delivered by then; what waits for a suspended process is not late."""
    messages = select(func.count()).where(
        PublishedMessage.state == "waiting",
        PublishedMessage.is_tried.is_(False),
        PublishedMessage.published_at < before,
    )
    asleep = select(ProcessInstance.id).where(ProcessInstance.is_suspended.is_(True))
    is_awake = or_(Delivery.instance_id.is_(None), Delivery.instance_id.not_in(asleep))
    signals = select(func.count()).where(Delivery.state == "waiting", Delivery.created_at < before, is_awake)
    return (reading.session.scalar(messages) or 0) + (reading.session.scalar(signals) or 0)


def job_types(office: Office, reading: Reading, actor: Actor) -> list[JobLine]:
    """The jobs that wait or are under way, by type, and the types that workers outside do; one statement."""
    require(actor, "operations.read")
    external = workers.types_of(office)
    running = func.sum(case((Job.state == "running", 1), else_=0))
    oldest = func.min(case((Job.state == "ready", Job.run_at)))
    query = select(Job.type, func.count(), running, oldest).where(Job.state.in_(("ready", "running")))
    found = {row[0]: row for row in reading.session.execute(query.group_by(Job.type))}
    lines = []
    for name in sorted({*found, *external}):
        _, total, busy, since = found.get(name, (name, 0, 0, None))
        who = "worker" if name in external else "system" if name in office.engine.handlers else "nobody"
        lines.append(JobLine(name, who, total - int(busy), int(busy), since))
    return lines


def mails(
    reading: Reading, actor: Actor, state: str, after: int = 0, is_demo: bool = False
) -> tuple[list[MailLine], int | None]:
    """The outbox in one state, the oldest first, and the key of the next page. Texts only in a demonstration."""
    require(actor, "operations.read")
    query = (
        select(Mail, Case.number)
        .outerjoin(Case, Case.id == Mail.case_id)
        .where(Mail.state == state, Mail.id > after)
        .order_by(Mail.id)
        .limit(PAGE + 1)
    )
    rows = list(reading.session.execute(query))
    lines = [
        MailLine(
            row.id,
            number or "",
            masked(row.to_address),
            row.state,
            row.attempts,
            row.next_at,
            row.created_at,
            _unquoted(row.last_error or "", row.to_address),
            f"{row.subject}\n\n{row.body}" if is_demo else "",
        )
        for row, number in rows[:PAGE]
    ]
    return lines, lines[-1].id if len(rows) > PAGE else None


def send_again(office: Office, work: UnitOfWork, actor: Actor, mail_ids: Sequence[int]) -> None:
    """Try these mails again at the next tick."""
    require(actor, "incident.resolve")
    for mail_id in mail_ids:
        mail.retry(office, work, mail_id)


def _unquoted(error: str, address: str) -> str:
    """What a mail server said, without the address: they quote it in their own case, and some only the part before the @."""
    name = address.rpartition("@")[0]
    said = (
        re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"{name[:1]}…", error, flags=re.IGNORECASE)
        if len(name) > 1
        else error
    )
    return _ADDRESS.sub(lambda found: masked(found[0]), said)


def masked(address: str) -> str:
    """An address with only what is needed to see a mistake in it: `m…@example.org`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}" if name else "…"
