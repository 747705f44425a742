"""Where the library stalls or raises (L1-L12): here it runs, or publishing says so first."""

import pytest

from engine.errors import TokenNotWaiting
from engine.models import Job
from engine.publishing import check
from tests.diagrams.shapes import (
    END,
    ERROR,
    START,
    after,
    at,
    boundary,
    catch,
    chain,
    inside,
    on_message,
)
from tests.diagrams.twins import KNOWN, errors, refused_at
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, user, users


def test_l01_a_case_does_not_stop_at_a_thousand_steps(stage: Stage) -> None:
    body = (
        START
        + '<exclusiveGateway id="m"/>'
        + script("add", "n + 1", "n")
        + '<exclusiveGateway id="x" default="f_x_u"/>'
    )
    body += users("u") + END + flows("s>m;m>add;add>x;x>u;x>m[n < 1500];u>e")
    stage.publish(diagram(body)).start(n=0)
    assert (stage.active, stage.variables["n"]) == ({"u": 1}, 1500)


def test_l02_a_data_association_is_drawing_and_one_that_computes_is_refused(stage: Stage) -> None:
    link = (
        '<dataOutputAssociation id="da"><sourceRef>u</sourceRef><targetRef>file</targetRef>{0}</dataOutputAssociation>'
    )
    drawn = '<dataObject id="data"/><dataObjectReference id="file" dataObjectRef="data"/>'
    content = drawn + START + users("u").replace("</userTask>", link + "</userTask>") + END + flows("s>u;u>e")
    stage.publish(diagram(content.replace("{0}", ""))).start()
    assert stage.active == {"u": 1}
    refused_at(diagram(content.replace("{0}", "<assignment/>")), "da", "assignment.*toewijzing")


def test_l03_two_thousand_elements_in_a_row_run(stage: Stage) -> None:
    stage.publish(chain(*(script(f"a{n}", str(n), "last") for n in range(2_000)), users("u"))).start()
    assert (stage.active, stage.variables["last"]) == ({"u": 1}, 1999)


def test_l04_parallel_blocks_in_a_row_do_not_multiply(stage: Stage) -> None:
    body, links = START + END, ["s>g0"]
    for n in range(12):
        body += f'<parallelGateway id="g{n}"/><parallelGateway id="j{n}"/>' + users(" ".join(f"{x}{n}" for x in "abcd"))
        links += [f"g{n}>{x}{n};{x}{n}>j{n}" for x in "abcd"] + [f"j{n}>" + (f"g{n + 1}" if n < 11 else "e")]
    stage.publish(diagram(body + flows(";".join(links)))).start()
    for n in range(12):
        for x in "dcba":
            assert stage.tokens_held < 50
            stage.complete(f"{x}{n}")
    assert stage.outcome == "completed"


def test_l05_a_loop_over_a_repeated_task_repeats_it_whole(stage: Stage, ran: list[str]) -> None:
    many = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    body = START + '<exclusiveGateway id="m"/>' + service("v", "log").replace("</serviceTask>", many + "</serviceTask>")
    body += users("u") + '<exclusiveGateway id="x" default="f_x_e"/>' + END
    stage.publish(diagram(body + flows("s>m;m>v;v>u;u>x;x>e;x>m[again]"))).start()
    stage.complete("u", again=True)
    assert (stage.active, ran) == ({"u": 1}, ["v"] * 4)


def test_l06_exact_numbers_count_and_survive(stage: Stage) -> None:
    stage.publish(chain(script("half", "3 / 2", "h"), script("whole", "4 / 2", "w"), users("u"))).start()
    assert (str(stage.variables["h"]), stage.variables["w"]) == ("1.5", 2)
    stage.complete("u")
    assert stage.outcome == "completed"


def test_l07_a_variable_may_be_named_like_a_function(stage: Stage) -> None:
    stage.publish(chain(script("a", "count + 1", "sum"), users("u"))).start(count=2)
    assert stage.variables["sum"] == 3


def test_l08_a_choice_without_a_default_warns_and_stops_with_an_incident(stage: Stage) -> None:
    body = START + '<exclusiveGateway id="x"/>' + users("a b") + '<exclusiveGateway id="m"/>' + END
    content = diagram(body + flows("s>x;x>a[n = 1];x>b[n = 2];a>m;b>m;m>e"))
    (warning,) = [f for f in check("process", content, KNOWN) if f.rule == "default_flow"]
    assert (warning.element_id, warning.severity) == ("x", "warning")
    assert stage.publish(content).start(n=3).outcome == "incident"


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (chain('<complexGateway id="g"/>'), "g", "complexGateway"),
        (chain(inside("sp", "")), "sp", "is leeg"),
        (
            diagram(START + users("u") + END + boundary("b", "u", "<compensateEventDefinition/>") + flows("s>u;u>e")),
            "b",
            "voor herstel",
        ),
        (
            chain(
                '<callActivity id="c" name="c"><extensionElements><zeebe:calledElement processId="gone"/></extensionElements></callActivity>'
            ),
            "c",
            "gone",
        ),
        (chain('<businessRuleTask id="d" name="d"/>'), "d", "beslissing"),
    ],
)
def test_l09_our_own_words_come_before_the_librarys(content: bytes, place: str, words: str) -> None:
    refused_at(content, place, words)
    assert not any(f.sentence.endswith("..") for f in errors(content))


def test_l10_a_file_with_an_xml_declaration_is_read(stage: Stage) -> None:
    declared = b'<?xml version="1.0" encoding="UTF-8"?>\n<?tool made this?>\n<!-- by hand -->\n' + chain(users("u"))
    stage.publish(declared).start()
    assert stage.active == {"u": 1}


def test_l11_a_token_nobody_knows_is_a_refusal(stage: Stage) -> None:
    stage.publish(chain(users("u"))).start()
    stage.tokens["u"] = "f" * 32
    with pytest.raises(TokenNotWaiting):
        stage.complete("u")
    assert stage.active == {"u": 1}


def test_l12_every_element_survives_being_saved(stage: Stage) -> None:
    edges = boundary("late", "work", after("P5D"), 'cancelActivity="false"') + boundary(
        "stop", "work", on_message("stop")
    )
    edges += boundary("broken", "work", '<errorEventDefinition errorRef="er"/>')
    within = (
        '<startEvent id="ws"/><parallelGateway id="wg"/>'
        + users("w1")
        + service("w2", "later")
        + '<parallelGateway id="wj"/>'
    )
    within += '<endEvent id="we"/>' + flows("ws>wg;wg>w1;wg>w2;w1>wj;w2>wj;wj>we")
    listener = (
        f'<startEvent id="ls" isInterrupting="false">{on_message("ask")}</startEvent>'
        + users("l")
        + '<endEvent id="le"/>'
    )
    body = START + script("sc", "1", "n") + inside("work", within) + edges + '<eventBasedGateway id="g"/>'
    body += (
        catch("day", at('=today() + duration("P1D")'))
        + catch("word", on_message("word"))
        + '<exclusiveGateway id="m"/>'
    )
    body += user("u") + users("r") + "".join(f'<endEvent id="e{n}"/>' for n in range(1, 4)) + END
    body += inside("listening", listener + flows("ls>l;l>le"), 'triggeredByEvent="true"')
    links = "s>sc;sc>work;work>g;g>day;g>word;day>m;word>m;m>u;u>e;late>r;r>e1;stop>e2;broken>e3"
    root = ERROR + "".join(MESSAGE.format(name) for name in ("stop", "ask", "word"))
    stage.publish(diagram(body + flows(links), root=root)).start()
    stage.message("ask")
    stage.wait(days=5)
    assert stage.active == {"work": 1, "w1": 1, "w2": 1, "r": 1, "listening": 1, "l": 1}
    stage.complete("w1")
    stage.finish_job("w2")
    stage.message("word")
    for name in ("l", "r", "u"):
        stage.complete(name)
    assert (stage.outcome, stage.folded()) == ("completed", {})


def test_l12_a_job_whose_step_was_stopped_does_not_run(stage: Stage) -> None:
    body = (
        START
        + service("w", "later")
        + boundary("stop", "w", on_message("stop"))
        + users("h")
        + END
        + '<endEvent id="e2"/>'
    )
    stage.publish(diagram(body + flows("s>w;w>e;stop>h;h>e2"), root=MESSAGE.format("stop"))).start()
    stage.message("stop")
    with stage.database.reading() as reading:
        assert [job.state for job in reading.session.query(Job)] == ["cancelled"]
