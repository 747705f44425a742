"""A condition that can never hold, and a way behind one that always holds: nobody ever goes there."""

from collections.abc import Iterator

import feel
from engine.findings import WARNING, Finding
from engine.lint import feel_sites
from engine.lint.diagram import Diagram, Node, Scope
from engine.lint.feel_sites import CONDITION, compiled
from engine.lint.place import place
from engine.parsing import dialect
from engine.parsing.xml import bpmn

RULE = "dead_condition"
CLOCK = ("now(", "today(", "random")


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per condition that is always false, and per flow that an earlier one always takes."""
    for site in feel_sites.sites(diagram):
        if site.kind == CONDITION and site.feel is not None and constant(site.feel) is False:
            yield Finding(
                place(site.at), RULE, WARNING, "Deze voorwaarde klopt nooit. Verbeter ze, of verwijder deze weg."
            )
    for scope in diagram.scopes:
        for node in scope.named("exclusiveGateway"):
            yield from _behind(scope, node)


def _behind(scope: Scope, node: Node) -> Iterator[Finding]:
    """The first condition that holds wins; after one that always holds nothing else is looked at."""
    flows = [flow for flow in scope.out(node) if flow.get("id") != node.get("default")]
    always = next((n for n, flow in enumerate(flows) if _condition(flow) is True), None)
    if always is None:
        return
    default = [flow for flow in scope.out(node) if flow.get("id") == node.get("default")]
    for flow in (*flows[always + 1 :], *default):
        sentence = f"Deze weg wordt nooit genomen: de voorwaarde van de pijl '{flows[always].get('id')}' klopt altijd."
        yield Finding(place(flow), RULE, WARNING, sentence)


def _condition(flow: Node) -> bool | None:
    found = flow.find(bpmn("conditionExpression"))
    text = dialect.bare("" if found is None else (found.text or "").strip())
    return None if text is None else constant(text)


def constant(text: str) -> bool | None:
    """What a condition always answers; None when it depends on a variable or on the clock."""
    if any(word in text for word in CLOCK):
        return None
    try:
        expression = compiled(text)
        return None if expression.names else expression.evaluate({}) is True
    except feel.FeelError:
        return None
