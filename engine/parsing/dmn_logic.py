"""Boxed expressions of a file to logic that can be evaluated (DMN 1.5, 10.2). What this file does not know is a finding."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from lxml import etree

import feel
from engine.dmn.boxed import (
    Broken,
    Conditional,
    Definition,
    Entries,
    Filter,
    Invocation,
    Items,
    Iteration,
    Literal,
    Parameter,
    Relation,
    Typed,
)
from engine.dmn.evaluation import Logic
from engine.dmn.types import ANY, Type, base_name
from engine.parsing import xml
from engine.parsing.dmn_parts import child, children, own, text
from engine.parsing.dmn_tables import TableReader
from engine.parsing.dmn_types import Say, Types

Scope = frozenset[str]
KINDS = frozenset(
    "literalExpression decisionTable invocation context list relation functionDefinition conditional filter for some "
    "every".split()
)
NO_LOGIC = "Deze beslissing heeft geen tabel en geen uitdrukking."


def typed(logic: Logic, wanted: Type, what: str) -> Logic:
    """Logic whose value must be of a type; of a function that is the type of its answers, unless it is a function's own."""
    if wanted is ANY:
        return logic
    if isinstance(logic, Definition) and base_name(wanted) != "function":
        return replace(logic, result=wanted, what=what)
    return Typed(logic, wanted, what)


class LogicReader:
    """Reads the logic of one file."""

    def __init__(self, types: Types, say: Say) -> None:
        self._types = types
        self._say = say
        self._tables = TableReader(types, say, self.expression)
        self._readers: dict[str, Callable[[etree._Element, Scope], Logic]] = {
            "literalExpression": self._literal,
            "invocation": self._invocation,
            "context": self._context,
            "list": self._list,
            "relation": self._relation,
            "functionDefinition": self.definition,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._iteration,
            "some": self._iteration,
            "every": self._iteration,
        }

    def inside(self, parent: etree._Element, scope: Scope, name: str = "") -> Logic | None:
        """The logic a parent holds, None when it holds none. `name` is what a table is called in sentences."""
        found = [each for each in own(parent) if xml.local(each) in KINDS]
        if len(found) > 1:
            self._say(parent, "Hier staan twee uitdrukkingen waar er één hoort.")
        return self.logic(found[0], scope, name) if found else None

    def logic(self, element: etree._Element, scope: Scope, name: str = "") -> Logic:
        """One boxed expression, with the type its result must have."""
        kind = xml.local(element)
        if kind == "decisionTable":
            logic = self._tables.table(element, scope, name)
        else:
            logic = self._readers[kind](element, scope)
        wanted = self._types.of(element) if kind != "functionDefinition" else ANY
        return typed(logic, wanted, element.get("label") or f"Het antwoord '{name or kind}'")

    def expression(self, element: etree._Element, words: str, scope: Iterable[str]) -> Logic:
        """A FEEL text at an element."""
        named = self.foreign_language(element)
        if named:
            return self._broken(element, f"'{named}' is een andere taal dan FEEL.")
        try:
            return Literal(feel.compile(words, scope, self._types.known))
        except feel.FeelError as problem:
            return self._broken(element, f"'{words}' kan niet gelezen worden: {problem}.")

    @staticmethod
    def foreign_language(element: etree._Element) -> str:
        """The language an element or its parts are written in, when that is not FEEL."""
        for each in element.iter(etree.Element):
            named = each.get("expressionLanguage")
            if named and "feel" not in named.lower():
                return named
        return ""

    def _broken(self, element: etree._Element, sentence: str) -> Broken:
        self._say(element, sentence)
        return Broken(sentence)

    def _needed(self, parent: etree._Element | None, element: etree._Element, scope: Scope) -> Logic:
        """Logic that must be there: the part of a larger expression."""
        found = None if parent is None else self.inside(parent, scope)
        return found or self._broken(element, f"In '{xml.local(element)}' ontbreekt een uitdrukking.")

    def _literal(self, element: etree._Element, scope: Scope) -> Logic:
        if child(element, "importedValues") is not None:
            return self._broken(
                element, "Waarden uit een ander bestand worden niet ondersteund. Schrijf ze in de tabel."
            )
        words = text(element)
        if not words:
            return self._broken(element, "Deze uitdrukking is leeg.")
        return self.expression(element, words, scope)

    def _invocation(self, element: etree._Element, scope: Scope) -> Logic:
        called = child(element, "literalExpression")
        if called is None:
            return self._broken(element, "Deze aanroep zegt niet welke functie zij bedoelt.")
        bindings: dict[str, Logic] = {}
        for each in children(element, "binding"):
            parameter = child(each, "parameter")
            name = "" if parameter is None else parameter.get("name") or ""
            bindings[name] = self.inside(each, scope) or Literal(feel.compile("null"))
        return Invocation(self._literal(called, scope), bindings, text(called))

    def _context(self, element: etree._Element, scope: Scope) -> Logic:
        entries: list[tuple[str, Logic]] = []
        result: Logic | None = None
        for each in children(element, "contextEntry"):
            variable = child(each, "variable")
            logic = self._needed(each, each, scope)
            if variable is None:
                result = logic
                continue
            name, wanted = variable.get("name") or "", self._types.of(variable)
            entries.append((name, typed(logic, wanted, f"De waarde van '{name}'")))
            scope = scope | {name}
        if not entries and result is None:
            return self._broken(element, "Deze context is leeg.")
        return Entries(tuple(entries), result)

    def _list(self, element: etree._Element, scope: Scope) -> Logic:
        return Items(tuple(self.logic(each, scope) for each in own(element) if xml.local(each) in KINDS))

    def _relation(self, element: etree._Element, scope: Scope) -> Logic:
        columns = tuple(each.get("name") or "" for each in children(element, "column"))
        rows = [
            tuple(self.logic(cell, scope) for cell in own(row) if xml.local(cell) in KINDS)
            for row in children(element, "row")
        ]
        if any(len(row) != len(columns) for row in rows):
            return self._broken(element, "Een rij van deze relatie heeft niet evenveel cellen als er kolommen zijn.")
        return Relation(columns, tuple(rows))

    def definition(self, element: etree._Element, scope: Scope) -> Logic:
        """A function definition; only functions written in FEEL, never those of another program."""
        kind = element.get("kind") or "FEEL"
        if kind != "FEEL":
            return self._broken(element, f"Functies van buiten ({kind}) worden niet uitgevoerd. Schrijf ze in FEEL.")
        parameters = tuple(
            Parameter(each.get("name") or "", self._types.of(each)) for each in children(element, "formalParameter")
        )
        inner = scope | {parameter.name for parameter in parameters}
        return Definition(parameters, self._needed(element, element, inner), self._types.of(element))

    def _conditional(self, element: etree._Element, scope: Scope) -> Logic:
        parts = (self._needed(child(element, name), element, scope) for name in ("if", "then", "else"))
        return Conditional(*parts)

    def _filter(self, element: etree._Element, scope: Scope) -> Logic:
        inner = scope | {"item"}
        return Filter(
            self._needed(child(element, "in"), element, scope), self._needed(child(element, "match"), element, inner)
        )

    def _iteration(self, element: etree._Element, scope: Scope) -> Logic:
        kind, variable = xml.local(element), element.get("iteratorVariable") or ""
        if not variable:
            return self._broken(element, f"'{kind}' heeft een naam nodig voor wat aan de beurt is.")
        inner = scope | {variable} | ({"partial"} if kind == "for" else set())
        body = child(element, "return" if kind == "for" else "satisfies")
        return Iteration(
            kind, variable, self._needed(child(element, "in"), element, scope), self._needed(body, element, inner)
        )
