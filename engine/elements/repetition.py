"""An activity that is done several times: standard loop and multi-instance (BPMN 2.0.2, 13.3.6 and 13.3.7).

The repeated activity is one element to all around it: a body, which holds the boundary events and the ways on. Each time it is
done is a token of the activity itself, with variables of its own, in the same scope.
"""

from typing import Any

from SpiffWorkflow.task import Task

from engine.elements.base import BODY, EACH, UNFINISHED, Element, run_of

BODY_OF = "#each"
LOOP = "loop"
OPEN, OVER, STOPPED = "open", "over", "enough"
COUNTER = "loopCounter"


class Body(Element):
    """The base of both: places instances, counts them, ends when enough are done."""

    kind = "internal"
    inner = ""

    def work(self, my_task: Task) -> bool | None:
        notes = my_task.internal_data
        if not notes.get(LOOP, {}).get(OPEN):
            notes[LOOP] = {"total": 0, "started": 0, "done": 0, "stopped": 0}
            self.open(my_task)
            notes[LOOP][OPEN] = True
        if not notes[LOOP].get(OVER):
            self.go_on(my_task)
        if not notes[LOOP].get(OVER):
            return None
        run_of(my_task).leave_body(my_task)
        return True

    def open(self, my_task: Task) -> None:
        """How many there will be, and of what."""

    def go_on(self, my_task: Task) -> None:
        """Start what may start now, or say that it is over."""

    def start_one(self, my_task: Task, variables: dict[str, Any]) -> None:
        loop = my_task.internal_data[LOOP]
        loop["started"] += 1
        local = {COUNTER: loop["started"], **variables}
        run_of(my_task).place(
            my_task.workflow, self._wf_spec.task_specs[self.inner], notes={BODY: my_task.id.hex, EACH: local}
        )

    def instance_done(self, my_task: Task) -> None:
        """One instance completed."""
        loop = my_task.internal_data[LOOP]
        loop["done"] += 1
        if loop.get(STOPPED):
            loop["stopped"] = stop_instances(my_task)
            loop[OVER] = True
        else:
            self.go_on(my_task)
        if loop.get(OVER):
            run_of(my_task).wake(my_task)

    def take_instance(self, my_task: Task, instance: Task) -> None:
        """What an instance leaves behind, before it counts as done."""

    def _on_cancel(self, my_task: Task) -> None:
        super()._on_cancel(my_task)
        stop_instances(my_task)

    def counters(self, my_task: Task) -> dict[str, int]:
        """The standard's attributes of a multi-instance activity, as its instances see them."""
        loop = my_task.internal_data.get(LOOP)
        if loop is None:
            return {}
        return {
            "numberOfInstances": loop["total"],
            "numberOfActiveInstances": loop["started"] - loop["done"] - loop["stopped"],
            "numberOfCompletedInstances": loop["done"],
            "numberOfTerminatedInstances": loop["stopped"],
        }


class Loop(Body):
    """Again as long as the condition holds, at most so many times; tested before or after each time."""

    condition: str | None = None
    maximum: str | None = None
    tests_before = False

    def open(self, my_task: Task) -> None:
        most = run_of(my_task).number_of(my_task, self.maximum) if self.maximum is not None else None
        my_task.internal_data[LOOP]["total"] = most

    def go_on(self, my_task: Task) -> None:
        loop = my_task.internal_data[LOOP]
        if loop["started"] > loop["done"]:
            return
        most = loop["total"]
        enough = most is not None and loop["started"] >= most
        asks = self.tests_before or loop["started"] > 0
        if enough or (asks and self.condition is not None and not self._holds(my_task, loop["done"])):
            loop[OVER] = True
        else:
            self.start_one(my_task, {})

    def _holds(self, my_task: Task, done: int) -> bool:
        return bool(run_of(my_task).is_true_with(my_task, self.condition, {COUNTER: done}))

    def counters(self, my_task: Task) -> dict[str, int]:
        return {}


class MultiInstance(Body):
    """Once for each item of a list, or so many times; one after the other or all at once."""

    collection: str | None = None
    cardinality: str | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    condition: str | None = None
    is_sequential = False

    def open(self, my_task: Task) -> None:
        run_of(my_task).open_instances(my_task)

    def go_on(self, my_task: Task) -> None:
        loop = my_task.internal_data[LOOP]
        if loop["done"] == loop["total"]:
            loop[OVER] = True
            return
        if loop["started"] == loop["total"] or (self.is_sequential and loop["started"] > loop["done"]):
            return
        for _ in range(1 if self.is_sequential else loop["total"]):
            self.start_one(my_task, run_of(my_task).variables_of_instance(my_task, loop["started"]))

    def take_instance(self, my_task: Task, instance: Task) -> None:
        run_of(my_task).take_output(my_task, instance)


def instances_of(body: Task) -> list[Task]:
    """The instances of a repeated activity that are under way."""
    wanted = body.id.hex
    return [
        t for t in list(body.workflow.tasks.values()) if t.internal_data.get(BODY) == wanted and t.has_state(UNFINISHED)
    ]


def stop_instances(body: Task) -> int:
    """Cancel what is under way; how many that were."""
    found = instances_of(body)
    for instance in found:
        instance.cancel()
    return len(found)
