"""Broken on the way: whatever is missing, doubled or misspelt in a diagram gets a finding, and what is accepted can be started."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import publishing
from engine.errors import NotYetActive
from engine.findings import ERROR
from engine.sandbox import Sandbox
from engine.vocabulary import Vocabulary
from tasks.office import WORKFLOWS
from tests.conformance.bpmn import drawing as d

RICH = d.process(
    d.start(),
    d.user("a", d.each("items", results="all", result="item")),
    d.boundary("late", "a", d.timer(cycle="R3/PT1H"), interrupting=False),
    d.inclusive("g", default="b"),
    d.service("b", "work", d.given("=n", "m"), d.gives("=m", "k"), retries="2"),
    d.sub("sp", d.start("ss"), d.script("w", "n + 1", "n"), d.end("se", d.error("E1")), d.go("ss w se")),
    d.boundary("caught", "sp", d.error("E1"), d.escalation("X")),
    d.boundary("undo", "b", d.compensate()),
    d.does("undone", isForCompensation=True),
    d.el("association", "tie", sourceRef="undo", targetRef="undone"),
    d.inclusive("j"),
    d.by_event("choose"),
    d.catch("c", d.message("m"), d.signal("sig")),
    d.catch("t", d.condition("n > 3")),
    d.throw("jump", d.link("L")),
    d.catch("land", d.link("L")),
    d.throw("back", d.compensate()),
    d.call("other", "q"),
    d.event_sub("esp", d.start("es", d.message("stop"), interrupting=False), d.user("h"), d.go("es h")),
    d.el("adHocSubProcess", "free", d.users("x y"), ordering="Parallel"),
    d.ends("e el ec ee ef"),
    d.go(
        "s a g",
        "late el",
        "g b j",
        "sp j",
        "j choose",
        "choose c jump",
        "choose t ee",
        "land back other free e",
        "caught ec",
    ),
    d.when("g", "sp", "n > 1"),
)
DIAGRAMS = [RICH.encode(), *(file.read_bytes() for file in sorted(WORKFLOWS.glob("*.bpmn")))]
VALUES = ["", "=", "=n +", "gone", "true", "-1", "9" * 400, "a b", "p", "sp", "é\u200b", "R0/PT0S", "tns:sp", "null"]


def broken(content: bytes, choose: st.DataObject) -> bytes:
    """One to three things removed, doubled, moved or misspelt."""
    root = etree.fromstring(content)
    for _ in range(choose.draw(st.integers(1, 3))):
        elements = [e for e in root.iter("*") if e is not root and "BPMNDiagram" not in e.getroottree().getpath(e)]
        element = choose.draw(st.sampled_from(elements))
        parent = element.getparent()
        assert parent is not None
        way = choose.draw(st.sampled_from(["attribute", "value", "text", "remove", "double", "move", "tag"]))
        names = sorted(map(str, element.attrib))
        if way in ("attribute", "value") and names:
            name = choose.draw(st.sampled_from(names))
            if way == "attribute":
                del element.attrib[name]
            else:
                element.set(name, choose.draw(st.sampled_from(VALUES)))
        elif way == "text":
            element.text = choose.draw(st.sampled_from(VALUES))
        elif way == "remove":
            parent.remove(element)
        elif way == "double":
            parent.append(etree.fromstring(etree.tostring(element)))
        elif way == "move":
            choose.draw(st.sampled_from(elements)).append(etree.fromstring(etree.tostring(element)))
        elif way == "tag":
            element.tag = choose.draw(st.sampled_from(elements)).tag
    return etree.tostring(root)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_checking_a_broken_diagram_always_ends_in_findings(choose: st.DataObject) -> None:
    content = broken(choose.draw(st.sampled_from(DIAGRAMS)), choose)
    for finding in publishing.check("process", content, Vocabulary.anything()):
        assert finding.sentence.endswith((".", "?")), finding
        assert len(finding.sentence.split()) > 3


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_is_accepted_starts(choose: st.DataObject) -> None:
    content = broken(RICH.encode(), choose)
    if any(finding.severity == ERROR for finding in publishing.check("process", content, Vocabulary.anything())):
        return
    box = Sandbox()
    box.publish(d.process(d.start("qs"), d.ends("qe"), d.go("qs qe"), key="q"))
    for key in box.publish(content):
        try:
            instance = box.start(key, {"items": [1, 2], "n": 2, "key": "k"})
        except NotYetActive:
            continue  # it calls a diagram that nobody published, and says so
        assert box.outcome(instance) in ("active", "completed", "incident", "error", "terminated")


def test_the_diagram_that_is_broken_is_whole() -> None:
    assert not publishing.has_errors(publishing.check("process", RICH.encode(), Vocabulary.anything()))
