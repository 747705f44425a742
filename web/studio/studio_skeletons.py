"""What something new starts from: the smallest diagram, table, form and letter that can be published."""

import json
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

from tasks.letters import letter_texts
from tasks.letters.letter_texts import Wording

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="definitions_{key}" targetNamespace="urn:ombudsflow:workflows" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0">
  <bpmn:process id="{key}" name={name} isExecutable="true">
    <bpmn:startEvent id="started" name="Start"><bpmn:outgoing>f_started_ended</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="ended" name="Klaar"><bpmn:incoming>f_started_ended</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f_started_ended" sourceRef="started" targetRef="ended" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_{key}"><bpmndi:BPMNPlane id="plane_{key}" bpmnElement="{key}">
    <bpmndi:BPMNShape id="started_di" bpmnElement="started"><dc:Bounds x="160" y="120" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="ended_di" bpmnElement="ended"><dc:Bounds x="360" y="120" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="f_started_ended_di" bpmnElement="f_started_ended"><di:waypoint x="196" y="138" /><di:waypoint x="360" y="138" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
_DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="definitions_{key}" name={name} namespace="urn:ombudsflow:decisions">
  <decision id="{key}" name={name}>
    <variable id="variable_{key}" name="{key}"/>
    <decisionTable id="table_{key}" hitPolicy="FIRST">
      <input id="{key}_input_1" label="Gegeven"><inputExpression id="{key}_expression_1"><text>gegeven</text></inputExpression></input>
      <output id="{key}_output_1" name="uitkomst" label="Uitkomst"/>
      <annotation name="Bron"/>
      <rule id="{key}_rule_1"><inputEntry id="{key}_1_in_1"><text>-</text></inputEntry><outputEntry id="{key}_1_out_1"><text>true</text></outputEntry><annotationEntry><text>Vul hier de rechtsbron in</text></annotationEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="diagram_{key}"><dmndi:DMNShape id="shape_{key}" dmnElementRef="{key}"><dc:Bounds height="80" width="180" x="160" y="80"/></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
"""


def _form(key: str, name: str) -> str:
    schema = {
        "components": [
            {
                "type": "textarea",
                "id": "field_note",
                "key": "note",
                "label": "Nota",
                "properties": {"goes_to": "case", "fact": f"{key}.note"},
            }
        ],
        "type": "default",
        "id": key,
        "name": name,
        "schemaVersion": 19,
        "executionPlatform": "Camunda Cloud",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _letter(key: str, name: str) -> str:
    body = "Beste {complainant}\n\nSchrijf hier uw brief.\n\nMet vriendelijke groeten\n{office}\n"
    return letter_texts.compose(key, name, {"nl": Wording(f"Dossier {{number}}: {name}", body)}).decode()


SKELETONS: dict[str, Callable[[str, str], str]] = {
    "process": lambda key, name: _PROCESS.format(key=key, name=quoteattr(name)),
    "decision": lambda key, name: _DECISION.format(key=key, name=quoteattr(name)),
    "form": _form,
    "letter": _letter,
}


def make(kind: str, key: str, name: str) -> bytes:
    """The content of something new; `key` must be an identifier, `name` may hold any text."""
    return SKELETONS[kind](key, name).encode()
