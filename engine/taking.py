"""What goes into an element and what comes out: mappings, results, conditions, the items of a multi-instance.

A part of `engine.run.Run`. Promise: what came from outside stays with its token until it has been taken whole.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.task import Task

from engine import scopes
from engine.elements.base import BODY, EACH, LOCAL, RESULT, token
from engine.elements.repetition import LOOP, STOPPED, Body, MultiInstance
from engine.elements.subprocesses import ANY_CHOSEN, QUEUED, AdHoc, Scope
from engine.errors import StepNotSkippable
from engine.parsing import dialect
from engine.step import BpmnError
from engine.turning import Turning
from engine.values import dump, load

STARTED_JOB = "job"
SKIPPED = "skipped"  # somebody decided that the job of this token need not be done
MOST_INSTANCES = 10_000


class NotAList(Exception):
    """De lijst van een herhaalde stap moet een lijst zijn."""

    def __str__(self) -> str:
        return f"De lijst waarover deze stap herhaald wordt, is geen lijst maar '{self.args[0]}'."


class NotACount(Exception):
    """Het aantal keren moet een geheel getal zijn."""

    def __str__(self) -> str:
        return f"Het aantal keren moet een geheel getal van 0 tot {MOST_INSTANCES} zijn, en niet '{self.args[0]}'."


def is_skippable(task: Task) -> bool:
    """True for a token whose work is a job; of a repeated activity each time by itself, and not the whole."""
    return bool(task.task_spec.extensions.job_type) and not isinstance(task.task_spec, Body)


class Taking(Turning):
    """The data side of a run."""

    # -- conditions -------------------------------------------------------------------------------------------------

    def is_true(self, task: Task, expression: str) -> bool:
        """A condition holds only when it is exactly true; null is not."""
        return self.environment.feel(expression, scopes.visible(task)) is True

    def is_true_with(self, task: Task, expression: str | None, more: Mapping[str, Any]) -> bool:
        """The same, with variables that live only here."""
        return expression is None or self.environment.feel(expression, {**scopes.visible(task), **more}) is True

    def is_true_inside(self, inside: Any, expression: str) -> bool:
        """A condition about a scope, on what is seen inside it."""
        seen = {**scopes.visible(inside.host_task), **scopes.of_workflow(inside)}
        return self.environment.feel(expression, seen) is True

    def number_of(self, task: Task, expression: str | None) -> int:
        """A count. Raises NotACount."""
        value = self.environment.text_or_feel(expression or "", scopes.visible(task))
        try:
            number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
        except ArithmeticError:
            number = Decimal("NaN")
        if not number.is_finite() or number != int(number) or not 0 <= number <= MOST_INSTANCES:
            raise NotACount(value)
        return int(number)

    # -- inputs and outputs -----------------------------------------------------------------------------------------

    def open_inputs(self, task: Task) -> None:
        spec = task.task_spec
        if spec.extensions.inputs and LOCAL not in task.internal_data and not isinstance(spec, Scope):
            task.internal_data[LOCAL] = self.inputs_of(task)

    def inputs_of(self, task: Task) -> dict[str, Any]:
        """The input mappings of an element, evaluated in order; a later one sees the earlier."""
        found: dict[str, Any] = {}
        for mapping in task.task_spec.extensions.inputs:
            seen = {**scopes.visible(task), **found}
            scopes.put(found, mapping.target, self.environment.text_or_feel(mapping.source, seen))
        dump(found)  # what cannot be kept must fail here, at its element, and not when the case is saved
        return found

    def finish(self, task: Task, result: dict[str, Any], outputs: tuple[dialect.Mapping, ...] | None = None) -> None:
        """Take an element's result into the scopes, by its output mappings when it has any."""
        outputs = task.task_spec.extensions.outputs if outputs is None else outputs
        if not outputs:
            scopes.assign(task, result)
            return
        context = {**scopes.visible(task), **result}
        for mapping in outputs:
            value = self.environment.text_or_feel(mapping.source, context)
            scopes.assign(task, scopes.nested(mapping.target, value, scopes.visible(task)), beyond_local=True)

    def give(self, task: Task, result: Mapping[str, Any]) -> None:
        """Keep with the token what came from outside; `take_result` uses it, again if the first time fails."""
        task.internal_data[RESULT] = dump(dict(result))

    def mend(self, task: Task, variables: Mapping[str, Any]) -> None:
        """Somebody corrects variables: in the result that could not be taken, else where the element sees them."""
        kept = task.internal_data.get(RESULT) or {}
        kept.update({name: dump(value) for name, value in variables.items() if name in kept})
        scopes.assign(task, {name: value for name, value in variables.items() if name not in kept})

    def take_result(self, task: Task) -> bool:
        """Take what was kept into the scopes. When a mapping fails, the token parks and its result stays."""
        if task.internal_data.get(RESULT) is not None:
            self.finish(task, load(task.internal_data[RESULT]))
            del task.internal_data[RESULT]
        return True

    def take_event(self, task: Task) -> None:
        """What set off an event subprocess, by the mappings of its start event: before the scope opens, so it can be mended."""
        if task.internal_data.get(RESULT) is not None:
            self.finish(task, load(task.internal_data[RESULT]), task.task_spec.event_outputs)
            del task.internal_data[RESULT]

    # -- work of the system -----------------------------------------------------------------------------------------

    def run_script(self, task: Task) -> bool:
        extensions = task.task_spec.extensions
        if extensions.script is None:
            return bool(self.run_service(task))
        value = self.environment.text_or_feel(extensions.script or "", scopes.visible(task))
        self.finish(task, {extensions.result_variable: value})
        return True

    def run_decision(self, task: Task) -> bool:
        extensions = task.task_spec.extensions
        if extensions.decision is None:
            return bool(self.run_service(task))
        value, record = self.environment.decide(task, extensions.decision or "", dict(scopes.visible(task)))
        self.step.decisions.append(record)
        self.finish(task, {extensions.result_variable: value})
        return True

    def run_service(self, task: Task) -> bool | None:
        if task.internal_data.pop(SKIPPED, False):
            return True
        if RESULT in task.internal_data:
            return self.take_result(task)  # its work is done already; only taking the result failed
        entry = self.environment.handler(task.task_spec.extensions.job_type or "")
        if entry is None or not entry.automatic:
            self.environment.enqueue(task)
            task.internal_data[STARTED_JOB] = True
            return None
        result = self.environment.call(entry.handler, task)
        return self.accept(task, result)

    def skip(self, task: Task) -> None:
        """The job of a parked token counts as done: nothing is mapped in or out. Raises StepNotSkippable."""
        if not is_skippable(task):
            raise StepNotSkippable(element=task.task_spec.name)
        task.internal_data.pop(RESULT, None)
        task.internal_data.setdefault(LOCAL, {})  # what failed may be the mapping of its inputs
        task.internal_data[SKIPPED] = True

    def accept(self, task: Task, result: Any) -> bool | None:
        """A handler's answer: variables, or a modelled error."""
        if isinstance(result, BpmnError):
            self.throw_error(task, result.code, result.variables)
            return None
        self.give(task, result or {})
        return self.take_result(task)

    # -- repeated activities ----------------------------------------------------------------------------------------

    def open_instances(self, body: Task) -> None:
        """How many instances a multi-instance activity will have; its list is read once, at the start."""
        spec: MultiInstance = body.task_spec
        notes = body.internal_data
        if spec.collection is not None:
            items = self.environment.text_or_feel(spec.collection, scopes.visible(body))
            if not isinstance(items, list):
                raise NotAList(items)
            if len(items) > MOST_INSTANCES:
                raise NotACount(len(items))
            notes["items"] = dump(items)
            notes[LOOP]["total"] = len(items)
        else:
            notes[LOOP]["total"] = self.number_of(body, spec.cardinality)
        if spec.output_collection:
            notes[EACH] = {spec.output_collection: [None] * notes[LOOP]["total"]}

    def variables_of_instance(self, body: Task, index: int) -> dict[str, Any]:
        """What one instance knows of its own: its item, and room for what it brings."""
        spec: MultiInstance = body.task_spec
        found: dict[str, Any] = {}
        name = spec.output_element or ""
        if spec.output_collection and name.lstrip("=").strip().replace(".", "_").isidentifier():
            found[name.lstrip("=").strip().split(".")[0]] = None
        if spec.element and "items" in body.internal_data:
            found[spec.element] = load(body.internal_data["items"][index])
        if index + 1 == body.internal_data[LOOP]["total"]:
            body.internal_data.pop("items", None)  # all are under way
        return found

    def take_instance(self, task: Task) -> None:
        """An instance is done: what it brings goes into the list, and perhaps it is enough."""
        body = token(task.workflow, task.internal_data[BODY])
        if body is not None:
            body.task_spec.take_instance(body, task)

    def take_output(self, body: Task, instance: Task) -> None:
        """One item of the output list, and the completion condition as it stands with this instance done."""
        spec: MultiInstance = body.task_spec
        seen = dict(scopes.visible(instance))
        inside = instance.workflow.top_workflow.get_subprocess(instance)
        if inside is not None:
            seen.update(scopes.of_workflow(inside))
        if spec.output_collection and spec.output_element:
            value = self.environment.text_or_feel(spec.output_element, seen)
            dump(value)
            body.internal_data[EACH][spec.output_collection][instance.internal_data[EACH]["loopCounter"] - 1] = value
        if spec.condition is not None:
            counted = {
                "numberOfCompletedInstances": seen["numberOfCompletedInstances"] + 1,
                "numberOfActiveInstances": seen["numberOfActiveInstances"] - 1,
            }
            if spec.output_collection:
                counted[spec.output_collection] = body.internal_data[EACH][spec.output_collection]
            if self.environment.feel(spec.condition, {**seen, **counted}) is True:
                body.internal_data[LOOP][STOPPED] = True

    def leave_body(self, body: Task) -> None:
        """The repeated activity is over: its list becomes a variable outside."""
        found = body.internal_data.pop(EACH, None)
        if found:
            scopes.assign(body, found)

    # -- ad hoc -----------------------------------------------------------------------------------------------------

    def choose_by_expression(self, host: Task, inside: Any) -> None:
        """Start what the expression names. Raises NotAChoice."""
        spec: AdHoc = host.task_spec
        seen = {**scopes.visible(host), **scopes.of_workflow(inside)}
        names = self.environment.text_or_feel(spec.active_elements or "", seen)
        if not isinstance(names, list):
            raise NotAList(names)
        self.choose(host, inside, [str(name) for name in names])

    def choose(self, host: Task, inside: Any, names: list[str]) -> None:
        """Start activities of an ad-hoc subprocess, or queue them where they go one by one. Raises NotAChoice."""
        spec: AdHoc = host.task_spec
        possible = spec.choices(inside)
        for name in names:
            if name not in possible:
                raise NotAChoice(name, possible)
        host.internal_data[ANY_CHOSEN] = True
        if spec.is_sequential:
            host.internal_data.setdefault(QUEUED, []).extend(inside.spec.by_id(name).name for name in names)
        for name in () if spec.is_sequential else names:
            self.place(inside, inside.spec.by_id(name))
        self.look_whether_over(inside)


class NotAChoice(Exception):
    """Deze stap kan hier niet gekozen worden."""

    def __str__(self) -> str:
        name, possible = self.args
        return f"'{name}' kan hier niet gekozen worden. U kunt kiezen uit: {', '.join(possible)}."
