"""A variable that is set and never read: work for nothing, or a name that was meant otherwise."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint import variables
from engine.lint.diagram import Diagram, Node, Scope
from engine.lint.place import place
from engine.parsing.xml import local

RULE = "unused_variable"
ENDS = frozenset({"endEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per element that sets a variable which nothing after it can read.

    A form, a job, a decision or a called diagram after it may read it; and what is set just before the end is the outcome.
    """
    use = variables.use_of(diagram)
    after = {scope.element: _After(scope) for scope in diagram.scopes}
    for node in diagram.nodes:
        unread = [name for name in variables.set_by(diagram, node) if name not in use.reads]
        if unread and not _may_be_read(diagram, after, node):
            sentence = (
                f"De variabele '{unread[0]}' wordt hier gezet, en niets leest ze. Verwijder ze, of kijk haar naam na."
            )
            yield Finding(place(node), RULE, WARNING, sentence)


class _After:
    """The elements of a scope after which something reads all it can see, and those after which more than the end comes."""

    def __init__(self, scope: Scope) -> None:
        reading = [n for n, node in scope.nodes.items() if any(map(variables.reads_all, node.iter("*")))]
        working = [n for n, node in scope.nodes.items() if local(node) not in ENDS]
        self.is_read = variables.leading_to(scope, reading)
        self.is_work = variables.leading_to(scope, working)


def _may_be_read(diagram: Diagram, after: dict[Node, _After], node: Node) -> bool:
    """Something after it, here or around, reads all it can see; or only the end comes after it."""
    is_outcome = True
    here = diagram.scope_of.get(node)
    while here is not None:
        name, around = str(node.get("id")), after[here.element]
        if name in around.is_read:
            return True
        is_outcome = is_outcome and name not in around.is_work
        node = here.element
        here = diagram.scope_of.get(node)
    return is_outcome
