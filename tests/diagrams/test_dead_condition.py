"""Conditions that never hold: found when they certainly do not, and never said of one that may."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feel
from engine import publishing
from engine.lint.dead_condition import never
from tests.diagrams.shapes import END, START
from tests.diagrams.twins import KNOWN
from tests.engine.office import diagram, flows, users


@pytest.mark.parametrize(
    "text",
    [
        "false",
        "1 = 2",
        "null",
        "n > 10 and n < 5",
        "n = 1 and n = 2",
        'n = "a" and n = "b"',
        'n = 1 and n = "1"',
        "n > 5 and n <= 5",
        "5 < n and 5 > n",
        "n between 3 and 5 and n > 7",
        "n = 3 and n != 3",
        "ready and not(ready)",
        "file.amount > 10 and (file.amount < 5 or file.amount = 3)",
        "(n = 1 and n = 2) or (m > 3 and m < 2)",
        "n > -1 and n < -3",
    ],
)
def test_a_condition_that_never_holds(text: str) -> None:
    assert never(text)


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "n",
        "n > 5 and n < 10",
        "n >= 5 and n <= 5",
        "n = 1 or n = 2",
        "n > 10 and m < 5",
        "a.n > 10 and b.n < 5",
        "n = 1 and n = m",
        "n > 5 and f(n) < 3",
        "now () < date and time(\"2020-01-01T00:00:00\")",
        "n != 1 and n != 2",
        "not(n = 1) and n = 1 or m",
    ],
)  # fmt: skip
def test_a_condition_that_may_hold(text: str) -> None:
    assert not never(text)


@pytest.mark.parametrize(
    ("first", "second", "is_dead"),
    [
        ("n > 3", "n > 5", True),
        ("n > 5", "n > 3", False),
        ("n = 1", "n = 1", True),
        ("n != 1", "n = 1", False),
        ("n != 1", "n = 2", True),
        ("n > 3", 'n = "a"', False),  # a text is not above three, and then the second way is taken
        ("n > 3 and m", "n > 5", False),
        ('n != "a"', "n = 0", False),  # a number is neither equal nor unequal to a text
        ("true", "n = 2", True),
    ],
)
def test_what_an_earlier_way_takes_is_gone_for_a_later_one(first: str, second: str, is_dead: bool) -> None:
    body = START + '<exclusiveGateway id="x" default="f_x_c"/>' + users("a b c") + '<exclusiveGateway id="m"/>' + END
    content = diagram(body + flows(f"s>x;x>a[{first}];x>b[{second}];x>c;a>m;b>m;c>m;m>e"))
    found = [f.element_id for f in publishing.check("process", content, KNOWN) if f.rule == "dead_condition"]
    assert ("f_x_b" in found) == is_dead


VALUES = st.sampled_from(["0", "1", "2", '"a"', '"b"', "true"])
COMPARISONS = st.builds(
    lambda left, sign, right: f"{left} {sign} {right}",
    st.sampled_from(["n", "m"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    VALUES,
)
CONDITIONS = st.recursive(
    COMPARISONS, lambda inner: st.builds(lambda a, j, b: f"({a} {j} {b})", inner, st.sampled_from(["and", "or"]), inner)
)
CONTEXTS = st.fixed_dictionaries({name: st.sampled_from([0, 1, 2, 3, "a", "b", "", True, None]) for name in ("n", "m")})


@settings(max_examples=400, deadline=None)
@given(CONDITIONS, CONTEXTS)
def test_what_is_said_never_to_hold_does_not(text: str, context: dict[str, object]) -> None:
    assert not (never(text) and feel.compile(text).evaluate(context) is True)


@settings(max_examples=400, deadline=None)
@given(st.lists(CONDITIONS, min_size=1, max_size=3), CONDITIONS, CONTEXTS)
def test_what_is_said_to_be_taken_before_is(earlier: list[str], text: str, context: dict[str, object]) -> None:
    taken = any(feel.compile(each).evaluate(context) is True for each in earlier)
    holds = feel.compile(text).evaluate(context) is True
    assert not (never(text, earlier) and holds and not taken)
