"""XML from people, read without trust: no DOCTYPE, no entities, no network, bounded in size and depth."""

from functools import lru_cache

from lxml import etree

from engine.errors import XmlRefused

SIZE_LIMIT = 5 * 1024 * 1024
DEPTH_LIMIT = 60

DOCTYPE = "Het bestand bevat een DOCTYPE. Verwijder die regel en probeer opnieuw."
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"


def parse(content: bytes) -> etree._Element:
    """The root element. Raises XmlRefused with the line and what to do."""
    if len(content) > SIZE_LIMIT:
        raise _refused(f"Het bestand is groter dan {SIZE_LIMIT // 1024 // 1024} MB. Splits het diagram op.")
    if b"<!DOCTYPE" in content:  # before the parser meets its entities; other encodings are caught below
        raise _refused(DOCTYPE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise _refused(
            f"Het bestand is geen geldige XML: {problem}. Bewaar het opnieuw vanuit uw tekenprogramma."
        ) from problem
    document: etree._ElementTree = root.getroottree()
    if getattr(document.docinfo, "doctype", ""):
        raise _refused(DOCTYPE)
    if _depth(root) > DEPTH_LIMIT:
        raise _refused(f"Het bestand is dieper genest dan {DEPTH_LIMIT} niveaus.")
    return root


def _depth(root: etree._Element) -> int:
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
        if deepest > DEPTH_LIMIT:
            break
    return deepest


def _refused(sentence: str) -> XmlRefused:
    return XmlRefused(errors=[{"field": "content", "message": sentence}])


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return split(str(element.tag))[1]


def whole(text: str | None) -> int | None:
    """The number of at most nine digits that an attribute holds; None when it holds something else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def namespace(element: etree._Element) -> str:
    return split(str(element.tag))[0]


@lru_cache(maxsize=4096)  # a check asks a hundred thousand times, about some two hundred names
def split(name: str) -> tuple[str, str]:
    """The namespace, empty where there is none, and the name of a tag or attribute in Clark notation."""
    space, _, own = name.rpartition("}")
    return space[1:], own


def bpmn(name: str) -> str:
    """Clark notation of a BPMN tag."""
    return f"{{{BPMN}}}{name}"


def zeebe(name: str) -> str:
    """Clark notation of a tag of the Camunda 8 dialect."""
    return f"{{{ZEEBE}}}{name}"
