"""What tests of moving instances share: the way from one version to the next, and everything that is kept of an instance."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine import definitions, migration
from engine.errors import CannotMove
from engine.migration import Destination, Moved
from engine.models import Incident, Job, ProcessInstance, Subscription
from engine.outline import outline
from engine.route import route
from tests.diagrams.shapes import END, START, after, boundary, chain
from tests.engine.office import Stage, diagram, flows, user, users


def destination(stage: Stage, mapping: Mapping[str, str], key: str = "p", **more: Any) -> Destination:
    """From the version before the newest to the newest."""
    with stage.database.reading() as reading:
        new, old = definitions.versions(reading, "process", key)[:2]
        way = route(outline(old.content, key), outline(new.content, key), mapping)
    return Destination(old.id, new.id, way, **more)


def move(stage: Stage, key: str = "p", **mapping: str) -> Moved:
    return go(stage, destination(stage, mapping, key))


def line(names: str) -> bytes:
    """User tasks one after another."""
    return chain(*[user(name) for name in names.split()])


def go(stage: Stage, there: Destination) -> Moved:
    with stage.database.work() as work:
        return migration.migrate(stage.engine, work, stage.instance, there)


def refused(stage: Stage, key: str = "p", **mapping: str) -> list[str]:
    """The reasons; and nothing was written."""
    before = everything(stage)
    with pytest.raises(CannotMove) as found:
        move(stage, key, **mapping)
    assert everything(stage) == before
    return found.value.reasons


def everything(stage: Stage) -> list[Any]:
    """All rows of the instance, as they are kept."""
    with stage.database.reading() as reading:
        row = reading.session.get_one(ProcessInstance, stage.instance)
        found: list[Any] = [json.loads(row.state), row.definition_id, row.called, row.decisions, row.outcome]
        for table in (Subscription, Job, Incident):
            kept = reading.session.scalars(select(table).where(table.instance_id == stage.instance).order_by(table.id))
            found.append([{c.name: getattr(each, c.name) for c in table.__table__.columns} for each in kept])
    return found


def waits(stage: Stage) -> dict[str, datetime | str | None]:
    """What the rows wait for: a moment, or the name of a message."""
    with stage.database.reading() as reading:
        query = select(Subscription).where(Subscription.instance_id == stage.instance).order_by(Subscription.id)
        return {row.element_id: row.due_at or row.name for row in reading.session.scalars(query)}


def put_back(stage: Stage, moved: Moved) -> None:
    with stage.database.work() as work:
        migration.restore(stage.engine, work, stage.instance, moved.former, moved.version_after, moved.tokens)


def timed(name: str = "late", length: str = "P5D") -> bytes:
    """A task with an event on its edge that does not interrupt it."""
    edge = boundary(name, "a", after(length), 'cancelActivity="false"')
    return diagram(START + users("a b") + edge + END + flows(f"s>a;a>e;{name}>b;b>e"))
