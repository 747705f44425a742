"""Decision tables (DMN 1.5, 8): which rows fit, which of them count, and the value they give.

Compiled: a column's equal cells are one test, asked once an evaluation and only when a row still needs it.
"""

from dataclasses import dataclass, field
from typing import Any

import feel
from engine.dmn.evaluation import Evaluation, Logic, Names
from engine.dmn.types import ANY, Type

HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
ORDERED = ("PRIORITY", "OUTPUT ORDER")
SINGLE = ("UNIQUE", "FIRST", "ANY", "PRIORITY")
AGGREGATIONS = {"SUM": "sum", "COUNT": "count", "MIN": "min", "MAX": "max"}  # to the FEEL function that does it
_TOGETHER = {name: feel.compile(f"{function}(found)") for name, function in AGGREGATIONS.items()}


@dataclass(frozen=True)
class Input:
    """A column of questions; `allowed` tests what the answer may be, `id` is where findings go."""

    label: str
    text: str
    logic: Logic
    allowed: feel.UnaryTests | None = None
    id: str = ""
    wanted: Type = ANY


@dataclass(frozen=True)
class Output:
    """A column of answers; `values` orders them for PRIORITY and OUTPUT ORDER; `default` is the answer when no row fits."""

    name: str
    values: tuple[Any, ...]
    default: Logic | None = None
    id: str = ""
    wanted: Type = ANY


@dataclass(frozen=True)
class Rule:
    """A row: its tests, its answers, and its notes (the legal source). `cells` and `answers` are the ids of its cells."""

    id: str
    tests: tuple[feel.UnaryTests, ...]
    outputs: tuple[Logic, ...]
    notes: tuple[str, ...]
    cells: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A decision table; `owner` is the decision or knowledge it stands in."""

    name: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    id: str = ""
    owner: str = ""
    _tests: tuple[tuple[feel.UnaryTests, ...], ...] = field(init=False, repr=False, compare=False)
    _rows: tuple[tuple[tuple[int, int], ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Give equal cells of a column one number; cells that take everything are never asked."""
        numbers: list[dict[str, int]] = [{} for _ in self.inputs]
        tests: list[list[feel.UnaryTests]] = [[] for _ in self.inputs]
        rows = []
        for rule in self.rules:
            asked = []
            for column, test in enumerate(rule.tests):
                if test.text.strip() in ("-", ""):
                    continue
                if test.text not in numbers[column]:
                    numbers[column][test.text] = len(tests[column])
                    tests[column].append(test)
                asked.append((column, numbers[column][test.text]))
            rows.append(tuple(asked))
        object.__setattr__(self, "_tests", tuple(tuple(column) for column in tests))
        object.__setattr__(self, "_rows", tuple(rows))

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """The value by the hit policy; the rows that gave it are explained."""
        given = [self._given(column, names, run) for column in self.inputs]
        if any(answer is None for answer in given):
            return None
        hits = self._hits([answer[0] for answer in given if answer], names, run)
        if not hits:
            return self._without_a_row(names, run)
        answers = [self._answer(self.rules[index], names, run) for index in hits]
        chosen, value = self._by_policy(answers, run)
        if run.current is not None:
            run.current.rows.extend(
                (self.owner, self.rules[hits[i]].id, hits[i] + 1, self.rules[hits[i]].notes) for i in chosen
            )
        return value

    def _given(self, column: Input, names: Names, run: Evaluation) -> tuple[Any] | None:
        """What goes into a column, in a tuple; None when it may not be there."""
        value = run.fitted(column.logic.evaluate(names, run), column.wanted, f"De waarde van '{column.label}'")
        if run.current is not None:
            run.current.inputs[column.label] = value
        if column.allowed is not None and value is not None and not run.matches(column.allowed, value, names):
            run.fail(f"In beslissing '{self.name}' is '{value}' geen toegelaten waarde van '{column.label}'.")
            return None
        return (value,)

    def _hits(self, given: list[Any], names: Names, run: Evaluation) -> list[int]:
        """The places of the rows that fit; for FIRST only the first."""
        known: list[list[bool | None]] = [[None] * len(tests) for tests in self._tests]
        hits = []
        for index, asked in enumerate(self._rows):
            run.charge()
            for column, number in asked:
                passes = known[column][number]
                if passes is None:
                    passes = run.matches(self._tests[column][number], given[column], names)
                    known[column][number] = passes
                if not passes:
                    break
            else:
                hits.append(index)
                if self.hit_policy == "FIRST":
                    break
        return hits

    def _answer(self, rule: Rule, names: Names, run: Evaluation) -> tuple[Any, ...]:
        return tuple(
            run.fitted(logic.evaluate(names, run), output.wanted, f"Het antwoord '{output.name or self.name}'")
            for logic, output in zip(rule.outputs, self.outputs, strict=True)
        )

    def _without_a_row(self, names: Names, run: Evaluation) -> Any:
        if any(output.default for output in self.outputs):
            found = [o.default.evaluate(names, run) if o.default else None for o in self.outputs]
            return self._value(tuple(found))
        if self.hit_policy in SINGLE:
            run.unanswered.append(self.name)
            return None
        return self._collected([], run)

    def _by_policy(self, answers: list[tuple[Any, ...]], run: Evaluation) -> tuple[list[int], Any]:
        """Which hits count, and the value they give (DMN 1.5, 8.2.8)."""
        everything = list(range(len(answers)))
        if self.hit_policy == "UNIQUE" and len(answers) > 1:
            run.fail(f"In beslissing '{self.name}' passen {len(answers)} rijen; er mag er maar één passen.")
            return everything, None
        if self.hit_policy == "ANY" and any(answer != answers[0] for answer in answers):
            run.fail(f"In beslissing '{self.name}' passen rijen die elkaar tegenspreken.")
            return everything, None
        if self.hit_policy in ("RULE ORDER", "COLLECT"):
            return everything, self._collected([self._value(answer) for answer in answers], run)
        if self.hit_policy == "OUTPUT ORDER":
            order = sorted(everything, key=lambda i: self.rank(answers[i]))
            return order, [self._value(answers[i]) for i in order]
        best = min(everything, key=lambda i: self.rank(answers[i])) if self.hit_policy == "PRIORITY" else 0
        return [best], self._value(answers[best])

    def _value(self, answer: tuple[Any, ...]) -> Any:
        if len(self.outputs) == 1:
            return answer[0]
        return {output.name: value for output, value in zip(self.outputs, answer, strict=True)}

    def rank(self, answer: tuple[Any, ...]) -> tuple[int, ...]:
        """The place of an answer in the order of the allowed answers, the first column weighing most."""
        pairs = zip(self.outputs, answer, strict=True)
        return tuple(
            output.values.index(value) if value in output.values else len(output.values) for output, value in pairs
        )

    def _collected(self, found: list[Any], run: Evaluation) -> Any:
        if self.hit_policy != "COLLECT" or self.aggregation is None:
            return found
        if not found and self.aggregation != "COUNT":
            return None
        total = run.ask(_TOGETHER[self.aggregation], {"found": found})
        if total is None:
            run.fail(f"In beslissing '{self.name}' kunnen de antwoorden niet samengenomen worden.")
        return total
