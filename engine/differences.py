"""What changed between two versions, in words: for whoever has to approve one.

In: two contents of the same kind. Out: differences, one per element, row or field. Pure; runs nothing of either file.
Where an element is drawn does not matter to a case, so moving one is said in a single line at the end.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.differences_words import ELEMENT_WORDS, PROPERTY_WORDS, REPEATED_WORDS
from engine.parsing import xml
from engine.parsing.xml import bpmn, local

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
# Follow from the arrows and the lanes, where they are told once.
_DERIVED = frozenset({"incoming", "outgoing", "flowNodeRef"})
# The form editor writes these of its own; they say how it draws a field, and nothing here reads them.
_FORM_DRAWING = frozenset(
    {"components", "id", "layout", "showOutline", "isRepeating", "allowAddRemove", "defaultRepetitions"}
)
_DRAWING = frozenset({"BPMNDiagram", "DMNDI"})
# Parts of a decision that are told as properties of what holds them.
_TOLD_BY_HOLDER = frozenset({"inputEntry", "outputEntry", "inputExpression", "literalExpression"})


@dataclass(frozen=True)
class Change:
    """One property: its name in words, before and after; empty text means it was not there."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One element: `what` names it in words, `kind` is added, removed, changed or moved."""

    element_id: str
    what: str
    kind: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class _Part:
    what: str
    properties: Mapping[str, str]


def between(kind: str, before: bytes, after: bytes) -> list[Difference]:
    """The differences, in the order of the newer file, what disappeared at the end. Raises XmlRefused."""
    read = {"process": _process, "decision": _decision, "form": _form, "letter": _letter}[kind]
    old, new = read(before), read(after)
    found = [_compared(element_id, old.get(element_id), part) for element_id, part in new.items()]
    found += [Difference(element_id, part.what, REMOVED) for element_id, part in old.items() if element_id not in new]
    return [each for each in found if each is not None] + list(_moved(kind, before, after))


def _compared(element_id: str, old: _Part | None, new: _Part) -> Difference | None:
    if old is None:
        return Difference(element_id, new.what, ADDED)
    names = [*new.properties, *(name for name in old.properties if name not in new.properties)]
    changes = tuple(
        Change(_word(name), old.properties.get(name, ""), new.properties.get(name, ""))
        for name in names
        if old.properties.get(name, "") != new.properties.get(name, "")
    )
    return Difference(element_id, new.what, CHANGED, changes) if changes else None


def _word(name: str) -> str:
    """The property in words: the whole path when known, else its last part, else as it is written."""
    for part in name.split("/"):
        kind, _, told = part.partition(" ")
        if told and kind in REPEATED_WORDS:
            return f"{REPEATED_WORDS[kind]} {told}"
    return PROPERTY_WORDS.get(name) or PROPERTY_WORDS.get(name.rsplit("/", 1)[-1]) or name.replace("/", " › ")


def _process(content: bytes) -> dict[str, _Part]:
    root = xml.parse(content)
    lanes = {
        ref.text or "": lane.get("name") or lane.get("id") or ""
        for lane in root.iter(bpmn("lane"))
        for ref in lane.iterfind(bpmn("flowNodeRef"))
    }
    parts = {}
    for element in root.iter():
        element_id = element.get("id") if isinstance(element.tag, str) else None
        if not element_id or _is_drawing(element) or local(element).endswith("EventDefinition"):
            continue
        properties = dict(_properties(element))
        if element_id in lanes:
            properties["lane"] = lanes[element_id]
        parts[element_id] = _Part(_named(element), properties)
    return parts


def _decision(content: bytes) -> dict[str, _Part]:
    parts = {}
    for element in xml.parse(content).iter():
        element_id = element.get("id") if isinstance(element.tag, str) else None
        name = local(element) if element_id else ""
        if not element_id or _is_drawing(element) or name in _TOLD_BY_HOLDER:
            continue
        if name == "rule":
            number = 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))
            parts[element_id] = _Part(f"rij {number}", dict(_cells(element)))
        else:
            parts[element_id] = _Part(_named(element), dict(_properties(element)))
    return parts


def _cells(rule: etree._Element) -> Iterator[tuple[str, str]]:
    """A row's cells by the heading of their column."""
    table = rule.getparent()
    if table is None:
        return
    for heading, cell in (("input", "inputEntry"), ("output", "outputEntry"), ("annotation", "annotationEntry")):
        columns = [column for column in table if local(column) == heading]
        for number, entry in enumerate(child for child in rule if local(child) == cell):
            column = columns[number] if number < len(columns) else None
            title = None if column is None else column.get("label") or column.get("name")
            yield title or f"kolom {number + 1}", " ".join("".join(str(text) for text in entry.itertext()).split())


def _properties(element: etree._Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Attributes and texts of an element and of what it holds that has no name of its own."""
    for name, value in element.attrib.items():
        if str(name) != "id":
            yield f"{path}{etree.QName(name).localname}", str(value)
    if element.text and element.text.strip():
        yield path.rstrip("/") or "text", " ".join(element.text.split())
    for child in element:
        if not isinstance(child.tag, str) or local(child) in _DERIVED or _is_drawing(child):
            continue
        if child.get("id") and not local(child).endswith(("EventDefinition", "Expression")):
            continue
        yield from _properties(child, f"{path}{_step(child)}")


def _step(child: etree._Element) -> str:
    """One step of a path; things that repeat are told apart by their key, target or name."""
    name = local(child)
    if name == "extensionElements":
        return ""
    told = child.get("key") or child.get("target") or child.get("name")
    return f"{name} {told}/" if told else f"{name}/"


def _named(element: etree._Element) -> str:
    kind = ELEMENT_WORDS.get(local(element), local(element))
    name = element.get("name") or element.get("label") or ""
    return f"{kind} ‘{' '.join(name.split())}’" if name else f"{kind} {element.get('id')}"


def _is_drawing(element: etree._Element) -> bool:
    return any(local(each) in _DRAWING for each in (element, *element.iterancestors()) if isinstance(each.tag, str))


def _moved(kind: str, before: bytes, after: bytes) -> Iterator[Difference]:
    if kind in ("form", "letter"):
        return
    old, new = _places(xml.parse(before)), _places(xml.parse(after))
    moved = [element_id for element_id, place in new.items() if element_id in old and old[element_id] != place]
    if moved:
        yield Difference(
            moved[0], f"{len(moved)} keer alleen anders getekend; dat verandert niets aan een dossier", MOVED
        )


def _places(root: etree._Element) -> dict[str, tuple[str, ...]]:
    """Where each element is drawn: its bounds or the points of its arrow."""
    places = {}
    for shape in root.iter():
        drawn = (shape.get("bpmnElement") or shape.get("dmnElementRef")) if isinstance(shape.tag, str) else None
        if drawn:
            numbers = [
                str(float(value))
                for point in shape
                if local(point) in ("Bounds", "waypoint")
                for _, value in sorted(point.attrib.items())
                if _is_number(str(value))
            ]
            places[drawn] = tuple(numbers)
    return places


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit()


def _form(content: bytes) -> dict[str, _Part]:
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        schema = {}
    parts: dict[str, _Part] = {}
    if isinstance(schema, dict):
        own = {name: value for name, value in schema.items() if name not in ("components", "id")}
        parts["form"] = _Part("formulier", dict(_leaves(own)))
        _components(schema.get("components"), parts)
    return parts


def _letter(content: bytes) -> dict[str, _Part]:
    """A part per language; of a body each line is one property, so that a reader sees which sentence changed."""
    try:
        texts = json.loads(content)["texts"]
        return {language: _Part(f"tekst ({language})", dict(_lines(text))) for language, text in texts.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _lines(text: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "onderwerp", text["subject"]
    for number, line in enumerate(text["body"].split("\n"), start=1):
        yield f"regel {number}", line


def _components(components: object, parts: dict[str, _Part]) -> None:
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, dict):
            continue
        name = str(component.get("key") or component.get("path") or component.get("id") or f"veld {len(parts)}")
        kind = ELEMENT_WORDS.get(str(component.get("type")), str(component.get("type")))
        label = str(component.get("label") or component.get("text") or name)[:80]
        own = {k: v for k, v in component.items() if k not in _FORM_DRAWING}
        parts[name] = _Part(f"{kind} ‘{label}’", dict(_leaves(own)))
        _components(component.get("components"), parts)


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{path}{name}/")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            told = item.get("value") if isinstance(item, dict) else None
            yield from _leaves(item, f"{path}{told or number + 1}/")
    else:
        yield path.rstrip("/"), _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return "" if value is None else str(value)
