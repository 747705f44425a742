"""What hangs on a date follows when the date becomes another one: variables, timers on a date, the due dates of user tasks.

The engine knows no deadlines: it is told which variables held which day, and which day that is now. Wherever a variable of that name
holds that day, in the process, a subprocess or one activity, it gets the new one; what an expression makes of it is then made again.
While a date stands still, no timer on it falls due and no user task shows it. No token moves and no step is taken.
Not followed: a duration or a cycle (armed once, from its own moment), a timer that has fired, and a variable computed from the date.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import update

from engine import codec, scopes
from engine.elements.activities import UserTask
from engine.elements.base import EACH, INCIDENT, LOCAL
from engine.elements.events import TIMER, Trigger
from engine.environment import compiled
from engine.instances import Engine
from engine.models import Subscription
from engine.moments import due
from engine.parsing.dialect import expression, is_expression
from engine.run import OPENED, Run
from engine.throwing import SUBSCRIBED, listened, place_of
from engine.waits import computed
from storage.unit_of_work import UnitOfWork

ON_A_DATE = "date"  # a timer that says when, not how long


@dataclass(frozen=True)
class DateMove:
    """A day that is another day now: under its own name, and under the `beside` name next to it in the same scope.

    `is_held` means that it stands still: nothing falls due on it until it goes on, when it is told again.
    """

    name: str
    beside: str
    old: date
    new: date
    is_held: bool = False


@dataclass
class Followed:
    """What followed. `user_tasks` gives the new due moment of each token whose due date hangs on a moved day; None while held."""

    user_tasks: dict[str, datetime | None] = field(default_factory=dict)
    timers: int = 0


@dataclass(frozen=True)
class _Reach:
    """Which names changed in which variables (by identity: two scopes may hold the same), and whether they stand still."""

    names: dict[int, dict[str, bool]]

    def of(self, task: Task, text: str | None) -> bool | None:
        """None when the text does not hang on a moved day; else whether that day stands still."""
        if text is None or not is_expression(text):
            return None
        found = []
        for name in compiled(expression(text)).names:
            holder = next((frame for frame in scopes.visible(task).maps if name in frame), None)
            if holder is not None and name in self.names.get(id(holder), {}):
                found.append(self.names[id(holder)][name])
        return any(found) if found else None


def follow(engine: Engine, work: UnitOfWork, instance_id: int, moves: Sequence[DateMove]) -> Followed:
    """Give an instance its new days; its row is locked. Raises InstanceEnded, InstanceNotFound."""
    opened = engine._open(work, instance_id, even_suspended=True)
    reach = _Reach(_given(opened.run, moves))
    followed = Followed()
    if not reach.names:
        return followed
    for task in opened.run.tokens():
        if INCIDENT in task.internal_data:
            continue
        if task.state == TaskState.WAITING:
            followed.timers += _timers(work, opened.run, task, reach)
        elif isinstance(task.task_spec, UserTask) and OPENED in task.internal_data:
            _due_date(opened.run, task, reach, followed)
    opened.row.state, opened.row.codec_version = codec.save(opened.run.workflow), codec.VERSION
    work.session.flush()
    return followed


def _given(run: Run, moves: Sequence[DateMove]) -> dict[int, dict[str, bool]]:
    """Write the new days; which names that concerned, by the variables they stand in."""
    changed: dict[int, dict[str, bool]] = {}
    for frame in _frames(run):
        # All are compared before one is written: what moves to a day must not be moved on from there by the next.
        found = [move for move in moves if frame.get(move.name) == move.old]
        seen = {move.beside: frame.get(move.beside) for move in found}
        for move in found:
            frame[move.name] = move.new
            changed.setdefault(id(frame), {})[move.name] = move.is_held
            if seen[move.beside] == move.old:
                frame[move.beside] = move.new
                changed[id(frame)][move.beside] = move.is_held
    return changed


def _frames(run: Run) -> Iterator[dict[str, Any]]:
    for scope in run.workflow.scopes():
        yield scopes.of_workflow(scope)
    for task in run.tokens():
        yield from (task.internal_data[name] for name in (LOCAL, EACH) if name in task.internal_data)


def _timers(work: UnitOfWork, run: Run, task: Task, reach: _Reach) -> int:
    known, count = task.internal_data.get(SUBSCRIBED, {}), 0
    for element, index, trigger in listened(task):
        place = place_of(element, index)
        is_held = reach.of(task, trigger.value) if _is_on_a_date(trigger) else None
        if is_held is None or place not in known:
            continue
        due = None if is_held else computed(run, task, trigger)[0]
        known[place] = [due, *known[place][1:]]
        row = update(Subscription).where(
            Subscription.instance_id == run.step.instance_id,
            Subscription.token_id == task.id.hex,
            Subscription.element_id == element,
            Subscription.position == index,
        )
        work.session.execute(row.values(due_at=None if due is None else datetime.fromisoformat(due)))
        count += 1
    return count


def _is_on_a_date(trigger: Trigger) -> bool:
    return trigger.kind == TIMER and trigger.timer == ON_A_DATE


def _due_date(run: Run, task: Task, reach: _Reach, followed: Followed) -> None:
    text = task.task_spec.extensions.due_date
    is_held = reach.of(task, text)
    if is_held is None:
        return
    environment = run.environment
    value = None if is_held else environment.text_or_feel(text, scopes.visible(task))
    followed.user_tasks[task.id.hex] = None if value is None else due(value, environment.clock.now())
