"""The whole of BPMN against the support table: every element and attribute of the standard's schema is known or refused."""

from importlib.resources import files
from typing import Any

import pytest
from lxml import etree

from engine.findings import ERROR
from engine.lint import gate
from engine.parsing import xml
from engine.support import DRAWN, ELEMENTS, INERT, REFUSED, values_of
from tests.diagrams.shapes import END, START
from tests.engine.office import diagram, flows, users

XS = "{http://www.w3.org/2001/XMLSchema}"
SCHEMA = etree.fromstring((files("SpiffWorkflow") / "bpmn/parser/schema/Semantic.xsd").read_bytes())
TYPES = {each.get("name"): each for each in SCHEMA.iterfind(f"{XS}complexType")}
STANDARD = {str(each.get("name")): each.get("type") for each in SCHEMA.iterfind(f"{XS}element")}
WHERE = {
    "definitions": "<process",
    "process": '<userTask id="u"',
    "userTask": "</userTask>",
    "startEvent": "</startEvent>",
    "sequenceFlow": "</sequenceFlow>",
}
# The parts of each type, also those the schema names only inside another.
PARTS = sorted({str(each.get("name") or each.get("ref")) for each in SCHEMA.iter(f"{XS}element")} | {"invented"})
# Kinds that only others are: no file holds them.
INHERITED_ONLY = set(
    "activity artifact baseElement baseElementWithMixedContent callableElement catchEvent choreographyActivity "
    "conversationNode dataAssociation event eventDefinition expression flowElement flowNode formalExpression gateway "
    "loopCharacteristics rootElement throwEvent".split()
)
PLAIN = diagram(START.replace("/>", "></startEvent>") + users("u") + END + flows("s>u;u>e")).decode()


def attributes(type_name: Any) -> set[str]:
    """The attributes a type of the schema has, inherited ones too."""
    found = {str(each.get("name")) for each in TYPES[type_name].iter(f"{XS}attribute")}
    for extension in TYPES[type_name].iter(f"{XS}extension"):
        if extension.get("base") in TYPES:
            found |= attributes(extension.get("base"))
    return found


def refused(content: str) -> bool:
    return any(finding.severity == ERROR for finding in gate.check(xml.parse(content.encode())))


def test_the_plain_diagram_passes_so_that_what_is_added_is_what_is_refused() -> None:
    assert not refused(PLAIN)
    assert len(STANDARD) > 120


@pytest.mark.parametrize("place", WHERE)
def test_every_element_of_the_standard_is_in_the_table_or_refused(place: str) -> None:
    allowed = ELEMENTS[place].children
    for name in STANDARD:
        content = PLAIN.replace(WHERE[place], f'<{name} id="added"/>{WHERE[place]}', 1)
        assert content != PLAIN
        if name not in allowed and name not in INERT:
            assert refused(content), f"{name} in {place}"


@pytest.mark.parametrize(
    "parent", sorted(set(ELEMENTS) & set(STANDARD) - {"process", "definitions", "extensionElements"})
)
def test_every_child_the_standard_knows_is_in_the_table_or_refused(parent: str) -> None:
    """Inside any element of the table: what is not allowed there gives an error, what only draws gives nothing."""
    for name in PARTS:
        inside = f'<{parent} id="added"><{name} id="child"/></{parent}>'
        findings = list(gate.check(xml.parse(holding(parent, inside))))
        wrong = any(f.severity == ERROR for f in findings if f.element_id in ("added", "child"))
        is_known = name in ELEMENTS[parent].children and (name in ELEMENTS or name in DRAWN)
        assert is_known or wrong or name in INERT, f"{name} in {parent}"


@pytest.mark.parametrize("name", sorted(set(ELEMENTS) & set(STANDARD)))
def test_every_attribute_the_standard_knows_is_in_the_table_or_refused(name: str) -> None:
    for attribute in (attributes(STANDARD[name]) | {"invented"}) - {"id"}:
        content = holding(name, f'<{name} id="added" {attribute}="true"/>')
        if attribute not in ELEMENTS[name].attributes:
            found = [f for f in gate.check(xml.parse(content)) if f.element_id in ("added", "definitions")]
            assert any(f"'{attribute}'" in f.sentence for f in found), f"{attribute} of {name}"


def test_every_element_of_the_standard_runs_draws_or_is_refused_by_name() -> None:
    """Nothing is forgotten: an element that stands in no list is one the standard itself only inherits from."""
    listed = {*ELEMENTS, *DRAWN, *INERT, *REFUSED}
    never_read = parts_of({*DRAWN, *INERT, *REFUSED})
    assert set(STANDARD) <= listed | never_read | INHERITED_ONLY
    assert not INHERITED_ONLY & listed


def test_no_attribute_with_few_values_takes_another() -> None:
    """A word of the schema's own lists is allowed, or refused with the words that are."""
    for name in sorted(set(ELEMENTS) & set(STANDARD)):
        for attribute in ELEMENTS[name].attributes:
            possible = values_of(name, attribute)
            if possible is not None:
                content = holding(name, f'<{name} id="added" {attribute}="something else"/>')
                assert any("Kies uit" in f.sentence for f in gate.check(xml.parse(content))), f"{attribute} of {name}"


def test_what_the_table_allows_stands_in_the_standard() -> None:
    for name, construct in ELEMENTS.items():
        if name in STANDARD and STANDARD[name] in TYPES and name != "definitions":
            assert construct.attributes - {"name"} <= attributes(STANDARD[name]) | {"id"}, name


def parts_of(names: set[str]) -> set[str]:
    """What stands only inside these elements, however deep."""
    found: set[str] = set()
    todo = [name for name in names if name in STANDARD]
    while todo:
        for each in TYPES[STANDARD[todo.pop()]].iter(f"{XS}element"):
            name = str(each.get("name") or each.get("ref"))
            if name not in found:
                found.add(name)
                todo += [name] if name in STANDARD else []
    return found


def holding(name: str, element: str) -> bytes:
    """A diagram with an element where the table allows it."""
    if name == "process" and "isExecutable" not in element:
        element = element.replace("<process", '<process isExecutable="true"')
    if name in ELEMENTS["definitions"].children:
        return PLAIN.replace("<process", f"{element}<process", 1).encode()
    if name in ELEMENTS["process"].children:
        return PLAIN.replace("<endEvent", f"{element}<endEvent", 1).encode()
    parent = next(each for each, construct in ELEMENTS.items() if name in construct.children)
    return holding(parent, f'<{parent} id="around">{element}</{parent}>')
