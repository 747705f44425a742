"""Where a finding stands: the id of the nearest element that has one."""

from lxml import etree

from engine.parsing.xml import local


def place(element: etree._Element) -> str:
    """The id of the element, else of the nearest around it."""
    found: etree._Element | None = element
    while found is not None:
        if found.get("id"):
            return str(found.get("id"))
        found = found.getparent()
    return local(element)
