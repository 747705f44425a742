"""Any block-structured model with events runs as a plain machine says, in whatever order people, messages and time come.

After every step: the open tasks, what is waited for and until when, the history folded, and the state saved and restored again.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import codec
from engine.models import ProcessInstance
from engine.run import Run
from engine.sandbox import MONDAY, Waiting
from tests.conformance.bpmn.play import Play
from tests.properties.event_blocks import Block, Clock, Name, Place, Scope, Wait
from tests.properties.event_drawing import Drawing, models

MOST_STEPS = 40


def name_of(wait: Waiting) -> Name:
    return wait.element_id, tuple(wait.variables["path"])


def key_of(wait: Wait) -> tuple[str, object]:
    """What tells an event: a timer its moment, a message its key."""
    return wait.name, wait.due or "-".join(["k", *map(str, wait.path)])


class Walk:
    """A model, and a case of its diagram beside it."""

    def __init__(self, model: Block, play: Play) -> None:
        self.play = play
        self.clock = Clock(MONDAY)
        self.machine = Scope(Place((), None, self.clock), [model], [], False)

    def check(self) -> None:
        """The case is where the machine is."""
        waiting = self.play.waiting("user_task", "timer", "message")
        tasks = Counter(name_of(wait) for wait in waiting if wait.kind == "user_task")
        assert tasks == Counter(self.machine.tasks())
        events = Counter(
            (wait.element_id, wait.due_at if wait.kind == "timer" else wait.key)
            for wait in waiting
            if wait.kind != "user_task"
        )
        assert events == Counter(key_of(wait) for wait in self.machine.waits())
        assert self.play.outcome == ("completed" if self.machine.is_over else "active")
        self.play.check()
        restored_equals_saved(self.play)

    def choices(self) -> list[Name | Wait]:
        """Everything that may happen now: of the timers, only the next."""
        waits = list(self.machine.waits())
        timers = sorted((wait for wait in waits if wait.due), key=lambda wait: (wait.due, wait.name))
        return [*sorted(set(self.machine.tasks())), *(wait for wait in waits if not wait.due), *timers[:1]]

    def do(self, what: Name | Wait) -> None:
        if isinstance(what, tuple):
            self.play.box.complete(next(wait for wait in self.play.waiting("user_task") if name_of(wait) == what))
        elif what.due is None:
            assert self.play.box.message(what.name, str(key_of(what)[1])) == self.play.case
        else:
            self.play.box.advance(what.due - self.clock.now)
            self.clock.now = what.due
        assert self.machine.act(what)
        self._and_a_minute()

    def _and_a_minute(self) -> None:
        """So that timers that begin at different steps never fall due at the same moment; those due on the way fire."""
        until = self.clock.now + timedelta(minutes=1)
        while due := min(
            (wait for wait in self.machine.waits() if wait.due and wait.due <= until),
            key=lambda w: w.due or until,
            default=None,
        ):
            self.clock.now = due.due or until
            assert self.machine.act(due)
        self.clock.now = until
        self.play.box.advance(until - self.play.box.clock.now())


def restored_equals_saved(play: Play) -> None:
    """Reading a state and writing it again changes nothing."""
    with play.box.database.reading() as reading:
        row = reading.session.get_one(ProcessInstance, play.case)
        bound = play.box.engine.specs.bound(reading, row.definition_id, row.called)
    assert codec.save(codec.restore(row.state, bound.spec, bound.scope_specs)) == row.state


@settings(max_examples=60, print_blob=True)
@given(model=models(), data=st.data())
def test_every_model_runs_as_it_is_drawn(model: Block, data: st.DataObject) -> None:
    walk = Walk(model, Play(Drawing().file(model)))
    walk.check()
    for _ in range(MOST_STEPS):
        choices = walk.choices()
        if not choices:
            break
        walk.do(data.draw(st.sampled_from(choices), label="what happens"))
        walk.check()


@contextmanager
def keeping_everything() -> Iterator[None]:
    """Finished tokens stay in the state."""
    Run.compacts = False
    try:
        yield
    finally:
        Run.compacts = True


@settings(max_examples=40, print_blob=True)
@given(model=models(), data=st.data())
def test_forgetting_what_is_over_changes_nothing(model: Block, data: st.DataObject) -> None:
    drawn = Drawing().file(model)
    short = Walk(model, Play(drawn))
    with keeping_everything():
        long = Walk(model, Play(drawn))
    for _ in range(MOST_STEPS):
        choices = short.choices()
        if not choices:
            break
        what = data.draw(st.sampled_from(choices), label="what happens")
        short.do(what)
        with keeping_everything():
            long.do(what)
            long.check()
        assert long.play.box.history() == short.play.box.history()
        assert long.play.variables == short.play.variables
        assert tokens_apart(long) == tokens_apart(short)
        assert state_of(long) > state_of(short)  # or the two would not differ at all


def state_of(walk: Walk) -> int:
    """How many characters the state has."""
    with walk.play.box.database.reading() as reading:
        return len(reading.session.get_one(ProcessInstance, walk.play.case).state)


def tokens_apart(walk: Walk) -> list[tuple[object, ...]]:
    """What is waited for, without the names of tokens, which are random."""
    return [(w.element_id, w.kind, w.name, w.key, w.due_at, w.variables) for w in walk.play.waiting()]
