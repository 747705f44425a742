"""What of BPMN may stand in a diagram: each element with its attributes and children. The publishing gate walks by it.

Whatever does not stand here is refused. `engine.support_events` says which event may stand where, `engine.support_rows`
how each construct runs and which test shows it, `engine.support_dialect` what of the `zeebe:` namespace is understood.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Construct:
    """An element: the attributes and child elements it may carry."""

    attributes: frozenset[str]
    children: frozenset[str]


def construct(attributes: str = "", children: str = "") -> Construct:
    """A construct with what every element may carry."""
    return Construct(
        frozenset({"id", "name", *attributes.split()}),
        frozenset({"documentation", "extensionElements", *children.split()}),
    )


# Read and kept, but nothing there says how the case runs. Not walked any further.
DRAWN = frozenset(
    "auditing monitoring categoryValueRef dataState property rendering itemDefinition interface resource partnerEntity "
    "partnerRole endPoint relationship import dataStore supports supportedInterfaceRef interfaceRef endPointRef "
    "partitionElement category".split()
)

# The same, but whoever drew it may expect something of it: publishing says that nothing comes of it.
INERT: dict[str, str] = {
    **dict.fromkeys(
        "ioSpecification dataInput dataOutput inputSet outputSet".split(),
        "Wat een stap hier inleest of teruggeeft, doet niets. Gebruik invoer- en uitvoertoewijzingen.",
    ),
    "ioBinding": "Een koppeling aan een webdienst doet hier niets. Gebruik een taaktype.",
    "operationRef": "Een bewerking van een webdienst doet hier niets. Gebruik een taaktype.",
    "participantMultiplicity": "Meerdere deelnemers in één zwembad doen hier niets.",
    **dict.fromkeys(
        "resourceRole performer humanPerformer potentialOwner".split(),
        "Deze toewijzing doet hier niets. Vul bij 'Rollen' de rol in die de taak moet doen.",
    ),
}

_FLOW_NODE = "incoming outgoing auditing monitoring categoryValueRef "
_DATA = "ioSpecification property dataInputAssociation dataOutputAssociation "
_ACTIVITY = (
    _FLOW_NODE
    + _DATA
    + "resourceRole performer humanPerformer potentialOwner standardLoopCharacteristics multiInstanceLoopCharacteristics "
)
_ANY_ACTIVITY = "default isForCompensation startQuantity completionQuantity "
_CATCHES = _FLOW_NODE + "property dataOutput dataOutputAssociation outputSet "
_THROWS = _FLOW_NODE + "property dataInput dataInputAssociation inputSet "
_CAUGHT = (
    "messageEventDefinition timerEventDefinition signalEventDefinition conditionalEventDefinition errorEventDefinition "
    "escalationEventDefinition compensateEventDefinition cancelEventDefinition linkEventDefinition "
)
_THROWN = (
    "messageEventDefinition signalEventDefinition escalationEventDefinition compensateEventDefinition linkEventDefinition "
    "errorEventDefinition cancelEventDefinition terminateEventDefinition "
)
_GLOBAL = "resourceRole performer humanPerformer potentialOwner ioSpecification ioBinding supportedInterfaceRef "

TASKS = frozenset(
    "task userTask manualTask serviceTask sendTask receiveTask scriptTask businessRuleTask callActivity".split()
)
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SCOPES
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS
GLOBAL_TASKS = frozenset(
    {"globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"}
)
_INSIDE = (
    "laneSet sequenceFlow textAnnotation association group dataObject dataObjectReference dataStoreReference "
    + " ".join(sorted(FLOW_NODES))
)

ELEMENTS: dict[str, Construct] = {
    "definitions": construct(
        "targetNamespace exporter exporterVersion expressionLanguage typeLanguage",
        "import extension itemDefinition interface resource partnerEntity partnerRole endPoint relationship dataStore "
        "process collaboration message error signal escalation category BPMNDiagram " + " ".join(sorted(GLOBAL_TASKS)),
    ),
    "process": construct(
        "isExecutable processType isClosed definitionalCollaborationRef",
        "auditing monitoring property supports ioSpecification ioBinding supportedInterfaceRef resourceRole performer "
        "humanPerformer potentialOwner " + _INSIDE,
    ),
    # Activities
    "task": construct(_ANY_ACTIVITY, _ACTIVITY),
    "manualTask": construct(_ANY_ACTIVITY, _ACTIVITY),
    "userTask": construct(_ANY_ACTIVITY + "implementation", _ACTIVITY + "rendering"),
    "serviceTask": construct(_ANY_ACTIVITY + "implementation", _ACTIVITY),
    "sendTask": construct(_ANY_ACTIVITY + "implementation messageRef", _ACTIVITY),
    "receiveTask": construct(_ANY_ACTIVITY + "implementation messageRef instantiate", _ACTIVITY),
    "scriptTask": construct(_ANY_ACTIVITY + "scriptFormat", _ACTIVITY),
    "businessRuleTask": construct(_ANY_ACTIVITY + "implementation", _ACTIVITY),
    "callActivity": construct(_ANY_ACTIVITY + "calledElement", _ACTIVITY),
    "subProcess": construct(_ANY_ACTIVITY + "triggeredByEvent", _ACTIVITY + _INSIDE),
    "transaction": construct(_ANY_ACTIVITY + "triggeredByEvent method", _ACTIVITY + _INSIDE),
    "adHocSubProcess": construct(
        _ANY_ACTIVITY + "triggeredByEvent ordering cancelRemainingInstances",
        _ACTIVITY + _INSIDE + " completionCondition",
    ),
    "standardLoopCharacteristics": construct("testBefore loopMaximum", "loopCondition"),
    "multiInstanceLoopCharacteristics": construct("isSequential behavior", "loopCardinality completionCondition"),
    "globalTask": construct("", _GLOBAL),
    "globalManualTask": construct("", _GLOBAL),
    "globalUserTask": construct("implementation", _GLOBAL + "rendering"),
    "globalScriptTask": construct("scriptLanguage", _GLOBAL),
    "globalBusinessRuleTask": construct("implementation", _GLOBAL),
    # Events
    "startEvent": construct("isInterrupting parallelMultiple", _CATCHES + _CAUGHT),
    "intermediateCatchEvent": construct("parallelMultiple", _CATCHES + _CAUGHT),
    "boundaryEvent": construct("attachedToRef cancelActivity parallelMultiple", _CATCHES + _CAUGHT),
    "intermediateThrowEvent": construct("", _THROWS + _THROWN),
    "endEvent": construct("", _THROWS + _THROWN),
    "messageEventDefinition": construct("messageRef", "operationRef"),
    "timerEventDefinition": construct("", "timeDate timeDuration timeCycle"),
    "signalEventDefinition": construct("signalRef"),
    "conditionalEventDefinition": construct("", "condition"),
    "errorEventDefinition": construct("errorRef"),
    "escalationEventDefinition": construct("escalationRef"),
    "compensateEventDefinition": construct("waitForCompletion activityRef"),
    "cancelEventDefinition": construct(),
    "terminateEventDefinition": construct(),
    "linkEventDefinition": construct("", "source target"),
    # Gateways and flows
    "exclusiveGateway": construct("default gatewayDirection", _FLOW_NODE),
    "inclusiveGateway": construct("default gatewayDirection", _FLOW_NODE),
    "parallelGateway": construct("gatewayDirection", _FLOW_NODE),
    "eventBasedGateway": construct("gatewayDirection eventGatewayType instantiate", _FLOW_NODE),
    "sequenceFlow": construct(
        "sourceRef targetRef isImmediate", "conditionExpression auditing monitoring categoryValueRef"
    ),
    # Expressions and texts
    **dict.fromkeys(
        "conditionExpression condition completionCondition loopCondition loopCardinality timeDate timeDuration "
        "timeCycle".split(),
        construct("type language evaluatesToTypeRef"),
    ),
    **dict.fromkeys(
        "incoming outgoing flowNodeRef text source target sourceRef targetRef extensionElements".split(), construct()
    ),
    "documentation": construct("textFormat"),
    # What is named
    "message": construct("itemRef"),
    "error": construct("errorCode structureRef"),
    "signal": construct("structureRef"),
    "escalation": construct("escalationCode structureRef"),
    "extension": construct("definition mustUnderstand"),
    # What draws or explains
    "collaboration": construct("isClosed", "participant textAnnotation association group messageFlow"),
    "participant": construct("processRef", "interfaceRef endPointRef participantMultiplicity"),
    "messageFlow": construct("sourceRef targetRef messageRef"),
    "laneSet": construct("", "lane"),
    "lane": construct("partitionElementRef", "flowNodeRef childLaneSet partitionElement"),
    "childLaneSet": construct("", "lane"),
    "textAnnotation": construct("textFormat", "text"),
    "association": construct("sourceRef targetRef associationDirection"),
    "group": construct("categoryValueRef"),
    "dataObject": construct("itemSubjectRef isCollection", "dataState auditing monitoring categoryValueRef"),
    "dataObjectReference": construct("itemSubjectRef dataObjectRef", "dataState auditing monitoring categoryValueRef"),
    "dataStoreReference": construct("itemSubjectRef dataStoreRef", "dataState auditing monitoring categoryValueRef"),
    "dataInputAssociation": construct("", "sourceRef targetRef"),
    "dataOutputAssociation": construct("", "sourceRef targetRef"),
}

# Attributes with few possible values: any other would be read as the default, or means something that does not run here.
_TRUTH = frozenset({"true", "false"})
VALUES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        "isExecutable isInterrupting cancelActivity triggeredByEvent isClosed parallelMultiple isForCompensation "
        "isSequential testBefore cancelRemainingInstances waitForCompletion isCollection propagateAllChildVariables "
        "propagateAllParentVariables".split(),
        _TRUTH,
    ),
    "isImmediate": frozenset({"true"}),
    "mustUnderstand": frozenset({"false"}),
    "behavior": frozenset({"All"}),
    "ordering": frozenset({"Parallel", "Sequential"}),
    "method": frozenset({"##Compensate"}),
    "eventGatewayType": frozenset({"Exclusive", "Parallel"}),
    "bindingType": frozenset({"latest", "deployment", "versionTag"}),
}
OF_ELEMENT: dict[tuple[str, str], frozenset[str]] = {
    ("eventBasedGateway", "instantiate"): _TRUTH,
    ("receiveTask", "instantiate"): _TRUTH,
    ("transaction", "triggeredByEvent"): frozenset({"false"}),
    ("adHocSubProcess", "triggeredByEvent"): frozenset({"false"}),
}


def values_of(element: str, attribute: str) -> frozenset[str] | None:
    """What the attribute may be at this element; None when anything goes."""
    return OF_ELEMENT.get((element, attribute), VALUES.get(attribute))


REFUSED: dict[str, str] = {
    "complexGateway": "Teken de voorwaarde met een inclusieve poort, of met een lus die telt en een keuze.",
    "implicitThrowEvent": "Gebruik een gewone gebeurtenis.",
    "eventDefinitionRef": "Teken de gebeurtenis in het element zelf, en verwijs er niet naar.",
    "script": "Schrijf de FEEL-uitdrukking in het eigenschappenpaneel (zeebe:script). Andere talen worden niet uitgevoerd.",
    "loopDataInputRef": "Vul de lijst in bij 'Lijst' (zeebe:loopCharacteristics).",
    "loopDataOutputRef": "Vul de lijst in bij 'Lijst van uitkomsten' (zeebe:loopCharacteristics).",
    "inputDataItem": "Vul de naam in bij 'Naam van elk deel' (zeebe:loopCharacteristics).",
    "outputDataItem": "Vul de uitdrukking in bij 'Uitkomst van elk deel' (zeebe:loopCharacteristics).",
    "complexBehaviorDefinition": "Laat de herhaling stoppen met een voorwaarde (completionCondition).",
    "transformation": "Reken in een invoer- of uitvoertoewijzing.",
    "assignment": "Reken in een invoer- of uitvoertoewijzing.",
    "correlationSubscription": "Zet de sleutel bij het bericht ('Hoort bij', correlation key).",
    "correlationProperty": "Zet de sleutel bij het bericht ('Hoort bij', correlation key).",
    "correlationKey": "Zet de sleutel bij het bericht ('Hoort bij', correlation key).",
    **dict.fromkeys(
        "choreography globalChoreographyTask choreographyTask subChoreography callChoreography".split(),
        "Een choreografie zegt wie met wie spreekt, niet wat er gebeurt. Teken het proces zelf.",
    ),
    **dict.fromkeys(
        "conversation callConversation subConversation globalConversation conversationLink conversationAssociation "
        "participantAssociation messageFlowAssociation".split(),
        "Een gesprek tussen deelnemers wordt niet uitgevoerd. Teken de berichten met pijlen tussen de zwembaden.",
    ),
}
