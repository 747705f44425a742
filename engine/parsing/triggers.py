"""Event definitions to triggers: what an event waits for or throws."""

from lxml import etree

from engine.elements.events import (
    CANCEL,
    COMPENSATION,
    CONDITION,
    ERROR,
    ESCALATION,
    LINK,
    MESSAGE,
    SIGNAL,
    TERMINATE,
    TIMER,
    Trigger,
)
from engine.parsing import dialect
from engine.parsing.xml import bpmn, local, zeebe

TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_SIMPLE = {"terminateEventDefinition": TERMINATE, "cancelEventDefinition": CANCEL}


def read(node: etree._Element) -> tuple[Trigger, ...]:
    """The triggers of an event, in the order of the file; none when it is a none event."""
    found = (_one(child) for child in node if isinstance(child.tag, str) and local(child).endswith("EventDefinition"))
    return tuple(trigger for trigger in found if trigger is not None)


def message(node: etree._Element) -> Trigger:
    """The message a send or receive task names."""
    return _message(node, node.get("messageRef"))


def _one(node: etree._Element) -> Trigger | None:
    name = local(node)
    if name in _SIMPLE:
        return Trigger(_SIMPLE[name])
    if name == "timerEventDefinition":
        timer = next(c for c in node if isinstance(c.tag, str) and local(c) in TIMERS)
        return Trigger(TIMER, timer=TIMERS[local(timer)], value=(timer.text or "").strip())
    if name == "messageEventDefinition":
        return _message(node, node.get("messageRef"))
    if name == "signalEventDefinition":
        return Trigger(SIGNAL, name=_referred(node, "signal", node.get("signalRef"), "name"))
    if name == "errorEventDefinition":
        return Trigger(ERROR, name=_referred(node, "error", node.get("errorRef"), "errorCode"))
    if name == "escalationEventDefinition":
        return Trigger(ESCALATION, name=_referred(node, "escalation", node.get("escalationRef"), "escalationCode"))
    if name == "conditionalEventDefinition":
        condition = node.find(bpmn("condition"))
        return Trigger(CONDITION, value=dialect.bare((condition.text or "").strip()) if condition is not None else "")
    if name == "linkEventDefinition":
        return Trigger(LINK, name=node.get("name"))
    if name == "compensateEventDefinition":
        return Trigger(
            COMPENSATION, value=plain(node.get("activityRef")), waits=node.get("waitForCompletion") != "false"
        )
    return None


def _message(node: etree._Element, ref: str | None) -> Trigger:
    found = next((m for m in _root(node).iterfind(bpmn("message")) if m.get("id") == plain(ref)), None)
    if found is None:
        return Trigger(MESSAGE)
    subscription = found.find(f"{bpmn('extensionElements')}/{zeebe('subscription')}")
    key = None if subscription is None else subscription.get("correlationKey")
    return Trigger(MESSAGE, name=found.get("name"), correlation_key=key)


def _referred(node: etree._Element, tag: str, ref: str | None, attribute: str) -> str | None:
    found = next((e for e in _root(node).iterfind(bpmn(tag)) if e.get("id") == plain(ref)), None)
    return None if found is None else found.get(attribute) or found.get("name")


def _root(node: etree._Element) -> etree._Element:
    root: etree._Element = node.getroottree().getroot()
    return root


def plain(ref: str | None) -> str | None:
    """A reference without its namespace prefix (an XML QName)."""
    return None if ref is None else ref.rpartition(":")[2]
