"""Two servers that both keep the clock: each timer of a real case fires once, and the history stays one chain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from tasks import clock as ticking
from tasks.clock_source import TravellingClock
from tasks.office import Office
from tests.properties.walk import Walk

EVENTS = ("boundary_event", "intermediate_event")


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
        tokens = [e.data["token"] for e in events if e.transition == "completed" and e.data.get("type") in EVENTS]
        assert len(tokens) == len(set(tokens))
        received = [event for event in events if event.activity == "timer" and event.transition == "received"]
        assert len(received) == len(tokens)
        fired += len(received)
    assert fired
