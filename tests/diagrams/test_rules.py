"""Each rule has a pair of twins: a diagram it speaks about, and nearly the same one about which it is silent."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import publishing
from engine.findings import ERROR, WARNING, Finding
from engine.lint import rules
from engine.vocabulary import Vocabulary
from tasks.office import WORKFLOWS
from tests.diagrams.shapes import END, START, after, boundary, catch, chain, on_message
from tests.diagrams.twins import KNOWN
from tests.engine.office import MESSAGE, diagram, flows, script, service, user, users


@dataclass(frozen=True)
class Twins:
    """`wrong` gives a finding of this severity at `place`, with these words; `right` gives none of the rule."""

    wrong: bytes
    place: str
    severity: str
    words: str
    right: bytes


CHOICE = START + '<exclusiveGateway id="x" name="x"{0}/>' + users("a b") + '<exclusiveGateway id="m"/>' + END
WAY = flows("a>m;b>m;m>e;s>x")
SPLIT = START + '<exclusiveGateway id="x" default="f_x_b"/>' + users("a b") + "{0}" + END
AFTER_SPLIT = flows("s>x;x>a[n = 1];x>b;a>j;b>j;j>e")
EXCLUSIVE, PARALLEL = '<exclusiveGateway id="j"/>', '<parallelGateway id="j"/>'
BESIDE = '<parallelGateway id="g"/>{0}<parallelGateway id="j"/>' + flows("s>g;g>a;g>b;a>j;b>j;j>e")
M = MESSAGE.format("m")
EITHER = '<eventBasedGateway id="g"/>' + catch("c", on_message("m")) + catch("t", after("P30D"))
NOBODY = user("u").replace('<zeebe:assignmentDefinition candidateGroups="case_handler"/>', "")
LANE = '<laneSet id="ls"><lane id="lane_case_handler" name="Dossierbehandelaar"><flowNodeRef>u</flowNodeRef></lane></laneSet>'
DUE = '<zeebe:taskSchedule dueDate="P5D"/>'
HEADER = '<zeebe:taskHeaders><zeebe:header key="{}" value="{}"/></zeebe:taskHeaders>'
MANY = (
    "<multiInstanceLoopCharacteristics>{0}<extensionElements><zeebe:loopCharacteristics inputCollection='=items' "
    "inputElement='item'/></extensionElements></multiInstanceLoopCharacteristics>"
)


def on_day(moment: str) -> str:
    return f"<timerEventDefinition><timeDate>{moment}</timeDate></timerEventDefinition>"


def repeated(more: str) -> bytes:
    return chain(service("v", "log").replace("</serviceTask>", MANY.format(more) + "</serviceTask>"))


PAIRS: dict[str, Twins] = {
    "structure": Twins(
        diagram(START + users("u") + END + flows("s>u;u>gone")), "f_u_gone", ERROR, "een element dat er niet is",
        diagram(START + users("u") + END + flows("s>u;u>e")),
    ),
    "events": Twins(
        chain(catch("c", "<errorEventDefinition/>")), "c", ERROR, "soort 'fout' kan hier niet staan",
        diagram(START + users("u z") + boundary("c", "u", "<errorEventDefinition/>") + END + flows("s>u;u>e;c>z")),
    ),
    "activities": Twins(
        repeated("<loopCardinality>3</loopCardinality>"), "v", ERROR, "één van beide",
        repeated(""),
    ),
    "references": Twins(chain(service("v", "gone")), "v", ERROR, "taaktype 'gone'", chain(service("v", "log"))),
    "expressions": Twins(chain(script("c", "1 +", "n")), "c", ERROR, "op plaats", chain(script("c", "1 + 1", "n"))),
    "job_headers": Twins(
        chain(service("v", "log", HEADER.format("retryBackoff", "30 seconden"))), "v", ERROR, "'30 seconden', en dat is geen duur",
        chain(service("v", "log", HEADER.format("retryBackoff", "PT1M, PT10M"))),
    ),
    "task_form": Twins(chain('<userTask id="u" name="u"/>'), "u", ERROR, "geen formulier", chain(user("u"))),
    "task_role": Twins(
        diagram(START + NOBODY + END + flows("s>u;u>e")), "u", ERROR, "geen rol",
        diagram(LANE + START + NOBODY + END + flows("s>u;u>e")),
    ),
    "soundness": Twins(
        diagram(SPLIT.format(PARALLEL) + AFTER_SPLIT), "j", ERROR, "vastlopen: langs 's' → 'x' → 'a'.* van 'b'",
        diagram(SPLIT.format(EXCLUSIVE) + AFTER_SPLIT),
    ),
    "unreachable": Twins(
        diagram(START + users("u z") + END + flows("s>u;u>e")), "z", WARNING, "nooit bereikt",
        diagram(START + users("u z") + END + flows("s>u;u>z;z>e")),
    ),
    "concurrency": Twins(
        diagram(START + END + BESIDE.format(script("a", "1", "n") + script("b", "2", "n"))), "a", WARNING, "tegelijk.*'n'",
        diagram(START + END + BESIDE.format(script("a", "1", "n") + script("b", "2", "o"))),
    ),
    "default_flow": Twins(
        diagram(CHOICE.format("") + WAY + flows("x>a[n = 1];x>b[n = 2]")), "x", WARNING, "geen standaardpijl",
        diagram(CHOICE.format(' default="f_x_b"') + WAY + flows("x>a[n = 1];x>b")),
    ),
    "dead_condition": Twins(
        diagram(CHOICE.format(' default="f_x_b"') + WAY + flows("x>a[1 = 2];x>b")), "f_x_a", WARNING, "klopt nooit",
        diagram(CHOICE.format(' default="f_x_b"') + WAY + flows("x>a[n = 2];x>b")),
    ),
    "feel_types": Twins(
        chain(script("a", "3", "n"), script("b", "upper case(n)", "m")), "b", WARNING, "klopt iets niet.*plaats",
        chain(script("a", "&quot;x&quot;", "n"), script("b", "upper case(n)", "m")),
    ),
    "implicit_split": Twins(
        diagram(START + users("u a b") + flows("s>u;u>a;u>b")), "u", WARNING, "2 pijlen",
        diagram(START + users("u a b") + '<parallelGateway id="g"/>' + flows("s>u;u>g;g>a;g>b")),
    ),
    "wait_without_timer": Twins(
        chain(catch("c", on_message("m")), root=M), "c", WARNING, "voor altijd",
        diagram(START + EITHER + END + '<endEvent id="e2"/>' + flows("s>g;g>c;g>t;c>e;t>e2"), root=M),
    ),
    "due_date": Twins(chain(user("u")), "u", WARNING, "uiterste datum", chain(user("u", more=DUE))),
    "last_day": Twins(
        chain(catch("c", on_day("=term.due_on"))), "c", WARNING, "als term.due_on begint.*P1D",
        chain(catch("c", on_day('=term.due_on + duration("P1D")')), catch("d", on_day("=notice_on"))),
    ),
    "unset_variable": Twins(
        chain(script("a", "1", "amount"), script("b", "amuont", "c")), "b", WARNING, "'amuont'.*'amount'",
        chain(script("a", "1", "amount"), script("b", "amount", "c")),
    ),
    "unused_variable": Twins(
        chain(script("a", "1", "total"), script("b", "2", "c")), "a", WARNING, "'total'.*niets leest",
        chain(script("a", "1", "total"), script("b", "total", "c")),
    ),
    "missing_name": Twins(
        chain(user("u").replace('name="u"', "")), "u", WARNING, "geen naam", chain(user("u")),
    ),
    "duplicate_name": Twins(
        chain(user("u"), user("z").replace('name="z"', 'name="U"')), "z", WARNING, "heet ook 'u'", chain(user("u"), user("z")),
    ),
    "snake_case": Twins(chain(user("Activity_1")), "Activity_1", WARNING, "leest moeilijk", chain(user("activity_1"))),
}  # fmt: skip


def of_rule(rule: str, content: bytes, known: Vocabulary = KNOWN) -> list[Finding]:
    return [finding for finding in publishing.check("process", content, known) if finding.rule == rule]


def test_every_rule_has_its_twins() -> None:
    names = {check.__module__.rsplit(".", 1)[1] for round_ in rules.ROUNDS for check in round_}
    assert names == PAIRS.keys()


@pytest.mark.parametrize("rule", PAIRS)
def test_a_rule_speaks_about_one_twin_and_not_about_the_other(rule: str) -> None:
    twins = PAIRS[rule]
    (finding,) = of_rule(rule, twins.wrong)
    assert (finding.element_id, finding.severity) == (twins.place, twins.severity)
    assert re.search(twins.words, finding.sentence), finding.sentence
    assert of_rule(rule, twins.right) == []
    assert not publishing.has_errors(publishing.check("process", twins.right, KNOWN))


WITHOUT_END = {
    "complaint": [("due_date", "await_judgment")],  # nobody can say before which date a judge decides
    "case_summary": [("wait_without_timer", "summary_withdrawn")],  # what is public may be withdrawn as long as it is
}


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.bpmn")), ids=lambda file: file.stem)
def test_a_shipped_diagram_is_checked_within_a_second_and_gives_the_example(file: Path) -> None:
    began = time.process_time()
    found = publishing.check("process", file.read_bytes(), Vocabulary.anything())
    assert time.process_time() - began < 1
    assert [(f.rule, f.element_id) for f in found] == WITHOUT_END.get(file.stem, [])
