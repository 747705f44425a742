"""Files from people, read without trust: each refusal is quick, names the place, and says what to do."""

import time
from collections import Counter

import pytest

from engine import definitions
from engine.parsing.xml import DEPTH_LIMIT, SIZE_LIMIT
from engine.publishing import check
from engine.vocabulary import Vocabulary
from tests.diagrams.shapes import END, START, after, at, boundary, catch, chain, inside, on_message
from tests.diagrams.twins import KNOWN, errors, refused_at
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, user, users

GOOD = chain(users("u"))
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))


def words_of(content: bytes) -> str:
    """The one error on the file as a whole."""
    (finding,) = errors(content)
    assert finding.rule == "supported"
    return finding.sentence


# -- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "geen geldige XML"),
        (b"not xml at all", "geen geldige XML"),
        (GOOD[:-20], "geen geldige XML"),
        (GOOD.replace(b'id="u"', b'id="u" id="v"'), "geen geldige XML"),
        (GOOD.replace(b"definitions", b"unknown:definitions"), "geen geldige XML"),
        (GOOD.replace(b'name="u"', b'name="caf\xe9"'), "geen geldige XML"),
        (b"<html/>", "geen BPMN-bestand"),
        (b'<definitions xmlns="urn:else"/>', "geen BPMN-bestand"),
        (b'<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/x.dtd">' + GOOD, "DOCTYPE"),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', "DOCTYPE"),
        (b'<!DOCTYPE d [<!ENTITY l0 "ha">' + LAUGHS + b"]><d>&l9;</d>", "DOCTYPE"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY x "y">]><d/>'.encode("utf-16"), "DOCTYPE"),
        (b"<a>" * (DEPTH_LIMIT + 5) + b"</a>" * (DEPTH_LIMIT + 5), "genest"),
        (b"<a>" * 100_000, "geen geldige XML"),
        (b"<a>" + b" " * SIZE_LIMIT + b"</a>", "groter dan 5 MB"),
    ],
)
def test_a_file_that_is_no_diagram_is_refused_in_one_clear_sentence(content: bytes, words: str) -> None:
    assert words in words_of(content)


def test_other_encodings_are_read_when_the_file_names_them() -> None:
    text = GOOD.decode().replace('name="u"', 'name="café"')
    assert errors(b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode("latin-1")) == []
    assert errors(f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")) == []


def test_a_file_at_the_limit_full_of_elements_is_refused_within_seconds() -> None:
    tasks = "".join(f'<userTask id="t{n}"/>' for n in range(150_000))
    began = time.process_time()
    assert "onderdelen" in words_of(diagram(START + tasks + END + flows("s>e")))
    crowded = "".join(f'<sequenceFlow id="f{n}" sourceRef="s" targetRef="e"/>' for n in range(15_000))
    assert {f.severity for f in check("process", diagram(START + END + crowded), KNOWN)} == {"warning"}
    assert time.process_time() - began < 20


# -- what a diagram names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (chain(users("u").replace('formId="form"', 'formId="gone"')), "u", "formulier 'gone' bestaat niet"),
        (chain(user("u", role="nobody")), "u", "rol 'nobody' bestaat niet. Kies uit: case_handler"),
        (chain(service("v", "gone")), "v", "taaktype 'gone' bestaat niet. Kies uit: fail, log"),
        (chain('<serviceTask id="v" name="v"/>'), "v", "geen taaktype"),
        (chain(user("u").replace("candidateGroups", 'assignee="jan" candidateGroups')), "u", "vaste persoon"),
        (chain(catch("c", on_message("gone"))), "c", "op welk bericht"),
        (chain(catch("c", on_message("m")), root='<message id="message_m" name="m"/>'), "c", "sleutel"),
        (
            chain(users("u"), root="").replace(
                b"</process>", b'<endEvent id="x"><errorEventDefinition/></endEvent></process>'
            ),
            "x",
            "fout met een code",
        ),
    ],
)
def test_what_a_diagram_names_must_exist(content: bytes, place: str, words: str) -> None:
    refused_at(content, place, words)


def decision_task(decision: str) -> str:
    return (
        f'<businessRuleTask id="d" name="d"><extensionElements><zeebe:calledDecision decisionId="{decision}" '
        'resultVariable="x"/></extensionElements></businessRuleTask>'
    )


def call(process: str) -> str:
    return (
        f'<callActivity id="c" name="c"><extensionElements><zeebe:calledElement processId="{process}"/>'
        "</extensionElements></callActivity>"
    )


def test_a_missing_decision_or_diagram_is_named() -> None:
    refused_at(chain(decision_task("gone")), "d", "beslissing 'gone' bestaat niet")
    refused_at(chain(decision_task("=which")), "d", "bestaat niet")
    refused_at(chain(call("gone")), "c", "diagram 'gone' bestaat niet")
    refused_at(chain(call("p")), "c", "zichzelf")


# -- expressions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 +", "op plaats 4"),
        ("a = = b", "op plaats 5"),
        ("if x then 1", "op plaats .* .verwacht: else"),
        ("(1", "op plaats"),
        ("__import__('os')", "op plaats"),
        ("n #", "'#' hoort hier niet, op plaats 3"),
        ("(" * 150 + "1" + ")" * 150, "dieper genest dan"),
        ("1" + " + 1" * 6000, "langer dan"),
    ],
)
def test_an_expression_that_does_not_parse_is_refused_with_its_place(text: str, words: str) -> None:
    choice = START + '<exclusiveGateway id="x" default="f_x_b"/>' + users("a b") + '<exclusiveGateway id="m"/>' + END
    refused_at(diagram(choice + flows(f"s>x;x>a[{text}];x>b;a>m;b>m;m>e")), "f_x_a", words)
    refused_at(chain(script("sc", text.replace("<", "&lt;").replace("'", "&apos;"), "y")), "sc", words)


def test_expressions_are_read_wherever_the_dialect_has_them() -> None:
    refused_at(chain(user("u", more='<zeebe:taskSchedule dueDate="=1 +"/>')), "u", "op plaats")
    refused_at(chain(user("u", more='<zeebe:taskSchedule followUpDate="morgen"/>')), "u", "geen datum of duur")
    refused_at(chain(user("u", more='<zeebe:priorityDefinition priority="=1 +"/>')), "u", "op plaats")
    refused_at(chain(user("u", role="=who")), "u", "kan niet berekend worden")
    refused_at(chain(user("u", role="case_handler, mediator")), "u", "één rol")
    refused_at(chain(script("sc", "1", "x").replace("=1", "1")), "sc", "geen FEEL-uitdrukking. Begin met '='")
    named = MESSAGE.format("m").replace('name="m"', 'name="=1 +"')
    refused_at(chain(catch("c", on_message("m")), root=named), "c", "op plaats")
    begun = f'<startEvent id="s">{on_message("m")}</startEvent>' + END + flows("s>e")
    refused_at(diagram(begun, root=named.replace("1 +", "m")), "s", "Bij een start zijn er nog geen variabelen")
    plain_key = MESSAGE.format("m").replace("=case_id", "case_id")
    refused_at(chain(catch("c", on_message("m")), root=plain_key), "c", "geen FEEL-uitdrukking")
    for way in ("input", "output"):
        mapping = f'<zeebe:ioMapping><zeebe:{way} source="=1 +" target="x"/></zeebe:ioMapping>'
        refused_at(chain(user("u", more=mapping)), "u", "op plaats")
        mapping = f'<zeebe:ioMapping><zeebe:{way} source="=1" target="x y"/></zeebe:ioMapping>'
        refused_at(chain(user("u", more=mapping)), "u", "geen naam van een variabele|kan geen naam")
    refused_at(chain(catch("t", after("=1 +"))), "t", "op plaats")
    refused_at(chain(catch("t", at("=1 +"))), "t", "op plaats")
    bad_key = MESSAGE.format("m").replace("=case_id", "=1 +")
    refused_at(chain(catch("c", on_message("m")), root=bad_key), "c", "op plaats")
    for retries in ("many", "²", "9" * 5000):
        refused_at(chain(service("v", "log").replace('type="log"', f'type="log" retries="{retries}"')), "v", "pogingen")
    refused_at(chain(script("sc", "1", "not a name")), "sc", "kan geen naam")
    refused_at(chain(script("sc", "1", "case_id")), "sc", "'case_id'.*kan niet gezet worden")


# -- shape --------------------------------------------------------------------------------------------------------------


def test_ids_are_unique_and_words() -> None:
    refused_at(diagram(START + users("u u") + END + flows("s>u;u>e")), "u", "komt 2 keer voor")
    refused_at(diagram(START + users("p") + END + flows("s>p;p>e")), "p", "komt 2 keer voor")
    refused_at(chain(users("1st")), "1st", "kan geen id zijn")
    refused_at(diagram(START + '<userTask name="x"/>' + END + flows("s>e")), "p", "kan geen id zijn")


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        ("", "p", "is leeg"),
        (users("u") + flows("u>u"), "p", "nergens beginnen"),
        (START + inside("sp", '<startEvent id="s2"/><startEvent id="s3"/>') + flows("s>sp"), "sp", "2 gewone starts"),
        (START + END + flows("s>gone"), "f_s_gone", "een element dat er niet is"),
        (START + END + users("u") + flows("s>u;u>e;e>u"), "f_e_u", "niet uit een einde"),
        (START + '<startEvent id="t"><errorEventDefinition/></startEvent>' + END + flows("s>e;t>e"), "t", "soort 'fout' kan hier niet staan"),
        (START + boundary("b", "e", after("P1D")) + END + flows("s>e;e>b"), "f_e_b", "niet uit een einde"),
        (START + users("u") + END + boundary("b", "s", after("P1D")) + '<endEvent id="e2"/>' + flows("s>u;u>e;b>e2"), "b", "hangt niet"),
        (START + inside("sp", START.replace("s", "x", 0), 'triggeredByEvent="true"') + END + flows("s>sp;sp>e"), "sp", "geen pijlen"),
        (START + '<eventBasedGateway id="g"/>' + users("u") + END + flows("s>g;g>u;u>e"), "g", "minstens twee gebeurtenissen"),
    ],
)  # fmt: skip
def test_a_diagram_that_does_not_hang_together_is_refused(body: str, place: str, words: str) -> None:
    refused_at(diagram(body, root=MESSAGE.format("m")), place, words)


def calling(key: str, called: str) -> str:
    """A process that only calls another."""
    body = START.replace('"s"', f'"s_{key}"') + call(called).replace('"c"', f'"c_{key}"') + flows(f"s_{key}>c_{key}")
    return f'<process id="{key}" name="{key}" isExecutable="true">{body}</process>'


def test_processes_of_one_file_that_call_each_other_in_a_circle_are_refused() -> None:
    content = chain(users("u")).replace(
        b"<process", calling("q", "r").encode() + calling("r", "q").encode() + b"<process"
    )
    refused_at(content, "c_q", "kring eindigt nooit")
    straight = chain(users("u")).replace(b"<process", calling("q", "p").encode() + b"<process")
    assert errors(straight) == []


def test_two_diagrams_with_one_process_id_are_refused() -> None:
    content = chain(users("u"))
    twice = content.replace(
        b"</definitions>", content[content.index(b"<process") : content.index(b"</definitions>")] + b"</definitions>"
    )
    refused_at(twice, "p", "komt 2 keer voor")


def test_a_file_without_anything_to_run_is_refused() -> None:
    for drawn in (b'isExecutable="false"', b""):
        refused_at(chain(users("u")).replace(b'isExecutable="true"', drawn), "definitions", "geen uitvoerbaar proces")
    refused_at(chain(users("u")).replace(b'"true"', b'"TRUE"', 1), "p", "isExecutable.*true")


def test_what_is_wrong_a_thousand_times_is_said_a_hundred_times() -> None:
    tasks = "".join(f'<userTask id="t{n}" name="t{n}"/>' for n in range(1_000))
    found = errors(diagram(START + tasks + END + flows("s>e")))
    assert Counter(f.rule for f in found) == {"task_form": 100, "task_role": 100}


# -- extensions and values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (chain(user("u", more='<zeebe:script expression="=1" resultVariable="x"/>')), "u", "zeebe:script' doet niets"),
        (chain(user("u", more='<zeebe:executionListeners/>')), "u", "executionListeners.*eigen systeemtaak"),
        (chain(user("u").replace("candidateGroups", 'candidateUsers="jan" candidateGroups')), "u", "vaste persoon"),
        (chain(user("u").replace("formId", 'bindingType="deployment" formId')), "u", "versie van een formulier"),
        (chain(user("u", more='<zeebe:formDefinition formId="form"/>')), "u", "twee keer"),
        (chain(service("v", "log").replace("<serviceTask", '<serviceTask isForCompensation="true"')), "v", "herstelstap heeft geen pijlen"),
        (chain(users("u")).replace(b'targetNamespace', b'expressionLanguage="http://www.w3.org/1999/XPath" targetNamespace'), "definitions", "FEEL"),
        (chain(users("u")).replace(b"</process>", b'<x:thing xmlns:x="urn:x"/></process>'), "p", "alleen BPMN"),
        (chain(users("u")).replace(b'<userTask ', b'<userTask xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="jan" '), "u", "Camunda 7"),
        (chain(catch("t", after("P1D")).replace("<timer", '<extensionElements><zeebe:ioMapping><zeebe:input source="=1" target="x"/></zeebe:ioMapping></extensionElements><timer')), "t", "geen invoer"),
    ],
)  # fmt: skip
def test_what_would_do_nothing_is_refused(content: bytes, place: str, words: str) -> None:
    refused_at(content, place, words)


MODELLER = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"
  xmlns:signavio="http://www.signavio.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="Definitions_1"
  targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler" exporterVersion="5.30.0"
  modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0">
  <bpmn:collaboration id="Collaboration_1">
    <bpmn:participant id="Participant_1" name="Bank" processRef="Process_1"/>
    <bpmn:participant id="Participant_2" name="Customer" processRef="Process_2"/>
    <bpmn:messageFlow id="Flow_m" sourceRef="Participant_2" targetRef="StartEvent_1"/>
  </bpmn:collaboration>
  <bpmn:process id="Process_1" isExecutable="true" camunda:historyTimeToLive="180">
    <bpmn:documentation>How a credit is asked.</bpmn:documentation>
    <bpmn:extensionElements><signavio:signavioMetaData metaKey="revisionid" metaValue="1"/></bpmn:extensionElements>
    <bpmn:startEvent id="StartEvent_1" name="Asked"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="StartEvent_1" targetRef="Activity_1"/>
    <bpmn:userTask id="Activity_1" name="Check the customer" zeebe:modelerTemplate="io.example.check" zeebe:modelerTemplateVersion="2">
      <bpmn:extensionElements>
        <zeebe:userTask/>
        <zeebe:formDefinition formKey="camunda-forms:bpmn:UserTaskForm_1" bindingType="deployment"/>
        <zeebe:assignmentDefinition assignee="=assessor" candidateGroups="=groups" candidateUsers="jan, piet"/>
        <signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/>
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>
      <bpmn:ioSpecification><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_1" targetRef="Gateway_1"/>
    <bpmn:exclusiveGateway id="Gateway_1" default="Flow_4"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:exclusiveGateway>
    <bpmn:sequenceFlow id="Flow_3" name="yes" sourceRef="Gateway_1" targetRef="Activity_2">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=score &gt; 7</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_4" sourceRef="Gateway_1" targetRef="Event_1"/>
    <bpmn:serviceTask id="Activity_2" name="Grant"><bpmn:extensionElements><zeebe:taskDefinition type="grant"/></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:sequenceFlow id="Flow_5" sourceRef="Activity_2" targetRef="Event_1"/>
    <bpmn:endEvent id="Event_1"/>
    <bpmn:textAnnotation id="TextAnnotation_1"><bpmn:text>By law</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="Association_1" associationDirection="None" sourceRef="Activity_1" targetRef="TextAnnotation_1"/>
  </bpmn:process>
  <bpmn:process id="Process_2" isExecutable="false"><bpmn:task id="Their_1" name="Anything goes"><bpmn:complexThing/></bpmn:task></bpmn:process>
  <bpmndi:BPMNDiagram id="BPMNDiagram_1"><bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="Collaboration_1">
    <bpmndi:BPMNShape id="Shape_1" bpmnElement="Activity_1" bioc:stroke="#831311" camunda:anything="x"><dc:Bounds x="1" y="1" width="1" height="1"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""


def test_a_diagram_of_another_office_is_tried_with_warnings_only() -> None:
    found = check("process", MODELLER.encode(), Vocabulary.anything())
    assert {f.severity for f in found} == {"warning"}, [f for f in found if f.severity == "error"]
    said = {f.element_id: f.sentence for f in found if f.rule == "supported"}
    assert "signavio.com' staat (2 keer)" in said["Process_1"]
    assert "Gebruik invoer- en uitvoertoewijzingen" in said["Activity_1"]


def test_it_is_kept_as_it_came(stage: Stage) -> None:
    with stage.database.work() as work:
        made = definitions.publish(
            work,
            "process",
            MODELLER.encode(),
            actor_id="person:1",
            at=stage.clock.now(),
            vocabulary=Vocabulary.anything(),
        )
        assert made.definition.content == MODELLER.encode()


def test_extensions_of_other_tools_stay() -> None:
    more = '<x:note xmlns:x="urn:other-tool" colour="red"/><zeebe:properties><zeebe:property name="stage" value="a"/></zeebe:properties>'
    assert errors(chain(user("u", more=more))) == []
