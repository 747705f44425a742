"""Which process calls which: a circle of calls would never end, so no version that closes one comes into use."""

from sqlalchemy import select

from engine.errors import CallsInACircle
from engine.models import Definition
from engine.parsing import xml
from engine.parsing.xml import zeebe
from storage.unit_of_work import Reading


def refuse_circle(reading: Reading, key: str, content: bytes) -> None:
    """Raises CallsInACircle when the process would, over those in use, call itself."""
    path = {key: called(content, key)}
    waiting = list(path[key])
    while waiting:
        name = waiting.pop()
        if name == key:
            raise CallsInACircle(process=key, through=sorted(path.keys() - {key}))
        if name not in path:
            path[name] = called(_content_in_use(reading, name), name)
            waiting += path[name]


def _content_in_use(reading: Reading, key: str) -> bytes | None:
    query = select(Definition.content).where(Definition.kind == "process", Definition.key == key)
    return reading.session.scalar(query.where(Definition.state == "active"))


def called(content: bytes | None, key: str) -> frozenset[str]:
    """The keys one process of a file calls."""
    if content is None:
        return frozenset()
    process = next((e for e in xml.parse(content) if isinstance(e.tag, str) and e.get("id") == key), None)
    calls = [] if process is None else process.iter(zeebe("calledElement"))
    return frozenset(str(call.get("processId")) for call in calls if call.get("processId"))
