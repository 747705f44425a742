"""Runs the test cases of a DMN Technology Compatibility Kit over our engine, and says what passed.

`python -m tests.conformance.dmn_tck DIR` with DIR the kit or its `TestCases` folder. Per folder `passed N of M`, then per level,
then `folders whole: K of L`, last the total. Only values are compared, as the kit's own runners do: an error is null.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

import feel
from engine.decisions import DecisionModel
from engine.dmn.graph import Element, Graph, InputData, Service
from engine.errors import XmlRefused
from engine.parsing import dmn, xml
from feel.values import kind

NEAR = Decimal("0.00000001")  # how far two numbers may lie apart, by the kit's own runners
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
REPORT = Path(__file__).parents[2] / "docs" / "dmn-conformance.md"
NOTES = (
    "## Where the kit and the standard leave room",
    "",
    "- A function of Java (`external`) is refused: nothing outside FEEL is ever called from a decision.",
    "- A decision service with one output gives the value itself, with several a context of them (as the kit has it).",
    "- A business knowledge model or function is not entered when an argument does not fit its type; a decision service is,",
    "  with null in its place (as the kit has it).",
    "- In a case, a result the standard makes null because of a mistake (two rows of a UNIQUE table, a value that is not",
    "  allowed) opens an incident instead of going on with null.",
)
NUMBERS = frozenset("decimal double float integer int long".split())
READ = {
    "date": feel.compile("date(from)"),
    "time": feel.compile("time(from)"),
    "dateTime": feel.compile("date and time(from)"),
    "duration": feel.compile("duration(from)"),
    "dayTimeDuration": feel.compile("duration(from)"),
    "yearMonthDuration": feel.compile("duration(from)"),
}


@dataclass(frozen=True)
class Unusable:
    """No value at all: one of the kit this FEEL cannot read, or what is left of a crash. It equals nothing."""

    text: str


@dataclass(frozen=True)
class Failure:
    """A result that is not what the kit expects."""

    case: str
    result: str
    expected: str
    found: str
    why: str


@dataclass
class Folder:
    """What came out of one folder."""

    level: str
    name: str
    passed: int = 0
    total: int = 0
    failures: list[Failure] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.passed == self.total > 0


# -- values -------------------------------------------------------------------------------------------------------------


def value_of(element: etree._Element) -> Any:
    """The FEEL value a test file writes inside an element."""
    parts = [each for each in element if isinstance(each.tag, str)]
    names = {xml.local(each) for each in parts}
    if "component" in names:
        return {each.get("name") or "": value_of(each) for each in parts if xml.local(each) == "component"}
    for each in parts:
        if xml.local(each) == "list":
            return None if _is_nil(each) else [value_of(item) for item in each if isinstance(item.tag, str)]
        if xml.local(each) == "value":
            return _scalar(each)
    return None


def _is_nil(element: etree._Element) -> bool:
    return element.get(NIL) == "true"


def _scalar(element: etree._Element) -> Any:
    if _is_nil(element):
        return None
    text = element.text or ""
    name = (element.get(TYPE) or "xsd:string").rpartition(":")[2]
    if name == "boolean":
        return text.strip() in ("true", "1")
    if name in NUMBERS:
        return Decimal(text.strip())
    if name not in READ:
        return text
    value = READ[name].evaluate({"from": text.strip()})
    return Unusable(text) if value is None else value


def same(expected: Any, found: Any) -> bool:
    """Equal by the kit's rules: numbers nearly, lists in order, contexts by name."""
    if isinstance(expected, Unusable) or isinstance(found, Unusable):
        return False
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(same(one, other) for one, other in zip(expected, found, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(same(value, found[name]) for name, value in expected.items())
        )
    if kind(expected) != kind(found):
        return False
    if kind(expected) == "number":
        return abs(Decimal(str(expected)) - Decimal(str(found))) < NEAR
    return bool(expected == found)


# -- running ------------------------------------------------------------------------------------------------------------


def folders(kit: Path) -> Iterator[tuple[str, Path]]:
    """(level, folder) of a kit, in order."""
    base = kit / "TestCases" if (kit / "TestCases").is_dir() else kit
    for level in sorted(each for each in base.iterdir() if each.is_dir() and each.name.startswith("compliance-level")):
        for folder in sorted(each for each in level.iterdir() if each.is_dir()):
            yield level.name, folder


class Models:
    """The models of one folder; imports are found among them by namespace."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._namespaces: dict[str, bytes] = {}
        for path in sorted(folder.rglob("*.dmn")):
            content = path.read_bytes()
            with suppress(XmlRefused):  # a file nobody can read is missed where it is asked for
                self._namespaces.setdefault(xml.parse(content).get("namespace") or "", content)
        self._loaded: dict[str, DecisionModel] = {}

    def model(self, name: str) -> DecisionModel:
        if name not in self._loaded:
            path = self._folder / name
            try:
                self._loaded[name], _ = dmn.read(path.read_bytes() if path.is_file() else b"", self._find)
            except XmlRefused:
                self._loaded[name] = DecisionModel(Graph())
        return self._loaded[name]

    def _find(self, namespace: str, _location: str) -> bytes | None:
        return self._namespaces.get(namespace)


def run_folder(level: str, path: Path, now: datetime) -> Folder:
    """Every result of every test file of a folder."""
    folder, models = Folder(level, path.name), Models(path)
    for file in sorted(path.glob("*.xml")):
        root = xml.parse(file.read_bytes())
        if xml.local(root) != "testCases":
            continue
        name = next((each.text or "" for each in root if xml.local(each) == "modelName"), "").strip()
        for case in root:
            if xml.local(case) == "testCase":
                _run_case(folder, models.model(name), case, now)
    return folder


def _run_case(folder: Folder, model: DecisionModel, case: etree._Element, now: datetime) -> None:
    given = {each.get("name") or "": value_of(each) for each in case if xml.local(each) == "inputNode"}
    for node in case:
        if xml.local(node) != "resultNode":
            continue
        expected = next((value_of(each) for each in node if xml.local(each) == "expected"), None)
        found, why = _result(model, case, node, given, now)
        folder.total += 1
        if same(expected, found):
            folder.passed += 1
        else:
            failure = Failure(case.get("id") or "", node.get("name") or "", _short(expected), _short(found), why)
            folder.failures.append(failure)


def _result(
    model: DecisionModel, case: etree._Element, node: etree._Element, given: dict[str, Any], now: datetime
) -> tuple[Any, str]:
    """The value of one result, and what the engine said about it."""
    is_service = case.get("type") == "decisionService" or node.get("type") == "decisionService"
    wanted = (case.get("invocableName") if case.get("type") == "decisionService" else None) or node.get("name") or ""
    key, element = _named(model, wanted, is_service)
    if element is None:
        return Unusable(""), f"no {'service' if is_service else 'decision'} of that name"
    try:
        result = model.explain(key, given, now)
    except Exception as problem:  # a fault of ours: this result is wrong, the others still count
        return Unusable(repr(problem)), f"crashed: {problem!r}"
    value = result.value
    if isinstance(element, Service) and len(element.outputs) > 1 and isinstance(value, dict):
        value = value.get(node.get("name") or "", value)
    return value, "; ".join([*result.failures, *result.warnings][:2])


def _named(model: DecisionModel, name: str, is_service: bool) -> tuple[str, Element | None]:
    for key, element in model.graph.elements.items():
        fits = "#" not in key and isinstance(element, Service) == is_service and not isinstance(element, InputData)
        if fits and name in (element.name, element.id, element.variable):
            return key, element
    return "", None


def _short(value: Any) -> str:
    text = feel.compile("string(given)").evaluate({"given": value}) if kind(value) != "null" else "null"
    return str(value if text is None else text)[:80]


# -- reporting ----------------------------------------------------------------------------------------------------------


def report(found: list[Folder]) -> list[str]:
    """The lines on the screen."""
    lines = [f"{each.level}/{each.name}: passed {each.passed} of {each.total}" for each in found]
    by_level: dict[str, list[Folder]] = defaultdict(list)
    for each in found:
        by_level[each.level].append(each)
    for level, group in by_level.items():
        whole = f"whole {sum(f.is_whole for f in group)} of {len(group)} folders"
        lines.append(f"{level}: passed {sum(f.passed for f in group)} of {sum(f.total for f in group)}, {whole}")
    lines.append(f"folders whole: {sum(f.is_whole for f in found)} of {len(found)}")
    lines.append(f"passed {sum(f.passed for f in found)} of {sum(f.total for f in found)}")
    return lines


def document(found: list[Folder]) -> str:
    """What `docs/dmn-conformance.md` says: the figures, and each result that differs with the reason."""
    lines = [
        "# DMN conformance",
        "",
        "Generated by `make conformance DMN_TCK=DIR` from the DMN Technology Compatibility Kit (<https://github.com/dmn-tck/tck>).",
        "A folder is whole when every result in it is the expected one. Only values are compared: an error is null. Numbers are",
        f"equal when they differ by less than {NEAR}.",
        "",
        "| level | folders whole | results |",
        "|---|---:|---:|",
    ]
    for level in sorted({each.level for each in found}):
        group = [each for each in found if each.level == level]
        whole, passed, total = (sum(x) for x in zip(*((f.is_whole, f.passed, f.total) for f in group), strict=True))
        lines.append(f"| {level} | {whole} of {len(group)} | {passed} of {total} |")
    lines += ["", *NOTES, "", "## What differs", ""]
    broken = [each for each in found if each.failures]
    if not broken:
        lines.append("Nothing.")
    for each in broken:
        lines += [f"### {each.level}/{each.name}: {each.passed} of {each.total}", ""]
        lines += ["| case | result | expected | found | what the engine says |", "|---|---|---|---|---|"]
        lines += [
            "| " + " | ".join(map(_cell, (f.case, f.result, f.expected, f.found, f.why))) + " |" for f in each.failures
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())[:120]


def main(arguments: list[str]) -> int:
    """Without a kit it says so and is content: the kit is not part of the project."""
    if not arguments or not arguments[0]:
        sys.stdout.write("DMN: no kit given (make conformance DMN_TCK=DIR), nothing compared\n")
        return 0
    kit = Path(arguments[0])
    if not kit.is_dir() or not list(folders(kit)):
        sys.stderr.write(f"'{kit}' holds no compliance-level folders of a DMN TCK\n")
        return 2
    now = datetime.now(UTC)
    found = [run_folder(level, folder, now) for level, folder in folders(kit)]
    sys.stdout.write("\n".join(report(found)) + "\n")
    REPORT.write_text(document(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
