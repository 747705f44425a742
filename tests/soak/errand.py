"""The small process of the soak: what the shipped diagrams do not have. Jobs inside and outside the office, several at once, a timer.

The job outside fails now and then after it did its work, as a call whose answer gets lost; one in twenty never succeeds until
people have tried it again.
"""

import os
from pathlib import Path
from zlib import crc32

from engine.step import HandlerEntry, JobContext, Outside, OutsideContext
from tasks.office import Office
from tests.diagrams.shapes import END, after, boundary
from tests.engine.office import MESSAGE, diagram, flows, script, service, user

OUTSIDE, INSIDE, ORDERED = "soak.outside", "soak.inside", "ordered"
TYPES = frozenset({OUTSIDE, INSIDE})
PROCESS = "errand"
_EACH = '<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" inputElement="one"/></extensionElements></multiInstanceLoopCharacteristics>'


def content(number: int) -> bytes:
    """The diagram in one of its versions; in every second one the person's step has another id."""
    look = look_id(number)
    tell = service("tell", OUTSIDE).replace("</serviceTask>", f"{_EACH}</serviceTask>")
    body = (
        f'<startEvent id="s"><messageEventDefinition messageRef="message_{ORDERED}"/></startEvent>'
        '<parallelGateway id="g"/>'
        + tell
        + service("note", INSIDE)
        + user(look).replace('formId="form"', 'formId="close_case"')
        + boundary("late", look, after("P3D"), 'cancelActivity="false"')
        + script("remind", "1", "reminded")
        + '<endEvent id="e2"/><parallelGateway id="j"/>'
        + END
        + flows(f"s>g;g>tell;g>note;g>{look};tell>j;note>j;{look}>j;j>e;late>remind;remind>e2")
    )
    for arrow in (
        f"g_{look}",
        f"{look}_j",
    ):  # the arrows keep their ids, so that a case may move while others wait at the join
        body = body.replace(f'id="f_{arrow}"', f'id="f_{arrow.replace(look, "look")}"')
    named = body.replace('id="remind" name="remind"', f'id="remind" name="Herinneren {number}"')
    return diagram(named, root=MESSAGE.format(ORDERED).replace("=case_id", "=ticket"), key=PROCESS)


def look_id(number: int) -> str:
    """The id of the person's step in this version."""
    return f"look_{number % 2}"


def equip(office: Office, told: Path) -> None:
    """Give the office's engine the handlers of these jobs."""

    def outside(context: OutsideContext) -> dict[str, object]:
        key = context.idempotency_key
        times = _note(told, key)
        if times <= _failures(key):
            raise ConnectionError("the answer got lost")
        return {"told": key}

    def inside(context: JobContext) -> dict[str, object]:
        return {"noted": context.idempotency_key}

    office.engine.handlers = {
        **office.engine.handlers,
        OUTSIDE: Outside(outside),
        INSIDE: HandlerEntry(inside, automatic=False),
    }


def _failures(key: str) -> int:
    """How often this one fails: most never, a third once, one in twenty until it is out of retries."""
    drawn = crc32(key.encode()) % 20
    return 3 if drawn == 0 else 1 if drawn < 7 else 0


def _note(told: Path, key: str) -> int:
    """Write it down, whole or not at all; how often it stands there now."""
    handle = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{key}\n".encode())
    finally:
        os.close(handle)
    return told.read_text().split().count(key)
