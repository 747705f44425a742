"""A decision table as people read it: its columns and rows in the words of the file, for showing which row fired.

In: one version of a decision. Out: every table of its file; literal expressions have no rows to show.
"""

from dataclasses import dataclass

from lxml import etree

from engine import definitions
from engine.errors import DefinitionNotFound
from engine.parsing import xml
from storage.unit_of_work import Reading

ANY = "-"
OWNERS = ("decision", "businessKnowledgeModel")


@dataclass(frozen=True)
class RuleView:
    """A row. `number` counts from 1; a test that always holds is empty. `cells` are the ids of its tests, then its answers."""

    number: int
    id: str
    tests: tuple[str, ...]
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableView:
    """A decision table in one version."""

    decision: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[RuleView, ...]
    id: str = ""


def of(reading: Reading, key: str, version: int) -> dict[str, TableView]:
    """The tables of a decision file by decision id; none when that version is not there."""
    try:
        content = definitions.version(reading, "decision", key, version).content
    except DefinitionNotFound:
        return {}
    return {table.decision: table for table in tables_in(content)}


def tables_in(content: bytes) -> list[TableView]:
    """Every table of a file: a decision's own, one shared as knowledge, and those inside larger logic under their own id."""
    found: dict[str, TableView] = {}
    for element in xml.parse(content).iter(etree.Element):
        if xml.local(element) == "decisionTable":
            owner = next(each for each in element.iterancestors() if xml.local(each) in OWNERS)
            key = owner.get("id") or ""
            if key in found:
                key = element.get("id") or f"{key}_{len(found)}"
            found[key] = _table(key, owner.get("name") or key, element)
    return list(found.values())


@dataclass(frozen=True)
class TextView:
    """A decision or shared rule that is one text, as it is written; `asks` are the parameters of a shared rule."""

    id: str
    name: str
    text: str
    asks: tuple[str, ...] = ()


def texts_in(content: bytes) -> list[TextView]:
    """Every decision and shared rule of a file that is a text by itself."""
    found = []
    for element in xml.parse(content).iter(etree.Element):
        holder = element if xml.local(element) == "decision" else None
        if xml.local(element) == "businessKnowledgeModel":
            holder = next(iter(_all(element, "encapsulatedLogic")), None)
        for text in _all(holder, "literalExpression") if holder is not None else ():
            asks = (
                tuple(each.get("name") or "" for each in _all(holder, "formalParameter")) if holder is not None else ()
            )
            key = element.get("id") or ""
            found.append(TextView(key, element.get("name") or key, _text(text), asks))
    return found


def _table(key: str, name: str, table: etree._Element) -> TableView:
    return TableView(
        decision=key,
        name=name,
        inputs=tuple(each.get("label") or _text(each) for each in _all(table, "input")),
        outputs=tuple(each.get("label") or each.get("name") or name for each in _all(table, "output")),
        rules=tuple(_rule(number, each) for number, each in enumerate(_all(table, "rule"), start=1)),
        id=table.get("id") or key,
    )


def _rule(number: int, rule: etree._Element) -> RuleView:
    return RuleView(
        number=number,
        id=rule.get("id") or "",
        tests=tuple("" if _text(each) == ANY else _said(_text(each)) for each in _all(rule, "inputEntry")),
        answers=tuple(_said(_text(each)) for each in _all(rule, "outputEntry")),
        notes=tuple(filter(None, (_text(each) for each in _all(rule, "annotationEntry")))),
        cells=tuple(each.get("id") or "" for name in ("inputEntry", "outputEntry") for each in _all(rule, name)),
    )


def _all(parent: etree._Element, name: str) -> list[etree._Element]:
    return [each for each in parent if xml.local(each) == name]


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _said(text: str) -> str:
    """A plain text without its quotes; anything else as it is written."""
    inner = text[1:-1]
    return inner if text.startswith('"') and text.endswith('"') and '"' not in inner else "" if text == "null" else text
