"""The expressions of a decision fit the types the file gives: no unknown function, no text compared with a number.

A variable that no arrow brings is not reported: a decision also sees what the process that asks it knows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import feel
from engine.decisions import DecisionModel
from engine.dmn.boxed import (
    Conditional,
    Definition,
    Entries,
    Filter,
    Invocation,
    Items,
    Iteration,
    Literal,
    Relation,
    Typed,
)
from engine.dmn.graph import Decision, Element, Graph, InputData, Knowledge, Requirement
from engine.dmn.tables import Rule, Table
from engine.dmn.types import ANY, Type, feel_type
from engine.findings import ERROR, Finding
from feel import types

RULE = "decision_expressions"
Scope = Mapping[str, types.Type]


def check(model: DecisionModel) -> Iterator[Finding]:
    """The findings on every decision and knowledge of the file itself."""
    for key, element in model.graph.elements.items():
        if "#" in key or not isinstance(element, Decision | Knowledge):
            continue
        scope = dict(_brought(model.graph, each) for each in element.requires)
        if isinstance(element, Knowledge):
            scope[element.variable] = types.ANY  # it may call itself
        logic = element.logic if isinstance(element, Decision) else element.definition
        yield from _Place(element.id, scope).logic(logic)


def _brought(graph: Graph, arrow: Requirement) -> tuple[str, types.Type]:
    """What an arrow brings: a name and its type; through an import, all of it under the import's name."""
    element = graph.elements[arrow.key]
    return (arrow.alias, types.ANY) if arrow.alias else (element.variable, _type_of(element))


def _type_of(element: Element) -> types.Type:
    return feel_type(element.wanted) if isinstance(element, InputData | Decision) else types.ANY


@dataclass(frozen=True)
class _Place:
    """Where findings go, and the names that are known there."""

    at: str
    scope: Scope

    def logic(self, logic: Any) -> Iterator[Finding]:
        if isinstance(logic, Typed):
            yield from self.logic(logic.logic)
        elif isinstance(logic, Literal):
            yield from self.found(logic.code.findings(self.scope), logic.code.text)
        elif isinstance(logic, Table):
            yield from self.table(logic)
        elif isinstance(logic, Entries):
            yield from self.entries(logic)
        elif isinstance(logic, Definition):
            yield from self.knowing({each.name: feel_type(each.wanted) for each in logic.parameters}).logic(logic.body)
        elif isinstance(logic, Filter):
            yield from self.logic(logic.source)
            yield from self.knowing({"item": types.ANY}).logic(logic.match)
        elif isinstance(logic, Iteration):
            yield from self.logic(logic.source)
            yield from self.knowing({logic.variable: types.ANY, "partial": types.ANY}).logic(logic.body)
        else:
            for each in _parts(logic):
                yield from self.logic(each)

    def knowing(self, names: Scope) -> "_Place":
        return _Place(self.at, {**self.scope, **names})

    def standing(self, at: str) -> "_Place":
        return _Place(at or self.at, self.scope)

    def found(self, findings: list[feel.Finding], text: str) -> Iterator[Finding]:
        for each in findings:
            yield Finding(self.at, RULE, ERROR, f"In '{text}': {each}.")

    def entries(self, logic: Entries) -> Iterator[Finding]:
        here = self
        for name, entry in logic.entries:
            yield from here.logic(entry)
            here = here.knowing({name: feel_type(entry.wanted) if isinstance(entry, Typed) else types.ANY})
        if logic.result is not None:
            yield from here.logic(logic.result)

    def table(self, table: Table) -> Iterator[Finding]:
        inputs = [feel_type(_wanted(column.logic, column.wanted)) for column in table.inputs]
        for column in table.inputs:
            yield from self.standing(column.id).logic(column.logic)
        for rule in table.rules:
            yield from self.row(rule, inputs)
        for output in table.outputs:
            yield from self.standing(output.id).logic(output.default)

    def row(self, rule: Rule, inputs: list[types.Type]) -> Iterator[Finding]:
        cells = rule.cells or ("",) * len(rule.tests)
        for test, given, cell in zip(rule.tests, inputs, cells, strict=True):
            yield from self.standing(cell).found(test.findings(self.scope, given=given), test.text)
        answers = rule.answers or ("",) * len(rule.outputs)
        for answer, cell in zip(rule.outputs, answers, strict=True):
            yield from self.standing(cell).logic(answer)


def _wanted(logic: Any, wanted: Type) -> Type:
    """What a column asks: its own type, or that of its expression."""
    return logic.wanted if wanted is ANY and isinstance(logic, Typed) else wanted


def _parts(logic: Any) -> Iterator[Any]:
    if isinstance(logic, Items):
        yield from logic.items
    elif isinstance(logic, Relation):
        for row in logic.rows:
            yield from row
    elif isinstance(logic, Conditional):
        yield from (logic.condition, logic.then, logic.otherwise)
    elif isinstance(logic, Invocation):
        yield from (logic.called, *logic.bindings.values())
