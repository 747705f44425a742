"""The token state of an instance, written over for another version of one of its processes.

In: the restored instance, the route, the specs of the new version. Out: the new state, or the obstacles. Every token keeps its id and
what it remembers: a timer that runs keeps its due moment, a message that is waited for keeps its key unless the drawing asks another.
Events on the edge and event subprocesses that have no place in the new version listen no longer.
"""

import json
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import codec
from engine.compensation import ENTRY, LIST
from engine.elements.base import FLOW, INCIDENT, INTERNAL, is_listening, shown_id
from engine.elements.events import MESSAGE, SIGNAL, Event, Trigger
from engine.elements.gateways import CHOSEN, EventGateway, InclusiveGateway
from engine.elements.repetition import BODY_OF
from engine.elements.subprocesses import QUEUED
from engine.route import FLOWS, GONE, UNDO, WORK, Obstacle, Route
from engine.taking import STARTED_JOB
from engine.throwing import GOT, HELD, SUBSCRIBED, listened, place_of


class Rewriting:
    """One instance on its way to another version. `obstacles` empty: `text` is its state there.

    `elements` names, per token, the element it stands on under another id; `withdrawn` what listens no longer.
    """

    def __init__(self, old: codec.Workflow, route: Route, specs: Mapping[str, Any]) -> None:
        self._route, self._specs = route, specs
        self.obstacles: list[Obstacle] = []
        self.elements: dict[str, str] = {}
        self.withdrawn: list[str] = []
        self.stands_on: list[str] = []
        state = json.loads(codec.save(old))
        inside = {host.hex: scope for host, scope in old.subprocesses.items()}
        state["top"] = self._scope(state["top"], old)
        state["scopes"] = [self._scope(stored, inside[stored["host"]]) for stored in state["scopes"]]
        self.text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))

    # -- scopes and tokens ----------------------------------------------------------------------------------------------

    def _scope(self, stored: dict[str, Any], scope: Any) -> dict[str, Any]:
        process, _, element = str(stored["spec"]).partition("/")
        if process != self._route.source.key:
            return stored
        name = f"{process}/{self._route.of(element)}" if element else process
        spec = self._specs.get(name)
        if spec is None:
            return stored  # the subprocess itself is gone: its token says so, in the scope around it
        living = {task.id.hex: task for task in scope.tasks.values()}
        tokens = [self._token(token, living[token[0]], spec) for token in stored["tokens"]]
        found = {**stored, "spec": name, "tokens": [token for token in tokens if token is not None]}
        if "undoable" in stored:
            found["undoable"] = [self._undoable(entry, spec) for entry in stored["undoable"]]
        return found

    def _token(self, stored: list[Any], task: Task, spec: Any) -> list[Any] | None:
        token_id, name, state, notes = stored
        element = shown_id(task.task_spec)
        if not element:  # stands behind the drawing, the same in every version
            return [token_id, name, state, self._notes(notes, task, None, spec)]
        if not is_listening(task):
            self.stands_on.append(element)
        found = self._route.obstacle(element)
        if found is not None and is_listening(task):
            self.withdrawn.append(element)
            return None
        there = f"{self._route.of(element)}{INTERNAL.join(['', *name.split(INTERNAL)[1:]])}"
        found = found or self._changed(task, element, spec.elements.get(there))
        if found is not None:
            self.obstacles.append(found)
            return stored
        if there != name and task.task_spec.bpmn_id is not None:
            self.elements[token_id] = there
        return [token_id, there, state, self._notes(notes, task, spec.elements[there], spec)]

    def _changed(self, task: Task, element: str, now: Any) -> Obstacle | None:
        """What the drawing alone does not show: a join that waits for other flows, work that runs outside."""
        before, notes = task.task_spec, task.internal_data
        if now is None or before.start_quantity != now.start_quantity:
            return self._route.told(element, FLOWS)
        if before.is_join and task.state == TaskState.WAITING:
            is_same = set(before.incoming) == set(now.incoming)
            if not (notes.get(FLOW) in now.incoming if isinstance(before, InclusiveGateway) else is_same):
                return self._route.told(element, FLOWS)
        if STARTED_JOB in notes and INCIDENT not in notes and before.extensions.job_type != now.extensions.job_type:
            return self._route.told(element, WORK, now.extensions.job_type or "")
        return None

    # -- what a token remembers -----------------------------------------------------------------------------------------

    def _notes(self, notes: dict[str, Any], task: Task, now: Any, scope: Any) -> dict[str, Any]:
        found = dict(notes)
        if LIST in notes:
            found[LIST] = [self._undoable(entry, scope) for entry in notes[LIST]]
        if ENTRY in notes:
            found[ENTRY] = self._undoable(notes[ENTRY], scope)
        if QUEUED in notes:
            found[QUEUED] = [self._named(element) for element in notes[QUEUED]]
        if CHOSEN in notes:
            found[CHOSEN] = self._named(notes[CHOSEN])
        if now is not None and (SUBSCRIBED in notes or HELD in notes or GOT in notes):
            self._listening(found, task, now)
        return found

    def _listening(self, notes: dict[str, Any], task: Task, now: Any) -> None:
        """What was computed for a wait stays where the new drawing waits for the same."""
        there = _waits(now)
        places = {
            place_of(element, index): place_of(new, index)
            for element, index, trigger in listened(task)
            if (new := self._event(element, now)) is not None
            and (new, index) in there
            and is_same_wait(trigger, there[new, index])
        }
        for name in (SUBSCRIBED, HELD):
            if name in notes:
                notes[name] = {places[place]: value for place, value in notes[name].items() if place in places}
        if GOT in notes and len(task.task_spec.triggers) != len(now.triggers):
            del notes[GOT]

    def _event(self, element: str, now: Any) -> str | None:
        return getattr(now, "start_id", "") or self._route.of(element)

    def _named(self, element: str) -> str:
        """An element that is still to come. Without a place in the new version it is an obstacle."""
        found = self._route.obstacle(element)
        if found is not None:
            self.obstacles.append(found)
        return self._route.of(element) or element

    def _undoable(self, entry: dict[str, Any], scope: Any) -> dict[str, Any]:
        """What is done and may yet be undone, by the handler the new drawing gives."""
        activity = entry["activity"]
        there = self._route.of(activity)
        spec = None if there is None else scope.elements.get(there + BODY_OF) or scope.elements.get(there)
        if there is None or spec is None:
            self.obstacles.append(self._route.told(activity, GONE))
            return entry
        if "inside" in entry:
            inner = self._specs.get(f"{self._route.target.key}/{there}")
            done = entry["inside"] if inner is None else [self._undoable(each, inner) for each in entry["inside"]]
            return {**entry, "activity": there, "inside": done}
        if spec.compensation is None:
            self.obstacles.append(self._route.told(activity, UNDO))
        return {**entry, "activity": there, "handler": spec.compensation}


def _waits(spec: Any) -> dict[tuple[str, int], Trigger]:
    """What an element listens to, by event and place."""
    events = spec.events() if isinstance(spec, EventGateway) else [spec] if isinstance(spec, Event) else []
    return {
        (getattr(event, "start_id", "") or event.name, index): trigger
        for event in events
        for index, trigger in enumerate(event.triggers)
    }


def is_same_wait(old: Trigger, new: Trigger) -> bool:
    """True when what was computed for the one holds for the other. A timer that runs keeps its moment, whatever the drawing says now."""
    if old.kind == MESSAGE:
        return new.kind == MESSAGE and old.correlation_key == new.correlation_key
    if old.kind == SIGNAL:
        return new.kind == SIGNAL and old.name == new.name
    return old.kind == new.kind
