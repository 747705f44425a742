"""The gate: every element, attribute and event position must stand in the support table, before SpiffWorkflow sees it."""

from collections.abc import Iterator

from lxml import etree

from engine.findings import ERROR, Finding
from engine.parsing.xml import BPMN, ZEEBE, bpmn, local, namespace
from engine.support import ELEMENTS, REFUSED
from engine.support import ZEEBE as ZEEBE_ELEMENTS

RULE = "supported"


def check(root: etree._Element) -> Iterator[Finding]:
    """One finding per element or attribute outside the table."""
    if root.tag != bpmn("definitions"):
        yield Finding(local(root), RULE, ERROR, "Dit is geen BPMN-bestand. Bewaar het diagram als BPMN 2.0.")
        return
    yield from _walk(root)


def _walk(element: etree._Element) -> Iterator[Finding]:
    construct = ELEMENTS[local(element)]
    for name in element.attrib:
        if etree.QName(name).namespace is None and name not in construct.attributes:
            yield Finding(
                place(element),
                RULE,
                ERROR,
                f"De eigenschap '{name!s}' van '{local(element)}' wordt niet ondersteund. Verwijder ze.",
            )
    for child in element:
        if not isinstance(child.tag, str) or local(child) == "BPMNDiagram":
            continue
        if local(element) == "extensionElements":
            yield from _extension(child)
        elif namespace(child) == BPMN:
            if local(child) in construct.children and local(child) in ELEMENTS:
                yield from _walk(child)
            else:
                yield _refused(element, child)


def _refused(parent: etree._Element, child: etree._Element) -> Finding:
    advice = REFUSED.get(local(child), "Teken het met de elementen uit de lijst in docs/bpmn-support.md.")
    where = child if child.get("id") and local(child) in REFUSED else parent
    return Finding(place(where), RULE, ERROR, f"'{local(child)}' wordt hier niet ondersteund. {advice}")


def _extension(element: etree._Element) -> Iterator[Finding]:
    """Unknown extensions of other tools do nothing and stay; unknown ones of our own dialect would do something we ignore."""
    if namespace(element) != ZEEBE:
        return
    if local(element) not in ZEEBE_ELEMENTS:
        yield Finding(
            place(element),
            RULE,
            ERROR,
            f"De uitbreiding 'zeebe:{local(element)}' wordt niet ondersteund. Verwijder ze.",
        )
    for child in element:
        if isinstance(child.tag, str):
            yield from _extension(child)


def place(element: etree._Element) -> str:
    """The id of the nearest element that has one."""
    found: etree._Element | None = element
    while found is not None:
        if found.get("id"):
            return str(found.get("id"))
        found = found.getparent()
    return local(element)
