"""The shipped diagrams are drawn: every element has its shape inside its lane or subprocess, and no two shapes overlap."""

from itertools import combinations
from pathlib import Path

import pytest
from lxml import etree

from engine.parsing import xml
from engine.support import FLOW_NODES
from tasks.office import WORKFLOWS

DIAGRAMS = sorted(WORKFLOWS.rglob("*.bpmn"))
Box = tuple[float, float, float, float]


def boxes(root: etree._Element) -> dict[str, Box]:
    """Element to left, top, right, bottom."""
    found = {}
    for shape in root.iter("{*}BPMNShape"):
        bounds = shape.find("{*}Bounds")
        assert bounds is not None
        x, y, width, height = (float(bounds.get(name) or 0) for name in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement") or ""] = (x, y, x + width, y + height)
    return found


def is_inside(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def nodes(root: etree._Element) -> list[etree._Element]:
    return [each for name in FLOW_NODES for each in root.iter(xml.bpmn(name))]


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_everything_is_drawn_and_named(file: Path) -> None:
    root = xml.parse(file.read_bytes())
    drawn = {edge.get("bpmnElement") for edge in root.iter("{*}BPMNEdge")}
    assert {flow.get("id") for flow in root.iter(xml.bpmn("sequenceFlow"))} == drawn
    places = boxes(root)
    for node in nodes(root):
        assert node.get("id") in places
        if not xml.local(node).endswith(("Gateway", "Event")):
            assert node.get("name"), node.get("id")


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_every_shape_stands_in_its_lane_or_subprocess(file: Path) -> None:
    root = xml.parse(file.read_bytes())
    places = boxes(root)
    for lane in root.iter(xml.bpmn("lane")):
        for ref in lane.iter(xml.bpmn("flowNodeRef")):
            left, top, right, bottom = places[str(ref.text)]
            middle = ((left + right) / 2, (top + bottom) / 2) * 2
            assert is_inside(middle, places[lane.get("id") or ""]), ref.text
    for node in nodes(root):
        parent = node.getparent()
        if parent is not None and xml.local(parent) == "subProcess" and xml.local(node) != "boundaryEvent":
            assert is_inside(places[node.get("id") or ""], places[parent.get("id") or ""]), node.get("id")


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_no_two_shapes_of_a_scope_overlap(file: Path) -> None:
    root = xml.parse(file.read_bytes())
    places = boxes(root)
    for scope in [*root.iter(xml.bpmn("process")), *root.iter(xml.bpmn("subProcess"))]:
        inside = [e for e in scope if isinstance(e.tag, str) and xml.local(e) in FLOW_NODES]
        apart = [str(e.get("id")) for e in inside if xml.local(e) != "boundaryEvent"]
        for one, other in combinations(apart, 2):
            assert not overlap(places[one], places[other]), f"{one} and {other}"
