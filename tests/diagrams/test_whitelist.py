"""The whole of BPMN against the support table: every element and attribute of the standard's schema is known or refused."""

from importlib.resources import files
from typing import Any

import pytest
from lxml import etree

from engine.lint import gate
from engine.parsing import xml
from engine.support import ELEMENTS, FLOW_NODES
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
PLAIN = diagram(START.replace("/>", "></startEvent>") + users("u") + END + flows("s>u;u>e")).decode()


def attributes(type_name: Any) -> set[str]:
    """The attributes a type of the schema has, inherited ones too."""
    found = {str(each.get("name")) for each in TYPES[type_name].iter(f"{XS}attribute")}
    for extension in TYPES[type_name].iter(f"{XS}extension"):
        if extension.get("base") in TYPES:
            found |= attributes(extension.get("base"))
    return found


def refused(content: str) -> bool:
    return any(gate.check(xml.parse(content.encode())))


def test_the_plain_diagram_passes_so_that_what_is_added_is_what_is_refused() -> None:
    assert not refused(PLAIN)
    assert len(STANDARD) > 120


@pytest.mark.parametrize("place", WHERE)
def test_every_element_of_the_standard_is_in_the_table_or_refused(place: str) -> None:
    allowed = ELEMENTS[place].children
    for name in STANDARD:
        content = PLAIN.replace(WHERE[place], f'<{name} id="added"/>{WHERE[place]}', 1)
        assert content != PLAIN
        if name not in allowed:
            assert refused(content), f"{name} in {place}"


@pytest.mark.parametrize("name", FLOW_NODES)
def test_every_attribute_of_a_flow_node_is_in_the_table_or_refused(name: str) -> None:
    for attribute in (attributes(STANDARD[name]) | {"invented"}) - {"id"}:
        content = PLAIN.replace("<endEvent", f'<{name} id="added" {attribute}="true"/><endEvent', 1)
        if attribute not in ELEMENTS[name].attributes:
            assert refused(content), f"{attribute} of {name}"


def test_what_the_table_allows_stands_in_the_standard() -> None:
    for name, construct in ELEMENTS.items():
        if name in STANDARD and STANDARD[name] in TYPES and name != "definitions":
            assert construct.attributes - {"name"} <= attributes(STANDARD[name]) | {"id"}, name
