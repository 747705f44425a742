"""Soundness: which diagrams can get stuck or do things twice, with the path that shows it; and that a check always ends soon."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import publishing
from engine.findings import ERROR, WARNING, Finding
from engine.lint import diagram as diagrams
from engine.lint import soundness
from engine.lint.token_game import Marking, TokenGame, after
from engine.parsing import xml
from engine.vocabulary import Vocabulary
from tests.diagrams.shapes import END, START, boundary, catch, chain, inside, on_message
from tests.diagrams.shapes import ERROR as AN_ERROR
from tests.diagrams.shapes import after as lasting
from tests.diagrams.twins import KNOWN
from tests.engine.office import MESSAGE, diagram, flows, script, users

AND, XOR, OR = "parallelGateway", "exclusiveGateway", "inclusiveGateway"


def gate(element_id: str, kind: str, more: str = "") -> str:
    return f'<{kind} id="{element_id}" {more}/>'


def said(content: bytes, known: Vocabulary = KNOWN) -> list[Finding]:
    return [finding for finding in publishing.check("process", content, known) if finding.rule == soundness.RULE]


def block(split: str, join: str) -> bytes:
    """Split, two tasks, join."""
    conditions = ";g>a[n = 1];g>b" if split != AND else ";g>a;g>b"
    default = 'default="f_g_b"' if split != AND else ""
    body = START + gate("g", split, default) + users("a b") + gate("j", join) + END
    return diagram(body + flows(f"s>g{conditions};a>j;b>j;j>e"))


@pytest.mark.parametrize("kind", [AND, XOR, OR])
def test_a_block_closed_as_it_was_opened_is_sound(kind: str) -> None:
    assert said(block(kind, kind)) == []


@pytest.mark.parametrize("split", [AND, XOR])
def test_an_inclusive_join_closes_any_block(split: str) -> None:
    assert said(block(split, OR)) == []


def test_a_choice_that_meets_in_a_parallel_join_is_refused_with_its_path() -> None:
    (finding,) = said(block(XOR, AND))
    assert (finding.element_id, finding.severity) == ("j", ERROR)
    assert "langs 's' → 'g' → 'a' komt er nooit iets aan van 'b'" in finding.sentence


def test_outside_the_office_it_is_a_warning() -> None:
    (finding,) = said(block(XOR, AND), Vocabulary.anything())
    assert finding.severity == WARNING


def test_an_inclusive_split_may_always_take_every_way_so_it_is_a_warning() -> None:
    (finding,) = said(block(OR, AND))
    assert (finding.element_id, finding.severity) == ("j", WARNING)


@pytest.mark.parametrize("split", [AND, OR])
def test_branches_that_run_at_once_and_meet_in_a_choice_go_on_twice(split: str) -> None:
    (finding,) = said(block(split, XOR))
    assert (finding.element_id, finding.severity) == ("j", WARNING)
    assert "twee keer" in finding.sentence


def test_two_choices_that_may_exclude_each_other_are_a_warning() -> None:
    body = START + gate("x", XOR, 'default="f_x_m"') + script("c", "1", "n") + gate("m", XOR) + gate("g", AND)
    body += gate("y", XOR, 'default="f_y_e1"') + users("a b") + gate("j", AND) + END + '<endEvent id="e1"/>'
    (finding,) = said(diagram(body + flows("s>x;x>m;x>c[n = 1];c>m;m>g;g>y;g>b;y>a[n = 1];y>e1;a>j;b>j;j>e")))
    assert finding.severity == ERROR  # the second choice alone is enough
    chosen = START + gate("x", XOR, 'default="f_x_u"') + gate("y", XOR, 'default="f_y_j"') + gate("g", AND) + users("u")
    chosen += gate("h", AND) + gate("j", AND) + END + '<endEvent id="e1"/><endEvent id="e2"/>'
    (finding,) = said(diagram(chosen + flows("s>x;x>g[n = 1];x>u;g>y;g>h;y>j;y>e1[n = 2];h>j;u>e2;j>e")))
    assert finding.severity == WARNING


def test_an_interrupted_branch_that_leaves_the_join_waiting_is_refused() -> None:
    edge = boundary("late", "a", lasting("P1D")) + '<endEvent id="e2"/>'
    body = START + gate("g", AND) + users("a b") + edge + gate("j", AND) + END
    (finding,) = said(diagram(body + flows("s>g;g>a;g>b;a>j;b>j;j>e;late>e2")))
    assert (finding.element_id, finding.severity) == ("j", ERROR)
    mended = body.replace('<endEvent id="e2"/>', gate("m", XOR))
    assert said(diagram(mended + flows("s>g;g>a;g>b;a>m;late>m;m>j;b>j;j>e"))) == []


def test_a_reminder_beside_a_task_that_joins_its_flow_does_things_twice() -> None:
    edge = boundary("late", "a", lasting("P1D"), 'cancelActivity="false"')
    body = START + users("a r") + edge + gate("m", XOR) + users("z") + END
    (finding,) = said(diagram(body + flows("s>a;a>m;late>r;r>m;m>z;z>e")))
    assert finding.severity == WARNING
    apart = START + users("a r") + edge + END + '<endEvent id="e2"/>'
    assert said(diagram(apart + flows("s>a;a>e;late>r;r>e2"))) == []


def test_an_end_that_stops_all_the_rest_leaves_nothing_waiting() -> None:
    for definition in ("<terminateEventDefinition/>", '<errorEventDefinition errorRef="er"/>'):
        stop = f'<endEvent id="stop">{definition}</endEvent>'
        body = START + gate("g", AND) + users("a b") + gate("x", XOR, 'default="f_x_j"') + gate("j", AND) + END + stop
        assert said(diagram(body + flows("s>g;g>a;g>b;a>x;x>j;x>stop[n = 1];b>j;j>e"), root=AN_ERROR)) == []


def test_a_loop_with_a_parallel_block_and_an_inclusive_one_is_sound() -> None:
    body = START + gate("m", XOR) + gate("g", AND) + users("a b") + gate("j", AND)
    body += gate("o", OR, 'default="f_o_c"') + users("c d") + gate("p", OR) + gate("x", XOR, 'default="f_x_e"') + END
    links = "s>m;m>g;g>a;g>b;a>j;b>j;j>o;o>c;o>d[n = 1];c>p;d>p;p>x;x>e;x>m[again]"
    assert said(diagram(body + flows(links))) == []


def test_events_behind_a_gateway_happen_one_at_a_time() -> None:
    body = START + '<eventBasedGateway id="g"/>' + catch("c", on_message("m")) + catch("t", lasting("P1D"))
    (finding,) = said(diagram(body + gate("j", AND) + END + flows("s>g;g>c;g>t;c>j;t>j;j>e"), root=MESSAGE.format("m")))
    assert (finding.element_id, finding.severity) == ("j", ERROR)


def test_a_link_is_followed() -> None:
    thrown = '<intermediateThrowEvent id="t"><linkEventDefinition name="L"/></intermediateThrowEvent>'
    caught = catch("c", '<linkEventDefinition name="L"/>')
    body = START + gate("g", AND) + users("b") + thrown + caught + gate("j", AND) + END
    assert said(diagram(body + flows("s>g;g>t;g>b;c>j;b>j;j>e"))) == []


def test_each_subprocess_is_looked_at_by_itself() -> None:
    within = (
        '<startEvent id="ws"/>'
        + gate("x", XOR, 'default="f_x_b"')
        + users("a b")
        + gate("j", AND)
        + '<endEvent id="we"/>'
    )
    content = chain(inside("sp", within + flows("ws>x;x>a[n = 1];x>b;a>j;b>j;j>we")))
    assert [finding.element_id for finding in said(content)] == ["j"]


def test_whoever_counts_tokens_knows_why() -> None:
    body = START + gate("g", AND) + users("a b") + users("z").replace("<userTask", '<userTask startQuantity="2"') + END
    assert said(diagram(body + flows("s>g;g>a;g>b;a>z;b>z;z>e"))) == []


# -- how long it takes --------------------------------------------------------------------------------------------------


def seconds(content: bytes) -> float:
    began = time.process_time()
    found = publishing.check("process", content, KNOWN)
    assert all(finding.severity == WARNING for finding in found), found[:3]
    return time.process_time() - began


def test_two_thousand_steps_in_a_row_are_checked_soon() -> None:
    assert seconds(chain(*(script(f"a{n}", str(n), "last") for n in range(2_000)))) < 5


def test_parallel_blocks_in_a_row_and_beside_each_other_are_checked_soon() -> None:
    body, links = START + END + gate("g", AND) + gate("j", AND), ["s>g;j>e"]
    for n in range(40):  # as many choices at once would be 3 ** 40 standings
        body += gate(f"x{n}", XOR, f'default="f_x{n}_a{n}"') + users(f"a{n} b{n}") + gate(f"m{n}", XOR)
        links.append(f"g>x{n};x{n}>a{n};x{n}>b{n}[n = 1];a{n}>m{n};b{n}>m{n};m{n}>j")
    assert seconds(diagram(body + flows(";".join(links)))) < 5


def test_a_hostile_maze_is_given_up_with_a_sentence() -> None:
    body, links = START + END, ["s>o0"]
    for n in range(60):  # inclusive gateways all joined to each other: no order of moves makes it small
        body += gate(f"o{n}", OR, f'default="f_o{n}_o{n + 1}"' if n < 59 else 'default="f_o59_e"')
        links.append(f"o{n}>" + (f"o{n + 1}" if n < 59 else "e"))
        links += [f"o{n}>o{k}[n = {k}]" for k in range(0, 60, 7) if k not in (n, n + 1)]
    content = diagram(body + flows(";".join(links)))
    assert seconds(content) < 10
    assert any("te veel mogelijke standen" in f.sentence or "twee keer" in f.sentence for f in said(content))


def test_more_standings_than_can_be_looked_at_are_told() -> None:
    body, links = START + gate("g", AND), ["s>g"]
    for n in range(14):  # each pair of choices may leave two joins waiting, in four ways
        body += gate(f"x{n}", XOR, f'default="f_x{n}_p{n}"') + gate(f"y{n}", XOR, f'default="f_y{n}_q{n}"')
        body += gate(f"p{n}", AND) + gate(f"q{n}", AND)
        links.append(f"g>x{n};g>y{n};x{n}>p{n};x{n}>q{n}[n = 1];y{n}>p{n}[n = 2];y{n}>q{n}")
    content = diagram(body + flows(";".join(links)))
    assert seconds(content) < 5
    assert ["te veel mogelijke standen" in finding.sentence for finding in said(content)] == [True]


def test_choices_merged_by_inclusive_gateways_stay_few() -> None:
    body, links = START + gate("g", AND) + gate("j", AND) + END, ["s>g;j>e"]
    for n in range(12):
        body += gate(f"x{n}", XOR, f'default="f_x{n}_a{n}"') + users(f"a{n} b{n}") + gate(f"k{n}", OR)
        links.append(f"g>x{n};x{n}>a{n};x{n}>b{n}[n = 1];a{n}>k{n};b{n}>k{n};k{n}>j")
    assert said(diagram(body + flows(";".join(links)))) == []


# -- against every order ------------------------------------------------------------------------------------------------


LEAF = st.just(())
SPLITS = st.sampled_from([AND, XOR, OR])  # half of the joins do not fit their split
BLOCKS = st.recursive(
    LEAF,
    lambda inner: st.tuples(st.tuples(SPLITS, SPLITS), inner, inner),
    max_leaves=6,
)
Block = tuple[()] | tuple[tuple[str, str], "Block", "Block"]


def drawn(block: Block, name: str = "b") -> tuple[str, list[str], str, str]:
    """A block as its nodes, its flows, and its first and last node."""
    if not block:
        return gate(name, "task"), [], name, name
    (split, join), *branches = block
    body, links = gate(f"{name}g", split) + gate(f"{name}j", join), []
    for n, branch in enumerate(branches):
        inner, flows_inside, first, last = drawn(branch, f"{name}{n}")
        body += inner
        links += [*flows_inside, f"{name}g>{first}", f"{last}>{name}j"]
    return body, links, f"{name}g", f"{name}j"


def every_order(game: TokenGame) -> tuple[bool, int]:
    """Can it get stuck, and how many tokens can meet on a flow: by trying all moves of all nodes everywhere."""
    seen: set[Marking] = set()
    todo = list(game.beginnings())
    stuck, most = False, 0
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        most = max(most, *(tokens for _, tokens in at), 0)
        able = [move for _, moves in game.moves(at) for move in moves]
        stuck = stuck or bool(at and not able)
        todo += [after(at, move) for move in able]
    return stuck, most


@settings(max_examples=150, deadline=None)
@given(BLOCKS)
def test_the_search_finds_what_trying_every_order_finds(block: Block) -> None:
    body, links, first, last = drawn(block)
    content = diagram(START + END + body + flows(";".join([f"s>{first}", *links, f"{last}>e"])))
    (scope,) = diagrams.read(xml.parse(content), KNOWN).scopes
    stuck, most = every_order(TokenGame(scope))
    assume(most <= soundness.MOST_TOKENS)
    found = [finding.sentence for finding in soundness.of_scope(scope, KNOWN)]
    assert any("vastlopen" in sentence for sentence in found) == stuck
    if not stuck:
        assert any("twee keer" in sentence for sentence in found) == (most > 1)
