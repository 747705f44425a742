"""DMN models: decision tables and literal expressions, evaluated with FEEL, each with the rows that fired.

In: DMN 1.3 XML. Out: a model whose `evaluate` gives the value and its explanation. What this file does not know is refused
at loading, with the element. Standard: OMG DMN 1.5, chapters 6 and 8.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

import feel
from engine.findings import ERROR, Finding
from engine.parsing import xml
from problems import Invalid

HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
RULE = "decisions"
AGGREGATIONS = ("SUM", "COUNT", "MIN", "MAX")


class DecisionRefused(Invalid):
    """Deze beslissing kan niet gelezen worden."""


class DecisionFailed(Exception):
    """Deze beslissing gaf geen eenduidig antwoord."""


@dataclass(frozen=True)
class Input:
    """A column of questions."""

    label: str
    text: str
    code: feel.Expression


@dataclass(frozen=True)
class Output:
    """A column of answers; `values` orders them for PRIORITY and OUTPUT ORDER."""

    name: str
    values: tuple[Any, ...]


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
            given.append(value)
            result.inputs[column.label] = value
            result.warnings.extend(warnings)
        hits = []
        for index, rule in enumerate(table.rules, start=1):
            if all(test.matches(value, context, now) for test, value in zip(rule.tests, given, strict=True)):
                hits.append((index, rule))
                if table.hit_policy == "FIRST":
                    break
        answers = [tuple(code.evaluate(context, now) for code in rule.outputs) for _, rule in hits]
        chosen, value = _by_policy(decision, table, answers)
        fired = [hits[i] for i in chosen]
        result.matched.extend((decision.id, rule.id, index, rule.notes) for index, rule in fired)
        return value


def _by_policy(decision: Decision, table: Table, answers: list[tuple[Any, ...]]) -> tuple[list[int], Any]:
    """Which hits count, and the value they give (DMN 1.5, 8.2.11)."""
    everything = list(range(len(answers)))
    if table.hit_policy == "UNIQUE" and len(answers) > 1:
        raise DecisionFailed(f"In beslissing '{decision.name}' passen {len(answers)} rijen; er mag er maar één passen.")
    if table.hit_policy == "ANY" and any(answer != answers[0] for answer in answers):
        raise DecisionFailed(f"In beslissing '{decision.name}' passen rijen die elkaar tegenspreken.")
    if table.hit_policy in ("RULE ORDER", "COLLECT"):
        return everything, _collected(table, [_value(table, answer) for answer in answers])
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


def _collected(table: Table, found: list[Any]) -> Any:
    totals: dict[str, Callable[[list[Any]], Any]] = {"SUM": sum, "COUNT": len, "MIN": min, "MAX": max}
    if table.hit_policy != "COLLECT" or table.aggregation is None:
        return found
    return totals[table.aggregation](found) if found or table.aggregation == "COUNT" else None


# -- reading ----------------------------------------------------------------------------------------------------------


def load(content: bytes) -> DecisionModel:
    """The model of a file. Raises DecisionRefused with every finding."""
    model, findings = _read(content)
    if findings:
        raise DecisionRefused(errors=[{"field": f.element_id, "message": f.sentence} for f in findings])
    return model


def check(content: bytes) -> list[Finding]:
    """Everything that keeps the file from being used."""
    return _read(content)[1]


def _read(content: bytes) -> tuple[DecisionModel, list[Finding]]:
    root = xml.parse(content)
    if xml.local(root) != "definitions" or "DMN" not in xml.namespace(root):
        return DecisionModel({}), [_finding(root, "Dit is geen DMN-bestand.")]
    reader = _Reader()
    decisions = {}
    for element in root:
        name = xml.local(element)
        if name == "decision":
            decision = reader.decision(element)
            if decision is not None:
                decisions[decision.id] = decision
        elif name not in (
            "inputData",
            "DMNDI",
            "extensionElements",
            "knowledgeSource",
            "itemDefinition",
            "textAnnotation",
            "association",
        ):
            reader.findings.append(
                _finding(element, f"'{name}' wordt nog niet ondersteund. Maak er een beslissingstabel van.")
            )
    for decision in decisions.values():
        reader.findings += [
            Finding(decision.id, RULE, ERROR, f"Deze beslissing steunt op '{needed}', en die bestaat niet.")
            for needed in decision.requires
            if needed not in decisions
        ]
    if not decisions and not reader.findings:
        reader.findings.append(_finding(root, "Er staat geen beslissing in dit bestand."))
    return DecisionModel(decisions), reader.findings


def _finding(element: etree._Element, sentence: str) -> Finding:
    return Finding(element.get("id") or xml.local(element), RULE, ERROR, sentence)


class _Reader:
    """Reads decisions and collects what is wrong with them."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def decision(self, element: etree._Element) -> Decision | None:
        table = _child(element, "decisionTable")
        literal = _child(element, "literalExpression")
        before = len(self.findings)
        logic: Table | feel.Expression | None = None
        if table is not None:
            logic = self._table(table)
        elif literal is not None:
            logic = self._expression(literal, _text(literal))
        else:
            self.findings.append(_finding(element, "Deze beslissing heeft geen tabel en geen uitdrukking."))
        if logic is None or len(self.findings) > before:
            return None
        variable = _child(element, "variable")
        name = element.get("name") or element.get("id") or ""
        needs = [
            r.get("href", "").lstrip("#")
            for r in element.iter()
            if isinstance(r.tag, str) and xml.local(r) == "requiredDecision"
        ]
        return Decision(
            element.get("id") or "",
            name,
            (variable.get("name") if variable is not None else None) or name,
            logic,
            tuple(needs),
        )

    def _table(self, element: etree._Element) -> Table | None:
        policy, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation")
        if policy not in HIT_POLICIES or (aggregation is not None and aggregation not in AGGREGATIONS):
            self.findings.append(_finding(element, f"De regel '{policy} {aggregation or ''}' bestaat niet."))
            return None
        inputs = [self._input(column) for column in _children(element, "input")]
        outputs = tuple(self._output(column) for column in _children(element, "output"))
        rules = [self._rule(row, len(inputs), len(outputs)) for row in _children(element, "rule")]
        return Table(policy, aggregation, tuple(i for i in inputs if i), outputs, tuple(r for r in rules if r))

    def _input(self, element: etree._Element) -> Input | None:
        expression = _child(element, "inputExpression")
        text = _text(expression) if expression is not None else ""
        code = self._expression(element, text)
        return None if code is None else Input(element.get("label") or text, text, code)

    def _output(self, element: etree._Element) -> Output:
        allowed = _child(element, "outputValues")
        values: list[Any] = []
        if allowed is not None:
            code = self._expression(element, f"[{_text(allowed)}]")
            values = code.evaluate({}) if code else []
        return Output(element.get("name") or element.get("label") or "", tuple(values))

    def _rule(self, element: etree._Element, inputs: int, outputs: int) -> Rule | None:
        cells, answers = _children(element, "inputEntry"), _children(element, "outputEntry")
        if len(cells) != inputs or len(answers) != outputs:
            self.findings.append(_finding(element, "Deze rij heeft niet evenveel cellen als de tabel kolommen."))
            return None
        tests = [self._unary(cell) for cell in cells]
        codes = [self._expression(answer, _text(answer) or "null") for answer in answers]
        notes = tuple(_text(note) for note in _children(element, "annotationEntry") if _text(note))
        description = _child(element, "description")
        if description is not None and description.text and not notes:
            notes = (description.text.strip(),)
        if None in tests or None in codes:
            return None
        return Rule(element.get("id") or "", tuple(t for t in tests if t), tuple(c for c in codes if c), notes)

    def _unary(self, element: etree._Element) -> feel.UnaryTests | None:
        try:
            return feel.compile_unary(_text(element) or "-")
        except feel.FeelError as problem:
            self.findings.append(_finding(element, f"De cel '{_text(element)}' kan niet gelezen worden: {problem}."))
            return None

    def _expression(self, element: etree._Element, text: str) -> feel.Expression | None:
        try:
            return feel.compile(text)
        except feel.FeelError as problem:
            self.findings.append(_finding(element, f"'{text}' kan niet gelezen worden: {problem}."))
            return None


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str) and xml.local(child) == name]


def _child(element: etree._Element, name: str) -> etree._Element | None:
    found = _children(element, name)
    return found[0] if found else None


def _text(element: etree._Element) -> str:
    holder = _child(element, "text")
    return (holder.text or "").strip() if holder is not None else ""
