"""What may be published in a sandbox: the text, the bytes or the path of a diagram, a decision or a form."""

import re
from datetime import datetime
from pathlib import Path

from engine import definitions
from engine.errors import CallsInACircle, DiagramRefused, XmlRefused
from engine.findings import ERROR, Finding
from engine.parsing import xml
from engine.vocabulary import Vocabulary
from storage.unit_of_work import UnitOfWork

AUTHOR, APPROVER = "person:1", "person:2"
_ENCODING = re.compile(r"""^(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")


def publish(work: UnitOfWork, kind: str, content: bytes, at: datetime) -> list[str]:
    """Check a file and take into use what stands in it, without asking which forms, roles or job types exist.

    Gives the keys in the order of the file. Raises DiagramRefused.
    """
    made = definitions.publish(work, kind, content, actor_id=AUTHOR, at=at, vocabulary=Vocabulary.anything())
    found = [made.definition, *made.also]
    try:
        for definition in found:
            if definition.state == "draft":
                definitions.activate(work, definition.id, actor_id=APPROVER, at=at)
    except CallsInACircle as circle:
        raise DiagramRefused(findings=[Finding("definitions", "references", ERROR, circle.sentence)]) from circle
    return [definition.key for definition in found]


def content_of(source: str | bytes | Path) -> bytes:
    """The bytes of a file. What a text says of its own encoding is void: it is no longer encoded."""
    if isinstance(source, Path):
        return source.read_bytes()
    if isinstance(source, bytes):
        return source
    return _ENCODING.sub(r"\1", source.lstrip(), count=1).encode()


def kind_of(content: bytes) -> str:
    if content.lstrip().startswith(b"{"):
        return "form"
    try:
        root = xml.parse(content)
    except XmlRefused:
        return "process"  # publishing says what is wrong with it
    return "decision" if "/DMN/" in xml.namespace(root) else "process"
