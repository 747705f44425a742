"""Two servers that both keep the clock: each timer of a real case fires once, and the history stays one chain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from engine.parsing import xml
from tasks.background import clock as ticking
from tasks.background.clock_source import TravellingClock
from tasks.office import WORKFLOWS, Office
from tests.properties.walk import Walk

EVENTS = ("boundary_event", "intermediate_event")
# What a timer begins, beside the events it ends: by their names in the diagrams.
STARTS = {
    start.get("id")
    for file in WORKFLOWS.glob("*.bpmn")
    for start in xml.parse(file.read_bytes()).iter(xml.bpmn("startEvent"))
    if start.find(xml.bpmn("timerEventDefinition")) is not None
}


def test_each_timer_fires_once_however_many_servers_tick(office: Office, clock: TravellingClock) -> None:
    walks = [Walk(office, clock, Random(seed * 10 + 1)) for seed in range(16)]
    for walk in walks:
        walk.begin()
        walk.complete()
    for _ in range(3):
        clock.advance(timedelta(days=61))
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: ticking.tick(office), range(3)))
    fired = 0
    for walk in walks:
        walk.check()
        events = walk.history()
        ended = [event for event in events if event.transition == "completed"]
        tokens = [e.data["token"] for e in ended if e.data.get("type") in EVENTS or e.activity in STARTS]
        assert len(tokens) == len(set(tokens))
        received = [event for event in events if event.activity == "timer" and event.transition == "received"]
        assert len(received) == len(tokens)
        fired += len(received)
    assert fired
