"""The expressions of a decision are held against the types its file gives, at publishing, each finding at its cell."""

import pytest

from engine.decisions import DecisionFailed
from engine.findings import ERROR
from engine.lint import decision_expressions
from engine.parsing.dmn import load
from engine.publishing import check
from engine.vocabulary import Vocabulary
from tests.engine.dmn_files import decision, escaped, file, input_data, knowledge, literal

PERSON = (
    '<itemDefinition name="tPerson"><itemComponent name="age"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="first name"><typeRef>string</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
    '<itemDefinition name="tGrade"><typeRef>string</typeRef>'
    '<allowedValues><text>"a", "b"</text></allowedValues></itemDefinition>'
)


def table(test: str, answer: str = "1", kind: str = "number", question: str = "q") -> str:
    return (
        f'<decisionTable id="t"><input id="i"><inputExpression typeRef="{kind}"><text>{escaped(question)}</text>'
        f'</inputExpression></input><output id="o" name="o"/><rule id="r1">'
        f'<inputEntry id="cell"><text>{escaped(test)}</text></inputEntry>'
        f'<outputEntry id="answer"><text>{escaped(answer)}</text></outputEntry></rule></decisionTable>'
    )


def found(*parts: str) -> list[tuple[str, str]]:
    return [(f.element_id, f.sentence) for f in decision_expressions.check(load(file(PERSON, *parts)))]


@pytest.mark.parametrize(
    ("logic", "place", "sentence"),
    [
        (table('> "18"'), "cell", "Hier wordt een getal vergeleken met tekst, op plaats 1"),
        (table('not("a")'), "cell", "Hier wordt een getal vergeleken met tekst, op plaats 5"),
        (table("5", kind="tGrade"), "cell", "Hier wordt tekst vergeleken met een getal, op plaats 1"),
        (table("-", 'person.age + "x"'), "answer", "Een getal + tekst geeft geen waarde, op plaats 1"),
        (table("-", question="uppercase(person.first name)"), "i", "De functie 'uppercase' bestaat niet, op plaats 1"),
        (literal("person.name"), "top", "'name' bestaat hier niet, op plaats 1 (verwacht: 'age', 'first name')"),
        (literal("people[age = first name]"), "top", "Hier wordt een getal vergeleken met tekst, op plaats 8"),
        (literal("double(person.age) + flor(1)"), "top", "De functie 'flor' bestaat niet, op plaats 22"),
        (
            f'<context><contextEntry><variable name="n" typeRef="number"/>{literal("person.age")}</contextEntry>'
            f"<contextEntry>{literal('upper case(n)')}</contextEntry></context>",
            "top",
            "Bij 'string' van 'upper case' staat een getal, op plaats 12 (verwacht: tekst)",
        ),
        (f"<list>{literal('1')}{literal('1 + true')}</list>", "top", "Een getal + waar of onwaar geeft geen waarde"),
    ],
)
def test_what_cannot_be_right_is_found_at_its_place(logic: str, place: str, sentence: str) -> None:
    given = (
        input_data("person", "tPerson"),
        input_data("people", "tPeople"),
        knowledge("double", "n:number", literal("n * 2"), "number"),
        decision("top", logic, "input:person", "input:people", "knowledge:double"),
    )
    [(at, said)] = found(*given)
    assert at == place
    assert sentence in said


@pytest.mark.parametrize(
    "logic",
    [
        table("> 18"),
        table("< 18, [20..30]"),
        table('"a"', kind="tGrade"),
        table("-", 'person.first name + "x"', question="known"),
        literal("something + other.thing[part > 1] and whatever"),
        literal("people[age > 18].first name"),
        literal("sum(people.age) / count(people)"),
    ],
)
def test_what_may_be_right_is_left_alone(logic: str) -> None:
    assert (
        found(
            input_data("person", "tPerson"),
            input_data("people", "tPeople"),
            decision("top", logic, "input:person", "input:people"),
        )
        == []
    )


def test_knowledge_is_checked_with_its_parameters() -> None:
    [(at, said)] = found(knowledge("double", "n:string", literal("n * 2")), decision("top", literal("1")))
    assert at == "double"
    assert "Tekst * een getal geeft geen waarde" in said


def test_such_a_decision_is_not_published() -> None:
    findings = check("decision", file(decision("top", table('> "18"'))), Vocabulary())
    assert [(f.element_id, f.rule) for f in findings if f.severity == ERROR] == [("cell", "decision_expressions")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{age: 1, first name: "An"} instance of tPerson', True),
        ('{age: "1", first name: "An"} instance of tPerson', False),
        ('[{age: 1, first name: "An"}] instance of tPeople', True),
        ('"c" instance of tGrade', True),  # the standard does not look at the allowed values here
        ("1 instance of tGrade", False),
        ('(function(a: tPerson) a.age)({age: 1, first name: "An"})', 1),
        ("(function(a: tPerson) 1)(2)", None),
        ('(function(n: number) "x") instance of tRule', True),
        ("(function(n: string) 1) instance of tRule", False),
    ],
)
def test_a_text_may_name_the_types_of_its_file(text: str, expected: object) -> None:
    rule = (
        '<itemDefinition name="tRule"><functionItem outputTypeRef="string"><parameters name="n" typeRef="number"/>'
        "</functionItem></itemDefinition>"
    )
    model = load(file(PERSON, rule, decision("top", literal(text))))
    assert model.evaluate("top", {}).value == expected


def test_a_type_that_contains_itself_ends() -> None:
    tree = (
        '<itemDefinition name="tTree"><itemComponent name="leaf"><typeRef>string</typeRef></itemComponent>'
        '<itemComponent name="branches" isCollection="true"><typeRef>tTree</typeRef></itemComponent></itemDefinition>'
    )
    [(_, said)] = found(
        tree, input_data("tree", "tTree"), decision("top", literal("tree.branches.leaf + 1"), "input:tree")
    )
    assert "Een lijst + een getal" in said


def test_what_texts_cost_counts_for_the_whole_decision() -> None:
    doubling = literal("{g: function(n) if n < 1 then 1 else g(n - 1) + g(n - 1), r: g(n)}.r")
    model = load(
        file(
            knowledge("f", "n:number", doubling),
            decision("top", literal("for i in 1..9000 return f(8)"), "knowledge:f"),
        )
    )
    with pytest.raises(DecisionFailed, match="stappen"):
        model.evaluate("top", {})
