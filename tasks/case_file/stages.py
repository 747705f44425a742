"""Where a case stands, from the elements it has entered: stages for staff and reports, plain words for citizens.

A diagram says both itself: an element's properties `stage`, `public_name` and `public_next`. No status is stored anywhere;
the history says which elements were entered, and the definition of that version says what they mean.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.models import Case
from engine import definitions
from engine.parsing import dialect, xml
from history.models import EventRow
from storage.unit_of_work import Reading
from tasks.turn import stream_of

# The fixed order in which stages are told, whatever the order in which a resumed or reviewed case entered them.
STAGES = (
    "intake",
    "first_line",
    "referral",
    "mediation",
    "investigation",
    "assessment",
    "recommendation",
    "follow_up",
    "ministerial_note",
    "closed",
)
_words: dict[str, Mapping[str, Mapping[str, str]]] = {}


@dataclass(frozen=True)
class Entered:
    """An element the case has entered, with what its diagram says about it."""

    element_id: str
    at: datetime
    properties: Mapping[str, str]


def stages_of(reading: Reading, case: Case) -> list[str]:
    """The stages the case has been in, each once, in their fixed order."""
    found = {each.properties.get("stage") for each in entered(reading, case.id)}
    return [stage for stage in STAGES if stage in found]


def entered(reading: Reading, case_id: int) -> list[Entered]:
    """Every element the case has entered, in order, in the words of the version it ran on."""
    query = select(EventRow.activity, EventRow.at, EventRow.data).where(
        EventRow.stream == stream_of(case_id), EventRow.transition == "activated"
    )
    found: list[Entered] = []
    words: dict[tuple[str, int], Mapping[str, Mapping[str, str]]] = {}  # a case goes through many steps of few diagrams
    for activity, at, data in reading.session.execute(query.order_by(EventRow.seq)):
        definition = json.loads(data).get("definition")
        if definition is not None:
            key, version = definition
            if (key, version) not in words:
                words[key, version] = words_of(reading, key, version)
            found.append(Entered(activity, at, words[key, version].get(activity, {})))
    return found


def words_of(reading: Reading, key: str, version: int) -> Mapping[str, Mapping[str, str]]:
    """The properties of each element of a diagram. Content never changes, so its digest is the cache's key."""
    row = definitions.version(reading, "process", key, version)
    if row.digest not in _words:
        _words[row.digest] = _properties(row.content)
    return _words[row.digest]


def _properties(content: bytes) -> dict[str, dict[str, str]]:
    elements = xml.parse(content).iterfind(f".//{xml.bpmn('extensionElements')}/..")
    return {element.get("id") or "": dialect.read(element).properties for element in elements}
