"""The gate for extensions: ours must do something where they stand; those of other tools stay and do nothing.

A file with extensions of another tool survives a download untouched, and publishing says once per tool that they do nothing.
"""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.findings import ERROR, WARNING, Finding
from engine.lint.place import place
from engine.parsing.xml import BPMN, ZEEBE, local, namespace, split, whole
from engine.support import values_of
from engine.support_dialect import EXTENSION_ATTRIBUTES, EXTENSION_CHILDREN, EXTENSIONS, REFUSED_EXTENSIONS

RULE = "supported"
CAMUNDA_7 = "http://camunda.org/schema/1.0/bpmn"
CAMUNDA_7_SENTENCE = "Dit is een eigenschap van Camunda 7 en doet hier niets. Maak het diagram op als Camunda 8."
# Drawing itself, and what every drawing tool writes about itself.
QUIET = frozenset(
    {
        BPMN,
        ZEEBE,
        CAMUNDA_7,
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        "http://camunda.org/schema/modeler/1.0",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "",
    }
)


def check(element: etree._Element) -> Iterator[Finding]:
    """Findings on one extension element of our dialect, or of Camunda 7."""
    if namespace(element) == CAMUNDA_7:
        yield _error(element, CAMUNDA_7_SENTENCE)
    if namespace(element) != ZEEBE:
        return
    holder = element.getparent()
    host = None if holder is None else holder.getparent()
    name, place_of = local(element), "" if host is None else local(host)
    if name in REFUSED_EXTENSIONS:
        yield _error(element, f"De uitbreiding 'zeebe:{name}' wordt niet ondersteund. {REFUSED_EXTENSIONS[name]}")
    elif name not in EXTENSIONS.get(place_of, ()):
        yield _error(element, f"De uitbreiding 'zeebe:{name}' doet niets bij '{place_of}'. Verwijder ze.")
    elif holder is not None and name != "userTaskForm" and holder.find(element.tag) is not element:
        yield _error(element, f"De uitbreiding 'zeebe:{name}' staat er twee keer. Laat er één staan.")
    elif name != "userTaskForm":  # a form kept in the file: a user task that asks for it is told that it is not found
        yield from _inside(element)


def foreign(root: etree._Element) -> Iterator[Finding]:
    """One warning per namespace of another tool, at the first place where it stands."""
    counts: Counter[str] = Counter()
    first: dict[str, etree._Element] = {}
    for element in root.iter("*"):
        spaces = {namespace(element), *(split(str(name))[0] for name in element.attrib)}
        for space in spaces - QUIET:
            counts[space] += 1
            first.setdefault(space, element)
    for space, count in counts.items():
        sentence = f"Wat hier van '{space}' staat ({count} keer), blijft in het bestand en doet hier niets."
        yield Finding(place(first[space]), RULE, WARNING, sentence)


def _inside(element: etree._Element) -> Iterator[Finding]:
    name = local(element)
    for full_name, value in element.attrib.items():
        space, attribute = split(str(full_name))
        possible = values_of(name, attribute)
        if space:
            continue
        if attribute not in EXTENSION_ATTRIBUTES[name]:
            yield _error(
                element,
                f"De eigenschap '{attribute}' van 'zeebe:{name}' wordt niet ondersteund. Verwijder ze.",
            )
        elif attribute == "retries" and value and whole(str(value)) is None:
            yield _error(
                element, f"Het aantal pogingen moet een getal van hoogstens negen cijfers zijn, niet '{value!s}'."
            )
        elif possible is not None and str(value) not in possible:
            yield _error(
                element,
                f"'{attribute}' kan hier niet '{value!s}' zijn. Kies uit: {', '.join(sorted(possible))}.",
            )
    for child in element:
        if namespace(child) == ZEEBE and local(child) in EXTENSION_CHILDREN.get(name, ()):
            yield from _inside(child)
        else:
            yield _error(child, f"'{local(child)}' wordt niet ondersteund in 'zeebe:{name}'. Verwijder het.")


def _error(element: etree._Element, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
