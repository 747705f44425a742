"""What the elements of one turn may reach: FEEL, the decisions in use, the handlers, the job table."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from SpiffWorkflow.task import Task
from sqlalchemy.orm import Session

import feel
from engine import scopes
from engine.decisions import DecisionFailed, DecisionModel
from engine.elements.base import LOCAL
from engine.errors import NotYetActive
from engine.handling import Handling
from engine.models import Job
from engine.moments import OFFICE_ZONE
from engine.parsing.dialect import expression, is_expression
from engine.specs import Bound, Specs, VersionsInUse, in_use
from engine.step import Clock, DecisionRecord, JobContext, JobType
from engine.values import dump
from storage.unit_of_work import UnitOfWork


@lru_cache(maxsize=4096)
def compiled(text: str) -> feel.Expression:
    """An expression, compiled once per text."""
    return feel.compile(text)


class Environment:
    """One turn's surroundings; holds nothing afterwards."""

    def __init__(
        self,
        *,
        work: UnitOfWork,
        clock: Clock,
        handlers: Mapping[str, JobType],
        specs: Specs,
        bound: Bound,
        decisions: Mapping[str, int] | None,
        instance_id: int,
        case_id: int,
    ) -> None:
        self.work = work
        self.clock = clock
        self._handlers = handlers
        self._specs = specs
        self._bound = bound
        self.instance_id = instance_id
        self.case_id = case_id
        self._decisions = decisions
        self._in_use: VersionsInUse | None = None
        self.handling = Handling(work)
        self.jobs: list[Job] = []

    @property
    def session(self) -> Session:
        return self.work.session

    # -- FEEL -------------------------------------------------------------------------------------------------------

    def feel(self, text: str, variables: Mapping[str, Any]) -> Any:
        """The value of a FEEL expression; `now()` is the turn's own instant."""
        return compiled(text).evaluate(dict(variables), now=self.local_now())

    def local_now(self) -> datetime:
        """The present on the office's clock: `today()` is the office's day, not Greenwich's."""
        return self.clock.now().astimezone(OFFICE_ZONE)

    def text_or_feel(self, text: str, variables: Mapping[str, Any]) -> Any:
        """`= ...` is FEEL, anything else is the text itself (Camunda 8 dialect)."""
        return self.feel(expression(text), variables) if is_expression(text) else text

    # -- definitions and decisions ------------------------------------------------------------------------------------

    def definition_of(self, task: Task) -> tuple[str, int]:
        """Key and version of the diagram the element stands in."""
        return self._bound.definition_of(scopes.process_of(task.workflow))

    def definition_id_of(self, task: Task) -> int:
        key, _ = self.definition_of(task)
        return self._bound.definition_id_of(key)

    def decide(self, task: Task, decision: str, variables: Mapping[str, Any]) -> tuple[Any, DecisionRecord]:
        """Evaluate the decision in the version this instance runs on, and keep the record of it."""
        model, version = self._model_of(decision)
        result = model.evaluate(decision, dict(variables), now=self.local_now())
        if result.value is None and result.unanswered:
            raise DecisionFailed(f"In '{result.unanswered[-1]}' past geen enkele rij bij {_said(result.inputs)}.")
        record = DecisionRecord(
            token_id=task.id.hex,
            element_id=task.task_spec.name,
            decision=decision,
            version=version,
            inputs={name: dump(value) for name, value in result.inputs.items()},
            value=dump(result.value),
            matched=tuple((d, rule, index, tuple(notes)) for d, rule, index, notes in result.matched),
            warnings=tuple(result.warnings),
            steps=tuple((taken.decision, dump(taken.value)) for taken in result.taken[:-1]),
        )
        return result.value, record

    def _model_of(self, decision: str) -> tuple[DecisionModel, int]:
        if self._decisions is None:  # started before decisions were fixed at the start
            if self._in_use is None:
                self._in_use = in_use(self.work, "decision")  # asked once a turn, however many decisions it takes
            return self._specs.decision_in_use(self.work, decision, self._in_use)
        if decision not in self._decisions:
            raise NotYetActive(kind="decision", key=decision)
        return self._specs.decision(self.work, self._decisions[decision])

    # -- handlers and jobs --------------------------------------------------------------------------------------------

    def handler(self, job_type: str) -> JobType | None:
        return self._handlers.get(job_type)

    def call(self, handler: Any, task: Task) -> Any:
        """Run a handler inside the turn; what it wrote goes when it fails."""
        return self.handling.call(handler, self.context(task))

    def context(self, task: Task) -> JobContext:
        own = task.internal_data.get(LOCAL)
        seen = dict(scopes.visible(task)) if own is None else dict(own)
        return JobContext(
            work=self.work,
            case_id=self.case_id,
            instance_id=self.instance_id,
            element_id=task.task_spec.name,
            token_id=task.id.hex,
            variables=seen,
            headers=task.task_spec.extensions.headers,
            now=self.clock.now(),
            idempotency_key=f"{self.instance_id}:{task.id.hex}",
        )

    def enqueue(self, task: Task) -> None:
        """A job for outside the turn, in the turn's own transaction; written at its end, with what else waits."""
        extensions = task.task_spec.extensions
        self.jobs.append(
            Job(
                instance_id=self.instance_id,
                token_id=task.id.hex,
                element_id=task.task_spec.name,
                type=extensions.job_type or "",
                run_at=self.clock.now(),
                retries=extensions.retries,
            )
        )


def _said(inputs: Mapping[str, Any]) -> str:
    """The inputs of a decision in a sentence: `Leeftijd 12, Status leeg`."""
    return (
        ", ".join(f"{label} {'leeg' if value is None else value}" for label, value in inputs.items()) or "deze invoer"
    )
