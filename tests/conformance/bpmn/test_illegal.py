"""What BPMN 2.0.2 forbids, or what says nothing of what should run, is refused at its element and never runs silently."""

import pytest

from engine.sandbox import DiagramRefused, Sandbox
from tests.conformance.bpmn.drawing import (
    CANCEL,
    TERMINATE,
    boundary,
    by_event,
    call,
    catch,
    compensate,
    does,
    doing,
    each,
    el,
    end,
    ends,
    error,
    event_sub,
    flow,
    go,
    inclusive,
    link,
    loop,
    message,
    parallel,
    process,
    start,
    sub,
    throw,
    timer,
    user,
    users,
    when,
    xor,
)

ESP = [start(), user("a"), ends("e"), go("s a e")]


def handled(begin: str, *more: str) -> list[str]:
    return [*ESP, event_sub("esp", begin, does("h"), go("es h"), *more)]


ILLEGAL: dict[str, tuple[str, list[str]]] = {
    "error start beside": ("es", handled(start("es", error("E"), interrupting=False))),
    "event subprocess without trigger": ("es", handled(start("es"))),
    "event subprocess with a flow in": ("esp", [*handled(start("es", message("m"))), flow("a", "esp")]),
    "event subprocess without start": ("esp", [*ESP, event_sub("esp", does("h"))]),
    "error boundary beside": ("b", [*ESP, boundary("b", "a", error("E"), interrupting=False), does("h"), go("b h")]),
    "cancel on the edge of a plain activity": ("b", [*ESP, boundary("b", "a", CANCEL), does("h"), go("b h")]),
    "cancel end outside a transaction": ("c", [start(), end("c", CANCEL), go("s c")]),
    "cancel end that leads nowhere": ("c", [start(), el("transaction", "tx", start("is"), end("c", CANCEL), go("is c")), go("s tx")]),
    "cancelling one of several times": ("c", [start(), el("transaction", "tx", start("is"), end("c", CANCEL), go("is c"), each("[1, 2]")), boundary("b", "tx", CANCEL), go("s tx")]),
    "an error caught twice": ("b2", [start(), sub("sp", start("is"), end("ie", error("E")), go("is ie")), boundary("b1", "sp", error("E")), boundary("b2", "sp", error("E")), doing("h1 h2"), go("s sp", "b1 h1", "b2 h2")]),
    "an error caught twice beside": ("es2", [*ESP, event_sub("esp1", start("es1", error()), does("h1"), go("es1 h1")), event_sub("esp2", start("es2", error()), does("h2"), go("es2 h2"))]),
    "boundary on a gateway": ("b", [start(), xor("x"), ends("e"), go("s x e"), boundary("b", "x", timer("PT1H")), does("h"), go("b h")]),
    "boundary with a flow in": ("b", [*ESP, boundary("b", "a", timer("PT1H")), does("h"), go("b h"), flow("a", "b")]),
    "boundary without event": ("b", [*ESP, boundary("b", "a"), does("h"), go("b h")]),
    "flow into a start": ("s", [*ESP, flow("a", "s")]),
    "flow out of an end": ("e", [*ESP, does("h"), go("e h")]),
    "flow over the edge of a subprocess": ("f_w_o", [start(), sub("sp", start("is"), user("w"), go("is w")), user("o"), go("s sp o"), flow("w", "o")]),
    "message start in a plain subprocess": ("is", [start(), sub("sp", start("is", message("m")), user("w"), go("is w")), go("s sp")]),
    "terminate on the way": ("t", [start(), throw("t", TERMINATE), ends("e"), go("s t e")]),
    "error on the way": ("t", [start(), throw("t", error("E")), ends("e"), go("s t e")]),
    "timer thrown": ("t", [start(), throw("t", timer("PT1H")), ends("e"), go("s t e")]),
    "catching nothing": ("c", [start(), catch("c"), ends("e"), go("s c e")]),
    "catching an error on the way": ("c", [start(), catch("c", error("E")), ends("e"), go("s c e")]),
    "timer without value": ("c", [start(), catch("c", "<timerEventDefinition/>"), ends("e"), go("s c e")]),
    "timer with two values": ("c", [start(), catch("c", "<timerEventDefinition><timeDuration>PT1H</timeDuration><timeDate>2026-01-01T00:00:00Z</timeDate></timerEventDefinition>"), ends("e"), go("s c e")]),
    "condition without expression": ("c", [start(), catch("c", "<conditionalEventDefinition/>"), ends("e"), go("s c e")]),
    "message that is not there": ("c", [start(), catch("c", '<messageEventDefinition messageRef="nothing"/>'), ends("e"), go("s c e")]),
    "message without reference": ("c", [start(), catch("c", "<messageEventDefinition/>"), ends("e"), go("s c e")]),
    "signal without reference": ("c", [start(), catch("c", "<signalEventDefinition/>"), ends("e"), go("s c e")]),
    "link thrown to nobody": ("t", [start(), throw("t", link("L")), go("s t")]),
    "two links of one name caught": ("c2", [start(), throw("t", link("L")), go("s t"), catch("c1", link("L")), catch("c2", link("L")), doing("h1 h2"), go("c1 h1", "c2 h2")]),
    "link with a flow out where it throws": ("t", [start(), throw("t", link("L")), ends("e"), go("s t e"), catch("c", link("L")), does("h"), go("c h")]),
    "service without type": ("a", [start(), el("serviceTask", "a"), ends("e"), go("s a e")]),
    "sending nothing": ("a", [start(), el("sendTask", "a"), ends("e"), go("s a e")]),
    "receiving nothing": ("a", [start(), el("receiveTask", "a"), ends("e"), go("s a e")]),
    "script without script": ("a", [start(), el("scriptTask", "a"), ends("e"), go("s a e")]),
    "rule without decision": ("a", [start(), el("businessRuleTask", "a"), ends("e"), go("s a e")]),
    "call of nothing": ("a", [start(), el("callActivity", "a"), ends("e"), go("s a e")]),
    "call of what is computed": ("a", [start(), call("a", "=which"), ends("e"), go("s a e")]),
    "loop and multi-instance": ("a", [start(), user("a", loop("x"), each("[1]")), ends("e"), go("s a e")]),
    "multi-instance without number": ("a", [start(), user("a", "<multiInstanceLoopCharacteristics/>"), ends("e"), go("s a e")]),
    "multi-instance that is done by one": ("a", [start(), user("a", '<multiInstanceLoopCharacteristics behavior="One"><loopCardinality>=2</loopCardinality></multiInstanceLoopCharacteristics>'), ends("e"), go("s a e")]),
    "condition out of a parallel gateway": ("f_g_a", [start(), parallel("g"), users("a b"), ends("ea eb"), go("s g b eb", "a ea"), when("g", "a", "x")]),
    "condition out of an event": ("f_s_a", [start(), user("a"), ends("e"), when("s", "a", "x"), go("a e")]),
    "condition out of an event gateway": ("f_g_c", [start(), by_event("g"), catch("c", message("m")), catch("d", timer("PT1H")), go("s g d"), when("g", "c", "x")]),
    "event gateway to a task": ("g", [start(), by_event("g"), catch("c", message("m")), user("a"), go("s g c", "g a")]),
    "event gateway to an event with another way in": ("c", [start(), by_event("g"), catch("c", message("m")), catch("d", timer("PT1H")), user("a"), go("s g d", "g c", "s a c")]),
    "default that leaves another element": ("x", [start(), xor("x").replace("<exclusiveGateway", '<exclusiveGateway default="f_s_x"'), ends("e"), go("s x e")]),
    "compensation without handler": ("c_a", [*ESP, boundary("c_a", "a", compensate())]),
    "handler that is on the way": ("h", [start(), does("a"), boundary("b", "a", compensate()), does("h", isForCompensation=True), ends("e"), go("s a h e"), '<association id="as" sourceRef="b" targetRef="h" associationDirection="One"/>']),
    "handler that is not for compensation": ("h", [start(), does("a"), boundary("b", "a", compensate()), does("h"), ends("e"), go("s a e"), '<association id="as" sourceRef="b" targetRef="h" associationDirection="One"/>']),
    "undoing what is not there": ("t", [start(), throw("t", compensate("nothing")), ends("e"), go("s t e")]),
    "complex gateway": ("x", [start(), el("complexGateway", "x"), ends("e"), go("s x e")]),
    "choreography": ("t", [start(), el("choreographyTask", "t"), ends("e"), go("s t e")]),
    "script of another language": ("a", [start(), el("scriptTask", "a", "<script>print(1)</script>", scriptFormat="python"), ends("e"), go("s a e")]),
    "an unknown extension of the dialect": ("a", [start(), user("a", '<zeebe:somethingNew how="x"/>'), ends("e"), go("s a e")]),
    "token quantity that is no number": ("a", [start(), user("a", startQuantity="many"), ends("e"), go("s a e")]),
    "token quantity that only looks like a number": ("a", [start(), user("a", startQuantity="²"), ends("e"), go("s a e")]),
    "token quantity of nothing": ("a", [start(), user("a", completionQuantity="0"), ends("e"), go("s a e")]),
    "condition that is no feel": ("f_x_a", [start(), xor("x", default="e"), does("a"), ends("e ea"), go("s x e", "a ea"), when("x", "a", "1 +")]),
    "inclusive condition that is no feel": ("f_g_a", [start(), inclusive("g", default="e"), does("a"), ends("e ea"), go("s g e", "a ea"), when("g", "a", "a b c(")]),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_it_is_refused_where_it_stands(name: str) -> None:
    element, parts = ILLEGAL[name]
    with pytest.raises(DiagramRefused) as refused:
        Sandbox().publish(process(*parts))
    errors = [finding for finding in refused.value.findings if finding.severity == "error"]
    assert errors
    related = {element, element.removeprefix("f_").partition("_")[0]}
    assert related & {found.element_id for found in errors} or any(element in found.sentence for found in errors), (
        errors
    )
