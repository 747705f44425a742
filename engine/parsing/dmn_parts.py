"""The parts of a DMN element, found by their local name: the standard's namespace changed with each of its versions."""

from lxml import etree

from engine.parsing import xml

NAMESPACES = frozenset(
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",  # 1.1
        "http://www.omg.org/spec/DMN/20180521/MODEL/",  # 1.2
        "https://www.omg.org/spec/DMN/20191111/MODEL/",  # 1.3
        "https://www.omg.org/spec/DMN/20211108/MODEL/",  # 1.4
        "https://www.omg.org/spec/DMN/20230324/MODEL/",  # 1.5
    ]
)


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of that name, those of extensions apart."""
    return [child for child in own(element) if xml.local(child) == name]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first direct child of that name."""
    found = children(element, name)
    return found[0] if found else None


def own(element: etree._Element) -> list[etree._Element]:
    """The direct children that belong to the standard."""
    return [child for child in element if isinstance(child.tag, str) and xml.namespace(child) in NAMESPACES]


def text(element: etree._Element) -> str:
    """The `<text>` inside an element."""
    holder = child(element, "text")
    return (holder.text or "").strip() if holder is not None else ""


def place(element: etree._Element) -> str:
    """Where a finding on an element is shown: its id, or what it is."""
    return element.get("id") or xml.local(element)


def refers_to(element: etree._Element) -> str:
    """The id, or namespace and id, an arrow points to."""
    return (element.get("href") or "").strip()
