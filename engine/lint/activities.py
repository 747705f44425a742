"""Activities: repetition, quantities, ad-hoc and event subprocesses, steps that undo others."""

from collections.abc import Iterator

from engine.findings import ERROR, Finding
from engine.lint.diagram import Diagram, Node, Scope, is_activity, is_handler
from engine.lint.place import place
from engine.parsing.xml import bpmn, local, whole, zeebe

RULE = "activities"
MOST = 10_000
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def check(diagram: Diagram) -> Iterator[Finding]:
    """Findings on every activity."""
    for scope in diagram.scopes:
        if scope.is_event_scope:
            yield from _event_scope(scope)
        if scope.is_ad_hoc:
            yield from _ad_hoc(scope)
        for node in scope.nodes.values():
            if is_activity(node):
                yield from _quantities(node)
                yield from _instantiates(scope, node)
                yield from _repetition(node)


def _quantities(node: Node) -> Iterator[Finding]:
    for name in ("startQuantity", "completionQuantity"):
        text = node.get(name, "1")
        if not 1 <= (whole(text) or 0) <= MOST:
            yield _error(node, f"'{name}' is een getal van 1 tot {MOST}, en niet '{text}'.")


def _instantiates(scope: Scope, node: Node) -> Iterator[Finding]:
    if node.get("instantiate") == "true" and (scope.into(node) or local(scope.element) != "process"):
        yield _error(node, "Een stap die een proces start, staat in het proces zelf en er loopt geen pijl naartoe.")


def _repetition(node: Node) -> Iterator[Finding]:
    loops = [loop for name in LOOPS for loop in node.iterfind(bpmn(name))]
    if len(loops) > 1:
        yield _error(node, "Een stap herhaalt zich op één manier. Laat één herhaling staan.")
    elif loops and (node.get("triggeredByEvent") == "true"):
        yield _error(node, "Een gebeurtenisdeelproces herhaalt zich niet; het start telkens zijn gebeurtenis komt.")
    elif loops and local(loops[0]) == "standardLoopCharacteristics":
        yield from _loop(node, loops[0])
    elif loops:
        yield from _many(node, loops[0])


def _loop(node: Node, loop: Node) -> Iterator[Finding]:
    most = loop.get("loopMaximum")
    if most is not None and not whole(most):
        yield _error(node, f"Het meeste aantal keren is een getal vanaf 1, en niet '{most}'.")
    if most is None and loop.find(bpmn("loopCondition")) is None:
        yield _error(node, "Deze herhaling stopt nooit. Geef een voorwaarde of een meeste aantal keren.")


def _many(node: Node, loop: Node) -> Iterator[Finding]:
    found = loop.find(f"{bpmn('extensionElements')}/{zeebe('loopCharacteristics')}")
    collection = None if found is None else found.get("inputCollection")
    cardinality = loop.find(bpmn("loopCardinality"))
    if (cardinality is None) == (not collection):
        yield _error(
            node,
            "Deze herhaling heeft één van beide nodig: een lijst of een aantal (loopCardinality).",
        )
    if found is None:
        return
    if bool(found.get("outputCollection")) != bool(found.get("outputElement")):
        yield _error(
            node, "Geef voor de resultaten van deze herhaling beide: 'Lijst van uitkomsten' en 'Uitkomst van elk deel'."
        )
    if found.get("inputElement") and not collection:
        yield _error(node, "'Naam van elk deel' noemt elk deel van een lijst, en er is geen. Vul 'Lijst' in.")
    for name in ("inputElement", "outputCollection"):
        if found.get(name) and not str(found.get(name)).isidentifier():
            yield _error(node, f"'{found.get(name)}' kan geen naam van een variabele zijn.")


def _event_scope(scope: Scope) -> Iterator[Finding]:
    if len(scope.named("startEvent")) != 1:
        yield _error(
            scope.element, "Een gebeurtenisdeelproces heeft precies één start: de gebeurtenis waarbij het begint."
        )
    if scope.element.get("default") or is_handler(scope.element):
        yield _error(scope.element, "Een gebeurtenisdeelproces is geen herstelstap en heeft geen standaardpijl.")


def _ad_hoc(scope: Scope) -> Iterator[Finding]:
    for node in scope.nodes.values():
        if local(node) in ("startEvent", "endEvent"):
            yield _error(
                node, "In een vrij (ad-hoc) deelproces staan geen starts of eindes; een mens kiest wat er begint."
            )
    if not any(is_activity(node) for node in scope.nodes.values()):
        yield _error(scope.element, "In dit vrije (ad-hoc) deelproces staat geen enkele stap.")


def _error(element: Node, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
