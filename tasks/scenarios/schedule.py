"""Playing many records side by side in one office, as they came in: one clock, everything on its own day."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from engine.models import ProcessInstance, Subscription
from tasks.background import clock
from tasks.background.clock_source import TravellingClock
from tasks.joined import bulk
from tasks.office import Office
from tasks.scenarios import reporting, verbs
from tasks.scenarios.player import Player
from tasks.scenarios.records import Record


@dataclass(order=True)
class _Moment:
    at: datetime
    order: int
    step: int
    player: Player = field(compare=False)


def play_all(office: Office, records: list[Record], *, until: datetime | None = None) -> list[Player]:
    """Play records side by side in one office, in the order of time, up to a moment."""
    numbers: dict[str, str] = {}
    kind, verbs_here = (reporting.Reporter, reporting) if office.house.is_sealed else (Player, verbs)
    players = [kind(office, record, numbers) for record in records]
    moments = []
    for order, player in enumerate(players):
        moments.append(_Moment(player.record.received_at, order, 0, player))
        moments += [_Moment(act.at, order, step, player) for step, act in enumerate(player.record.script, start=1)]
    for moment in sorted(moments):
        if until is not None and moment.at > until:
            break
        travel(office, moment.at)
        if moment.step == 0:
            moment.player.receives()
            numbers[moment.player.record.id] = moment.player.number
        else:
            act = moment.player.record.script[moment.step - 1]
            moment.player.acts(act, verbs_here.deed_of(act))
    if until is not None:
        travel(office, until)
    return [player for player in players if player.stage is not None or player.troubles]


def play(office: Office, record: Record, *, until: datetime | None = None) -> Player:
    """Play one record by itself."""
    return next(iter(play_all(office, [record], until=until)), Player(office, record, {}))


def travel(office: Office, to: datetime) -> None:
    """Let the clock run to a moment, stopping wherever something falls due, so that everything happens on its own day."""
    moving = office.clock
    if not isinstance(moving, TravellingClock):
        raise TypeError("a scenario needs a clock that travels")
    tried: set[datetime] = set()
    while (due := next_due(office)) is not None and due <= to and due not in tried:
        tried.add(due)
        moving.travel_to(due)
        clock.tick(office)
    if to > moving.now():
        bulk.advance(office)
    moving.travel_to(to)


def next_due(office: Office) -> datetime | None:
    """The moment the first timer of a running process falls due."""
    query = (
        select(func.min(Subscription.due_at))
        .join(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
        .where(Subscription.kind == "timer", ProcessInstance.is_suspended.is_(False))
    )
    with office.database.reading() as reading:
        found: datetime | None = reading.session.scalar(query)
        return found
