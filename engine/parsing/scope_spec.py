"""The spec of one scope: a process, or the inside of an activity."""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.elements.events import Trigger
from engine.elements.repetition import BODY_OF


@dataclass(frozen=True)
class Beginning:
    """A way in which a process starts by itself: the element, the place of the trigger in it, and what it waits for."""

    element_id: str
    position: int
    trigger: Trigger


class ScopeSpec(BpmnProcessSpec):  # type: ignore[misc]  # the library is untyped
    """`elements` by name; `firsts` get a token when the scope starts without a trigger; `starts` are for whole processes."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.task_specs: dict[
            str, Any
        ] = {}  # the library's own elements are not in the diagram, and would swallow one of the same id
        self.firsts: list[Any] = []
        self.starts: list[Beginning] = []
        self.inclusive_joins: list[Any] = []
        self.declared: tuple[str, ...] = ()

    def _add_notify(self, task_spec: Any) -> None:
        self.task_specs[task_spec.name] = task_spec

    @property
    def elements(self) -> dict[str, Any]:
        return self.task_specs

    def by_id(self, element_id: str) -> Any:
        """Where a token for this element is placed: at its body when it is repeated."""
        return self.elements.get(element_id + BODY_OF) or self.elements[element_id]
