"""One case for others: as XES (IEEE 1849-2016) for process mining, and as JSON with the chain, for whoever does not trust us.

The JSON holds each event exactly as it is stored, so that a third party recomputes every hash with nothing but SHA-256; its
`chain` part says how. The XES holds what happened in the matter: looks stay out, since they are no step of the process.
Personal values and people's names are left out unless asked for; whether somebody may ask is for the caller to decide.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from lxml import etree

from history.log import ASKED, GENESIS, HASHED, Log, Recorded, head, readable, rows
from history.looks import LOOKED
from history.replay import PLACE_KEYS
from storage.unit_of_work import Reading

FORMAT = "ombudsflow-history/1"
XES = "http://www.xes-standard.org/"
EXTENSIONS = (("Concept", "concept"), ("Organizational", "org"), ("Lifecycle", "lifecycle"), ("Time", "time"))
# Our transitions in the standard lifecycle of XES; a matter (a letter sent, a decision taken) is complete at once.
STANDARD = {
    "activated": "start",
    "completed": "complete",
    "cancelled": "ate_abort",
    "incident": "suspend",
    "claimed": "assign",
    "delegated": "reassign",
    "released": "unknown",
    "paused": "suspend",
    "resumed": "resume",
}
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_INT = 2**63
HOW_TO = (
    "For each event in order, take the JSON array of the previous event's hash (the genesis for the first) and the fields "
    "named in `fields`, `at` as written here, `data` and `sealed` as the texts they are (sealed may be null); write it "
    "without spaces and with non-ASCII characters as they are; its UTF-8 bytes have the SHA-256 given as `hash`. "
    "The last event's number and hash are those of `head`."
)


def as_json(
    reading: Reading, log: Log, stream: str, number: str, at: datetime, *, with_personal: bool = False
) -> Iterator[str]:
    """A case as JSON text, piece by piece. `personal` beside an event is what its sealed text says, when asked for."""
    known = head(reading, stream)
    start = {
        "format": FORMAT,
        "case": number,
        "stream": stream,
        "exported_at": instant(at),
        "chain": {"algorithm": "sha256", "genesis": GENESIS, "fields": list(HASHED), "how_to_recompute": HOW_TO},
        "head": None if known is None else {"seq": known.seq, "hash": known.hash},
    }
    yield json.dumps(start, ensure_ascii=False, indent=1)[:-2] + ',\n "events": ['
    opened = iter(log.read(reading, stream)) if with_personal else None
    for position, row in enumerate(rows(reading, stream)):
        event = {name: getattr(row, name) for name in HASHED} | {"at": instant(row.at), "hash": row.hash}
        if opened is not None:
            read = next(opened)
            sealed = {name: value for name, value in read.data.items() if name not in readable(row.data)}
            event["personal"] = {**read.personal, **sealed}
        yield ("," if position else "") + "\n  " + json.dumps(event, ensure_ascii=False)
    yield "\n ]\n}\n"


def instant(at: datetime) -> str:
    """An instant as the chain hashes it: UTC, microseconds, offset written out."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def as_xes(events: Iterable[Recorded], number: str, *, names: Mapping[str, str] | None = None) -> bytes:
    """A case as an XES log with one trace. `names` replaces resources by people's names, and lets in what is sealed."""
    log = etree.Element(f"{{{XES}}}log", nsmap={None: XES})  # type: ignore[dict-item]  # None is the default namespace
    log.set("xes.version", "1849.2016")
    log.set("xes.features", "nested-attributes")
    for name, prefix in EXTENSIONS:
        _element(log, "extension", name=name, prefix=prefix, uri=f"{XES}{prefix}.xesext")
    _global(log, "trace", ["concept:name"])
    _global(log, "event", ["concept:name", "lifecycle:transition", "org:resource", "time:timestamp"])
    _element(log, "classifier", name="Activity", keys="concept:name lifecycle:transition")
    _element(log, "classifier", name="Resource", keys="org:resource")
    _attribute(log, "concept:name", "Ombudsflow")
    _attribute(log, "lifecycle:model", "standard")
    trace = _element(log, "trace")
    _attribute(trace, "concept:name", number)
    for event in events:
        if event.transition != LOOKED:
            _event(trace, event, names)
    return etree.tostring(log, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _element(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XES}}}{tag}", attributes)


def _global(log: etree._Element, scope: str, keys: list[str]) -> None:
    declared = _element(log, "global", scope=scope)
    for key in keys:
        _attribute(declared, key, datetime.fromtimestamp(0, UTC) if key == "time:timestamp" else "UNKNOWN")


def _event(trace: etree._Element, event: Recorded, names: Mapping[str, str] | None) -> None:
    made = _element(trace, "event")
    data = event.data
    is_queued = event.transition == "activated" and data.get("type") == "user_task"
    _attribute(made, "concept:name", event.activity)
    _attribute(made, "lifecycle:transition", "schedule" if is_queued else STANDARD.get(event.transition, "complete"))
    _attribute(made, "org:resource", (names or {}).get(event.resource, event.resource))
    if event.role:
        _attribute(made, "org:role", event.role)
    _attribute(made, "time:timestamp", event.at)
    _attribute(made, "ombudsflow:seq", event.seq)
    _attribute(made, "ombudsflow:transition", event.transition)
    if data.get("token"):
        _attribute(made, "concept:instance", str(data["token"]))
    definition = data.get("definition")
    if isinstance(definition, list) and len(definition) == 2:
        _attribute(made, "ombudsflow:diagram", f"{definition[0]} v{definition[1]}")
    for name, value in {**data, **(event.personal if names is not None else {})}.items():
        if name not in PLACE_KEYS and (names is not None or name not in ASKED):
            _attribute(made, f"ombudsflow:{_key(name)}", value)


def _key(name: str) -> str:
    """A name as XES wants its keys (an XML name)."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def _attribute(parent: etree._Element, key: str, value: object) -> None:
    """An attribute in the type XES has for its value; lists and contexts as nested attributes."""
    if isinstance(value, Mapping):
        inside = _element(parent, "string", key=key, value="")
        for name, item in value.items():
            _attribute(inside, _key(str(name)), item)
    elif isinstance(value, list | tuple):
        inside = _element(_element(parent, "list", key=key), "values", key="values")
        for item in value:
            _attribute(inside, "item", item)
    else:
        kind, text = _typed(value)
        _element(parent, kind, key=key, value=text)


def _typed(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, int) and -LONGEST_INT <= value < LONGEST_INT:
        return "int", str(value)
    if isinstance(value, float):
        return "float", str(value)
    if isinstance(value, datetime):
        return "date", value.astimezone(UTC).isoformat(timespec="milliseconds")
    return "string", "" if value is None else _printable(str(value))


def _printable(text: str) -> str:
    """XML 1.0 has no place for most control characters; a citizen's text may hold one."""
    return NOT_XML.sub("\ufffd", text)
