"""Which event may stand where: the legal positions of BPMN 2.0.2 (table 10.93), one row each.

A position is where an event definition stands; what is not in `WHERE` is refused with its name.
"""

from collections.abc import Iterator

from lxml import etree

from engine.parsing.xml import bpmn, local

START, SUB_START = "start", "sub_start"
EVENT_START, EVENT_START_BESIDE = "event_start", "event_start_beside"
CATCH, THROW = "catch", "throw"
BOUNDARY, BOUNDARY_BESIDE = "boundary", "boundary_beside"
END = "end"

POSITIONS: dict[str, str] = {
    START: "start van een proces",
    SUB_START: "start van een deelproces",
    EVENT_START: "start van een gebeurtenisdeelproces, onderbrekend",
    EVENT_START_BESIDE: "start van een gebeurtenisdeelproces, niet-onderbrekend",
    CATCH: "onderweg, wachtend",
    THROW: "onderweg, gevend",
    BOUNDARY: "op de rand, onderbrekend",
    BOUNDARY_BESIDE: "op de rand, niet-onderbrekend",
    END: "einde",
}

_CAUGHT = (START, EVENT_START, EVENT_START_BESIDE, CATCH, BOUNDARY, BOUNDARY_BESIDE)
NONE, MULTIPLE, PARALLEL_MULTIPLE = "none", "multiple", "parallelMultiple"
WHERE: dict[str, tuple[str, ...]] = {
    NONE: (START, SUB_START, THROW, END),
    "messageEventDefinition": (*_CAUGHT, THROW, END),
    "timerEventDefinition": _CAUGHT,
    "signalEventDefinition": (*_CAUGHT, THROW, END),
    "conditionalEventDefinition": _CAUGHT,
    "errorEventDefinition": (EVENT_START, BOUNDARY, END),
    "escalationEventDefinition": (EVENT_START, EVENT_START_BESIDE, THROW, BOUNDARY, BOUNDARY_BESIDE, END),
    "compensateEventDefinition": (EVENT_START, THROW, BOUNDARY, END),
    "cancelEventDefinition": (BOUNDARY, END),
    "terminateEventDefinition": (END,),
    "linkEventDefinition": (CATCH, THROW),
    MULTIPLE: (*_CAUGHT, THROW, END),
    PARALLEL_MULTIPLE: tuple(position for position in _CAUGHT if position != START),
}

# What may be one of several: a link is a jump, and cancelling, ending or undoing together with something else says two things.
COMBINED = frozenset(
    "messageEventDefinition timerEventDefinition signalEventDefinition conditionalEventDefinition "
    "escalationEventDefinition errorEventDefinition".split()
)
# All of them must have happened: an error or escalation that interrupts cannot wait for another.
COMBINED_PARALLEL = COMBINED - {"escalationEventDefinition", "errorEventDefinition"}

WORDS: dict[str, str] = {
    NONE: "zonder",
    "messageEventDefinition": "bericht",
    "timerEventDefinition": "termijn",
    "signalEventDefinition": "signaal",
    "conditionalEventDefinition": "voorwaarde",
    "errorEventDefinition": "fout",
    "escalationEventDefinition": "escalatie",
    "compensateEventDefinition": "herstel (compensatie)",
    "cancelEventDefinition": "annulering",
    "terminateEventDefinition": "beëindiging",
    "linkEventDefinition": "koppeling (link)",
    MULTIPLE: "een van meerdere",
    PARALLEL_MULTIPLE: "alle van meerdere",
}


def definitions_of(event: etree._Element) -> list[etree._Element]:
    """The event definitions inside an event, in the order of the file."""
    return [child for child in event if isinstance(child.tag, str) and local(child).endswith("EventDefinition")]


def kind_of(event: etree._Element) -> str:
    """The one kind of event this is: its definition, none, or several."""
    found = definitions_of(event)
    if not found:
        return NONE
    if len(found) == 1:
        return local(found[0])
    return PARALLEL_MULTIPLE if event.get("parallelMultiple") == "true" else MULTIPLE


def position_of(event: etree._Element) -> str:
    """Where an event stands."""
    name, parent = local(event), event.getparent()
    if name == "startEvent":
        if parent is None or parent.tag == bpmn("process"):
            return START
        if parent.get("triggeredByEvent") != "true":
            return SUB_START
        return EVENT_START_BESIDE if _beside(event, "isInterrupting") else EVENT_START
    if name == "boundaryEvent":
        return BOUNDARY_BESIDE if _beside(event, "cancelActivity") else BOUNDARY
    return {"intermediateCatchEvent": CATCH, "intermediateThrowEvent": THROW, "endEvent": END}[name]


def _beside(event: etree._Element, attribute: str) -> bool:
    """Compensation is asked for after the activity, when there is nothing left to interrupt: then it says nothing."""
    return event.get(attribute) == "false" and kind_of(event) != "compensateEventDefinition"


def every_position() -> Iterator[tuple[str, str]]:
    """Each kind of event with each position it may have, in the order of the page."""
    for kind, positions in WHERE.items():
        for position in POSITIONS:
            if position in positions:
                yield kind, position
