"""What a decision file imports from other decision files: found by its namespace, fixed when the importing version is taken into use.

A file may be named (`locationURI="fees.dmn"`, its key before the dot); else the namespace must belong to one file in use. An importing
version keeps the versions it was activated with, as everything a case decides by stays what it was.
"""

from collections.abc import Callable

from sqlalchemy import select

from engine.models import Definition
from engine.parsing import dmn, xml
from engine.parsing.dmn_parts import children
from storage.unit_of_work import Reading

PREFIX = "import:"
Find = Callable[[str, str], bytes | None]


def of(reading: Reading, definition: Definition) -> Find:
    """How a version finds what it imports: as fixed, or as it is now while it is a draft."""
    if definition.bindings is None:
        return in_use(reading)
    bound = definition.bindings

    def find(namespace: str, _location: str) -> bytes | None:
        found = bound.get(PREFIX + namespace)
        return None if found is None else reading.session.get_one(Definition, found).content

    return find


def in_use(reading: Reading) -> Find:
    """How a file being published finds what it imports: among the decisions in use."""

    def find(namespace: str, location: str) -> bytes | None:
        found = _in_use(reading, namespace, location)
        return None if found is None else found.content

    return find


def at_activation(reading: Reading, definition: Definition) -> dict[str, int] | None:
    """The versions the imports of a decision are fixed to, also the imports of imports; None when it imports nothing."""
    if not children(xml.parse(definition.content), "import"):
        return None
    fixed: dict[str, int] = {}

    def find(namespace: str, location: str) -> bytes | None:
        found = _in_use(reading, namespace, location)
        if found is None:
            return None
        fixed[PREFIX + namespace] = found.id
        return found.content

    dmn.load(definition.content, find)  # raises DecisionRefused when one was taken out of use meanwhile
    return fixed


def _in_use(reading: Reading, namespace: str, location: str) -> Definition | None:
    """The one decision in use with this namespace; by the name of its file when it says one."""
    query = select(Definition).where(Definition.kind == "decision", Definition.state == "active")
    key = location.rpartition("/")[2].partition(".")[0]
    rows = reading.session.scalars(query.where(Definition.key == key) if key else query)
    found = {row.digest: row for row in rows if xml.parse(row.content).get("namespace") == namespace}
    return next(iter(found.values())) if len(found) == 1 else None
