"""Decision tables: each hit policy, what a decision explains, and every file that is refused."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.decisions import DecisionFailed, DecisionModel
from engine.parsing.dmn import DecisionRefused, check, load

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
Row = tuple[str, str] | tuple[str, str, str]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rows(*given: Row) -> str:
    """Test, answer, note."""
    found = ""
    for number, (test, answer, *notes) in enumerate(given, start=1):
        note = f"<annotationEntry><text>{notes[0]}</text></annotationEntry>" if notes else ""
        found += (
            f'<rule id="row_{number}"><inputEntry><text>{escaped(test)}</text></inputEntry>'
            f"<outputEntry><text>{escaped(answer)}</text></outputEntry>{note}</rule>"
        )
    return found


def table(policy: str, body: str, *, allowed: str = "", more: str = "", input_more: str = "") -> str:
    values = f"<outputValues><text>{allowed}</text></outputValues>" if allowed else ""
    return (
        f'<decisionTable hitPolicy="{policy}" {more}><input label="Aantal"><inputExpression><text>n</text></inputExpression>'
        f'{input_more}</input><output name="answer">{values}</output>{body}</decisionTable>'
    )


def decision(logic: str, decision_id: str = "rule", more: str = "") -> str:
    return f'<decision id="{decision_id}" name="Regel">{more}<variable name="{decision_id}"/>{logic}</decision>'


def file(*decisions: str) -> bytes:
    body = "".join(decisions)
    return f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">{body}</definitions>'.encode()


def model(policy: str, *given: Row, allowed: str = "", more: str = "") -> DecisionModel:
    return load(file(decision(table(policy, rows(*given), allowed=allowed, more=more))))


def answer(found: DecisionModel, **variables: object) -> object:
    return found.evaluate("rule", variables, NOW).value


def fired(found: DecisionModel, **variables: object) -> list[int]:
    return [index for _, _, index, _ in found.evaluate("rule", variables, NOW).matched]


# -- hit policies -----------------------------------------------------------------------------------------------------


def test_unique_gives_the_one_row_and_refuses_to_choose() -> None:
    found = model("UNIQUE", ("< 5", '"few"'), (">= 4", '"many"'))
    assert (answer(found, n=1), fired(found, n=9)) == ("few", [2])
    assert answer(found, n=None) is None
    with pytest.raises(DecisionFailed, match="2 rijen"):
        answer(found, n=4)


def test_first_gives_the_first_row_and_names_only_that_one() -> None:
    found = model("FIRST", ("> 1", '"a"'), ("> 0", '"b"'), ("-", '"c"'))
    assert [answer(found, n=n) for n in (2, 1, 0, None)] == ["a", "b", "c", "c"]
    assert fired(found, n=2) == [1]


def test_any_gives_the_answer_the_rows_share_and_refuses_contradiction() -> None:
    found = model("ANY", ("> 1", "10"), ("> 2", "10.0"), ("> 3", "11"))
    assert answer(found, n=3) == 10
    with pytest.raises(DecisionFailed, match="tegenspreken"):
        answer(found, n=4)


def test_priority_and_output_order_follow_the_order_of_the_allowed_answers() -> None:
    given: list[Row] = [("> 0", '"low"'), ("> 1", '"high"'), ("> 0", '"middle"')]
    first = model("PRIORITY", *given, allowed='"high", "middle", "low"')
    assert [answer(first, n=n) for n in (1, 2)] == ["middle", "high"]
    assert fired(first, n=2) == [2]
    order = model("OUTPUT ORDER", *given, allowed='"high", "middle", "low"')
    assert (answer(order, n=2), fired(order, n=2)) == (["high", "middle", "low"], [2, 3, 1])


def test_rule_order_and_collect_give_all_answers_in_the_order_of_the_rows() -> None:
    for policy in ("RULE ORDER", "COLLECT"):
        found = model(policy, ("> 0", '"b"'), ("> 1", '"c"'), ("> 0", '"a"'))
        assert (answer(found, n=1), fired(found, n=1)) == (["b", "a"], [1, 3])
        assert answer(found, n=0) == []


@pytest.mark.parametrize(
    ("aggregation", "expected", "of_none"),
    [("SUM", Decimal("6.5"), None), ("MIN", 1, None), ("MAX", Decimal("3.5"), None), ("COUNT", 3, 0)],
)
def test_collect_takes_numbers_together(aggregation: str, expected: object, of_none: object) -> None:
    found = model("COLLECT", ("> 0", "1"), ("> 0", "3.5"), ("> 0", "2"), more=f'aggregation="{aggregation}"')
    assert answer(found, n=1) == expected
    assert answer(found, n=0) == of_none


def test_answers_that_cannot_be_taken_together_are_no_answer() -> None:
    found = model("COLLECT", ("> 0", "1"), ("> 0", '"a"'), more='aggregation="SUM"')
    with pytest.raises(DecisionFailed, match="samengenomen"):
        answer(found, n=1)


# -- explanation ------------------------------------------------------------------------------------------------------


def test_a_decision_explains_its_inputs_rows_and_sources() -> None:
    found = model("FIRST", ("< 5", '"few"', "art. 12, § 2"), ("-", '"many"', "art. 13"))
    result = found.evaluate("rule", {"n": 3}, NOW)
    assert result.inputs == {"Aantal": 3}
    assert result.matched == [("rule", "row_1", 1, ("art. 12, § 2",))]
    assert result.warnings == []
    assert "bestaat hier niet" in found.evaluate("rule", {}, NOW).warnings[0]


def test_a_decision_takes_the_decisions_it_needs_first_and_explains_them_too() -> None:
    needs = '<informationRequirement id="i"><requiredDecision href="#days"/></informationRequirement>'
    days = decision(
        '<literalExpression><text>(today() - received_on) / duration("P1D")</text></literalExpression>', "days"
    )
    top = decision(
        table("FIRST", rows(("> 365", '"old"'), ("-", '"new"'))).replace("<text>n<", "<text>days<"), more=needs
    )
    found = load(file(days, top))
    result = found.evaluate("rule", {"received_on": date(2025, 1, 1)}, NOW)
    assert (result.value, result.inputs) == ("old", {"received_on": date(2025, 1, 1), "Aantal": 695})


def test_several_columns_give_a_context() -> None:
    two = '<decisionTable><input label="n"><inputExpression><text>n</text></inputExpression></input><output name="a"/><output name="b"/>'
    two += '<rule id="r"><inputEntry><text>-</text></inputEntry><outputEntry><text>n + 1</text></outputEntry><outputEntry><text/></outputEntry></rule>'
    assert answer(load(file(decision(two + "</decisionTable>"))), n=1) == {"a": 2, "b": None}


def test_a_default_answer_and_allowed_inputs_are_obeyed() -> None:
    only = '<inputValues><text>"a", "b"</text></inputValues>'
    logic = table("UNIQUE", rows(('"a"', "1")), input_more=only)
    logic = logic.replace(
        '<output name="answer"></output>',
        '<output name="answer"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>',
    )
    found = load(file(decision(logic)))
    assert [answer(found, n=n) for n in ("a", "b", None)] == [1, 0, 0]
    with pytest.raises(DecisionFailed, match="geen toegelaten waarde van 'Aantal'"):
        answer(found, n="c")


# -- refused ----------------------------------------------------------------------------------------------------------

NEEDS = '<informationRequirement id="i{0}"><requiredDecision href="#{0}"/></informationRequirement>'
GOOD = table("UNIQUE", rows(("1", "1")))


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (file(decision(table("BEST", rows(("1", "1"))))), "decisionTable", "'BEST .*bestaat niet"),
        (file(decision(table("COLLECT", "", more='aggregation="AVERAGE"'))), "decisionTable", "AVERAGE"),
        (file(decision(table("UNIQUE", rows(("1", "1")), more='aggregation="SUM"'))), "decisionTable", "alleen bij COLLECT"),
        (file(decision(table("PRIORITY", rows(("1", "1"))))), "decisionTable", "toegelaten antwoorden"),
        (file(decision(table("OUTPUT ORDER", rows(("1", "1"))))), "decisionTable", "toegelaten antwoorden"),
        (file(decision(table("UNIQUE", rows(("1 +", "1"))))), "inputEntry", "kan niet gelezen worden.*op plaats"),
        (file(decision(table("UNIQUE", rows(("1", "1 +"))))), "outputEntry", "kan niet gelezen worden.*op plaats"),
        (file(decision(GOOD.replace("<text>n<", "<text>n +<"))), "input", "kan niet gelezen worden"),
        (file(decision(GOOD.replace("<outputEntry>", "<outputEntry/><outputEntry>"))), "row_1", "evenveel cellen"),
        (file(decision(GOOD.replace("<inputExpression>", '<inputExpression expressionLanguage="javascript">'))), "input", "andere taal"),
        (file(decision(GOOD, more=NEEDS.format("gone"))), "rule", "'gone', en die bestaat niet"),
        (file(decision(GOOD, more=NEEDS.format("rule"))), "rule", "op zichzelf"),
        (file(decision(GOOD, "a", NEEDS.format("b")), decision(GOOD, "b", NEEDS.format("a"))), "a", "op zichzelf"),
        (file(decision(GOOD), decision(GOOD)), "rule", "twee keer"),
        (file(decision("<invocation/>")), "invocation", "welke functie"),
        (file(decision("<context/>")), "context", "leeg"),
        (file(decision("")), "rule", "geen tabel"),
        (file('<businessKnowledgeModel id="bkm"/>'), "bkm", "geen inhoud"),
        (file('<import id="im"/>'), "im", "Alleen DMN"),
        (file(), "d", "geen beslissing"),
        (file(decision(GOOD, "not a word")), "not a word", "id nodig"),
        (b'<definitions xmlns="urn:else" id="d"/>', "d", "geen DMN-bestand"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_exactly_is_refused(content: bytes, place: str, words: str) -> None:
    found = check(content)
    assert any(f.element_id == place and re.search(words, f.sentence) for f in found), found
    with pytest.raises(DecisionRefused):
        load(content)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(check(file(decision(table("UNIQUE", rows(("1 +", "2 +"), ("[1..", "1"))))))) == 3
