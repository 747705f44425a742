"""Shape: ids, starts, ends, flows and events that hang together."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.findings import ERROR, WARNING, Finding
from engine.lint.gate import place
from engine.parsing.xml import bpmn, local
from engine.support import ACTIVITIES, FLOW_NODES, RESERVED_IDS

RULE = "structure"
LARGEST_SCOPE = 400  # the library reads a chain by recursion, and 490 elements exhaust it
MOST_FLOWS = 1_600
_ID = re.compile(r"[A-Za-z_][\w.-]*")


def check(root: etree._Element) -> Iterator[Finding]:
    """Findings on ids, processes, scopes and flows."""
    yield from _ids(root)
    processes = [p for p in root.iterfind(bpmn("process")) if p.get("isExecutable") == "true"]
    if len(processes) != 1:
        yield _error(
            root, f"Er moet precies één uitvoerbaar proces in het bestand staan; er staan er {len(processes)}."
        )
        return
    if len(list(root.iterfind(bpmn("process")))) != 1:
        yield _error(root, "Er mag maar één proces in het bestand staan.")
    for scope in [processes[0], *processes[0].iter(bpmn("subProcess"))]:
        yield from _scope(scope)


def _ids(root: etree._Element) -> Iterator[Finding]:
    ids = Counter(e.get("id") for e in root.iter() if isinstance(e.tag, str) and e.get("id"))
    for element_id, count in ids.items():
        if count > 1:
            yield Finding(
                str(element_id), RULE, ERROR, f"De id '{element_id}' komt {count} keer voor. Elke id moet uniek zijn."
            )
    for element in root.iter(*(bpmn(name) for name in FLOW_NODES)):
        element_id = element.get("id") or ""
        if (
            not _ID.fullmatch(element_id)
            or element_id in RESERVED_IDS
            or "." in element_id
            or element_id.endswith("[child]")
        ):
            yield _error(
                element,
                f"'{element_id}' kan geen id zijn. Gebruik kleine letters en liggende streepjes, bijvoorbeeld check_admissibility.",
            )
        if not element.get("name") and local(element) in ACTIVITIES:
            yield Finding(
                place(element), RULE, WARNING, "Dit element heeft geen naam. Geef het een naam in gewone woorden."
            )


def _scope(scope: etree._Element) -> Iterator[Finding]:
    nodes = {child.get("id"): child for child in scope if isinstance(child.tag, str) and local(child) in FLOW_NODES}
    flows = list(scope.iterfind(bpmn("sequenceFlow")))
    if len(nodes) > LARGEST_SCOPE:
        yield _error(
            scope, f"Er staan {len(nodes)} elementen in één (deel)proces; {LARGEST_SCOPE} is het meeste. Splits het op."
        )
        return
    if len(flows) > MOST_FLOWS:
        yield _error(
            scope, f"Er staan {len(flows)} pijlen in één (deel)proces; {MOST_FLOWS} is het meeste. Splits het op."
        )
        return
    starts = [n for n in nodes.values() if local(n) == "startEvent"]
    if len(starts) != 1:
        yield _error(scope, f"Een (deel)proces heeft precies één start nodig; hier zijn er {len(starts)}.")
    for start in starts:
        yield from _start(scope, start)
    yield from _flows(nodes, flows)
    yield from _nodes(nodes, flows)
    yield from _reach(scope, nodes, flows, starts)


def _start(scope: etree._Element, start: etree._Element) -> Iterator[Finding]:
    by_event = scope.get("triggeredByEvent") == "true"
    definitions = [local(c) for c in start if isinstance(c.tag, str) and local(c).endswith("EventDefinition")]
    if by_event and len(definitions) != 1:
        yield _error(
            start, "Een gebeurtenisdeelproces start bij precies één gebeurtenis: een bericht, een termijn of een fout."
        )
    if not by_event and definitions:
        yield _error(start, "Deze start kan geen gebeurtenis zijn. Alleen een gebeurtenisdeelproces start zo.")
    if not by_event and start.get("isInterrupting") == "false":
        yield _error(start, "Alleen de start van een gebeurtenisdeelproces kan niet-onderbrekend zijn.")
    if definitions == ["errorEventDefinition"] and start.get("isInterrupting") == "false":
        yield _error(start, "Een fout onderbreekt altijd.")


def _flows(nodes: dict[str | None, etree._Element], flows: list[etree._Element]) -> Iterator[Finding]:
    pairs = Counter((f.get("sourceRef"), f.get("targetRef")) for f in flows)
    for flow in flows:
        source, target = nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))
        if not flow.get("id"):
            yield _error(flow, "Deze pijl heeft geen id.")
        if source is None or target is None:
            yield _error(
                flow, "Deze pijl begint of eindigt bij een element dat er niet is (of in een ander deelproces staat)."
            )
            continue
        if pairs[(flow.get("sourceRef"), flow.get("targetRef"))] > 1:
            yield _error(flow, "Er lopen twee pijlen tussen dezelfde elementen. Laat er één staan.")
        condition = flow.find(bpmn("conditionExpression"))
        if condition is not None and local(source) != "exclusiveGateway":
            yield _error(flow, "Een voorwaarde mag alleen op een pijl die uit een keuze (exclusieve poort) komt.")
        if local(target) in ("startEvent", "boundaryEvent") or local(source) == "endEvent":
            yield _error(
                flow, "Een pijl kan niet naar een start of randgebeurtenis lopen, en niet uit een einde komen."
            )


def _nodes(nodes: dict[str | None, etree._Element], flows: list[etree._Element]) -> Iterator[Finding]:
    outgoing = Counter(f.get("sourceRef") for f in flows)
    incoming = Counter(f.get("targetRef") for f in flows)
    for element_id, node in nodes.items():
        name, out = local(node), outgoing[element_id]
        yield from _default(node, [f for f in flows if f.get("sourceRef") == element_id])
        if node.get("triggeredByEvent") == "true":
            if out or incoming[element_id]:
                yield _error(
                    node, "Een gebeurtenisdeelproces heeft geen pijlen; het start vanzelf bij zijn gebeurtenis."
                )
            continue
        if name in ACTIVITIES | {"startEvent", "intermediateCatchEvent", "boundaryEvent"} and out != 1:
            yield _error(
                node,
                f"Hier moet precies één pijl vertrekken; er vertrekken er {out}. Gebruik een poort om te splitsen.",
            )
        if name in ACTIVITIES | {"intermediateCatchEvent", "endEvent"} and incoming[element_id] != 1:
            yield _error(
                node,
                f"Hier moet precies één pijl aankomen; er komen er {incoming[element_id]} aan. Gebruik een poort om samen te voegen.",
            )
        if name.endswith("Gateway"):
            yield from _gateway(
                node, [f for f in flows if f.get("sourceRef") == element_id], nodes, incoming[element_id]
            )
        if name == "boundaryEvent":
            host = nodes.get(node.get("attachedToRef"))
            if host is None or local(host) not in ACTIVITIES or host.get("triggeredByEvent") == "true":
                yield _error(node, "Deze randgebeurtenis hangt niet aan een taak of gewoon deelproces.")
        if name.endswith("Event"):
            yield from _event(node)


def _default(node: etree._Element, out: list[etree._Element]) -> Iterator[Finding]:
    default = node.get("default")
    if default is None:
        return
    flow = next((f for f in out if f.get("id") == default), None)
    if flow is None:
        yield _error(node, f"De standaardpijl '{default}' vertrekt niet uit dit element.")
    elif flow.find(bpmn("conditionExpression")) is not None:
        yield _error(flow, "De standaardpijl kan geen voorwaarde hebben. Verwijder de voorwaarde.")


def _gateway(
    node: etree._Element, out: list[etree._Element], nodes: dict[str | None, etree._Element], incoming: int
) -> Iterator[Finding]:
    name, default = local(node), node.get("default")
    if not out or not incoming:
        yield _error(node, "Een poort heeft minstens één binnenkomende en één vertrekkende pijl nodig.")
    if name == "exclusiveGateway" and len(out) > 1:
        bare = [f for f in out if f.find(bpmn("conditionExpression")) is None and f.get("id") != default]
        for flow in bare:
            yield _error(flow, "Deze pijl heeft geen voorwaarde en is niet de standaardpijl.")
        if not default and not bare:
            yield Finding(
                place(node),
                RULE,
                WARNING,
                "Deze keuze heeft geen standaardpijl: klopt geen enkele voorwaarde, dan stopt het dossier.",
            )
    if name == "eventBasedGateway":
        if node.get("instantiate") == "true" or node.get("eventGatewayType", "Exclusive") != "Exclusive":
            yield _error(node, "Deze vorm van gebeurtenispoort wordt niet ondersteund.")
        if len(out) < 2 or any(
            local(nodes[f.get("targetRef")]) != "intermediateCatchEvent" for f in out if f.get("targetRef") in nodes
        ):
            yield _error(node, "Achter een gebeurtenispoort staan minstens twee gebeurtenissen die wachten.")


def _event(node: etree._Element) -> Iterator[Finding]:
    name = local(node)
    definitions = [c for c in node if isinstance(c.tag, str) and local(c).endswith("EventDefinition")]
    needs = name in ("intermediateCatchEvent", "boundaryEvent")
    for timer in (c for c in definitions if local(c) == "timerEventDefinition"):
        if len([c for c in timer if local(c) in ("timeDate", "timeDuration")]) != 1:
            yield _error(node, "Een termijn heeft precies één datum of één duur nodig.")
    if len(definitions) > 1 or (needs and not definitions):
        yield _error(
            node, "Een gebeurtenis die wacht, wacht op precies één ding: een termijn, een bericht of een fout."
        )
    if (
        definitions
        and local(definitions[0]) == "errorEventDefinition"
        and name == "boundaryEvent"
        and node.get("cancelActivity") == "false"
    ):
        yield _error(node, "Een foutgebeurtenis onderbreekt altijd.")


def _reach(
    scope: etree._Element,
    nodes: dict[str | None, etree._Element],
    flows: list[etree._Element],
    starts: list[etree._Element],
) -> Iterator[Finding]:
    seen: set[str | None] = set()
    todo = [s.get("id") for s in starts] + [i for i, n in nodes.items() if n.get("triggeredByEvent") == "true"]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        todo += [f.get("targetRef") for f in flows if f.get("sourceRef") == here]
        todo += [i for i, n in nodes.items() if n.get("attachedToRef") == here]
    for element_id, node in nodes.items():
        if element_id not in seen:
            yield _error(node, "Dit element wordt nooit bereikt.")
    if not any(local(n) == "endEvent" for n in nodes.values()):
        yield _error(scope, "Een (deel)proces heeft minstens één einde nodig.")


def _error(element: etree._Element, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
