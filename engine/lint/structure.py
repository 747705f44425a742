"""Shape: ids, processes, starts, flows and defaults that hang together. What is wrong here, no engine can run."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.findings import ERROR, Finding
from engine.lint.diagram import Diagram, Scope, is_activity, is_handler, is_link
from engine.lint.place import place
from engine.parsing.parser import process_ids
from engine.parsing.xml import bpmn, local
from engine.support import FLOW_NODES, GLOBAL_TASKS
from engine.support_events import NONE, kind_of

RULE = "structure"
_ID = re.compile(r"[^\W\d][\w.-]*")
MAY_CHOOSE = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """Findings on ids, processes, scopes and flows."""
    yield from _ids(diagram.root)
    yield from _lanes(diagram.root)
    if not process_ids(diagram.root):
        yield _error(
            diagram.root, "Er staat geen uitvoerbaar proces in het bestand. Zet 'Uitvoerbaar' aan bij het proces."
        )
    for scope in diagram.scopes:
        yield from _starts(scope)
        yield from _flows(scope)
        for node in scope.nodes.values():
            yield from _default(scope, node)
            yield from _ends(scope, node)
            yield from _gateway(scope, node)


def _ids(root: etree._Element) -> Iterator[Finding]:
    """Ids of the model are unique; what is drawn (BPMNDI) has ids of its own."""
    ids = Counter(e.get("id") for e in root.iter(bpmn("*")) if e.get("id"))
    for element_id, count in ids.items():
        if count > 1:
            sentence = f"De id '{element_id}' komt {count} keer voor. Elke id moet uniek zijn."
            yield Finding(str(element_id), RULE, ERROR, sentence)
    for element in root.iter(*(bpmn(name) for name in ("process", *FLOW_NODES, *GLOBAL_TASKS))):
        if not _ID.fullmatch(element.get("id") or ""):
            sentence = f"'{element.get('id') or ''}' kan geen id zijn. Gebruik kleine letters en liggende streepjes, bijvoorbeeld check_admissibility."
            yield _error(element, sentence)


def _lanes(root: etree._Element) -> Iterator[Finding]:
    """The lane says whose a step is: one lane, and those around it."""
    found: dict[str, list[etree._Element]] = {}
    for lane in root.iter(bpmn("lane")):  # a lane comes before the lanes inside it
        for ref in lane.iterfind(bpmn("flowNodeRef")):
            around = found.setdefault((ref.text or "").strip(), [])
            around[:] = [each for each in around if each not in lane.iterancestors()] + [lane]
    for element_id, lanes in found.items():
        if len({lane.get("id") for lane in lanes}) > 1:
            names = "' en '".join(lane.get("name") or lane.get("id") or "" for lane in lanes)
            sentence = f"Deze stap staat in de banen '{names}'. Laat ze in één staan: de baan zegt wie ze doet."
            yield Finding(element_id, RULE, ERROR, sentence)


def _starts(scope: Scope) -> Iterator[Finding]:
    if scope.is_event_scope or scope.is_ad_hoc:
        return  # their own rules say more: engine.lint.activities
    empty = [start for start in scope.named("startEvent") if kind_of(start) == NONE]
    if len(empty) > 1 and local(scope.element) != "process":
        yield _error(
            scope.element, f"Er staan {len(empty)} gewone starts; één is het meeste. Gebruik een poort om te splitsen."
        )
    if not scope.nodes:
        yield _error(scope.element, "Dit (deel)proces is leeg. Teken wat er gebeurt.")
    elif not scope.begins:
        yield _error(
            scope.element,
            "Dit (deel)proces kan nergens beginnen: er is geen start, en naar elk element loopt een pijl.",
        )


def _flows(scope: Scope) -> Iterator[Finding]:
    for flow in scope.flows:
        source, target = scope.nodes.get(flow.get("sourceRef") or ""), scope.nodes.get(flow.get("targetRef") or "")
        if not flow.get("id"):
            yield _error(flow, "Deze pijl heeft geen id.")
        if source is None or target is None:
            yield _error(
                flow, "Deze pijl begint of eindigt bij een element dat er niet is (of in een ander deelproces staat)."
            )
            continue
        if flow.find(bpmn("conditionExpression")) is not None and not (
            is_activity(source) or local(source) in MAY_CHOOSE
        ):
            yield _error(
                flow, "Een voorwaarde mag alleen op een pijl uit een stap of uit een exclusieve of inclusieve poort."
            )
        if local(target) in ("startEvent", "boundaryEvent") or is_link(target, "intermediateCatchEvent"):
            yield _error(flow, "Een pijl kan niet naar een start, een randgebeurtenis of een koppeling lopen.")
        if local(source) == "endEvent" or is_link(source, "intermediateThrowEvent"):
            yield _error(flow, "Een pijl kan niet uit een einde of uit een koppeling komen.")


def _default(scope: Scope, node: etree._Element) -> Iterator[Finding]:
    default = node.get("default")
    if default is None:
        return
    flow = next((f for f in scope.out(node) if f.get("id") == default), None)
    if flow is None:
        yield _error(node, f"De standaardpijl '{default}' vertrekt niet uit dit element.")
    elif flow.find(bpmn("conditionExpression")) is not None:
        yield _error(flow, "De standaardpijl kan geen voorwaarde hebben. Verwijder de voorwaarde.")


def _ends(scope: Scope, node: etree._Element) -> Iterator[Finding]:
    """What waits beside the course has no flows: it is woken otherwise."""
    flows = len(scope.out(node)) + len(scope.into(node))
    if flows and node.get("triggeredByEvent") == "true":
        yield _error(node, "Een gebeurtenisdeelproces heeft geen pijlen; het start vanzelf bij zijn gebeurtenis.")
    if flows and is_handler(node):
        yield _error(node, "Een herstelstap heeft geen pijlen; ze loopt alleen als er om herstel gevraagd wordt.")


def _gateway(scope: Scope, node: etree._Element) -> Iterator[Finding]:
    if local(node).endswith("Gateway") and not scope.out(node) and not scope.into(node):
        yield _error(node, "Er lopen geen pijlen van of naar deze poort. Verbind ze, of verwijder ze.")
    if local(node) in MAY_CHOOSE and len(scope.out(node)) > 1:
        for flow in scope.out(node):
            if flow.find(bpmn("conditionExpression")) is None and flow.get("id") != node.get("default"):
                yield _error(flow, "Deze pijl heeft geen voorwaarde en is niet de standaardpijl.")


def _error(element: etree._Element, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
