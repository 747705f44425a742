"""Whatever is moved by hand, in whatever order: the history tells exactly where the case is, and nothing waits for a token that is gone."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine import standing
from engine.errors import ElementAmbiguous, ElementNotOpen
from engine.models import Job, ProcessInstance, Subscription
from engine.sandbox import Sandbox
from tests.diagrams.shapes import END, START, after, boundary, catch, inside
from tests.engine.office import diagram, flows, service, user, users

EACH = (
    '<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2]" '
    'inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics>'
)
REPEATED = user("many").replace("</userTask>", f"{EACH}</userTask>")
WITHIN = (
    '<startEvent id="ws"/>'
    + users("w")
    + service("job", "outside")
    + '<endEvent id="we"/>'
    + flows("ws>w;w>job;job>we")
)
SHAPE = diagram(
    START
    + '<parallelGateway id="split"/>'
    + users("a")
    + catch("wait", after("P3D"))
    + inside("sp", WITHIN)
    + boundary("late", "sp", after("P2D"), 'cancelActivity="false"')
    + users("h")
    + REPEATED
    + '<parallelGateway id="join"/>'
    + END
    + '<endEvent id="e2"/>'
    + flows("s>split;split>a;split>sp;a>wait;wait>join;sp>many;many>join;join>e;late>h;h>e2")
)
Do = tuple[str, int, int]
DOING = st.lists(
    st.tuples(st.sampled_from(["move", "add", "withdraw", "do", "time"]), st.integers(0, 50), st.integers(0, 50)),
    max_size=10,
)


def fold(box: Sandbox, case: int) -> Counter[str]:
    """Where the case is by its history alone."""
    change = {"activated": 1, "completed": -1, "cancelled": -1}
    counts: Counter[str] = Counter()
    for _, element_id, transition, _ in box.history(case):
        counts[element_id] += change.get(transition, 0)
    return +counts


def step(box: Sandbox, case: int, doing: Do) -> None:
    """One thing that people do; what the shape does not allow just then is refused, and changes nothing."""
    what, first, second = doing
    if what == "time":
        box.advance(timedelta(hours=first * 3))
        return
    waiting = [each for each in box.waiting(case) if each.kind in ("user_task", "job")]
    if what == "do":
        if waiting:
            box.complete(waiting[first % len(waiting)])
        return
    with box.database.reading() as reading:
        stands = standing.of(box.engine, reading, case)
    tokens, targets = stands.tokens, stands.targets
    cancel = [tokens[first % len(tokens)].element_id] if tokens and what != "add" else []
    activate = [targets[second % len(targets)].element_id] if what != "withdraw" else []
    before = fold(box, case)
    try:
        box.move(case, cancel=cancel, activate=activate)
    except (ElementNotOpen, ElementAmbiguous):
        assert fold(box, case) == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(DOING)
def test_history_and_rows_follow_every_move(doing: list[Do]) -> None:
    with Sandbox() as box:
        [key] = box.publish(SHAPE)
        case = box.start(key)
        for each in doing:
            if box.outcome(case) != "active":
                break
            step(box, case, each)
            holds(box, case)


def holds(box: Sandbox, case: int) -> None:
    with box.database.reading() as reading:
        assert fold(box, case) == Counter(box.engine.active(reading, case))
        if reading.session.get_one(ProcessInstance, case).ended_at is not None:
            living: set[Any] = set()
        else:
            _, tokens = box.engine.restored(reading, case)
            living = {token.id.hex for token in tokens}
        waits = set(reading.session.scalars(select(Subscription.token_id)))
        jobs = set(reading.session.scalars(select(Job.token_id).where(Job.state.in_(("ready", "running")))))
    assert waits <= living
    assert jobs <= living
