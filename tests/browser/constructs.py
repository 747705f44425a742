"""A diagram per kind of thing that may be drawn, as a process manager could have drawn it."""

from tests.conformance.bpmn.drawing import (
    CANCEL,
    TERMINATE,
    boundary,
    by_event,
    catch,
    compensate,
    condition,
    does,
    each,
    el,
    end,
    ends,
    error,
    escalation,
    event_sub,
    given,
    gives,
    go,
    inclusive,
    link,
    loop,
    message,
    parallel,
    process,
    signal,
    start,
    sub,
    throw,
    timer,
    times,
    user,
    users,
    when,
    xor,
)

MANY = '["a", "b"]'
UNBOOK = (
    boundary("regret", "book", compensate())
    + user("unbook", isForCompensation=True)
    + '<association id="undoing" sourceRef="regret" targetRef="unbook" associationDirection="One"/>'
)


def _line(*parts: str, path: str) -> str:
    return process(start(), *parts, ends("e"), go(f"s {path} e"), key="drawn")


CONSTRUCTS: dict[str, str] = {
    "several at once": _line(user("ask", each(MANY, "part", results="found", result="approach")), path="ask"),
    "several in a row": _line(user("ask", each(MANY, "part", sequential=True, until="approach = 1")), path="ask"),
    "a number of times": _line(user("ask", times("2 + 1")), path="ask"),
    "a loop": _line(user("ask", loop('approach = "x"', before=True, maximum=5)), path="ask"),
    "a part several times": _line(
        sub("part", each(MANY, "x"), start("ps"), user("ask"), ends("pe"), go("ps ask pe")), path="part"
    ),
    "undoing": _line(user("book"), UNBOOK, throw("undo", compensate("book")), path="book undo"),
    "a transaction": process(
        start(),
        el("transaction", "deal", start("ts"), user("book"), UNBOOK, end("te", CANCEL), go("ts book te")),
        boundary("off", "deal", CANCEL),
        ends("e e2"),
        go("s deal e", "off e2"),
        key="drawn",
    ),
    "event subprocesses": _line(
        user("work"),
        event_sub(
            "extra", start("xs", message("note"), interrupting=False), user("read"), ends("xe"), go("xs read xe")
        ),
        event_sub("late", start("ls", timer("P3D")), ends("le"), go("ls le")),
        event_sub("wrong", start("ws", error("bad")), ends("we"), go("ws we")),
        path="work",
    ),
    "steps to choose": _line(
        el(
            "adHocSubProcess",
            "choose",
            '<zeebe:adHoc activeElementsCollection="=[&quot;a&quot;]"/>',
            users("a b"),
            "<completionCondition>=approach = 1</completionCondition>",
            ordering="Sequential",
            cancelRemainingInstances=False,
        ),
        path="choose",
    ),
    "messages": _line(
        el("receiveTask", "word", messageRef="message_word"),
        el("sendTask", "tell", messageRef="message_tell"),
        el("manualTask", "phone"),
        throw("say", message("said")),
        catch("heard", message("heard")),
        path="word tell phone say heard",
    ),
    "signals": process(
        start("s", signal("go")),
        user("work"),
        boundary("hear", "work", signal("horn"), interrupting=False),
        throw("ring", signal("stop")),
        ends("e"),
        end("e2", signal("over")),
        go("s work ring e", "hear e2"),
        key="drawn",
    ),
    "escalations and errors": process(
        start(),
        sub("part", start("ps"), throw("up", escalation("late")), end("pe", error("bad")), go("ps up pe")),
        boundary("help", "part", escalation("late"), interrupting=False),
        boundary("broken", "part", error("bad")),
        ends("e e2"),
        end("e3", escalation("more")),
        go("s part e", "help e2", "broken e3"),
        key="drawn",
    ),
    "conditions": process(
        start("s", condition("level > 4")),
        user("work"),
        boundary("enough", "work", condition("level > 9")),
        catch("calm", condition("level = 0")),
        ends("e e2"),
        go("s work calm e", "enough e2"),
        key="drawn",
    ),
    "links": process(
        start(),
        user("work"),
        throw("out", link("there")),
        catch("into", link("there")),
        ends("e"),
        go("s work out", "into e"),
        key="drawn",
    ),
    "timers": process(
        start("s", timer(cycle="0 0 9 * * MON")),
        user("work"),
        boundary("remind", "work", timer(cycle="R3/P1D"), interrupting=False),
        ends("e e2"),
        go("s work e", "remind e2"),
        key="drawn",
    ),
    "several triggers": process(
        start(),
        user("work"),
        boundary("any", "work", message("note"), signal("horn")),
        boundary("all", "work", message("one"), message("two"), parallel=True, interrupting=False),
        ends("e e2 e3"),
        go("s work e", "any e2", "all e3"),
        key="drawn",
    ),
    "gateways": process(
        start(),
        inclusive("g", default="b"),
        does("a"),
        does("b"),
        inclusive("j"),
        parallel("p"),
        xor("x", default="w"),
        by_event("w"),
        catch("word", message("word")),
        catch("week", timer("P7D")),
        ends("e e2 e4"),
        end("e3", TERMINATE),
        when("g", "a", "true"),
        when("x", "e2", "did_a"),
        go("s g b j p x w word e", "a j", "w week e3", "p e4"),
        key="drawn",
    ),
    "mappings": _line(does("add", given("=1 + 1", "two"), gives("=two", "sum")), path="add"),
}
