"""The gate: every element, attribute and event position must stand in the support table, before SpiffWorkflow sees it."""

from collections.abc import Iterator

from lxml import etree

from engine.findings import ERROR, Finding
from engine.parsing.xml import BPMN, ZEEBE, bpmn, local, namespace
from engine.support import ELEMENTS, EXTENSION_ATTRIBUTES, EXTENSION_CHILDREN, EXTENSIONS, REFUSED, VALUES

RULE = "supported"
MOST_ELEMENTS = 20_000
CAMUNDA_7 = "http://camunda.org/schema/1.0/bpmn"
CAMUNDA_7_SENTENCE = "Dit is een eigenschap van Camunda 7 en doet hier niets. Maak het diagram op als Camunda 8."
LANGUAGES = frozenset({"language", "expressionLanguage"})


def check(root: etree._Element) -> Iterator[Finding]:
    """One finding per element or attribute outside the table."""
    if root.tag != bpmn("definitions"):
        yield _finding(root, "Dit is geen BPMN-bestand. Bewaar het diagram als BPMN 2.0.")
        return
    count = sum(1 for element in root.iter(f"{{{BPMN}}}*"))
    if count > MOST_ELEMENTS:
        yield _finding(root, f"Het diagram heeft {count} onderdelen; {MOST_ELEMENTS} is het meeste. Splits het op.")
        return
    yield from _walk(root)


def _walk(element: etree._Element) -> Iterator[Finding]:
    construct = ELEMENTS[local(element)]
    yield from _attributes(element, construct.attributes)
    for child in element:
        if local(child) == "BPMNDiagram":
            continue
        if local(element) == "extensionElements":
            yield from _extension(child)
        elif namespace(child) != BPMN:
            yield _finding(child, f"'{local(child)}' staat op een plaats waar alleen BPMN hoort. Verwijder het.")
        elif local(child) in construct.children and local(child) in ELEMENTS:
            yield from _walk(child)
        else:
            yield _refused(element, child)


def _attributes(element: etree._Element, allowed: frozenset[str]) -> Iterator[Finding]:
    for full_name, value in element.attrib.items():
        name = etree.QName(full_name)
        if name.namespace == CAMUNDA_7:
            yield _finding(element, CAMUNDA_7_SENTENCE)
        elif name.namespace is None and name.localname not in allowed:
            yield _finding(
                element,
                f"De eigenschap '{name.localname}' van '{local(element)}' wordt niet ondersteund. Verwijder ze.",
            )
        elif name.namespace is None and str(value) not in VALUES.get(name.localname, {str(value)}):
            yield _finding(
                element,
                f"'{name.localname}' kan hier niet '{value!s}' zijn. Kies uit: {', '.join(sorted(VALUES[name.localname]))}.",
            )
        elif name.localname in LANGUAGES and "feel" not in str(value).lower():
            yield _finding(
                element, f"'{value!s}' is een andere taal dan FEEL. Verwijder de eigenschap '{name.localname}'."
            )


def _refused(parent: etree._Element, child: etree._Element) -> Finding:
    advice = REFUSED.get(local(child), "Teken het met de elementen uit de lijst in docs/bpmn-support.md.")
    where = child if child.get("id") and local(child) in REFUSED else parent
    return _finding(where, f"'{local(child)}' wordt hier niet ondersteund. {advice}")


def _extension(element: etree._Element) -> Iterator[Finding]:
    """Unknown extensions of other tools do nothing and stay; one of our dialect that does nothing here is refused."""
    if namespace(element) == CAMUNDA_7:
        yield _finding(element, CAMUNDA_7_SENTENCE)
    if namespace(element) != ZEEBE:
        return
    holder = element.getparent()
    host = None if holder is None else holder.getparent()
    place_of = "" if host is None else local(host)
    if local(element) not in EXTENSIONS.get(place_of, ()):
        yield _finding(element, f"De uitbreiding 'zeebe:{local(element)}' doet niets bij '{place_of}'. Verwijder ze.")
    elif holder is not None and holder.find(element.tag) is not element:
        yield _finding(element, f"De uitbreiding 'zeebe:{local(element)}' staat er twee keer. Laat er één staan.")
    else:
        yield from _inside(element)


def _inside(element: etree._Element) -> Iterator[Finding]:
    yield from _attributes(element, EXTENSION_ATTRIBUTES[local(element)])
    for child in element:
        if namespace(child) == ZEEBE and local(child) in EXTENSION_CHILDREN.get(local(element), ()):
            yield from _inside(child)
        else:
            yield _finding(
                child, f"'{local(child)}' wordt niet ondersteund in 'zeebe:{local(element)}'. Verwijder het."
            )


def _finding(element: etree._Element, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)


def place(element: etree._Element) -> str:
    """The id of the nearest element that has one."""
    found: etree._Element | None = element
    while found is not None:
        if found.get("id"):
            return str(found.get("id"))
        found = found.getparent()
    return local(element)
