"""Early warning: many complaints about one service, or about one theme of it, in a short time; and an inquiry that begins from there.

What is many is decided by the table `early_warning`. A page costs what a year brings in, however old the office is. What somebody
explained is put aside: those complaints count no more, so that the signal stays away until enough others come in after them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from cases import facts, own_initiative
from cases.models import Case, Fact
from cases.searching import search_words
from cases.signals import SignalPutAside
from engine.moments import OFFICE_ZONE
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.accounts import STREAM
from tasks.case_file.spoken import label
from tasks.office import Office

RECENT, BEFORE = timedelta(days=28), timedelta(days=364)  # four weeks, and the fifty-two before them
PERIODS = BEFORE // RECENT
TABLE, PROCESS, THEME, THEMES = "early_warning", "own_inquiry", "complaint.theme", "themes"
NONE = "none"
MOST_CASES = 200  # of a cluster, named in the file of its inquiry
LONGEST_REASON = 1000
PUT_ASIDE = "signal.put_aside"


class NoSuchSignal(NotFound):
    """Over deze dienst en dit thema kwam de laatste vier weken geen klacht."""


class InquiryIsOpen(Conflict):
    """Hierover loopt al een onderzoek."""


class WhyAside(Invalid):
    """Schrijf in een paar woorden waarom dit geen onderzoek vraagt. Uw collega's lezen het hier."""


@dataclass(frozen=True)
class Cluster:
    """Complaints of four weeks about one service, and within it one theme or all. `usual` is a mean of four weeks in the year before;
    `inquiry` the number of the one that is open about it."""

    authority_key: str
    authority: str
    theme: str
    theme_label: str
    recent: int
    usual: float
    signal: str
    inquiry: str = ""

    @property
    def subject(self) -> str:
        """What an inquiry into it is called."""
        return f"Onderzoek: {self.authority}" + (f", {self.theme_label}" if self.theme else "")

    @property
    def reason(self) -> str:
        """Why it stands out."""
        usual = f"{self.usual:.1f}".replace(".", ",")
        return f"{self.recent} klachten in vier weken; gewoonlijk zijn dat er {usual}."


def found(office: Office, reading: Reading, actor: Actor) -> list[Cluster]:
    """What stands out now, the most striking first."""
    require(actor, "signal.read")
    counted = _counted(reading, actor, office.clock.now())
    model = office.engine.specs.decision_in_use(reading, TABLE)[0]
    clusters = [_judged(office, model, key, *numbers) for key, numbers in counted.items()]
    striking = [each for each in clusters if each.signal != NONE]
    open_ones = _inquiries(reading, [each.subject for each in striking])
    striking = [replace(each, inquiry=open_ones.get(each.subject, "")) for each in striking]
    return sorted(striking, key=lambda each: (each.signal != "strong", each.usual - each.recent, each.authority))


def aside(reading: Reading, actor: Actor, now: datetime) -> Sequence[SignalPutAside]:
    """What was put aside and still counts, the newest first."""
    require(actor, "signal.read")
    return _standing(reading, now)


def _standing(reading: Reading, now: datetime) -> Sequence[SignalPutAside]:
    query = select(SignalPutAside).where(
        SignalPutAside.put_aside_at >= now - RECENT, SignalPutAside.taken_back_at.is_(None)
    )
    return reading.session.scalars(query.order_by(SignalPutAside.id.desc())).all()


def _counted(reading: Reading, actor: Actor, now: datetime) -> Mapping[tuple[str, str], tuple[str, int, int]]:
    """Per service, and per theme of it, its name, the recent complaints that nobody explained, and those of the year before."""
    theme = and_(Fact.case_id == Case.id, Fact.name == THEME, Fact.replaced_at.is_(None))
    is_recent = Case.received_at >= now - RECENT
    query = (
        select(
            Case.authority_key,
            func.max(Case.authority_name),
            Fact.value,
            func.count().filter(is_recent, *_unexplained(reading, now)),
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


def _unexplained(reading: Reading, now: datetime) -> list[ColumnElement[bool]]:
    """What must hold of a complaint to count: it came in after what was put aside, or is about something else. No theme is no other."""
    explained = [
        and_(
            Case.authority_key == each.authority_key,
            Case.received_at <= each.put_aside_at,
            *((Fact.value == each.theme,) if each.theme else ()),
        )
        for each in _standing(reading, now)
    ]
    return [or_(*explained).is_not(True)] if explained else []


def _judged(office: Office, model: Any, key: tuple[str, str], name: str, recent: int, before: int) -> Cluster:
    authority_key, theme = key
    usual = before / PERIODS
    now = office.clock.now().astimezone(OFFICE_ZONE)
    signal = model.evaluate(TABLE, {"recent": recent, "usual": usual}, now).value
    return Cluster(authority_key, name, theme, label(office, THEMES, theme), recent, usual, str(signal))


def _inquiries(reading: Reading, subjects: Sequence[str]) -> Mapping[str, str]:
    """The numbers of inquiries that are open, by their subjects."""
    query = select(Case.subject, Case.number).where(
        Case.matter == own_initiative.MATTER, Case.closed_at.is_(None), Case.subject.in_(subjects)
    )
    return dict(reading.session.execute(query).all()) if subjects else {}


def _now(office: Office, reading: Reading, actor: Actor, authority_key: str, theme: str) -> Cluster:
    """The cluster as it is now. Raises NoSuchSignal."""
    numbers = _counted(reading, actor, office.clock.now()).get((authority_key, theme))
    if numbers is None or not numbers[1]:
        raise NoSuchSignal(authority=authority_key, theme=theme)
    model = office.engine.specs.decision_in_use(reading, TABLE)[0]
    return _judged(office, model, (authority_key, theme), *numbers)


def put_aside(office: Office, work: UnitOfWork, actor: Actor, authority_key: str, theme: str, reason: str) -> None:
    """What came in until now asks for no inquiry, for this reason. Raises NoSuchSignal, WhyAside."""
    require(actor, PUT_ASIDE)
    cluster, reason, now = _now(office, work, actor, authority_key, theme), reason.strip(), office.clock.now()
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise WhyAside(errors=[{"field": "reason", "message": WhyAside().sentence}])
    row = SignalPutAside(
        authority_key=authority_key,
        authority_name=cluster.authority,
        theme=theme,
        reason=reason,
        put_aside_by=actor.id,
        put_aside_at=now,
    )
    work.session.add(row)
    told = {"authority": authority_key, "theme": theme, "recent": cluster.recent}
    _note(office, work, actor, "put_aside", told, {"why": reason})


def take_back(office: Office, work: UnitOfWork, actor: Actor, signal_id: int) -> None:
    """It counts again, as if it was never put aside. Raises NoSuchSignal."""
    require(actor, PUT_ASIDE)
    row = work.session.get(SignalPutAside, signal_id)
    if row is None:
        raise NoSuchSignal(signal=signal_id)
    if row.taken_back_at is None:
        row.taken_back_at = office.clock.now()
        _note(office, work, actor, "taken_back", {"authority": row.authority_key, "theme": row.theme})


def _note(office: Office, work: UnitOfWork, actor: Actor, what: str, told: Any, personal: Any = None) -> None:
    now = office.clock.now()
    event = Event("early_warning", what, now, actor.id, turn.role_of(actor), told, personal or {})
    office.log.append(work, STREAM, [event])


def inquire(office: Office, work: UnitOfWork, actor: Actor, authority_key: str, theme: str) -> str:
    """Begin an inquiry on the office's own initiative into a cluster; gives the number of its file. Raises NoSuchSignal, InquiryIsOpen."""
    require(actor, "inquiry.open")
    now = office.clock.now()
    cluster = _now(office, work, actor, authority_key, theme)
    if there := _inquiries(work, [cluster.subject]).get(cluster.subject):
        raise InquiryIsOpen(number=there)
    case = own_initiative.open_file(work, cluster.subject, now, turn.new_secret()[1])
    case.authority_key, case.authority_name = cluster.authority_key, cluster.authority
    case.search_text = search_words(case, {})
    known = {"inquiry.reason": cluster.reason, "inquiry.cases": _numbers(work, cluster, now)}
    facts.remember(work, case.id, known, at=now)
    step = office.engine.start(work, PROCESS, {}, case.id)
    case.instance_id = step.instance_id
    data = {"number": case.number, "channel": case.channel, "received_at": now.isoformat(), "subject": case.subject}
    data["authority"] = authority_key
    first = Event("case", "received", now, actor.id, turn.role_of(actor), {**data, "facts": known})
    turn.apply(office, work, actor, step, first=[first])
    return case.number


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
