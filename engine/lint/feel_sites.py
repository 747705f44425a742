"""Where a diagram computes: every FEEL expression, with the element it stands at and what its answer is for.

One list, so that the rule that reads expressions and those that follow variables can never look at different places.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import feel
from engine.lint.diagram import Diagram, Node, Scope
from engine.parsing import dialect
from engine.parsing.xml import bpmn, local, zeebe
from engine.support_events import definitions_of

CONDITION, MOMENT, VALUE, NUMBER, KEY = "condition", "moment", "value", "number", "key"


@dataclass(frozen=True)
class Site:
    """An expression: `at` is where a finding stands, `of` the flow node that evaluates it."""

    at: Node
    of: Node
    text: str
    kind: str
    after: bool = False  # evaluated when the element is done: its own results may be read too

    @property
    def feel(self) -> str | None:
        """The expression itself: behind its sign, or, as a condition, without one. None for plain text."""
        text = self.text.strip()
        if dialect.is_expression(text):
            return dialect.expression(text)
        return text if self.kind == CONDITION and text else None


@lru_cache(maxsize=8192)
def compiled(text: str) -> feel.Expression:
    """An expression, compiled once per text. Raises FeelError."""
    return feel.compile(text)


_EXTENSIONS: tuple[tuple[str, str, str, bool], ...] = (
    ("assignmentDefinition", "candidateGroups", VALUE, False),
    ("assignmentDefinition", "candidateUsers", VALUE, False),
    ("assignmentDefinition", "assignee", VALUE, False),
    ("taskSchedule", "dueDate", MOMENT, False),
    ("taskSchedule", "followUpDate", MOMENT, False),
    ("priorityDefinition", "priority", VALUE, False),
    ("script", "expression", KEY, False),
    ("adHoc", "activeElementsCollection", VALUE, False),
    ("publishMessage", "correlationKey", VALUE, False),
    ("publishMessage", "messageId", VALUE, False),
    ("publishMessage", "timeToLive", VALUE, False),
    ("calledElement", "processId", VALUE, False),
    ("taskDefinition", "retries", VALUE, False),
)


def sites(diagram: Diagram) -> list[Site]:
    """Every expression of the executable processes, in the order of the file; looked up once, for all rules."""
    if not diagram.sites:
        diagram.sites.extend(
            site for scope in diagram.scopes for node in scope.nodes.values() for site in _of_node(diagram, scope, node)
        )
    return diagram.sites


def _of_node(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Site]:
    """The expressions one flow node evaluates, its outgoing conditions included."""
    for flow in scope.out(node):
        for condition in flow.iterfind(bpmn("conditionExpression")):
            yield Site(flow, node, condition.text or "", CONDITION, after=True)
    yield from _extended(node, node)
    yield from _mapped(node)
    yield from _repeated(node)
    for definition in definitions_of(node):
        yield from _event(diagram, node, definition)
    for condition in node.iterfind(bpmn("completionCondition")):
        yield Site(node, node, condition.text or "", CONDITION, after=True)
    if local(node) in ("receiveTask", "sendTask"):
        yield from _named(node, diagram.referred("message", node.get("messageRef")))
    if local(node) == "receiveTask":
        yield from _key(diagram, node, node.get("messageRef"))


def _extended(node: Node, holder: Node) -> Iterator[Site]:
    extensions = holder.find(bpmn("extensionElements"))
    if extensions is None:
        return
    for tag, attribute, kind, after in _EXTENSIONS:
        found = extensions.find(zeebe(tag))
        if found is not None and found.get(attribute):
            yield Site(node, node, str(found.get(attribute)), kind, after)


def _mapped(node: Node) -> Iterator[Site]:
    mapping = node.find(f"{bpmn('extensionElements')}/{zeebe('ioMapping')}")
    for each in () if mapping is None else mapping:
        yield Site(node, node, each.get("source") or "", VALUE, after=local(each) == "output")


def _repeated(node: Node) -> Iterator[Site]:
    for loop in (
        *node.iterfind(bpmn("standardLoopCharacteristics")),
        *node.iterfind(bpmn("multiInstanceLoopCharacteristics")),
    ):
        for name, kind in (
            ("loopCondition", CONDITION),
            ("completionCondition", CONDITION),
            ("loopCardinality", NUMBER),
        ):
            for child in loop.iterfind(bpmn(name)):
                yield Site(node, node, child.text or "", kind, after=name != "loopCardinality")
        many = loop.find(f"{bpmn('extensionElements')}/{zeebe('loopCharacteristics')}")
        if many is not None:
            yield Site(node, node, many.get("inputCollection") or "", VALUE)
            yield Site(node, node, many.get("outputElement") or "", VALUE, after=True)


def _event(diagram: Diagram, node: Node, definition: Node) -> Iterator[Site]:
    name = local(definition)
    if name == "timerEventDefinition":
        for timer in definition:
            if local(timer).startswith("time"):
                yield Site(node, node, timer.text or "?", "cycle" if local(timer) == "timeCycle" else MOMENT)
    elif name == "conditionalEventDefinition":
        condition = definition.find(bpmn("condition"))
        yield Site(node, node, "" if condition is None else condition.text or "", CONDITION)
    elif name == "signalEventDefinition":
        yield from _named(node, diagram.referred("signal", definition.get("signalRef")))
    elif name == "messageEventDefinition":
        yield from _extended(node, definition)
        yield from _named(node, diagram.referred("message", definition.get("messageRef")))
        if local(node) in ("intermediateCatchEvent", "boundaryEvent", "startEvent"):
            yield from _key(diagram, node, definition.get("messageRef"))


def _named(node: Node, thing: Node | None) -> Iterator[Site]:
    """The name of a message or signal, when it is computed."""
    if thing is not None and dialect.is_expression(thing.get("name")):
        yield Site(node, node, str(thing.get("name")), VALUE)


def _key(diagram: Diagram, node: Node, ref: str | None) -> Iterator[Site]:
    message = diagram.referred("message", ref)
    found = None if message is None else message.find(f"{bpmn('extensionElements')}/{zeebe('subscription')}")
    if found is not None and found.get("correlationKey"):
        yield Site(node, node, str(found.get("correlationKey")), KEY)
