"""DMN models: one question, one answer, and why. Standard: OMG DMN 1.5, chapters 6 to 10; FEEL is chapter 10's own language.

`engine.parsing.dmn` reads a model from a file; `engine.dmn` is what its parts mean. `evaluate` refuses with DecisionFailed
where the standard answers null because of a mistake: a case must not go on with an answer nobody can trust.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.dmn.evaluation import Evaluation, Taken, TooMuchWork
from engine.dmn.graph import Decision, Graph, Service, Walk, holds_function

__all__ = ["Decision", "DecisionFailed", "DecisionModel", "DecisionResult"]


class DecisionFailed(Exception):
    """Deze beslissing gaf geen eenduidig antwoord."""


@dataclass(frozen=True)
class DecisionResult:
    """The value, and why.

    `inputs` by label, `matched` is (decision or knowledge the table stands in, rule id, row number from 1, notes) for each row that fired, `taken` the same per
    decision in the order in which they were taken. `failures` make the value untrustworthy; `unanswered` names the tables
    of which no row fitted.
    """

    value: Any
    inputs: dict[str, Any]
    matched: list[tuple[str, str, int, tuple[str, ...]]]
    warnings: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


class DecisionModel:
    """The decisions of one file and of the files it imports."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @property
    def decisions(self) -> dict[str, Decision]:
        """The decisions by id; those of an imported file have its namespace before their id."""
        return {key: found for key, found in self.graph.elements.items() if isinstance(found, Decision)}

    @property
    def services(self) -> dict[str, Service]:
        """The decision services by id."""
        return {key: found for key, found in self.graph.elements.items() if isinstance(found, Service)}

    def evaluate(self, decision_id: str, context: Mapping[str, Any], now: datetime | None = None) -> DecisionResult:
        """Take a decision (or ask a service), the required ones first. Raises DecisionFailed when no single answer follows."""
        result = self.explain(decision_id, context, now)
        if result.failures:
            raise DecisionFailed(" ".join(result.failures))
        if holds_function(result.value):
            raise DecisionFailed("Het antwoord van deze beslissing is een functie; een dossier kan die niet bewaren.")
        return result

    def explain(self, decision_id: str, context: Mapping[str, Any], now: datetime | None = None) -> DecisionResult:
        """The same as the standard has it: what goes wrong is null, and told. Raises KeyError for an id that is not there."""
        run = Evaluation(now or datetime.now(UTC))
        walk, element = Walk(self.graph, context, run), self.graph.elements[decision_id]
        try:
            value = walk.served(element) if isinstance(element, Service) else walk.value(decision_id)
        except (TooMuchWork, RecursionError) as problem:
            run.fail(str(problem) if isinstance(problem, TooMuchWork) else "De beslissing is te diep genest.")
            value = None
        inputs = {label: given for taken in run.taken for label, given in taken.inputs.items()}
        matched = [row for taken in run.taken for row in taken.rows]
        return DecisionResult(value, inputs, matched, run.warnings, run.taken, run.failures, run.unanswered)
