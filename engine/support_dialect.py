"""What of the Camunda 8 dialect (`zeebe:`) is understood: which extension at which element, and what it may say.

One that does nothing where it stands is refused, since whoever put it there expects something of it.
"""

from engine.support import ACTIVITIES, ELEMENTS

_MAPPED = "properties ioMapping"
_JOB = f"{_MAPPED} taskDefinition taskHeaders"

EXTENSIONS: dict[str, frozenset[str]] = {
    **{name: frozenset({"properties"}) for name in ELEMENTS},
    **{name: frozenset(_MAPPED.split()) for name in ACTIVITIES},
    **{
        name: frozenset(words.split())
        for name, words in {
            "process": "properties versionTag userTaskForm",
            "userTask": f"{_MAPPED} userTask formDefinition assignmentDefinition taskSchedule priorityDefinition taskHeaders",
            "globalUserTask": f"{_MAPPED} userTask formDefinition assignmentDefinition taskSchedule priorityDefinition taskHeaders",
            "serviceTask": _JOB,
            "sendTask": f"{_JOB} publishMessage",
            "scriptTask": f"{_JOB} script",
            "globalScriptTask": f"{_MAPPED} script",
            "businessRuleTask": f"{_JOB} calledDecision",
            "globalBusinessRuleTask": f"{_MAPPED} calledDecision",
            "callActivity": f"{_MAPPED} calledElement",
            "adHocSubProcess": f"{_MAPPED} adHoc",
            "multiInstanceLoopCharacteristics": "properties loopCharacteristics",
            "startEvent": _MAPPED,
            "intermediateCatchEvent": _MAPPED,
            "boundaryEvent": _MAPPED,
            "intermediateThrowEvent": f"{_JOB} publishMessage",
            "endEvent": f"{_JOB} publishMessage",
            "messageEventDefinition": "properties publishMessage",
            "message": "properties subscription",
        }.items()
    },
}

EXTENSION_ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "userTask": "",
        "userTaskForm": "id",
        "formDefinition": "formId formKey externalReference bindingType versionTag",
        "assignmentDefinition": "candidateGroups candidateUsers assignee",
        "taskSchedule": "dueDate followUpDate",
        "priorityDefinition": "priority",
        "taskDefinition": "type retries",
        "taskHeaders": "",
        "header": "key value",
        "ioMapping": "",
        "input": "source target",
        "output": "source target",
        "script": "expression resultVariable",
        "calledDecision": "decisionId resultVariable bindingType versionTag",
        "calledElement": "processId propagateAllChildVariables propagateAllParentVariables bindingType versionTag",
        "subscription": "correlationKey",
        "publishMessage": "correlationKey messageId timeToLive",
        "adHoc": "activeElementsCollection",
        "loopCharacteristics": "inputCollection inputElement outputCollection outputElement",
        "properties": "",
        "property": "name value",
        "versionTag": "value",
    }.items()
}
EXTENSION_CHILDREN: dict[str, frozenset[str]] = {
    "taskHeaders": frozenset({"header"}),
    "ioMapping": frozenset({"input", "output"}),
    "properties": frozenset({"property"}),
}

# What Camunda 8 would do with it, and how to draw it here.
REFUSED_EXTENSIONS: dict[str, str] = {
    "executionListeners": "Teken het werk als een eigen systeemtaak voor of na deze stap.",
    "taskListeners": "Teken het werk als een eigen systeemtaak voor of na deze taak.",
    "conditionalFilter": "Zet in de voorwaarde zelf welke variabelen meetellen.",
    "linkedResources": "Geef wat het werk nodig heeft met een toewijzing of een kopregel (header).",
}

# Properties of Camunda 7 that say nothing about the course of a case: they stay, and do nothing.
HARMLESS_7 = frozenset(
    "historyTimeToLive isStartableInTasklist versionTag candidateStarterGroups candidateStarterUsers jobPriority "
    "taskPriority asyncBefore asyncAfter exclusive modelerTemplate modelerTemplateVersion diagramRelationId".split()
)
