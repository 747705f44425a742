"""Who looked into a case, when, and at what. A look is an event like any other: it cannot be taken back or forgotten.

`what` is a short name of what was seen: `case`, `letter:12`, `document:7`, `replay`, `export:xes`.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from history.log import Event
from history.models import EventRow
from storage.unit_of_work import Reading

LOOKED = "looked"


@dataclass(frozen=True)
class Look:
    """One look into a case."""

    seq: int
    at: datetime
    resource: str
    role: str
    what: str


def look(what: str, at: datetime, resource: str, role: str) -> Event:
    """The event of a look."""
    return Event("case", LOOKED, at, resource, role, {"what": what})


def of(reading: Reading, stream: str, *, before: int | None = None, limit: int | None = None) -> list[Look]:
    """The looks into a case, the newest first: all of them, or at most `limit` that came before the event of number `before`."""
    query = select(EventRow).where(EventRow.stream == stream, EventRow.transition == LOOKED)
    if before is not None:
        query = query.where(EventRow.seq < before)
    return [
        Look(row.seq, row.at, row.resource, row.role, str(json.loads(row.data).get("what") or ""))
        for row in reading.session.scalars(query.order_by(EventRow.seq.desc()).limit(limit))
    ]


def seen_since(reading: Reading, stream: str, resource: str, since: datetime) -> frozenset[str]:
    """What this person looked at in this case from `since` on."""
    query = select(EventRow.data).where(
        EventRow.stream == stream,
        EventRow.transition == LOOKED,
        EventRow.resource == resource,
        EventRow.at >= since,
    )
    return frozenset(str(json.loads(data).get("what") or "") for data in reading.session.scalars(query))
