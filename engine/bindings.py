"""Which version of what it calls an instance gets (Camunda 8 dialect, bindingType).

Latest: the version in use when the case starts. Deployment: the one of the same file, else the one in use when the caller was taken
into use. Version tag: the newest version that was taken into use and carries the tag. An instance keeps what it got for all its life.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree
from sqlalchemy import select

from engine.errors import NotYetActive
from engine.models import Definition
from engine.parsing import xml
from engine.parsing.xml import zeebe
from storage.unit_of_work import Reading

DEPLOYMENT, VERSION_TAG = "deployment", "versionTag"
_CALLS = {"calledElement": ("process", "processId"), "calledDecision": ("decision", "decisionId")}


def at_activation(reading: Reading, definition: Definition) -> dict[str, int] | None:
    """What the calls bound to the deployment get from now on: `kind:key` to the definition's id. None when there are none."""
    root = xml.parse(definition.content)
    found: dict[str, int] = {}
    for kind, key in _bound_to_deployment(root):
        query = select(Definition.id).where(Definition.kind == kind, Definition.key == key)
        same = reading.session.scalar(query.where(Definition.digest == definition.digest))
        made = same or reading.session.scalar(query.where(Definition.state == "active"))
        if made is None:
            raise NotYetActive(kind=kind, key=key)
        found[f"{kind}:{key}"] = made
    return found or None


def _bound_to_deployment(root: etree._Element) -> Iterator[tuple[str, str]]:
    for tag, (kind, attribute) in _CALLS.items():
        for call in root.iter(zeebe(tag)):
            if call.get("bindingType") == DEPLOYMENT:
                yield kind, str(call.get(attribute))


def tagged(reading: Reading, kind: str, key: str, tag: str) -> int:
    """The newest version with this tag. Raises NotYetActive."""
    query = select(Definition.id).where(Definition.kind == kind, Definition.key == key, Definition.version_tag == tag)
    found = reading.session.scalar(
        query.where(Definition.state != "draft").order_by(Definition.version.desc()).limit(1)
    )
    if found is None:
        raise NotYetActive(kind=kind, key=key, version_tag=tag)
    return found


def fixed(reading: Reading, caller_id: int, kind: str, extensions: Any, key: str) -> int | None:
    """The version a call is bound to, or None when it takes the one in use. Raises NotYetActive."""
    if extensions.binding == VERSION_TAG:
        return tagged(reading, kind, key, extensions.version_tag or "")
    if extensions.binding != DEPLOYMENT:
        return None
    known = reading.session.scalar(select(Definition.bindings).where(Definition.id == caller_id))
    return (known or {}).get(f"{kind}:{key}")
