"""Decision tables of a file (DMN 1.5, 8): columns, rows, and what a hit policy asks of them."""

from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

import feel
from engine.dmn.boxed import Broken, Literal
from engine.dmn.evaluation import Logic
from engine.dmn.tables import AGGREGATIONS, HIT_POLICIES, ORDERED, Input, Output, Rule, Table
from engine.parsing import xml
from engine.parsing.dmn_parts import child, children, own, place, text
from engine.parsing.dmn_types import Say, Types, constraint_of

Scope = frozenset[str]
PARTS = frozenset("description extensionElements input output annotation rule".split())
_NOTHING = feel.compile_unary("false and ? = null")  # what a cell that cannot be read lets through
_NULL = Literal(feel.compile("null"))


class TableReader:
    """Reads the tables of one file."""

    def __init__(
        self, types: Types, say: Say, expression: Callable[[etree._Element, str, Iterable[str]], Logic]
    ) -> None:
        self._types = types
        self._say = say
        self._expression = expression

    def table(self, element: etree._Element, scope: Scope, name: str) -> Logic:
        """A table; one that cannot be read is broken as a whole."""
        policy, aggregation = element.get("hitPolicy") or "UNIQUE", element.get("aggregation")
        if policy not in HIT_POLICIES or (aggregation is not None and aggregation not in AGGREGATIONS):
            sentence = f"De regel '{policy} {aggregation or ''}' bestaat niet."
            self._say(element, sentence)
            return Broken(sentence)
        for each in own(element):
            if xml.local(each) not in PARTS:
                self._say(element, f"'{xml.local(each)}' hoort niet in een beslissingstabel.")
        inputs = tuple(self._input(column, scope) for column in children(element, "input"))
        outputs = tuple(self._output(column, scope) for column in children(element, "output"))
        self._fits(element, policy, aggregation, outputs)
        if not outputs:
            return Broken("De tabel heeft geen kolom met antwoorden.")
        rules = [self._rule(row, len(inputs), len(outputs), scope) for row in children(element, "rule")]
        return Table(
            name=name or element.get("outputLabel") or "",
            hit_policy=policy,
            aggregation=aggregation,
            inputs=inputs,
            outputs=outputs,
            rules=tuple(rule for rule in rules if rule),
            id=place(element),
            owner=_owner(element),
        )

    def _fits(self, element: etree._Element, policy: str, aggregation: str | None, outputs: tuple[Output, ...]) -> None:
        """What a hit policy asks of the columns."""
        names = [output.name for output in outputs]
        if not outputs:
            self._say(element, "De tabel heeft geen kolom met antwoorden.")
        if len(outputs) > 1 and (len(set(names)) < len(names) or not all(names)):
            self._say(element, "Elke kolom met antwoorden heeft een eigen naam nodig.")
        if aggregation is not None and (policy != "COLLECT" or len(outputs) > 1):
            self._say(element, f"'{aggregation}' kan alleen bij COLLECT, met één kolom met antwoorden.")
        if policy in ORDERED and not any(output.values for output in outputs):
            self._say(
                element, f"'{policy}' heeft de toegelaten antwoorden nodig, van belangrijk naar minder belangrijk."
            )

    def _input(self, element: etree._Element, scope: Scope) -> Input:
        expression = child(element, "inputExpression")
        words = text(expression) if expression is not None else ""
        values = child(element, "inputValues")
        return Input(
            label=element.get("label") or words,
            text=words,
            logic=self._expression(element, words, scope),
            allowed=None if values is None or not text(values) else self._unary(values, scope),
            id=place(element),
            wanted=self._types.of(expression),
        )

    def _output(self, element: etree._Element, scope: Scope) -> Output:
        allowed, entry = child(element, "outputValues"), child(element, "defaultOutputEntry")
        wanted = self._types.of(element)
        words = text(allowed) if allowed is not None else constraint_of(wanted)
        return Output(
            name=element.get("name") or element.get("label") or "",
            values=self._values(element, words),
            default=None if entry is None or not text(entry) else self._expression(element, text(entry), scope),
            id=place(element),
            wanted=wanted,
        )

    def _values(self, element: etree._Element, words: str) -> tuple[Any, ...]:
        """The allowed answers in their order; a list of tests instead of values has no order."""
        logic = self._expression(element, f"[{words}]", frozenset()) if words else None
        found = logic.code.evaluate({}) if isinstance(logic, Literal) else None
        return tuple(found) if isinstance(found, list) else ()

    def _rule(self, element: etree._Element, inputs: int, outputs: int, scope: Scope) -> Rule | None:
        cells, answers = children(element, "inputEntry"), children(element, "outputEntry")
        if len(cells) != inputs or len(answers) != outputs:
            self._say(element, "Deze rij heeft niet evenveel cellen als de tabel kolommen.")
            return None
        notes = tuple(text(note) for note in children(element, "annotationEntry") if text(note))
        description = child(element, "description")
        if description is not None and description.text and not notes:
            notes = (description.text.strip(),)
        return Rule(
            id=element.get("id") or "",
            tests=tuple(self._unary(cell, scope) for cell in cells),
            outputs=tuple(self._expression(each, text(each), scope) if text(each) else _NULL for each in answers),
            notes=notes,
            cells=tuple(cell.get("id") or "" for cell in cells),
            answers=tuple(answer.get("id") or "" for answer in answers),
        )

    def _unary(self, element: etree._Element, scope: Scope) -> feel.UnaryTests:
        words = text(element) or "-"
        named = element.get("expressionLanguage")
        if named and "feel" not in named.lower():
            self._say(element, f"'{named}' is een andere taal dan FEEL.")
        try:
            return feel.compile_unary(words, scope, self._types.known)
        except feel.FeelError as problem:
            self._say(element, f"De cel '{words}' kan niet gelezen worden: {problem}.")
            return _NOTHING


def _owner(element: etree._Element) -> str:
    """The decision or knowledge around a table."""
    around = element.iterancestors()
    return next((place(each) for each in around if xml.local(each) in ("decision", "businessKnowledgeModel")), "")
