"""Early warning: many complaints about one service, or about one theme of it, in a short time; and an inquiry that begins from there.

What is many is decided by the table `early_warning`. A page costs what a year brings in, however old the office is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select

from cases import facts, own_initiative
from cases.models import Case, Fact
from cases.searching import search_words
from engine.moments import OFFICE_ZONE
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.case_file.spoken import label
from tasks.office import Office

RECENT, BEFORE = timedelta(days=28), timedelta(days=364)  # four weeks, and the fifty-two before them
PERIODS = BEFORE // RECENT
TABLE, PROCESS, THEME, THEMES = "early_warning", "own_inquiry", "complaint.theme", "themes"
NONE = "none"
MOST_CASES = 200  # of a cluster, named in the file of its inquiry


class NoSuchSignal(NotFound):
    """Over deze dienst en dit thema kwam de laatste vier weken geen klacht."""


class InquiryIsOpen(Conflict):
    """Hierover loopt al een onderzoek."""


@dataclass(frozen=True)
class Cluster:
    """Complaints of four weeks about one service, and within it one theme or all. `usual` is a mean of four weeks in the year before."""

    authority_key: str
    authority: str
    theme: str
    theme_label: str
    recent: int
    usual: float
    signal: str

    @property
    def subject(self) -> str:
        """What an inquiry into it is called."""
        return f"Onderzoek: {self.authority}" + (f", {self.theme_label}" if self.theme else "")


def found(office: Office, reading: Reading, actor: Actor) -> list[Cluster]:
    """What stands out now, the most striking first."""
    require(actor, "signal.read")
    counted = _counted(reading, actor, office.clock.now())
    model = office.engine.specs.decision_in_use(reading, TABLE)[0]
    clusters = [_judged(office, model, key, *numbers) for key, numbers in counted.items()]
    striking = [each for each in clusters if each.signal != NONE]
    return sorted(striking, key=lambda each: (each.signal != "strong", each.usual - each.recent, each.authority))


def _counted(reading: Reading, actor: Actor, now: datetime) -> Mapping[tuple[str, str], tuple[str, int, int]]:
    """Per service, and per theme of it, its name, the recent complaints and those of the year before."""
    theme = and_(Fact.case_id == Case.id, Fact.name == THEME, Fact.replaced_at.is_(None))
    is_recent = Case.received_at >= now - RECENT
    query = (
        select(
            Case.authority_key,
            func.max(Case.authority_name),
            Fact.value,
            func.count().filter(is_recent),
            func.count().filter(~is_recent),
        )
        .join(Fact, theme, isouter=True)
        .where(
            Case.received_at >= now - RECENT - BEFORE,
            Case.authority_key.isnot(None),
            Case.matter != own_initiative.MATTER,
            *sight.known(actor),
        )
        .group_by(Case.authority_key, Fact.value)
    )
    counted: dict[tuple[str, str], tuple[str, int, int]] = {}
    for service, name, value, recent, before in reading.session.execute(query):
        key = str(service)
        for each in {"", str(value or "")}:
            _, so_far, earlier = counted.get((key, each), (name, 0, 0))
            counted[key, each] = (name, so_far + recent, earlier + before)
    return counted


def _judged(office: Office, model: Any, key: tuple[str, str], name: str, recent: int, before: int) -> Cluster:
    authority_key, theme = key
    usual = before / PERIODS
    now = office.clock.now().astimezone(OFFICE_ZONE)
    signal = model.evaluate(TABLE, {"recent": recent, "usual": usual}, now).value
    return Cluster(authority_key, name, theme, label(office, THEMES, theme), recent, usual, str(signal))


def inquire(office: Office, work: UnitOfWork, actor: Actor, authority_key: str, theme: str) -> str:
    """Begin an inquiry on the office's own initiative into a cluster; gives the number of its file. Raises NoSuchSignal, InquiryIsOpen."""
    require(actor, "inquiry.open")
    now = office.clock.now()
    numbers = _counted(work, actor, now).get((authority_key, theme))
    if numbers is None or not numbers[1]:
        raise NoSuchSignal(authority=authority_key, theme=theme)
    cluster = _judged(office, office.engine.specs.decision_in_use(work, TABLE)[0], (authority_key, theme), *numbers)
    is_same = and_(Case.matter == own_initiative.MATTER, Case.subject == cluster.subject, Case.closed_at.is_(None))
    if there := work.session.scalar(select(Case.number).where(is_same)):
        raise InquiryIsOpen(number=there)
    case = own_initiative.open_file(work, cluster.subject, now, turn.new_secret()[1])
    case.authority_key, case.authority_name = cluster.authority_key, cluster.authority
    case.search_text = search_words(case, {})
    known = {"inquiry.reason": _reason(cluster), "inquiry.cases": _numbers(work, cluster, now)}
    facts.remember(work, case.id, known, at=now)
    step = office.engine.start(work, PROCESS, {}, case.id)
    case.instance_id = step.instance_id
    data = {"number": case.number, "channel": case.channel, "received_at": now.isoformat(), "subject": case.subject}
    first = Event("case", "received", now, actor.id, turn.role_of(actor), {**data, "facts": known})
    turn.apply(office, work, actor, step, first=[first])
    return case.number


def _reason(cluster: Cluster) -> str:
    usual = f"{cluster.usual:.1f}".replace(".", ",")
    return f"{cluster.recent} klachten in vier weken; gewoonlijk zijn dat er {usual}."


def _numbers(reading: Reading, cluster: Cluster, now: datetime) -> list[str]:
    """The newest complaints of the cluster, by number."""
    query = select(Case.number).where(
        Case.authority_key == cluster.authority_key,
        Case.received_at >= now - RECENT,
        Case.matter != own_initiative.MATTER,
    )
    if cluster.theme:
        theme = and_(Fact.case_id == Case.id, Fact.name == THEME, Fact.replaced_at.is_(None))
        query = query.join(Fact, theme).where(Fact.value == cluster.theme)
    return list(reading.session.scalars(query.order_by(Case.id.desc()).limit(MOST_CASES)))
