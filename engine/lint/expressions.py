"""Every expression must be FEEL that can be read, and every moment a date, a duration or a repetition."""

from collections.abc import Iterator
from datetime import UTC, datetime

import feel
from engine import cycles, moments
from engine.findings import ERROR, Finding
from engine.lint import feel_sites
from engine.lint.diagram import Diagram, Node
from engine.lint.feel_sites import CONDITION, KEY, MOMENT, NUMBER, Site, compiled
from engine.lint.place import place
from engine.moments import BadTimer
from engine.parsing.xml import bpmn, local, whole, zeebe

RULE = "expressions"
CASE_ID = "case_id"
RESULTS = ("script", "calledDecision")
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Findings on expressions, and on the names of the variables they set."""
    for site in feel_sites.sites(diagram):
        yield from _site(site)
    for node in diagram.nodes:
        yield from _targets(node)


def _site(site: Site) -> Iterator[Finding]:
    text = site.text.strip()
    if site.feel is not None:
        yield from _feel(site, site.feel)
    elif site.kind == CONDITION:
        yield _error(site.at, "Hier hoort een voorwaarde.")
    elif site.kind == KEY:
        yield _error(site.at, f"'{text}' is geen FEEL-uitdrukking. Begin met '='.")
    elif site.kind == NUMBER and whole(text) is None:
        yield _error(site.at, f"'{text}' is geen aantal. Schrijf een getal, of een FEEL-uitdrukking na '='.")
    elif site.kind == MOMENT:
        yield from _moment(site.at, text)
    elif site.kind == "cycle":
        yield from _cycle(site.at, text)


def _feel(site: Site, text: str) -> Iterator[Finding]:
    try:
        found = compiled(text).findings({})
    except feel.FeelError as problem:
        yield _error(site.at, f"'{site.text.strip()}' kan niet gelezen worden: {problem}.")
        return
    for each in found:
        yield _error(site.at, f"In '{site.text.strip()}': {each}.")


def _moment(at: Node, text: str) -> Iterator[Finding]:
    try:
        moments.parsed(text)
    except BadTimer:
        yield _error(at, f"'{text}' is geen datum of duur. Schrijf bijvoorbeeld P10D, of een FEEL-uitdrukking na '='.")


def _cycle(at: Node, text: str) -> Iterator[Finding]:
    try:
        found = cycles.parse(text)
        if isinstance(found, cycles.Schedule):
            found.first(_ANY_MOMENT)  # only then is each field read, and is it known that there is such a moment
    except BadTimer as problem:
        yield _error(at, str(problem))


def _targets(node: Node) -> Iterator[Finding]:
    """The variables an element sets: names, and never the one that says which case it is."""
    holder = node.find(bpmn("extensionElements"))
    for child in () if holder is None else holder:
        if local(child) in RESULTS and child.get("resultVariable"):
            yield from _name(node, str(child.get("resultVariable")), dotted=False)
        for mapping in child.iterfind("*") if child.tag == zeebe("ioMapping") else ():
            yield from _name(node, mapping.get("target") or "", dotted=True)


def _name(node: Node, name: str, *, dotted: bool) -> Iterator[Finding]:
    parts = name.split(".") if dotted else [name]
    if not all(part.isidentifier() for part in parts):
        yield _error(node, f"'{name}' kan geen naam van een variabele zijn.")
    elif parts[0] == CASE_ID:
        sentence = f"'{CASE_ID}' zegt bij welk dossier berichten horen en kan niet gezet worden. Kies een andere naam."
        yield _error(node, sentence)


def _error(element: Node, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
