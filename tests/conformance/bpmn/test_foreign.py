"""Diagrams as other tools write them: prefixes, drawing, pools, extensions of others; harmless things are kept and run along."""

import pytest

from engine.sandbox import DiagramRefused, Sandbox
from tests.conformance.bpmn.drawing import call, catch, ends, file, go, message, one, process, start, timer, user
from tests.conformance.bpmn.play import Play

MODELER = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
 xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="Definitions_0x7" targetNamespace="http://bpmn.io/schema/bpmn"
 exporter="Camunda Modeler" exporterVersion="5.30.0" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0">
  <bpmn:collaboration id="Collaboration_1">
    <bpmn:participant id="Participant_1" name="Office" processRef="Process_1abc" />
    <bpmn:participant id="Participant_2" name="Citizen" />
    <bpmn:messageFlow id="Flow_m" sourceRef="Participant_2" targetRef="StartEvent_1" />
    <bpmn:textAnnotation id="TextAnnotation_1"><bpmn:text>mind</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="Association_1" associationDirection="None" sourceRef="Activity_Check" targetRef="TextAnnotation_1" />
  </bpmn:collaboration>
  <bpmn:process id="Process_1abc" isExecutable="true">
    <bpmn:documentation>For everyone</bpmn:documentation>
    <bpmn:laneSet id="LaneSet_1"><bpmn:lane id="Lane_1" name="Clerk">
      <bpmn:flowNodeRef>StartEvent_1</bpmn:flowNodeRef><bpmn:flowNodeRef>Activity_Check</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="StartEvent_1"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="Activity_Check" name="Check it">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:formDefinition formId="Form_0x1" />
        <zeebe:assignmentDefinition candidateGroups="clerks" />
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:exclusiveGateway id="Gateway_1" default="Flow_4" name="Good?">
      <bpmn:incoming>Flow_2</bpmn:incoming><bpmn:outgoing>Flow_3</bpmn:outgoing><bpmn:outgoing>Flow_4</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:serviceTask id="Activity_Mail" name="Mail" zeebe:modelerTemplate="io.camunda.mail" zeebe:modelerTemplateVersion="1">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="io.camunda:email:1" retries="5" />
        <zeebe:ioMapping><zeebe:input source="smtp" target="authentication.type" /><zeebe:input source="=name" target="to" /></zeebe:ioMapping>
        <zeebe:taskHeaders><zeebe:header key="resultExpression" value="" /></zeebe:taskHeaders>
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_3</bpmn:incoming><bpmn:outgoing>Flow_5</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="Event_Good"><bpmn:incoming>Flow_5</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="Event_Bad"><bpmn:incoming>Flow_4</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="StartEvent_1" targetRef="Activity_Check" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_Check" targetRef="Gateway_1" />
    <bpmn:sequenceFlow id="Flow_3" name="yes" sourceRef="Gateway_1" targetRef="Activity_Mail">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=good = true</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_4" sourceRef="Gateway_1" targetRef="Event_Bad" />
    <bpmn:sequenceFlow id="Flow_5" sourceRef="Activity_Mail" targetRef="Event_Good" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="BPMNDiagram_1"><bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="Collaboration_1">
    <bpmndi:BPMNShape id="S1" bpmnElement="Activity_Check" bioc:stroke="#831311" color:border-color="#831311">
      <dc:Bounds x="1" y="2" width="100" height="80" /><bpmndi:BPMNLabel /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="E1" bpmnElement="Flow_1"><di:waypoint x="1" y="2" /><di:waypoint x="3" y="4" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""


def test_a_diagram_of_camunda_modeler_runs_as_it_is() -> None:
    play = Play(MODELER, start="Process_1abc", name="An")
    [task] = play.waiting()
    assert (task.element_id, task.name, task.roles) == ("Activity_Check", "Check it", ("clerks",))
    play.complete("Activity_Check", good=True)
    [job] = play.waiting()
    assert (job.job_type, dict(job.variables)) == (
        "io.camunda:email:1",
        {"authentication": {"type": "smtp"}, "to": "An"},
    )
    play.complete("Activity_Mail")
    assert (play.outcome, play.done[-1]) == ("completed", "Event_Good")
    assert Play(MODELER, start="Process_1abc").complete("Activity_Check", good=False).done[-1] == "Event_Bad"


def test_a_process_that_is_not_executable_is_only_drawing() -> None:
    other = one(start("s2"), user("b"), ends("e2"), go("s2 b e2"), key="q", executable=False)
    box = Sandbox()
    assert box.publish(file(one(start(), user("a"), ends("e"), go("s a e")), other)) == ["p"]


def test_several_processes_are_published_in_the_order_of_the_file() -> None:
    first = one(start(), call("c", "a"), ends("e"), go("s c e"), key="z")
    second = one(start("s2"), user("w"), ends("e2"), go("s2 w e2"), key="a")
    box = Sandbox()
    assert box.publish(file(first, second)) == ["z", "a"]
    case = box.start("z")
    assert [wait.element_id for wait in box.waiting(case)] == ["w"]


def test_extensions_of_others_change_nothing() -> None:
    foreign = '<x:thing xmlns:x="urn:x" how="y"><x:deep/></x:thing>'
    drawn = process(
        start(), user("a").replace("</extensionElements>", f"{foreign}</extensionElements>"), ends("e"), go("s a e")
    )
    assert Play(drawn).complete("a").outcome == "completed"


@pytest.mark.parametrize(
    "broken",
    [
        process(start(), ends("e"), '<sequenceFlow id="f" sourceRef="s" targetRef="nowhere"/>'),
        process(start(), ends("e"), '<sequenceFlow id="f" sourceRef="s"/>'),
        process(start(), user("a"), user("a"), ends("e"), go("s a e")),
        process('<startEvent/><userTask/><endEvent id="e"/>'),
        process(start(), '<userTask id="a"><loopCharacteristics/></userTask>', ends("e"), go("s a e")),
        process(start(), '<complexGateway id="c"/>', ends("e"), go("s c e")),
        process(start(), catch("c"), ends("e"), go("s c e")),
        process(start(), catch("c", message("m")).replace("message_m", "message_x"), ends("e"), go("s c e"), root="").replace('<message id="message_x"', '<message id="message_y"'),
        process(start(), catch("c", timer("whenever")), ends("e"), go("s c e")),
        process(start(), '<boundaryEvent id="b" attachedToRef="nothing"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>', ends("e"), go("s e")),
        process(start(), user("a", default="f_none"), ends("e"), go("s a e")),
        file(one(start(), ends("e"), go("s e")), one(start("s2"), ends("e2"), go("s2 e2"))),
        "<bpmn>",
        '<!DOCTYPE x [<!ENTITY a "b">]><definitions/>',
        "<definitions " + 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        process(start(), "<!--" + "x" * 11_000_000 + "-->", ends("e"), go("s e")),
    ],
    ids=lambda text: str(len(text)),
)  # fmt: skip
def test_what_is_broken_gets_a_finding_and_never_runs(broken: str) -> None:
    with pytest.raises(DiagramRefused) as refused:
        Sandbox().publish(broken)
    errors = [finding for finding in refused.value.findings if finding.severity == "error"]
    assert errors
    assert all(finding.sentence.strip() for finding in errors)


@pytest.mark.parametrize("value", [(1, 2), {1, 2}, object(), float("nan"), b"x", {1: "a"}])
def test_what_is_no_value_of_feel_is_refused_or_kept_as_one(value: object) -> None:
    box = Sandbox()
    box.publish(process(start(), user("a"), ends("e"), go("s a e")))
    try:
        case = box.start("p", {"n": value})
    except Exception as refusal:
        assert str(refusal)
        assert box.instances() == []
        return
    assert box.variables(case)["n"] in ([1, 2], {"1": "a"})
