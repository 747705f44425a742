"""What an element throws, and who catches it (BPMN 2.0.2, 10.5.7 and 13.5).

A part of `engine.run.Run`. Errors, escalations and cancels climb from scope to scope: at each, a named code before a catch-all.
A signal reaches all who wait for it. Messages and signals for other instances leave with the step, and are delivered in turns of
their own. Promise: an interrupted scope stops at once; an error nobody catches parks its token with an incident.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import messages, scopes
from engine.compensation import Compensating
from engine.cycles import rearm
from engine.elements.base import FIRED, HOST, INCIDENT, LOCAL, climb
from engine.elements.events import (
    CANCEL,
    COMPENSATION,
    CONDITION,
    ERROR,
    ESCALATION,
    MESSAGE,
    REPEATABLE,
    SIGNAL,
    TERMINATE,
    TIMER,
    Event,
    Trigger,
)
from engine.elements.gateways import CHOSEN, EventGateway
from engine.elements.subprocesses import stop
from engine.errors import MessageAlreadySeen
from engine.parsing.dialect import is_expression
from engine.step import ThrownMessage, ThrownSignal
from engine.taking import Taking
from engine.values import dump, load
from feel.values import DayTimeDuration, parse_duration

THROWN, UNCAUGHT, GOT = "thrown", "uncaught", "got"
SUBSCRIBED, HELD = "subscribed", "held"
TIME_TO_LIVE = timedelta(hours=1)


class Uncaught(Exception):
    """Niemand vangt deze fout op."""

    def __str__(self) -> str:
        return f"Niemand vangt de fout '{self.args[0]}' op. Voeg een foutgebeurtenis toe aan het diagram."


class NoTime(Exception):
    """De bewaartijd van een bericht moet een duur zijn."""

    def __str__(self) -> str:
        return f"De bewaartijd van een bericht moet een duur zijn, bijvoorbeeld PT1H, en niet '{self.args[0]}'."


class Throwing(Taking, Compensating):
    """The event side of a run."""

    # -- throwing ---------------------------------------------------------------------------------------------------

    def throw_all(self, task: Task) -> bool | None:
        """Throw what the element's definitions say, in their order. None when the token now waits or is gone."""
        spec: Event = task.task_spec
        if spec.extensions.job_type:
            return self.run_service(task)
        if self.is_working_off(task):
            return self.work_off(task)
        waits = False
        for trigger in spec.triggers:
            waits |= self._throw(task, trigger)
            if task.has_state(TaskState.FINISHED_MASK):
                return None
        if waits:
            return None
        self.finish(task, {})
        return True

    def _throw(self, task: Task, trigger: Trigger) -> bool:
        """True when the thrower must wait for what it set going."""
        if trigger.kind == ERROR:
            self.throw_error(task, trigger.name)
            return True
        if trigger.kind == ESCALATION:
            self._climb(task, ESCALATION, trigger.name, {})
        elif trigger.kind == SIGNAL:
            self._signal(task, trigger)
        elif trigger.kind == MESSAGE:
            self._send(self._message(task, trigger))
        elif trigger.kind == TERMINATE:
            stop(task.workflow, but=task)
        elif trigger.kind == CANCEL:
            self.cancel_transaction(task)
        elif trigger.kind == COMPENSATION:
            return self.compensate(task, trigger.value, waits=trigger.waits)
        return False

    def throw_error(self, task: Task, code: str | None, variables: Mapping[str, Any] | None = None) -> None:
        """A modelled error leaves this token. Raises Uncaught."""
        task.internal_data[THROWN] = True
        if not self._climb(task, ERROR, code, variables or {}):
            del task.internal_data[THROWN]
            task.internal_data[UNCAUGHT] = code or ""
            raise Uncaught(code)

    def _climb(self, thrower: Task, kind: str, code: str | None, variables: Mapping[str, Any]) -> bool:
        """Fire the nearest catcher; False when there is none."""
        for _, near in climb(thrower):
            for wanted in (code, None):
                for listener in near:
                    for index, trigger in enumerate(listener.task_spec.triggers):
                        if trigger.kind == kind and (trigger.name or None) == wanted:
                            self.fire(listener, variables, index=index)
                            return True
        return False

    def cancelled(self, host: Task) -> None:
        """A transaction was undone: it leaves by its cancel event. Raises Uncaught."""
        for listener in next(climb(host))[1]:
            for index, trigger in enumerate(listener.task_spec.triggers):
                if trigger.kind == CANCEL:
                    self.fire(listener, {}, index=index)
                    return
        raise Uncaught("annulering")

    # -- messages and signals ---------------------------------------------------------------------------------------

    def _carried(self, task: Task) -> dict[str, Any]:
        """What a message or signal takes along: the element's input mappings and nothing else, so nothing leaks."""
        return dict(task.internal_data.get(LOCAL, {}))

    def _message(self, task: Task, trigger: Trigger) -> ThrownMessage:
        def value(text: str | None) -> Any:
            return None if not text else self.environment.text_or_feel(text, scopes.visible(task))

        extensions = task.task_spec.extensions
        key = value(extensions.publish_key or trigger.correlation_key)
        message_id, ttl = value(extensions.publish_id), value(extensions.publish_ttl)
        return ThrownMessage(
            name=str(value(trigger.name)),
            key="" if key is None else str(dump(key)),
            variables=self._carried(task),
            time_to_live=TIME_TO_LIVE if ttl is None else _duration(ttl),
            message_id=None if message_id is None else str(dump(message_id)),
        )

    def _send(self, thrown: ThrownMessage) -> None:
        """Leaves with the step. Raises MessageAlreadySeen."""
        identity = (thrown.name, thrown.key, thrown.message_id)
        before = ((each.name, each.key, each.message_id) for each in self.step.messages)
        if thrown.message_id is not None and (
            identity in before or messages.is_seen(self.environment.work, thrown.name, thrown.key, thrown.message_id)
        ):
            raise MessageAlreadySeen(name=thrown.name, key=thrown.key, message_id=thrown.message_id)
        self.step.messages.append(thrown)

    def _signal(self, task: Task, trigger: Trigger) -> None:
        """Everybody in this instance who waits for it now, oldest first; the others get it in turns of their own."""
        name = str(self.environment.text_or_feel(trigger.name or "", scopes.visible(task)))
        variables = self._carried(task)
        self.step.signals.append(ThrownSignal(name, variables))
        for waiting, element, index in [*self._waiting_for(SIGNAL, name)]:
            if waiting.state == TaskState.WAITING:
                self.fire(waiting, variables, element=element, index=index)

    def _waiting_for(self, kind: str, name: str) -> Iterator[tuple[Task, str | None, int]]:
        for task in self.tokens():
            if task.state != TaskState.WAITING or INCIDENT in task.internal_data:
                continue
            for element, index, trigger in listened(task):
                if trigger.kind == kind and self._name_of(task, element, index, trigger) == name:
                    yield task, element, index

    def _name_of(self, task: Task, element: str, index: int, trigger: Trigger) -> str | None:
        """A signal's name as it was computed when the wait began; in the turn in which it begins, as it is now."""
        if not is_expression(trigger.name):
            return trigger.name
        known = task.internal_data.get(SUBSCRIBED, {}).get(place_of(element, index))
        return str(known[1] if known else self.environment.text_or_feel(trigger.name or "", scopes.visible(task)))

    def check_conditions(self) -> None:
        """Fire each conditional event whose condition became true; one that is still true does not happen again."""
        for task in [task for task in self.conditional.values() if INCIDENT not in task.internal_data]:
            held = task.internal_data.setdefault(HELD, {})
            for element, index, trigger in listened(task):
                if trigger.kind != CONDITION or task.state != TaskState.WAITING:
                    continue
                try:
                    holds = self.is_true(task, trigger.value or "")
                except Exception as problem:  # an expression of the diagram failed: an incident
                    self.park(task, problem)
                    break
                place = place_of(element, index)
                before, held[place] = held.get(place, False), holds
                if holds and not before:
                    self.fire(task, {}, element=element, index=index)

    # -- catching ---------------------------------------------------------------------------------------------------

    def fire(self, waiting: Task, variables: Mapping[str, Any], *, element: str | None = None, index: int = 0) -> None:
        """An event that waited has happened, at exactly this token. Boundary events and event subprocesses run at once."""
        spec, notes = waiting.task_spec, waiting.internal_data
        if isinstance(spec, EventGateway):
            notes[CHOSEN] = element
        elif not spec.needs_all:
            notes[FIRED] = True
        elif self._is_last(waiting, variables, index):
            notes[FIRED] = True
            variables = {**load(notes.pop(GOT)["variables"]), **variables}
        else:
            return
        self.give(waiting, variables)
        spec._update(waiting)
        if spec.is_boundary or spec.is_listener:
            self.run_one(waiting)

    def _is_last(self, waiting: Task, variables: Mapping[str, Any], index: int) -> bool:
        """Parallel multiple: note what happened; True when now all did."""
        got = waiting.internal_data.setdefault(GOT, {"triggers": [], "variables": {}})
        if index not in got["triggers"]:
            got["triggers"].append(index)
            element = getattr(waiting.task_spec, "start_id", "") or waiting.task_spec.name
            waiting.internal_data.get(SUBSCRIBED, {}).pop(place_of(element, index), None)
        if len(got["triggers"]) < len(waiting.task_spec.triggers):
            got["variables"].update(dump(dict(variables)))
            return False
        return True

    def listen_again(self, fired: Task) -> None:
        """A non-interrupting event may happen again, as often as it is triggered; a cycle as often as it says."""
        spec, notes = fired.task_spec, fired.internal_data
        known: dict[str, list[str | None]] = {}
        goes_on = any(trigger.kind in REPEATABLE for trigger in spec.triggers)
        for element, index, trigger in listened(fired):
            due, _, rest = [*notes.get(SUBSCRIBED, {}).get(place_of(element, index), []), None, None, None][:3]
            if trigger.kind != TIMER or due is None:
                continue
            now = self.environment.clock.now()
            again = rearm(rest, datetime.fromisoformat(due), now)
            if again is not None:
                known[place_of(element, index)] = [again.due_at.isoformat(), None, again.rest]
                goes_on = True
        if goes_on:
            kept = {name: notes[name] for name in (HOST, HELD) if name in notes}
            heir = self.place(fired.workflow, spec, notes={**kept, SUBSCRIBED: known} if known else kept)
            if spec.triggers_of(SIGNAL):
                self.heirs.append((fired.id.hex, heir.id.hex))


def place_of(element: str, index: int) -> str:
    """How a token names one of the triggers it listens to."""
    return element if index == 0 else f"{element}#{index}"


def listened(task: Task) -> Iterator[tuple[str, int, Trigger]]:
    """What a waiting token listens to: the event's id, the place of the trigger in it, the trigger."""
    spec = task.task_spec
    events = spec.events() if isinstance(spec, EventGateway) else [spec] if isinstance(spec, Event) else []
    for event in events:
        element = getattr(event, "start_id", "") or event.name
        got = task.internal_data.get(GOT, {}).get("triggers", ())
        for index, trigger in enumerate(event.triggers):
            if index not in got:
                yield element, index, trigger


def _duration(value: Any) -> timedelta:
    if isinstance(value, str):
        try:
            value = parse_duration(value)
        except Exception as problem:
            raise NoTime(value) from problem
    if not isinstance(value, DayTimeDuration):
        raise NoTime(value)
    return value.to_timedelta()
