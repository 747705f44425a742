"""DMN models: decision tables and literal expressions, evaluated with FEEL, each with the rows that fired.

`engine.parsing.dmn` reads them from a file. A decision that gives no single answer raises DecisionFailed: the token parks with an
incident. Standard: OMG DMN 1.5, chapters 6 and 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import feel

AGGREGATIONS = {"SUM": "sum", "COUNT": "count", "MIN": "min", "MAX": "max"}  # to the FEEL function that does it


class DecisionFailed(Exception):
    """Deze beslissing gaf geen eenduidig antwoord."""


@dataclass(frozen=True)
class Input:
    """A column of questions; `allowed` tests what the answer may be."""

    label: str
    text: str
    code: feel.Expression
    allowed: feel.UnaryTests | None = None


@dataclass(frozen=True)
class Output:
    """A column of answers; `values` orders them for PRIORITY and OUTPUT ORDER; `default` is the answer when no row fits."""

    name: str
    values: tuple[Any, ...]
    default: feel.Expression | None = None


@dataclass(frozen=True)
class Rule:
    """A row: its tests, its answers, and its notes (the legal source)."""

    id: str
    tests: tuple[feel.UnaryTests, ...]
    outputs: tuple[feel.Expression, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A decision table."""

    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Decision:
    """One decision: a table or one expression, and the decisions it needs first."""

    id: str
    name: str
    variable: str
    logic: Table | feel.Expression
    requires: tuple[str, ...]


@dataclass(frozen=True)
class DecisionResult:
    """The value, and why: what went in, and (decision, rule id, row number from 1, notes) for each row that fired."""

    value: Any
    inputs: dict[str, Any]
    matched: list[tuple[str, str, int, tuple[str, ...]]]
    warnings: list[str] = field(default_factory=list)


class DecisionModel:
    """The decisions of one file."""

    def __init__(self, decisions: Mapping[str, Decision]) -> None:
        self.decisions = dict(decisions)

    def evaluate(self, decision_id: str, context: Mapping[str, Any], now: datetime | None = None) -> DecisionResult:
        """Take a decision, the required ones first. Raises DecisionFailed when no single answer follows."""
        result = DecisionResult(None, {}, [], [])
        value = self._decide(decision_id, dict(context), now, result)
        return DecisionResult(value, result.inputs, result.matched, result.warnings)

    def _decide(self, decision_id: str, context: dict[str, Any], now: datetime | None, result: DecisionResult) -> Any:
        decision = self.decisions[decision_id]
        for required in decision.requires:
            context[self.decisions[required].variable] = self._decide(required, context, now, result)
        if isinstance(decision.logic, feel.Expression):
            value, warnings = decision.logic.evaluate_explained(context, now)
            result.inputs.update({name: context.get(name) for name in decision.logic.names})
            result.warnings.extend(warnings)
            return value
        return self._look_up(decision, decision.logic, context, now, result)

    def _look_up(
        self, decision: Decision, table: Table, context: dict[str, Any], now: datetime | None, result: DecisionResult
    ) -> Any:
        given = []
        for column in table.inputs:
            value, warnings = column.code.evaluate_explained(context, now)
            if column.allowed is not None and value is not None and not column.allowed.matches(value, context, now):
                raise DecisionFailed(
                    f"In beslissing '{decision.name}' is '{value}' geen toegelaten waarde van '{column.label}'."
                )
            given.append(value)
            result.inputs[column.label] = value
            result.warnings.extend(warnings)
        hits = self._hits(table, given, context, now)
        answers = [tuple(code.evaluate(context, now) for code in rule.outputs) for _, rule in hits]
        if not hits and any(output.default for output in table.outputs):
            return _value(table, tuple(o.default.evaluate(context, now) if o.default else None for o in table.outputs))
        chosen, value = _by_policy(decision, table, answers)
        fired = [hits[i] for i in chosen]
        result.matched.extend((decision.id, rule.id, index, rule.notes) for index, rule in fired)
        return value

    def _hits(
        self, table: Table, given: list[Any], context: dict[str, Any], now: datetime | None
    ) -> list[tuple[int, Rule]]:
        hits = []
        for index, rule in enumerate(table.rules, start=1):
            if all(test.matches(value, context, now) for test, value in zip(rule.tests, given, strict=True)):
                hits.append((index, rule))
                if table.hit_policy == "FIRST":
                    break
        return hits


def _by_policy(decision: Decision, table: Table, answers: list[tuple[Any, ...]]) -> tuple[list[int], Any]:
    """Which hits count, and the value they give (DMN 1.5, 8.2.11)."""
    everything = list(range(len(answers)))
    if table.hit_policy == "UNIQUE" and len(answers) > 1:
        raise DecisionFailed(f"In beslissing '{decision.name}' passen {len(answers)} rijen; er mag er maar één passen.")
    if table.hit_policy == "ANY" and any(answer != answers[0] for answer in answers):
        raise DecisionFailed(f"In beslissing '{decision.name}' passen rijen die elkaar tegenspreken.")
    if table.hit_policy in ("RULE ORDER", "COLLECT"):
        return everything, _collected(decision, table, [_value(table, answer) for answer in answers])
    if table.hit_policy == "OUTPUT ORDER":
        order = sorted(everything, key=lambda i: _rank(table, answers[i]))
        return order, [_value(table, answers[i]) for i in order]
    if not answers:
        return [], None
    best = min(everything, key=lambda i: _rank(table, answers[i])) if table.hit_policy == "PRIORITY" else 0
    return [best], _value(table, answers[best])


def _value(table: Table, answer: tuple[Any, ...]) -> Any:
    if len(table.outputs) == 1:
        return answer[0]
    return {output.name: value for output, value in zip(table.outputs, answer, strict=True)}


def _rank(table: Table, answer: tuple[Any, ...]) -> tuple[int, ...]:
    pairs = zip(table.outputs, answer, strict=True)
    return tuple(
        output.values.index(value) if value in output.values else len(output.values) for output, value in pairs
    )


def _collected(decision: Decision, table: Table, found: list[Any]) -> Any:
    if table.hit_policy != "COLLECT" or table.aggregation is None:
        return found
    if not found and table.aggregation != "COUNT":
        return None
    total = feel.compile(f"{AGGREGATIONS[table.aggregation]}(found)").evaluate({"found": found})
    if total is None:
        raise DecisionFailed(f"In beslissing '{decision.name}' kunnen de antwoorden niet samengenomen worden.")
    return total
