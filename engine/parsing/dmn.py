"""DMN files to decisions: decision tables and literal expressions.

In: DMN 1.3 XML. Out: a model, or findings at elements. What this file does not know is refused, never passed over.
"""

from typing import Any

from lxml import etree

import feel
from engine.decisions import AGGREGATIONS, Decision, DecisionModel, Input, Output, Rule, Table
from engine.findings import ERROR, Finding
from engine.parsing import xml
from problems import Invalid

RULE = "decisions"
HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
ORDERED = ("PRIORITY", "OUTPUT ORDER")
DRAWN = frozenset(
    "inputData DMNDI extensionElements knowledgeSource itemDefinition textAnnotation association description".split()
)
DECISION_PARTS = frozenset(
    "description extensionElements variable informationRequirement authorityRequirement question allowedAnswers "
    "decisionTable literalExpression".split()
)
TABLE_PARTS = frozenset("description extensionElements input output annotation rule".split())


class DecisionRefused(Invalid):
    """Deze beslissing kan niet gelezen worden."""


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
            if decision is not None and decision.id in decisions:
                reader.findings.append(_finding(element, f"De id '{decision.id}' komt twee keer voor."))
            elif decision is not None:
                decisions[decision.id] = decision
        elif name not in DRAWN:
            reader.findings.append(
                _finding(element, f"'{name}' wordt nog niet ondersteund. Maak er een beslissingstabel van.")
            )
    for decision in decisions.values():
        reader.findings += [
            Finding(decision.id, RULE, ERROR, f"Deze beslissing steunt op '{needed}', en die bestaat niet.")
            for needed in decision.requires
            if needed not in decisions
        ]
    if not reader.findings:
        reader.findings += _circles(decisions)
    if not decisions and not reader.findings:
        reader.findings.append(_finding(root, "Er staat geen beslissing in dit bestand."))
    return DecisionModel(decisions), reader.findings


def _circles(decisions: dict[str, Decision]) -> list[Finding]:
    """Decisions that, over others, need themselves."""
    found = []
    for start in decisions.values():
        seen: set[str] = set()
        todo = list(start.requires)
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += decisions[name].requires
        if start.id in seen:
            sentence = f"De beslissing '{start.name}' steunt, langs andere, op zichzelf. Verwijder een van de pijlen."
            found.append(Finding(start.id, RULE, ERROR, sentence))
    return found


def top_decision(root: etree._Element) -> etree._Element:
    """The decision a file is about: the first on which no other in the file steps."""
    decisions = [element for element in root if xml.local(element) == "decision"]
    needed = {r.get("href", "").lstrip("#") for d in decisions for r in d.iter() if xml.local(r) == "requiredDecision"}
    return next((d for d in decisions if d.get("id") not in needed), decisions[0])


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
        self._known(element, DECISION_PARTS)
        if not (element.get("id") or "").isidentifier():
            self.findings.append(
                _finding(element, "De beslissing heeft een id nodig van kleine letters en liggende streepjes.")
            )
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
        needs = [r.get("href", "").lstrip("#") for r in element.iter() if xml.local(r) == "requiredDecision"]
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
        self._known(element, TABLE_PARTS)
        inputs = [self._input(column) for column in _children(element, "input")]
        outputs = tuple(self._output(column) for column in _children(element, "output"))
        rules = [self._rule(row, len(inputs), len(outputs)) for row in _children(element, "rule")]
        self._fits(element, policy, aggregation, outputs)
        return Table(policy, aggregation, tuple(i for i in inputs if i), outputs, tuple(r for r in rules if r))

    def _fits(self, element: etree._Element, policy: str, aggregation: str | None, outputs: tuple[Output, ...]) -> None:
        """What a hit policy asks of the columns."""
        names = [output.name for output in outputs]
        if not outputs:
            self.findings.append(_finding(element, "De tabel heeft geen kolom met antwoorden."))
        if len(outputs) > 1 and (len(set(names)) < len(names) or not all(names)):
            self.findings.append(_finding(element, "Elke kolom met antwoorden heeft een eigen naam nodig."))
        if aggregation is not None and (policy != "COLLECT" or len(outputs) > 1):
            self.findings.append(
                _finding(element, f"'{aggregation}' kan alleen bij COLLECT, met één kolom met antwoorden.")
            )
        if policy in ORDERED and not all(output.values for output in outputs):
            self.findings.append(
                _finding(
                    element, f"'{policy}' heeft de toegelaten antwoorden nodig, van belangrijk naar minder belangrijk."
                )
            )

    def _known(self, element: etree._Element, parts: frozenset[str]) -> None:
        for child in element:
            if xml.local(child) not in parts:
                self.findings.append(
                    _finding(
                        element, f"'{xml.local(child)}' wordt nog niet ondersteund. Maak er een beslissingstabel van."
                    )
                )

    def _input(self, element: etree._Element) -> Input | None:
        expression = _child(element, "inputExpression")
        text = _text(expression) if expression is not None else ""
        code = self._expression(element, text)
        values = _child(element, "inputValues")
        allowed = None if values is None or not _text(values) else self._unary(values)
        return None if code is None else Input(element.get("label") or text, text, code, allowed)

    def _output(self, element: etree._Element) -> Output:
        allowed = _child(element, "outputValues")
        values: list[Any] = []
        if allowed is not None:
            code = self._expression(element, f"[{_text(allowed)}]")
            values = code.evaluate({}) if code else []
        entry = _child(element, "defaultOutputEntry")
        default = None if entry is None else self._expression(element, _text(entry))
        return Output(element.get("name") or element.get("label") or "", tuple(values), default)

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
        self._language(element)
        try:
            return feel.compile_unary(_text(element) or "-")
        except feel.FeelError as problem:
            self.findings.append(_finding(element, f"De cel '{_text(element)}' kan niet gelezen worden: {problem}."))
            return None

    def _language(self, element: etree._Element) -> None:
        for each in element.iter():
            named = each.get("expressionLanguage")
            if named and "feel" not in named.lower():
                self.findings.append(_finding(element, f"'{named}' is een andere taal dan FEEL."))

    def _expression(self, element: etree._Element, text: str) -> feel.Expression | None:
        self._language(element)
        try:
            return feel.compile(text)
        except feel.FeelError as problem:
            self.findings.append(_finding(element, f"'{text}' kan niet gelezen worden: {problem}."))
            return None


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if xml.local(child) == name]


def _child(element: etree._Element, name: str) -> etree._Element | None:
    found = _children(element, name)
    return found[0] if found else None


def _text(element: etree._Element) -> str:
    holder = _child(element, "text")
    return (holder.text or "").strip() if holder is not None else ""
