"""Boxed expressions, knowledge, services, types and imports: each gives what DMN 1.5 says, and a mistake is an error, not a guess."""

from datetime import UTC, datetime

import pytest

from engine.decisions import DecisionFailed, DecisionModel
from engine.parsing.dmn import check, load, read
from engine.parsing.dmn_parts import NAMESPACES
from engine.publishing import check as publishing_check
from engine.vocabulary import Vocabulary
from tests.engine.dmn_files import decision, file, input_data, knowledge, literal

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def value(model: DecisionModel, key: str = "top", /, **given: object) -> object:
    return model.evaluate(key, given, NOW).value


def of(logic: str, **given: object) -> object:
    return value(load(file(decision("top", logic))), "top", **given)


def entry(name: str, text: str, kind: str = "") -> str:
    variable = f'<variable name="{name}" {f"""typeRef="{kind}" """ if kind else ""}/>' if name else ""
    return f"<contextEntry>{variable}{literal(text)}</contextEntry>"


# -- boxed expressions --------------------------------------------------------------------------------------------------


def test_a_boxed_context_sees_the_entries_before_it_and_may_end_in_a_result() -> None:
    workings = entry("first step", "2 * n") + entry("second", "first step + 1")
    assert of(f"<context>{workings}</context>", n=3) == {"first step": 6, "second": 7}
    assert of(f"<context>{workings}{entry('', 'second * 10')}</context>", n=3) == 70


def test_boxed_lists_and_relations_are_lists() -> None:
    assert of(f"<list>{literal('n')}{literal('n + 1')}</list>", n=1) == [1, 2]
    rows = "".join(f"<row>{literal(a)}{literal(b)}</row>" for a, b in (('"x"', "1"), ('"y"', "2")))
    assert of(f'<relation><column name="a"/><column name="b"/>{rows}</relation>') == [
        {"a": "x", "b": 1},
        {"a": "y", "b": 2},
    ]


def test_a_boxed_condition_takes_one_branch_and_everything_but_true_is_otherwise() -> None:
    logic = f"<conditional><if>{literal('n > 1')}</if><then>{literal(chr(34) + 'many' + chr(34))}</then><else>{literal('0')}</else></conditional>"
    assert [of(logic, n=n) for n in (2, 1, None)] == ["many", 0, 0]


def test_a_boxed_filter_keeps_what_matches_and_wants_true_or_false() -> None:
    def kept(match: str, source: str = "[1, 5, 9]") -> object:
        return of(f"<filter><in>{literal(source)}</in><match>{literal(match)}</match></filter>")

    assert kept("item > 3") == [5, 9]
    assert kept("price > 3", "[{price: 2}, {price: 7}]") == [{"price": 7}]
    assert kept("item > 10") == []
    with pytest.raises(DecisionFailed, match="waar of onwaar"):
        kept("item")
    with pytest.raises(DecisionFailed, match="Alleen een lijst"):
        kept("true", '"text"')


def test_boxed_iterations_go_over_lists_and_ranges() -> None:
    def over(kind: str, body: str, source: str = "[1]") -> object:
        tag = "return" if kind == "for" else "satisfies"
        return of(f'<{kind} iteratorVariable="x"><in>{literal(source)}</in><{tag}>{literal(body)}</{tag}></{kind}>')

    assert over("for", "x * x", "[1..3]") == [1, 4, 9]
    assert over("for", "x + count(partial)", "[1, 2, 3]") == [1, 3, 5]
    assert (over("some", "x > 2", "[1, 3]"), over("some", "x > 5", "[1, 3]")) == (True, False)
    assert (over("every", "x > 0", "[1, 3]"), over("every", "x > 1", "[1, 3]")) == (True, False)
    with pytest.raises(DecisionFailed, match="waar of onwaar"):
        over("some", '"yes"', "[1]")


def test_a_boxed_function_is_called_by_name_and_refused_what_it_does_not_know() -> None:
    made = f'<functionDefinition><formalParameter name="a" typeRef="number"/>{literal("a + base")}</functionDefinition>'
    call = "<contextEntry><invocation>{}<binding><parameter name='{}'/>{}</binding></invocation></contextEntry>"
    head = f"<context>{entry('base', '10')}<contextEntry><variable name='plus'/>{made}</contextEntry>"
    assert of(head + call.format(literal("plus"), "a", literal("n")) + "</context>", n=5) == 15
    with pytest.raises(DecisionFailed, match="kent 'b' niet"):
        of(head + call.format(literal("plus"), "b", literal("n")) + "</context>", n=5)
    with pytest.raises(DecisionFailed, match="past niet bij het type 'number'"):
        of(head + call.format(literal("plus"), "a", literal("n")) + "</context>", n="five")
    with pytest.raises(DecisionFailed, match="is geen functie"):
        of(head + call.format(literal("base"), "a", literal("n")) + "</context>", n=5)


def test_the_type_of_a_function_variable_may_be_that_of_its_answers() -> None:
    made = f'<functionDefinition><formalParameter name="a"/>{literal("a > 1")}</functionDefinition>'
    entries = f'<contextEntry><variable name="many" typeRef="boolean"/>{made}</contextEntry>{entry("", "many(n)")}'
    assert of(f"<context>{entries}</context>", n=2) is True
    model = load(file(decision("many", made, kind="boolean"), decision("top", literal("many(n)"), "decision:many")))
    assert value(model, n=1) is False
    wrong = made.replace("a &gt; 1", "a")
    model = load(file(decision("many", wrong, kind="boolean"), decision("top", literal("many(n)"), "decision:many")))
    with pytest.raises(DecisionFailed, match="past niet bij het type 'boolean'"):
        value(model, n=1)


def test_a_variable_may_say_itself_that_it_is_a_collection() -> None:
    variable = '<variable name="all" typeRef="string" isCollection="true"/>'
    entries = f"<contextEntry>{variable}{literal('[n, n]')}</contextEntry>{entry('', 'all')}"
    assert of(f"<context>{entries}</context>", n="x") == ["x", "x"]


def test_functions_of_another_program_are_refused() -> None:
    found = check(file(decision("top", f'<functionDefinition kind="Java">{literal("{}")}</functionDefinition>')))
    assert [f.sentence for f in found] == ["Functies van buiten (Java) worden niet uitgevoerd. Schrijf ze in FEEL."]


# -- knowledge, services, requirements ----------------------------------------------------------------------------------


def test_knowledge_sees_its_parameters_and_what_it_requires_but_not_its_caller() -> None:
    model = load(
        file(
            knowledge("twice", "n:number", literal("2 * n")),
            knowledge("four_times", "n:number", literal("twice(twice(n))"), needs="twice"),
            knowledge("peeping", "", literal("if secret = null then 0 else 1")),
            decision("top", literal("four_times(base)"), "knowledge:four_times"),
            decision("peep", literal("peeping()"), "knowledge:peeping"),
        )
    )
    assert value(model, base=3) == 12
    assert value(model, "peep", secret="x") == 0
    with pytest.raises(DecisionFailed, match="past niet bij het type 'number'"):
        value(model, base="three")


def test_a_table_may_be_shared_as_knowledge_and_explains_itself() -> None:
    table = (
        '<decisionTable><input label="Age"><inputExpression><text>age</text></inputExpression></input><output name="o"/>'
        '<rule id="young"><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>"minor"</text></outputEntry></rule>'
        '<rule id="old"><inputEntry><text>&gt;= 18</text></inputEntry><outputEntry><text>"adult"</text></outputEntry></rule></decisionTable>'
    )
    model = load(
        file(knowledge("group", "age:number", table), decision("top", literal("group(20)"), "knowledge:group"))
    )
    result = model.evaluate("top", {}, NOW)
    assert (result.value, result.matched) == ("adult", [("group", "old", 2, ())])


def test_a_decision_many_need_is_taken_once() -> None:
    model = load(
        file(
            decision("base", literal("1 + n")),
            decision("left", literal("base + 1"), "decision:base"),
            decision("right", literal("base + 2"), "decision:base"),
            decision("top", literal("left * right"), "decision:left", "decision:right"),
        )
    )
    result = model.evaluate("top", {"n": 1}, NOW)
    assert (result.value, [taken.decision for taken in result.taken]) == (12, ["base", "left", "right", "top"])
    assert [taken.value for taken in result.taken] == [2, 3, 4, 12]


SERVICE = (
    '<decisionService id="offer" name="offer"><variable name="offer"/><outputDecision href="#sum_of"/>{}'
    '<inputDecision href="#rate"/><inputData href="#amount"/></decisionService>'
)


def service_file(more: str = "") -> bytes:
    return file(
        input_data("amount", "number"),
        decision("rate", ""),
        decision("sum_of", literal("amount * rate"), "input:amount", "decision:rate"),
        decision("double", literal("2 * sum_of"), "decision:sum_of"),
        decision("top", literal("offer(100, 3)"), "knowledge:offer"),
        SERVICE.format(more),
    )


def test_a_service_takes_input_data_then_input_decisions_and_gives_its_output() -> None:
    model = load(service_file())
    assert value(model) == 300
    assert value(model, "offer", amount=10, rate=2) == 20
    several = load(service_file('<outputDecision href="#double"/>'))
    assert value(several, "offer", amount=10, rate=2) == {"sum_of": 20, "double": 40}


def test_knowledge_may_call_itself() -> None:
    content = file(
        knowledge("times", "n:number", literal("if n <= 1 then 1 else n * times(n - 1)")),
        decision("top", literal("times(5)"), "knowledge:times"),
    )
    assert publishing_check("decision", content, Vocabulary()) == []
    assert value(load(content)) == 120


def test_a_cell_that_cannot_be_compared_with_its_input_is_told() -> None:
    table = (
        '<decisionTable><input label="Age"><inputExpression><text>age</text></inputExpression></input><output name="o"/>'
        '<rule id="r"><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>'
    )
    model = load(file(decision("top", table)))
    [warning] = model.evaluate("top", {"age": "twelve"}, NOW).warnings
    assert warning.startswith("in de cel '< 18': ")
    assert model.evaluate("top", {"age": None}, NOW).warnings == []


def test_what_calls_itself_without_end_is_stopped() -> None:
    endless = decision("top", literal("again(1)"), "knowledge:again")
    model, findings = read(file(knowledge("again", "n", literal("again(n + 1)"), needs="again"), endless))
    assert any("op zichzelf" in f.sentence for f in findings)
    assert "keer diep" in " ".join(model.explain("top", {}, NOW).failures)


# -- types --------------------------------------------------------------------------------------------------------------

TYPES = (
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tGrades" isCollection="true"><typeRef>tGrade</typeRef></itemDefinition>'
    '<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>'
    '<itemDefinition name="tPerson"><itemComponent name="first name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemComponent></itemDefinition>'
)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("tGrade", '"A"', "A"),
        ("tGrade", '["B"]', "B"),
        ("tGrades", '"A"', ["A"]),
        ("tGrades", '["A", "B"]', ["A", "B"]),
        ("tPair", "[1, 2]", [1, 2]),
        ("tGrade", "null", None),
        ("tPerson", '{first name: "An", age: 40, more: 1}', {"first name": "An", "age": 40, "more": 1}),
        ("number", "1", 1),
        ("integer", "1", 1),
        ("Any", '"x"', "x"),
    ],
)
def test_what_fits_a_type_is_converted_as_the_standard_allows(kind: str, text: str, expected: object) -> None:
    assert value(load(file(TYPES, decision("top", literal(text), kind=kind)))) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("tGrade", '"C"'),
        ("tGrades", '["A", "C"]'),
        ("tPair", "[1, 2, 3]"),
        ("tPerson", '{first name: "An"}'),
        ("tPerson", '{first name: "An", age: 200}'),
        ("number", '"1"'),
        ("string", "[1]"),
    ],
)
def test_what_does_not_fit_a_type_is_null_with_a_reason_and_stops_a_case(kind: str, text: str) -> None:
    model = load(file(TYPES, decision("top", literal(text), kind=kind)))
    result = model.explain("top", {}, NOW)
    assert result.value is None
    assert f"past niet bij het type '{kind}'" in result.failures[0]
    with pytest.raises(DecisionFailed):
        value(model)


def test_a_day_becomes_midnight_where_a_moment_is_wanted() -> None:
    model = load(file(decision("top", literal('date("2026-01-02")'), kind="dateTime")))
    assert value(model) == datetime(2026, 1, 2, tzinfo=UTC)


def test_typed_inputs_are_checked_and_missing_ones_told() -> None:
    model = load(file(TYPES, input_data("i", "tGrade", "The Grade"), decision("top", literal("The Grade"), "input:i")))
    assert model.evaluate("top", {"The Grade": "A"}, NOW).value == "A"
    assert model.evaluate("top", {}, NOW).warnings == ["'The Grade' is niet gegeven"]
    with pytest.raises(DecisionFailed, match="invoer 'The Grade' past niet"):
        model.evaluate("top", {"The Grade": "F"}, NOW)


def test_parts_a_caller_leaves_out_have_no_value() -> None:
    model = load(file(TYPES, input_data("p", "tPerson"), decision("top", literal("p.age = null"), "input:p")))
    assert value(model, p={"first name": "An"}) is True
    with pytest.raises(DecisionFailed, match="invoer 'p' past niet"):
        value(model, p={"first name": 3})


def test_types_that_do_not_exist_or_are_only_themselves_are_findings() -> None:
    found = check(file(decision("top", literal("1"), kind="tNone")))
    assert [f.sentence for f in found] == ["Het type 'tNone' bestaat niet."]
    circle = '<itemDefinition id="a" name="a"><typeRef>b</typeRef></itemDefinition><itemDefinition id="b" name="b"><typeRef>a</typeRef></itemDefinition>'
    assert any("alleen uit zichzelf" in f.sentence for f in check(file(circle, decision("top", literal("1")))))


# -- imports and versions -----------------------------------------------------------------------------------------------

IMPORT = f'<import id="im" namespace="urn:shared" name="shared" importType="{sorted(NAMESPACES)[-1]}"/>'


def test_an_import_gives_its_types_knowledge_and_decisions_under_its_own_name() -> None:
    shared = file(
        TYPES,
        input_data("n", "number"),
        knowledge("twice", "x:number", literal("2 * x")),
        decision("more", literal("n + 1"), "input:n"),
        namespace="urn:shared",
    )
    own = file(
        IMPORT,
        decision(
            "top",
            literal("shared.twice(shared.more)"),
            "knowledge:urn:shared#twice",
            "decision:urn:shared#more",
            kind="number",
        ),
        decision("graded", literal('"A"'), kind="shared.tGrade"),
    )
    model = load(own, lambda namespace, _location: {"urn:shared": shared}.get(namespace))
    assert (value(model, n=4), value(model, "graded")) == (10, "A")
    assert any("dat bestand is er niet" in f.sentence for f in check(own))


def test_files_that_import_each_other_in_a_circle_are_refused_at_once() -> None:
    twice = IMPORT + IMPORT.replace("urn:shared", "urn:other").replace('name="shared"', 'name="other"')
    files = {
        name: file(twice, decision("d", literal("1")), namespace=f"urn:{name}") for name in ("own", "shared", "other")
    }
    found = check(files["own"], lambda namespace, _location: files[namespace.removeprefix("urn:")])
    assert {f.sentence for f in found} == {
        "'shared' steunt, langs andere bestanden, op zichzelf.",
        "'other' steunt, langs andere bestanden, op zichzelf.",
    }


@pytest.mark.parametrize("version", sorted(NAMESPACES))
def test_every_version_of_the_standard_is_read(version: str) -> None:
    kind = "feel:number" if "2015" in version else "number"
    model = load(file(input_data("n", kind), decision("top", literal("n + 1"), "input:n"), version=version))
    assert value(model, n=1) == 2


def test_parts_of_extensions_are_left_alone() -> None:
    extra = '<x:thing xmlns:x="urn:x" id="q"/>'
    assert value(load(file(extra, decision("top", extra + literal("1"))))) == 1
