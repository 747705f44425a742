"""Events: where each kind may stand, what it refers to, and what belongs to it (timers, links, the host of a boundary)."""

from collections import Counter
from collections.abc import Iterator

from engine.findings import ERROR, Finding
from engine.lint.activities import LOOPS
from engine.lint.diagram import Diagram, Node, Scope, is_handler, is_link
from engine.lint.place import place
from engine.parsing.xml import bpmn, local, zeebe
from engine.support import ACTIVITIES, EVENTS
from engine.support_events import (
    COMBINED,
    COMBINED_PARALLEL,
    MULTIPLE,
    PARALLEL_MULTIPLE,
    POSITIONS,
    START,
    WHERE,
    WORDS,
    definitions_of,
    kind_of,
    position_of,
)

RULE = "events"
RECEIVE_TASK, MESSAGE = "receiveTask", "messageEventDefinition"
ALL_AT_START = "Teken een gebeurtenispoort die het proces start en alle gebeurtenissen afwacht (Parallel)."
CANCEL, COMPENSATE = "cancelEventDefinition", "compensateEventDefinition"
# What climbs to the nearest that catches it.
CLIMBS = frozenset({"errorEventDefinition", "escalationEventDefinition", CANCEL})
ADVICE = {
    (PARALLEL_MULTIPLE, START): " Gebruik een gebeurtenispoort die een proces start en op alle gebeurtenissen wacht.",
}
WAITS_BEHIND_GATEWAY = frozenset(
    {"messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "conditionalEventDefinition", MULTIPLE}
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Findings on every event, and on gateways that wait for one."""
    for scope in diagram.scopes:
        for node in scope.nodes.values():
            if local(node) in EVENTS:
                yield from _event(node)
                yield from _inputs(node)
            if local(node) == "boundaryEvent":
                yield from _boundary(diagram, scope, node)
            if local(node) == "endEvent":
                yield from _cancelling(diagram, node)
            yield from _caught_twice(diagram, scope.boundaries.get(node.get("id") or "", []))
            if local(node) == "eventBasedGateway":
                yield from _event_gateway(scope, node)
        yield from _links(scope)
        listeners = [node for node in scope.nodes.values() if node.get("triggeredByEvent") == "true"]
        begins = [start for node in listeners for start in node.iterfind(bpmn("startEvent"))]
        yield from _caught_twice(diagram, begins)


def _event(node: Node) -> Iterator[Finding]:
    kind, position = kind_of(node), position_of(node)
    found = definitions_of(node)
    if (kind, position) == (PARALLEL_MULTIPLE, "start"):
        yield _error(node, "Een proces kan niet op alle van meerdere gebeurtenissen samen starten. " + ALL_AT_START)
        return
    if position not in WHERE[kind]:
        sentence = f"Een gebeurtenis van de soort '{WORDS[kind]}' kan hier niet staan ({POSITIONS[position]})."
        yield _error(node, sentence + ADVICE.get((kind, position), ""))
        return
    for definition in found:
        name = local(definition)
        if position not in WHERE[name]:
            yield _error(
                node, f"Een gebeurtenis van de soort '{WORDS[name]}' kan hier niet staan ({POSITIONS[position]})."
            )
        elif len(found) > 1 and name not in (COMBINED_PARALLEL if kind == PARALLEL_MULTIPLE else COMBINED):
            yield _error(
                node, f"De soort '{WORDS[name]}' kan niet samen met andere in één gebeurtenis. Teken ze apart."
            )
        if name == "timerEventDefinition" and len([c for c in definition if local(c).startswith("time")]) != 1:
            yield _error(node, "Een termijn heeft precies één datum, één duur of één herhaling nodig.")
        if name == CANCEL and position == "end" and not _in_transaction(node):
            yield _error(node, "Een annulering kan alleen in een transactie. Maak van het deelproces een transactie.")


def _cancelling(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A transaction that is cancelled goes on from its cancel event, and from nowhere else (BPMN 2.0.2, 10.3.5.2)."""
    around = node.getparent()
    if CANCEL not in map(local, definitions_of(node)) or around is None or local(around) != "transaction":
        return
    edges = diagram.scope_of[around].boundaries.get(around.get("id") or "", [])
    if not any(kind_of(edge) == CANCEL for edge in edges):
        sentence = "Na deze annulering gaat het nergens verder. Zet op de rand van de transactie een annulering, met een pijl naar wat dan gebeurt."
        yield _error(node, sentence)
    if any(around.find(bpmn(name)) is not None for name in LOOPS):
        sentence = "Een transactie die herhaald wordt, kan niet geannuleerd worden: wat van de andere keren wordt, staat nergens. Zet ze in een deelproces, en herhaal dat."
        yield _error(node, sentence)


def _caught_twice(diagram: Diagram, events: list[Node]) -> Iterator[Finding]:
    """Of two at one place that catch the same, one would never happen, and the standard does not say which."""
    seen: set[tuple[str, str]] = set()
    for event in events:
        for definition in definitions_of(event):
            if local(definition) not in CLIMBS:
                continue
            what = local(definition), _code(diagram, definition)
            if what in seen:
                yield _error(
                    event, "Hier wordt al hetzelfde opgevangen; van twee gebeurt er maar één. Laat er één staan."
                )
            seen.add(what)


def _code(diagram: Diagram, definition: Node) -> str:
    """What an error or escalation goes by; empty is any."""
    kind = local(definition).removesuffix("EventDefinition")
    reference = definition.get(f"{kind}Ref")
    found = diagram.referred(kind, reference)
    return str((found.get(f"{kind}Code") if found is not None else reference) or "")


def _inputs(node: Node) -> Iterator[Finding]:
    """What waits has nothing to work on; what is thrown carries its inputs."""
    waits = position_of(node) not in ("throw", "end")
    if waits and node.find(f"{bpmn('extensionElements')}/{zeebe('ioMapping')}/{zeebe('input')}") is not None:
        yield _error(node, "Een gebeurtenis die wacht, kan alleen uitvoer toewijzen, geen invoer. Verwijder de invoer.")


def _in_transaction(node: Node) -> bool:
    parent = node.getparent()
    return parent is not None and local(parent) == "transaction"


def _boundary(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    host = scope.nodes.get(node.get("attachedToRef") or "")
    if host is None or local(host) not in ACTIVITIES or host.get("triggeredByEvent") == "true":
        yield _error(node, "Deze randgebeurtenis hangt niet aan een taak of gewoon deelproces.")
        return
    kind = kind_of(node)
    if kind == CANCEL and local(host) != "transaction":
        yield _error(node, "Een annulering hangt altijd aan een transactie. Maak van het deelproces een transactie.")
    if kind == COMPENSATE:
        yield from _compensation(diagram, scope, node)


def _compensation(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    handlers = [
        target
        for association in scope.element.iterfind(bpmn("association"))
        if association.get("sourceRef") == node.get("id")
        and (target := diagram.by_id.get(association.get("targetRef") or "")) is not None
    ]
    if scope.out(node):
        yield _error(
            node, "Uit een herstelgebeurtenis vertrekt geen pijl. Verbind ze met een stippellijn aan haar herstelstap."
        )
    if len(handlers) != 1 or not is_handler(handlers[0]) or handlers[0].getparent() is not scope.element:
        yield _error(
            node,
            "Een herstelgebeurtenis is met één stippellijn verbonden aan één stap die 'voor herstel' is (isForCompensation).",
        )


def _links(scope: Scope) -> Iterator[Finding]:
    throws = [node for node in scope.nodes.values() if is_link(node, "intermediateThrowEvent")]
    catches = [node for node in scope.nodes.values() if is_link(node, "intermediateCatchEvent")]
    names = Counter(_link(node) for node in catches)
    for node in throws:
        if not names[_link(node)]:
            yield _error(
                node, f"Er is geen plaats waar de koppeling '{_link(node)}' aankomt, in hetzelfde (deel)proces."
            )
    for node in catches:
        if names[_link(node)] > 1:
            yield _error(
                node, f"De koppeling '{_link(node)}' komt op {names[_link(node)]} plaatsen aan. Laat er één staan."
            )
    for node in (*throws, *catches):
        if not _link(node):
            yield _error(node, "Deze koppeling heeft geen naam. Geef beide einden dezelfde naam.")


def _link(node: Node) -> str:
    return definitions_of(node)[0].get("name") or ""


def _event_gateway(scope: Scope, node: Node) -> Iterator[Finding]:
    if node.get("instantiate") == "true":
        if scope.into(node) or local(scope.element) != "process":
            yield _error(
                node, "Een poort die een proces start, staat in het proces zelf en er loopt geen pijl naartoe."
            )
    elif node.get("eventGatewayType") == "Parallel":
        yield _error(
            node,
            "Wachten op alle gebeurtenissen kan alleen bij een poort die een proces start. Gebruik een parallelle poort.",
        )
    targets = [scope.target(flow) for flow in scope.out(node)]
    if len(targets) < 2 or not all(_waits(target) for target in targets):
        yield _error(node, "Achter een gebeurtenispoort staan minstens twee gebeurtenissen die wachten.")
    if {RECEIVE_TASK, MESSAGE} <= {local(each) for each in targets} | {kind_of(each) for each in targets}:  # 10.6.6
        yield _error(node, "Achter een gebeurtenispoort staan berichten of ontvangsttaken, niet allebei.")
    for target in targets:
        if len(scope.into(target)) > 1:
            yield _error(target, "Naar wat achter een gebeurtenispoort wacht, loopt geen andere pijl.")


def _waits(node: Node) -> bool:
    if local(node) == RECEIVE_TASK:
        return True
    return local(node) == "intermediateCatchEvent" and kind_of(node) in WAITS_BEHIND_GATEWAY


def _error(element: Node, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
