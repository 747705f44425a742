"""A condition that can never hold, and a way behind one that always holds: nobody ever goes there."""

from collections.abc import Iterator

import feel
from engine.findings import WARNING, Finding
from engine.lint import feel_sites
from engine.lint.contradiction import is_impossible, is_single
from engine.lint.diagram import Diagram, Node, Scope
from engine.lint.feel_sites import CONDITION, compiled
from engine.lint.place import place
from engine.parsing import dialect
from engine.parsing.xml import bpmn

RULE = "dead_condition"
MOST_WAYS = 100  # of one choice: every pair is compared
CLOCK = ("now(", "today(")


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per condition that never holds, and per flow that an earlier one always takes."""
    for site in feel_sites.sites(diagram):
        if site.kind == CONDITION and site.feel is not None and never(site.feel):
            sentence = "Deze voorwaarde klopt nooit. Verbeter ze, of verwijder deze weg."
            yield Finding(place(site.at), RULE, WARNING, sentence)
    for scope in diagram.scopes:
        for node in scope.named("exclusiveGateway"):
            yield from _behind(scope, node)


def _behind(scope: Scope, node: Node) -> Iterator[Finding]:
    """The first condition that holds wins: what it takes is gone for those after it."""
    flows = [flow for flow in scope.out(node) if flow.get("id") != node.get("default")]
    default = [flow for flow in scope.out(node) if flow.get("id") == node.get("default")]
    before: list[tuple[Node, str]] = []
    for flow in (*flows[:MOST_WAYS], *default):
        text = _condition(flow)
        taken = next((earlier for earlier, said in before if constant(said) is True), None)
        if taken is None and text is not None and not never(text) and never(text, [said for _, said in before]):
            taken = before[-1][0]
        if taken is not None:
            sentence = f"Deze weg wordt nooit genomen: wat hier past, neemt een eerdere pijl al ('{taken.get('id')}')."
            yield Finding(place(flow), RULE, WARNING, sentence)
        if text is not None:
            before.append((flow, text))


def _condition(flow: Node) -> str | None:
    found = flow.find(bpmn("conditionExpression"))
    return dialect.bare("" if found is None else (found.text or "").strip())


def never(text: str, refused: list[str] | None = None) -> bool:
    """The condition holds for no value at all, or for none for which these earlier ones did not."""
    try:
        earlier = [compiled(each).tree for each in refused or ()]
        return constant(text) is False or is_impossible(
            compiled(text).tree, tuple(each for each in earlier if is_single(each))
        )
    except feel.FeelError:
        return False


def constant(text: str) -> bool | None:
    """What a condition always answers; None when it depends on a variable or on the clock."""
    if any(word in "".join(text.split()) for word in CLOCK):
        return None
    try:
        expression = compiled(text)
        return None if expression.names else expression.evaluate({}) is True
    except feel.FeelError:
        return None
