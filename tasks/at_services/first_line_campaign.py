"""The yearly reports of the services on their own complaint handling: asked of many at once, each a file of its own, and put together.

The diagram `first_line_report` asks, reminds, checks the sums and takes the numbers in. In: the year and the services. Out: which
files there are and where each stands; the numbers of all, per book. Asking twice asks nothing: one file a year for each service.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import NoResultFound

from cases import own_initiative
from cases.deadlines import ZONE, local_day
from cases.models import Case, Deadline, Fact
from cases.register import OFFICE, Authority
from cases.searching import search_words
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import turn
from tasks.models import FirstLineReport, UserTask
from tasks.office import Office

PROCESS, RULE, PREFIX = "first_line_report", "first_line_report_by", "first_line_report."
ASKED, TO_CHECK, RECEIVED = "asked", "to_check", "received"
FIRST_YEAR = 2019  # the decree of 7 December 2018
_TABLE: Any = FirstLineReport.__table__
_ONCE_ON_SQLITE = sqlite.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
_ONCE_ON_POSTGRESQL = postgresql.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)


class ReportYearUnknown(NotFound):
    """Van dit jaar zijn er geen jaarcijfers van de eerste lijn."""


class AlreadyAsked(Conflict):
    """Aan deze dienst zijn de cijfers van dit jaar al gevraagd."""


class ServiceHasNoFirstLine(Invalid):
    """Deze dienst staat niet in ons register als een dienst waarvoor wij bevoegd zijn."""


@dataclass(frozen=True)
class Asked:
    """The report of one service in one year: where it stands, and what it said once it is in."""

    authority: Authority
    case_id: int
    number: str
    state: str
    due_on: date | None
    is_late: bool
    user_task_id: int | None
    numbers: Mapping[str, Any]


def services(office: Office) -> list[Authority]:
    """Whoever is asked: every authority this office is the second line of, by name; kinds without a name of their own are not."""
    here = (
        each for each in office.register.authorities if each.body == OFFICE and each.has_first_line and not each.is_kind
    )
    return sorted(here, key=lambda each: each.name)


def ask(office: Office, work: UnitOfWork, actor: Actor, year: int, key: str) -> None:
    """Ask one service for its numbers of a year, in one turn. Raises AlreadyAsked, ServiceHasNoFirstLine, ReportYearUnknown."""
    require(actor, "first_line_report.ask")
    check_year(office, year)
    authority = next((each for each in services(office) if each.key == key), None)
    if authority is None:
        raise ServiceHasNoFirstLine(authority=key)
    now = office.clock.now()
    case = own_initiative.open_file(work, f"Jaarcijfers {year}: {authority.name}", now, turn.new_secret()[1])
    case.authority_key, case.authority_name = authority.key, authority.name
    case.search_text = search_words(case, {})
    row = {"year": year, "authority_key": key, "case_id": case.id, "asked_by": actor.id, "asked_at": now}
    once = _ONCE_ON_POSTGRESQL if work.session.get_bind().dialect.name == "postgresql" else _ONCE_ON_SQLITE
    if work.session.scalar(once, row) is None:
        raise AlreadyAsked(year=year, authority=key)
    variables = {"report_year": year, "report_year_end": date(year, 12, 31), "report_asked_on": local_day(now)}
    step = office.engine.start(work, PROCESS, variables, case.id)
    case.instance_id = step.instance_id
    data = {"number": case.number, "channel": case.channel, "received_at": now.isoformat(), "subject": case.subject}
    turn.apply(office, work, actor, step, first=[Event("case", "received", now, actor.id, turn.role_of(actor), data)])


def check_year(office: Office, year: int) -> None:
    """Raises ReportYearUnknown for a year that is not over, or from before there were reports."""
    if not FIRST_YEAR <= year < office.clock.now().astimezone(ZONE).year:
        raise ReportYearUnknown(year=year)


def years(office: Office) -> range:
    """The years that may be asked, the newest first."""
    return range(office.clock.now().astimezone(ZONE).year - 1, FIRST_YEAR - 1, -1)


def reports(office: Office, reading: Reading, actor: Actor, year: int) -> list[Asked]:
    """Every report of a year by name of the service, in four statements however many there are."""
    require(actor, "first_line_report.read")
    check_year(office, year)
    query = select(FirstLineReport, Case).join(Case, Case.id == FirstLineReport.case_id)
    rows = reading.session.execute(query.where(FirstLineReport.year == year)).all()
    ids = [case.id for _, case in rows]
    due, waiting, told = _due(reading, ids), _waiting(reading, ids), _told(reading, ids)
    today = local_day(office.clock.now())
    found = []
    for report, case in rows:
        authority = office.register.get(report.authority_key)
        open_task = waiting.get(case.id)
        state = RECEIVED if case.closed_at else ASKED if open_task and open_task.role == "authority" else TO_CHECK
        # Asked again to correct what it sent, a service has until the new question is due.
        asked_by = local_day(open_task.due_at) if open_task and open_task.due_at else None
        due_on = asked_by if state == ASKED and asked_by else due.get(case.id)
        found.append(
            Asked(
                authority=authority or Authority(report.authority_key, case.authority_name, "", OFFICE),
                case_id=case.id,
                number=case.number,
                state=state,
                due_on=due_on,
                is_late=state == ASKED and due_on is not None and due_on < today,
                user_task_id=open_task.id if open_task else None,
                numbers=told.get(case.id, {}) if state == RECEIVED else {},
            )
        )
    return sorted(found, key=lambda each: each.authority.name)


def of_authority(reading: Reading, year: int, key: str) -> UserTask:
    """The open question to this service. Raises ReportYearUnknown when it was not asked, or has answered."""
    query = (
        select(UserTask)
        .join(FirstLineReport, FirstLineReport.case_id == UserTask.case_id)
        .where(
            FirstLineReport.year == year,
            FirstLineReport.authority_key == key,
            UserTask.role == "authority",
            UserTask.closed_at.is_(None),
        )
    )
    try:
        return reading.session.scalars(query).one()
    except NoResultFound:
        raise ReportYearUnknown(year=year, authority=key) from None


def _due(reading: Reading, ids: Sequence[int]) -> dict[int, date]:
    query = select(Deadline.case_id, Deadline.due_on).where(Deadline.case_id.in_(ids), Deadline.rule == RULE)
    return {row.case_id: row.due_on for row in reading.session.execute(query)}


def _waiting(reading: Reading, ids: Sequence[int]) -> dict[int, UserTask]:
    query = select(UserTask).where(UserTask.case_id.in_(ids), UserTask.closed_at.is_(None))
    return {row.case_id: row for row in reading.session.scalars(query)}


def _told(reading: Reading, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    query = select(Fact.case_id, Fact.name, Fact.value).where(
        Fact.case_id.in_(ids), Fact.replaced_at.is_(None), Fact.name.startswith(PREFIX)
    )
    found: dict[int, dict[str, Any]] = {}
    for case_id, name, value in reading.session.execute(query):
        found.setdefault(case_id, {})[name.removeprefix(PREFIX)] = value
    return found


def in_book(found: Sequence[Asked], levels: Sequence[str]) -> Iterator[Asked]:
    """The reports that are in, of the services of these levels."""
    return (each for each in found if each.state == RECEIVED and each.authority.level in levels)
