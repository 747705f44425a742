"""Loop characteristics to the body of a repeated activity (BPMN 2.0.2, 10.3.8; the Camunda 8 dialect for lists)."""

from typing import Any

from lxml import etree

from engine.elements.base import Element
from engine.elements.repetition import BODY_OF, Body, Loop, MultiInstance
from engine.parsing import dialect
from engine.parsing.xml import bpmn, zeebe


def read(spec: Any, node: etree._Element, inner: Element) -> None:
    """Put a body before an activity that is repeated; it takes the activity's place in the scope."""
    several, loop = node.find(bpmn("multiInstanceLoopCharacteristics")), node.find(bpmn("standardLoopCharacteristics"))
    if several is not None:
        made: Body = _several(spec, inner, several)
    elif loop is not None:
        made = _loop(spec, inner, loop)
    else:
        return
    made.bpmn_id, made.inner, inner.body = None, inner.name, made.name
    made.start_quantity, inner.start_quantity = inner.start_quantity, 1
    made.completion_quantity, inner.completion_quantity = inner.completion_quantity, 1


def _loop(spec: Any, inner: Element, node: etree._Element) -> Loop:
    made = Loop(spec, inner.name + BODY_OF)
    made.condition = _expression(node, "loopCondition")
    made.maximum = node.get("loopMaximum")
    made.tests_before = node.get("testBefore") == "true"
    return made


def _several(spec: Any, inner: Element, node: etree._Element) -> MultiInstance:
    made = MultiInstance(spec, inner.name + BODY_OF)
    made.is_sequential = node.get("isSequential") == "true"
    made.condition = _expression(node, "completionCondition")
    cardinality = node.find(bpmn("loopCardinality"))
    made.cardinality = (cardinality.text or "").strip() if cardinality is not None else None
    listed = node.find(f"{bpmn('extensionElements')}/{zeebe('loopCharacteristics')}")
    if listed is not None:
        made.collection, made.element = listed.get("inputCollection"), listed.get("inputElement")
        made.output_collection, made.output_element = listed.get("outputCollection"), listed.get("outputElement")
    return made


def _expression(node: etree._Element, tag: str) -> str | None:
    found = node.find(bpmn(tag))
    text = (found.text or "").strip() if found is not None else ""
    return dialect.bare(text)
