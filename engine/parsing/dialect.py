"""The Camunda 8 dialect (zeebe: namespace) of one element, read into plain values.

An attribute that starts with `=` is a FEEL expression, as Camunda Modeler writes it; anything else is text.
"""

from dataclasses import dataclass, field

from lxml import etree

from engine.parsing.xml import bpmn, zeebe


@dataclass(frozen=True)
class Mapping:
    """One input or output mapping: a FEEL source and the variable it sets."""

    source: str
    target: str


@dataclass(frozen=True)
class Extensions:
    """What the dialect says about an element."""

    form_key: str | None = None
    assignee: str | None = None
    candidate_groups: str | None = None
    due_date: str | None = None
    follow_up_date: str | None = None
    priority: str | None = None
    job_type: str | None = None
    retries: int = 3
    headers: dict[str, str] = field(default_factory=dict)
    inputs: tuple[Mapping, ...] = ()
    outputs: tuple[Mapping, ...] = ()
    script: str | None = None
    decision: str | None = None
    result_variable: str | None = None
    called_process: str | None = None
    propagates_parent: bool = True
    propagates_child: bool = True
    properties: dict[str, str] = field(default_factory=dict)
    binding: str = "latest"
    version_tag: str | None = None
    publish_key: str | None = None
    publish_id: str | None = None
    publish_ttl: str | None = None
    active_elements: str | None = None


def read(element: etree._Element) -> Extensions:
    """The element's `extensionElements`, of the zeebe namespace only; what a message carries may stand in its definition."""
    holder = element.find(bpmn("extensionElements"))
    message = element.find(f"{bpmn('messageEventDefinition')}/{bpmn('extensionElements')}/{zeebe('publishMessage')}")
    if holder is None and message is None:
        return Extensions()
    holder = etree.Element("nothing") if holder is None else holder

    def published(name: str) -> str | None:
        own = attribute("publishMessage", name)
        return own if own is not None or message is None else message.get(name)

    def attribute(tag: str, name: str) -> str | None:
        found = holder.find(zeebe(tag))
        return None if found is None else found.get(name)

    def mappings(tag: str) -> tuple[Mapping, ...]:
        return tuple(
            Mapping(m.get("source", ""), m.get("target", ""))
            for m in holder.iterfind(f"{zeebe('ioMapping')}/{zeebe(tag)}")
        )

    def pairs(path: str, key: str) -> dict[str, str]:
        return {item.get(key, ""): item.get("value", "") for item in holder.iterfind(path)}

    return Extensions(
        form_key=attribute("formDefinition", "formId"),
        assignee=attribute("assignmentDefinition", "assignee"),
        candidate_groups=attribute("assignmentDefinition", "candidateGroups"),
        due_date=attribute("taskSchedule", "dueDate"),
        follow_up_date=attribute("taskSchedule", "followUpDate"),
        priority=attribute("priorityDefinition", "priority"),
        job_type=attribute("taskDefinition", "type"),
        retries=int(attribute("taskDefinition", "retries") or "3"),
        headers=pairs(f"{zeebe('taskHeaders')}/{zeebe('header')}", "key"),
        inputs=mappings("input"),
        outputs=mappings("output"),
        script=attribute("script", "expression"),
        decision=attribute("calledDecision", "decisionId"),
        result_variable=attribute("script", "resultVariable") or attribute("calledDecision", "resultVariable"),
        called_process=attribute("calledElement", "processId"),
        propagates_parent=attribute("calledElement", "propagateAllParentVariables") != "false",
        propagates_child=attribute("calledElement", "propagateAllChildVariables") != "false",
        properties=pairs(f"{zeebe('properties')}/{zeebe('property')}", "name"),
        binding=attribute("calledElement", "bindingType") or attribute("calledDecision", "bindingType") or "latest",
        version_tag=attribute("calledElement", "versionTag") or attribute("calledDecision", "versionTag"),
        publish_key=published("correlationKey"),
        publish_id=published("messageId"),
        publish_ttl=published("timeToLive"),
        active_elements=attribute("adHoc", "activeElementsCollection"),
    )


def called_by(node: etree._Element) -> str:
    """The process a call activity calls: by the dialect, else by the standard's own attribute."""
    return read(node).called_process or (node.get("calledElement") or "").rpartition(":")[2]


def is_expression(text: str | None) -> bool:
    return bool(text) and str(text).lstrip().startswith("=")


def expression(text: str) -> str:
    """The FEEL inside `= ...`."""
    return text.lstrip()[1:].strip()


def bare(text: str) -> str | None:
    """A condition without its sign: it can be nothing but FEEL. None when there is none."""
    return (expression(text) if is_expression(text) else text) or None
