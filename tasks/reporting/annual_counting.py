"""Counting a year from the history, once, behind the pages: portion by portion, so that it can tell how far it is and go on after a stop.

In: a year. Out: its counts, as they were up to a moment. Promise: whoever counts the same year up to the same moment again finds the
same counts, however it is cut in portions, for the history is never changed. Time drives it (`advance`); one process counts at a time.
Refuses with NoSuchYear.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cases.deadlines import ZONE
from history import reports
from identity.people import Actor
from identity.permissions import require
from problems import NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks.office import Office
from tasks.reporting.annual_counts import Counted
from tasks.reporting.count_models import AnnualCount

# Change it with every change of what is counted or how.
DEFINITION = "2026-4"
FIRST_YEAR = 1999
ITSELF = "system:office"
# So long nobody else goes on with a count that somebody has in hand; after so many portions it is written down how far it is.
HELD, PORTIONS = timedelta(minutes=1), 10
_TABLE: Any = AnnualCount.__table__
_ONCE_ON_SQLITE = sqlite.insert(_TABLE).on_conflict_do_nothing()
_ONCE_ON_POSTGRESQL = postgresql.insert(_TABLE).on_conflict_do_nothing()


class NoSuchYear(NotFound):
    """Van dit jaar is er geen verslag."""


@dataclass(frozen=True)
class Hand:
    """A count that this process has in hand; `held_until` is the sign that it still has."""

    id: int
    held_until: datetime


def check(office: Office, year: int) -> None:
    """Raises NoSuchYear for a year that has not begun, or from before there were ombudsmen."""
    if not FIRST_YEAR <= year <= office.clock.now().astimezone(ZONE).year:
        raise NoSuchYear(year=year)


def end_of(year: int) -> datetime:
    """The first moment that is no longer in a year."""
    return datetime(year + 1, 1, 1, tzinfo=ZONE)


def newest(reading: Reading, year: int) -> AnnualCount | None:
    """What was counted last of a year, by today's definition; None when nothing was."""
    query = select(AnnualCount).where(AnnualCount.year == year, AnnualCount.definition == DEFINITION)
    return reading.session.scalar(
        query.where(AnnualCount.done_at.is_not(None)).order_by(AnnualCount.id.desc()).limit(1)
    )


def under_way(reading: Reading, year: int) -> AnnualCount | None:
    """The count of a year that is not done yet."""
    query = select(AnnualCount).where(AnnualCount.year == year, AnnualCount.definition == DEFINITION)
    return reading.session.scalar(query.where(AnnualCount.done_at.is_(None)))


def progress(count: AnnualCount) -> int:
    """How far a count is, in percent of the year."""
    since = datetime(count.year, 1, 1, tzinfo=ZONE)
    return max(0, int(100 * ((count.counted_to - since) / (count.until - since))))


def ask(office: Office, work: UnitOfWork, actor: Actor, year: int) -> None:
    """Have a year counted, up to now or to its end. Nothing more is asked while it is being counted. Raises NoSuchYear."""
    require(actor, "report.read")  # it changes nothing: whoever may read the figures may have them counted
    check(office, year)
    _begin(office, work, year, actor.id)


def _begin(office: Office, work: UnitOfWork, year: int, by: str) -> None:
    now = office.clock.now()
    row = {
        "year": year,
        "definition": DEFINITION,
        "until": _until(office, year),
        "counted_to": reports.BEGINNING,
        "found": {},
        "asked_by": by,
        "asked_at": now,
    }
    of_before = delete(AnnualCount).where(AnnualCount.year == year, AnnualCount.definition != DEFINITION)
    work.session.execute(of_before.where(AnnualCount.done_at.is_(None)))  # nobody goes on with it
    work.session.execute(_ONCE_ON_SQLITE if office.database.is_sqlite else _ONCE_ON_POSTGRESQL, row)


def advance(office: Office, stopping: threading.Event | None = None) -> int:
    """Count what was asked, until it is done or told to stop; returns how many portions were counted."""
    done, hand = 0, _take(office)
    while hand is not None and not (stopping and stopping.is_set()):
        hand = _go_on(office, hand) or _take(office)
        done += 1
    return done


def _take(office: Office) -> Hand | None:
    """The oldest count that nobody has in hand, or had and left."""
    now = office.clock.now()
    is_free = or_(AnnualCount.held_until.is_(None), AnnualCount.held_until < now)
    waits = (AnnualCount.done_at.is_(None), AnnualCount.definition == DEFINITION, is_free)
    query = select(AnnualCount.id).where(*waits).order_by(AnnualCount.id).limit(1)
    with office.database.reading() as reading:
        found = reading.session.scalar(query)
    if found is None:
        return None
    hand = Hand(found, now + HELD)
    with office.database.work() as work:
        mine = update(AnnualCount).where(AnnualCount.id == found, *waits)
        taken = work.session.execute(mine.values(held_until=hand.held_until).returning(AnnualCount.id)).first()
    return hand if taken else None


def _go_on(office: Office, hand: Hand) -> Hand | None:
    """Some portions more, and write down how far it is. None when it is done, or somebody else has it in hand by now."""
    with office.database.reading() as reading:
        row = reading.session.get(AnnualCount, hand.id)
        if row is None:
            return None
        events = row.events if row.events is not None else reports.events_before(reading, row.until)
    counted = Counted.of(row.year, row.until.astimezone(ZONE).date(), row.found)
    upto = row.counted_to
    for _ in range(PORTIONS):
        if upto >= row.until:
            break
        with office.precedence.background(), office.database.reading() as reading:
            portion = reports.portion(reading, row.year, row.until, upto)
        counted.add(portion)
        upto = portion.upto
    return _keep(office, hand, row, counted, upto, events)


def _keep(office: Office, hand: Hand, row: AnnualCount, counted: Counted, upto: datetime, events: int) -> Hand | None:
    now = office.clock.now()
    is_done = upto >= row.until
    with office.database.work() as work:
        mine = update(AnnualCount).where(AnnualCount.id == hand.id, AnnualCount.held_until == hand.held_until)
        values = {"found": counted.kept, "counted_to": upto, "events": events, "held_until": now + HELD}
        kept = work.session.execute(mine.values(**values, done_at=now if is_done else None).returning(AnnualCount.id))
        if kept.first() is None:
            return None
        if is_done:  # what was counted before has had its time
            work.session.execute(delete(AnnualCount).where(AnnualCount.year == row.year, AnnualCount.id < hand.id))
    return None if is_done else Hand(hand.id, now + HELD)


def keep_up(office: Office) -> int:
    """Ask anew what was counted before something was added to it: this year's figures every time, others hardly ever.

    Returns how many years will be counted. A house that nobody may know anything of has no figures.
    """
    if office.house.is_sealed:
        return 0
    with office.database.reading() as reading:
        outdated = list(_outdated(office, reading))
    if outdated:
        with office.database.work() as work:
            for year in outdated:
                _begin(office, work, year, ITSELF)
    return len(outdated)


def _outdated(office: Office, reading: Reading) -> Iterator[int]:
    last = select(func.max(AnnualCount.id)).where(AnnualCount.done_at.is_not(None)).group_by(AnnualCount.year)
    rows = list(reading.session.scalars(select(AnnualCount).where(AnnualCount.id.in_(last))))
    yield from (row.year for row in rows if is_outdated(office, reading, row))
    this_year = office.clock.now().astimezone(ZONE).year
    if all(row.year != this_year for row in rows):
        yield this_year


def is_outdated(office: Office, reading: Reading, count: AnnualCount) -> bool:
    """Whether a year would be counted otherwise now: by another definition, further, or with what was added to its history since."""
    until = _until(office, count.year)
    if count.definition != DEFINITION or count.until < until == end_of(count.year):
        return True
    return count.events != reports.events_before(reading, until)


def _until(office: Office, year: int) -> datetime:
    """Up to where a year can be counted: what happens now counts."""
    return min(end_of(year), office.clock.now() + timedelta(microseconds=1))
