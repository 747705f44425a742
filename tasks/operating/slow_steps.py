"""Which steps take longest, from the history: the time between the moment a step began to wait and the moment it was over.

A sample with a bound, whatever the size of the office: the last steps that were over, and of their cases the moments they began. Steps
that wait for nothing (gateways, rules, letters) are over when they begin and say nothing here. Refuses with NotAllowed.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from history.models import EventRow
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading
from tasks.office import Office
from tasks.studio.definition_words import Words

DAYS = 30
SAMPLE, STREAMS, SHOWN = 2000, 300, 15
Step = tuple[str, int, str]  # diagram, its version, element


@dataclass(frozen=True)
class SlowStep:
    """A step and how long it took: half of the times it took no longer than `half`."""

    step: str
    diagram: str
    count: int
    half: timedelta
    longest: timedelta


@dataclass(frozen=True)
class _Over:
    stream: str
    token: str
    element_id: str
    step: Step
    at: datetime


def slowest(office: Office, reading: Reading, actor: Actor, words: Words) -> list[SlowStep]:
    """The steps that take longest, the slowest first."""
    require(actor, "operations.read")
    over = list(_over(reading, office.clock.now() - timedelta(days=DAYS)))
    began = _began(reading, over)
    took: dict[Step, list[timedelta]] = defaultdict(list)
    for each in over:
        since = began.get((each.stream, each.element_id, each.token))
        if since is not None and each.at > since:
            took[each.step].append(each.at - since)
    found = [
        SlowStep(
            words.element(*step), words.diagram(step[0]), len(times), sorted(times)[(len(times) - 1) // 2], max(times)
        )
        for step, times in took.items()
    ]
    return sorted(found, key=lambda each: (-each.half, each.step))[:SHOWN]


def _over(reading: Reading, since: datetime) -> Iterator[_Over]:
    """The last steps that were over, of so many cases at most."""
    query = select(EventRow.stream, EventRow.activity, EventRow.at, EventRow.data)
    query = query.where(EventRow.transition == "completed", EventRow.at >= since)
    streams: set[str] = set()
    for stream, activity, at, data in reading.session.execute(
        query.order_by(EventRow.at.desc(), EventRow.id.desc()).limit(SAMPLE)
    ):
        streams.add(stream)
        told = json.loads(data)
        if len(streams) <= STREAMS and "token" in told and "definition" in told:
            key, version = told["definition"]
            yield _Over(stream, told["token"], activity, (key, version, activity), at)


def _began(reading: Reading, over: Sequence[_Over]) -> dict[tuple[str, str, str], datetime]:
    """When each of these steps began: the events of their cases, by the index of their chains."""
    if not over:
        return {}
    streams, elements = sorted({each.stream for each in over}), sorted({each.element_id for each in over})
    query = select(EventRow.stream, EventRow.activity, EventRow.at, EventRow.data).where(
        EventRow.stream.in_(streams), EventRow.activity.in_(elements), EventRow.transition == "activated"
    )
    rows = reading.session.execute(query.order_by(EventRow.id))
    return {(stream, activity, json.loads(data).get("token", "")): at for stream, activity, at, data in rows}
