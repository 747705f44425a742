"""Trouble of the database in the middle of a turn is no element's fault: the turn is refused whole, and nobody finds an incident."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.models import Incident
from engine.step import HandlerEntry, JobContext
from storage.unit_of_work import Database, DatabaseBusy
from tasks.background.clock_source import TravellingClock
from tests.engine.office import Stage, diagram, flows, service, users


def test_a_deadlock_in_a_handler_costs_the_turn_and_never_the_case(database: Database, clock: TravellingClock) -> None:
    troubles = ["deadlock detected"]

    def note(_context: JobContext) -> Mapping[str, Any]:
        if troubles:
            raise OperationalError("UPDATE", {}, Exception(troubles.pop()))
        return {}

    stage = Stage(database, clock, {"note": HandlerEntry(note)})
    body = '<startEvent id="s"/>' + users("u") + service("n", "note") + '<endEvent id="e"/>' + flows("s>u;u>n;n>e")
    stage.publish(diagram(body)).start()
    with pytest.raises(DatabaseBusy):
        stage.complete("u")
    assert stage.active == {"u": 1}
    with database.reading() as reading:
        assert reading.session.scalars(select(Incident)).all() == []
    stage.complete("u")
    assert stage.active == {}
