"""What of BPMN is supported, in one table: the publishing gate, the editor's lint and docs/bpmn-support.md read it.

Whatever does not stand here is refused. `ELEMENTS` gives each supported element its allowed attributes and children;
`EVENTS` each allowed event definition by position. SpiffWorkflow accepts much more and runs some of it wrongly.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Construct:
    """An element: what it may carry. `note` says how it runs here."""

    attributes: frozenset[str]
    children: frozenset[str]
    note: str


COMMON_ATTRIBUTES = frozenset({"id", "name"})
COMMON_CHILDREN = frozenset({"documentation", "extensionElements", "incoming", "outgoing"})


def construct(note: str, attributes: str = "", children: str = "") -> Construct:
    return Construct(COMMON_ATTRIBUTES | set(attributes.split()), COMMON_CHILDREN | set(children.split()), note)


FLOW_NODES: dict[str, Construct] = {
    "startEvent": construct(
        "Start zonder voorwaarde, precies één per proces en deelproces; in een gebeurtenisdeelproces een bericht, termijn of fout.",
        "isInterrupting",
        "messageEventDefinition timerEventDefinition errorEventDefinition",
    ),
    "endEvent": construct(
        "Einde, fouteinde, of beëindiging van alles in hetzelfde (deel)proces.",
        "",
        "errorEventDefinition terminateEventDefinition",
    ),
    "intermediateCatchEvent": construct(
        "Wacht op een termijn of een bericht.", "", "timerEventDefinition messageEventDefinition"
    ),
    "boundaryEvent": construct(
        "Op de rand van een activiteit, onderbrekend of niet; een niet-onderbrekend bericht mag telkens opnieuw.",
        "attachedToRef cancelActivity",
        "timerEventDefinition messageEventDefinition errorEventDefinition",
    ),
    "userTask": construct("Een taak van een persoon, met formulier en rol.", "default"),
    "serviceTask": construct("Werk van het systeem, volgens het taaktype.", "default"),
    "scriptTask": construct("Eén FEEL-uitdrukking die één variabele zet.", "default"),
    "businessRuleTask": construct("Een beslissingstabel.", "default"),
    "callActivity": construct("Een ander diagram, in de versie die bij de start in gebruik was.", "default"),
    "subProcess": construct("Een deelproces.", "default triggeredByEvent", "laneSet"),
    "exclusiveGateway": construct(
        "De eerste pijl waarvan de voorwaarde klopt, anders de standaardpijl.", "default gatewayDirection"
    ),
    "parallelGateway": construct("Alle pijlen tegelijk; wacht tot elke binnenkomende pijl er is.", "gatewayDirection"),
    "eventBasedGateway": construct("Wat het eerst gebeurt.", "gatewayDirection eventGatewayType instantiate"),
}

# What draws or explains but does not run.
OTHERS: dict[str, Construct] = {
    "definitions": construct(
        "",
        "targetNamespace exporter exporterVersion expressionLanguage typeLanguage",
        "process collaboration message error category BPMNDiagram",
    ),
    "process": construct(
        "",
        "isExecutable processType isClosed",
        "laneSet sequenceFlow textAnnotation association group " + " ".join(FLOW_NODES),
    ),
    "collaboration": construct("", "isClosed", "participant textAnnotation association group messageFlow"),
    "participant": construct("", "processRef"),
    "messageFlow": construct("", "sourceRef targetRef messageRef"),
    "laneSet": construct("", "", "lane"),
    "lane": construct("", "", "flowNodeRef childLaneSet"),
    "childLaneSet": construct("", "", "lane"),
    "flowNodeRef": construct(""),
    "sequenceFlow": construct("", "sourceRef targetRef isImmediate", "conditionExpression"),
    "conditionExpression": construct("", "type language"),
    "incoming": construct(""),
    "outgoing": construct(""),
    "documentation": construct("", "textFormat"),
    "textAnnotation": construct("", "textFormat", "text"),
    "text": construct(""),
    "association": construct("", "sourceRef targetRef associationDirection"),
    "group": construct("", "categoryValueRef"),
    "category": construct("", "", "categoryValue"),
    "categoryValue": construct("", "value"),
    "message": construct("", "itemRef"),
    "error": construct("", "errorCode structureRef"),
    "extensionElements": construct(""),
    "timerEventDefinition": construct("", "", "timeDate timeDuration"),
    "timeDate": construct("", "type language"),
    "timeDuration": construct("", "type language"),
    "messageEventDefinition": construct("", "messageRef"),
    "errorEventDefinition": construct("", "errorRef"),
    "terminateEventDefinition": construct(""),
}

INSIDE_PROCESS = "laneSet sequenceFlow textAnnotation association group " + " ".join(FLOW_NODES)
ELEMENTS: dict[str, Construct] = {
    **OTHERS,
    **FLOW_NODES,
    "subProcess": Construct(
        FLOW_NODES["subProcess"].attributes,
        FLOW_NODES["subProcess"].children | set(INSIDE_PROCESS.split()),
        FLOW_NODES["subProcess"].note,
    ),
}

ACTIVITIES = frozenset({"userTask", "serviceTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess"})

# The Camunda 8 dialect: which extension each element may carry. One that does nothing where it stands is refused.
_WORDS = "properties"
EXTENSIONS: dict[str, frozenset[str]] = {
    "process": frozenset({_WORDS, "versionTag"}),
    "userTask": frozenset(
        f"{_WORDS} userTask formDefinition assignmentDefinition taskSchedule priorityDefinition taskHeaders ioMapping".split()
    ),
    "serviceTask": frozenset(f"{_WORDS} taskDefinition taskHeaders ioMapping".split()),
    "scriptTask": frozenset(f"{_WORDS} script ioMapping".split()),
    "businessRuleTask": frozenset(f"{_WORDS} calledDecision ioMapping".split()),
    "callActivity": frozenset(f"{_WORDS} calledElement ioMapping".split()),
    "subProcess": frozenset(f"{_WORDS} ioMapping".split()),
    "intermediateCatchEvent": frozenset(f"{_WORDS} ioMapping".split()),
    "boundaryEvent": frozenset(f"{_WORDS} ioMapping".split()),
    "message": frozenset({"subscription"}),
    **dict.fromkeys(
        "startEvent endEvent exclusiveGateway parallelGateway eventBasedGateway sequenceFlow lane participant "
        "collaboration textAnnotation error".split(),
        frozenset({_WORDS}),
    ),
}

# What each extension may say, and inside it.
EXTENSION_ATTRIBUTES: dict[str, frozenset[str]] = {
    "userTask": frozenset(),
    "formDefinition": frozenset({"formId", "bindingType"}),
    "assignmentDefinition": frozenset({"candidateGroups", "assignee"}),
    "taskSchedule": frozenset({"dueDate", "followUpDate"}),
    "priorityDefinition": frozenset({"priority"}),
    "taskDefinition": frozenset({"type", "retries"}),
    "taskHeaders": frozenset(),
    "header": frozenset({"key", "value"}),
    "ioMapping": frozenset(),
    "input": frozenset({"source", "target"}),
    "output": frozenset({"source", "target"}),
    "script": frozenset({"expression", "resultVariable"}),
    "calledDecision": frozenset({"decisionId", "resultVariable", "bindingType"}),
    "calledElement": frozenset(
        {"processId", "propagateAllChildVariables", "propagateAllParentVariables", "bindingType"}
    ),
    "subscription": frozenset({"correlationKey"}),
    "properties": frozenset(),
    "property": frozenset({"name", "value"}),
    "versionTag": frozenset({"value"}),
}
EXTENSION_CHILDREN = {
    "taskHeaders": frozenset({"header"}),
    "ioMapping": frozenset({"input", "output"}),
    "properties": frozenset({"property"}),
}

# Attributes with few possible values; any other would be read as the default.
VALUES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        "isExecutable isInterrupting cancelActivity triggeredByEvent instantiate isClosed "
        "propagateAllChildVariables propagateAllParentVariables".split(),
        frozenset({"true", "false"}),
    ),
    "isImmediate": frozenset({"true"}),
    "bindingType": frozenset({"latest"}),
}

# Names inside SpiffWorkflow that would swallow an element of the same id.
RESERVED_IDS = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})

REFUSED: dict[str, str] = {
    "inclusiveGateway": "Teken een parallelle poort met daarachter telkens een keuze.",
    "complexGateway": "Teken de keuze met gewone poorten.",
    "manualTask": "Maak er een taak met formulier van, of een tekstnota.",
    "task": "Kies wat voor taak dit is: een taak van een persoon, van het systeem, of een beslissing.",
    "sendTask": "Gebruik een systeemtaak die de brief verstuurt.",
    "receiveTask": "Gebruik een gebeurtenis die op het bericht wacht.",
    "intermediateThrowEvent": "Gebruik een systeemtaak.",
    "transaction": "Gebruik een gewoon deelproces.",
    "adHocSubProcess": "Teken de stappen uit.",
    "multiInstanceLoopCharacteristics": "Herhaling over een lijst kan nog niet; teken een lus met een keuze.",
    "standardLoopCharacteristics": "Teken de lus uit met een keuze.",
    "dataObject": "Gegevens horen in het dossier of in variabelen.",
    "dataObjectReference": "Gegevens horen in het dossier of in variabelen.",
    "dataStoreReference": "Gegevens horen in het dossier of in variabelen.",
    "timeCycle": "Een herhaalde termijn kan nog niet; teken een lus met een termijn.",
    "signalEventDefinition": "Gebruik een bericht.",
    "escalationEventDefinition": "Gebruik een bericht of een fout.",
    "conditionalEventDefinition": "Gebruik een bericht.",
    "linkEventDefinition": "Verbind de twee met een pijl.",
    "compensateEventDefinition": "Teken wat er ongedaan gemaakt moet worden als gewone stappen.",
    "cancelEventDefinition": "Gebruik een foutgebeurtenis.",
}
