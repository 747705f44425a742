"""The gate: every element, attribute and extension must stand in the support table, before SpiffWorkflow sees it."""

from collections.abc import Iterator

from lxml import etree

from engine.findings import ERROR, WARNING, Finding
from engine.lint import gate_extensions
from engine.lint.place import place
from engine.parsing.xml import BPMN, bpmn, local, namespace, split
from engine.support import DRAWN, ELEMENTS, INERT, REFUSED, values_of
from engine.support_dialect import HARMLESS_7

RULE = "supported"
MOST_ELEMENTS = 60_000
LANGUAGES = frozenset({"language", "expressionLanguage", "scriptFormat", "scriptLanguage"})


def check(root: etree._Element) -> Iterator[Finding]:
    """One finding per element or attribute outside the table; a warning per kind of thing that does nothing here."""
    if root.tag != bpmn("definitions"):
        yield _error(root, "Dit is geen BPMN-bestand. Bewaar het diagram als BPMN 2.0.")
        return
    count = sum(1 for _ in root.iter(f"{{{BPMN}}}*"))
    if count > MOST_ELEMENTS:
        yield _error(root, f"Het diagram heeft {count} onderdelen; {MOST_ELEMENTS} is het meeste. Splits het op.")
        return
    yield from _walk(root)
    yield from gate_extensions.foreign(root)


def _walk(element: etree._Element) -> Iterator[Finding]:
    construct = ELEMENTS[local(element)]
    yield from _attributes(element, construct.attributes)
    for child in element:
        name = local(child)
        if name == "BPMNDiagram":
            continue
        if local(element) == "extensionElements":
            yield from gate_extensions.check(child)
        elif namespace(child) != BPMN:
            yield _error(child, f"'{name}' staat op een plaats waar alleen BPMN hoort. Verwijder het.")
        elif name in INERT:
            yield Finding(place(child), RULE, WARNING, INERT[name])
        elif name not in construct.children or (name not in ELEMENTS and name not in DRAWN):
            yield _refused(element, child)
        elif name not in DRAWN and not _is_only_drawn(child):
            yield from _walk(child)


def _is_only_drawn(element: etree._Element) -> bool:
    """The process of another party: drawn to show with whom we speak, and never run."""
    return local(element) == "process" and element.get("isExecutable", "false") == "false"


def _attributes(element: etree._Element, allowed: frozenset[str]) -> Iterator[Finding]:
    for full_name, value in element.attrib.items():
        space, name = split(str(full_name))
        if space == gate_extensions.CAMUNDA_7 and name not in HARMLESS_7:
            yield _error(element, gate_extensions.CAMUNDA_7_SENTENCE)
        elif not space:
            yield from _attribute(element, name, str(value), allowed)


def _attribute(element: etree._Element, name: str, value: str, allowed: frozenset[str]) -> Iterator[Finding]:
    possible = values_of(local(element), name)
    if name not in allowed:
        yield _error(element, f"De eigenschap '{name}' van '{local(element)}' wordt niet ondersteund. Verwijder ze.")
    elif possible is not None and value not in possible:
        yield _error(element, f"'{name}' kan hier niet '{value}' zijn. Kies uit: {', '.join(sorted(possible))}.")
    elif name in LANGUAGES and value and "feel" not in value.lower():
        yield _error(element, f"'{value}' is een andere taal dan FEEL. Verwijder de eigenschap '{name}'.")
    elif name == "implementation" and not value.startswith("##"):
        yield _error(element, f"De uitvoering '{value}' kennen wij niet. Kies een taaktype (zeebe:taskDefinition).")


def _refused(parent: etree._Element, child: etree._Element) -> Finding:
    advice = REFUSED.get(local(child), "Teken het met de elementen uit de lijst in docs/bpmn-support.md.")
    where = child if child.get("id") and local(child) in REFUSED else parent
    return _error(where, f"'{local(child)}' wordt hier niet ondersteund. {advice}")


def _error(element: etree._Element, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
