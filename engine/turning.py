"""What the parts of a run ask of each other: taking data, throwing events, compensating, and the loop that moves tokens."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.task import Task

from engine.codec import Workflow
from engine.environment import Environment
from engine.step import Step


class Turning(ABC):
    """The base of every part; `engine.run.Run` is the whole."""

    workflow: Workflow
    environment: Environment
    step: Step
    conditional: dict[Any, Task]  # tokens that listen to a condition, by id
    heirs: list[
        tuple[str, str]
    ]  # tokens that listened to a signal and fired, each with the one that now listens in its place

    @abstractmethod
    def place(self, workflow: Any, spec: Any, flow: str | None = None, notes: dict[str, Any] | None = None) -> Task:
        """A new token at an element."""

    @abstractmethod
    def tokens(self) -> Iterator[Task]:
        """Every living token, scope by scope, oldest first."""

    @abstractmethod
    def run_one(self, task: Task) -> None:
        """One step of a token; what fails parks it."""

    @abstractmethod
    def park(self, task: Task, problem: Exception | str) -> None:
        """The token stays where it is, with the reason; somebody mends it and it goes on."""

    @abstractmethod
    def wake(self, task: Task) -> None:
        """A token that waited STARTED can go on."""

    @abstractmethod
    def look_whether_over(self, inside: Any) -> None:
        """A scope may be over: see before the next step."""

    @abstractmethod
    def throw_error(self, task: Task, code: str | None, variables: Mapping[str, Any] | None = None) -> None:
        """A modelled error leaves this token. Raises Uncaught."""

    @abstractmethod
    def cancelled(self, host: Task) -> None:
        """A transaction was undone: it leaves by its cancel event. Raises Uncaught."""
