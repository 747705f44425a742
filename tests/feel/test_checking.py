"""What is known to be wrong before an expression runs, with its place; and that what may be right is left alone."""

import pytest
from hypothesis import given, settings

import feel
from feel.printer import show
from feel.tree import Node, depth_of
from tests.feel.trees import expressions

TYPES = {
    "amount": "number",
    "subject": "string",
    "admissible": "boolean",
    "received": "date",
    "complainant": "context<age: number, first name: string>",
    "grievances": "list<context<topic: string, days late: number>>",
    "term": "days and time duration",
    "anything": "Any",
}


@pytest.mark.parametrize(
    ("text", "position", "sentence", "expected"),
    [
        ("1 +", 3, "'het einde' hoort hier niet", "een waarde, naam of haakje"),
        ("amont > 10", 0, "'amont' bestaat hier niet", "'amount'"),
        ("amount > 10 and amont < 5", 16, "'amont' bestaat hier niet", "'amount'"),
        ("subject > 10", 0, "Hier wordt tekst vergeleken met een getal", "twee waarden van dezelfde soort"),
        ("admissible < true", 0, "'<' kan niet met waar of onwaar", "een getal, tekst, datum, tijd of duur"),
        ('received > "2026-01-01"', 0, "Hier wordt een datum vergeleken met tekst", "twee waarden van dezelfde soort"),
        ('amount between 1 and "9"', 21, "Hier wordt een getal vergeleken met tekst", ""),
        ('amount in (1, "a")', 14, "Hier wordt een getal vergeleken met tekst", ""),
        ('amount in ["a".."c"]', 10, "Hier wordt een getal vergeleken met tekst", ""),
        ('[1.."a"]', 0, "Hier wordt een getal vergeleken met tekst", ""),
        ("amount + subject", 0, "Een getal + tekst geeft geen waarde", ""),
        ("received + 1", 0, "Een datum + een getal geeft geen waarde", ""),
        ("-subject", 0, "'-' kan niet voor tekst", "een getal of een duur"),
        ("admissible and amount", 15, "Na 'and' staat een getal", "waar of onwaar"),
        ("if amount then 1 else 2", 3, "Na 'if' staat een getal", "waar of onwaar"),
        ("complainant.name", 0, "'name' bestaat hier niet", "'age', 'first name'"),
        ("received.hour", 0, "'hour' bestaat niet van een datum", ""),
        ('grievances[days late > "a"]', 11, "Hier wordt een getal vergeleken met tekst", ""),
        ("grievances[late > 1]", 11, "'late' bestaat hier niet", ""),
        ("grievances[topic]", 11, "Tussen [ ] staat tekst", "een voorwaarde of een plaats"),
        ("for g in grievances return g.topic * 2", 27, "Tekst * een getal geeft geen waarde", ""),
        ("some g in grievances satisfies g.topic", 31, "Na 'satisfies' staat tekst", "waar of onwaar"),
        ("sbustring(subject, 1)", 0, "De functie 'sbustring' bestaat niet", "'substring'"),
        ("substring(amount, 1)", 10, "Bij 'string' van 'substring' staat een getal", "tekst"),
        ("substring(subject)", 0, "De functie 'substring' kan niet met 1 waarde", "(string, start position, length)"),
        ("upper case(text: subject)", 0, "De functie 'upper case' kan niet met 'text'", "(string)"),
        ("amount(1)", 0, "Dit is geen functie maar een getal", "een functie"),
        ('{f: function(a: number) a, r: f("x")}', 32, "Hier staat tekst", "een getal"),
        ("{f: function(a, b) a, r: f(1)}", 25, "De functie vraagt 2 waarden en krijgt er 1", ""),
        ("{f: function(a, b) a, r: f(a: 1, c: 2)}", 25, "De functie kent een van deze namen niet", "a, b"),
        ("amount instance of money", 0, "Het type 'money' bestaat niet", "bijvoorbeeld number of date"),
    ],
)
def test_what_is_wrong_is_found_at_its_place(text: str, position: int, sentence: str, expected: str) -> None:
    found = feel.check(text, TYPES)
    assert [(f.position, f.sentence) for f in found] == [(position, sentence)]
    assert found[0].expected == expected or not expected


@pytest.mark.parametrize(
    "text",
    [
        "amount > 10 and admissible",
        "amount = null or subject = null",
        "anything > 1 and anything + subject = subject",
        "complainant.first name + subject",
        'grievances[days late > 3].topic[1] = "x"',
        "grievances[1].days late + 1",
        "sum(grievances.days late) / count(grievances)",
        'received + term > @"2026-01-01" and (received - received).days > 3',
        "received + 2 * term",
        "term / term > 1",
        "sort(grievances, function(x, y) x.days late < y.days late)",
        "for g in grievances, h in 1..3 return g.days late + h",
        "for i in 1..3 return if i = 1 then 1 else partial[-1] * 2",
        "{f: function(n: number) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r",
        "upper case([subject])",
        "count(subject)",
        "min(1, amount)",
        'date and time(received, @"10:00:00") > now()',
        "anything.whatever.else",
        "anything[whatever > 1]",
        "if admissible then 1 else subject",
        'subject in ("a", "b")',
        "amount in [1..10]",
        "amount in (< 1, [2..3], anything)",
        "not(admissible)",
        "amount instance of tMoney",
        "grievances = []",
    ],
)
def test_what_may_be_right_is_left_alone(text: str) -> None:
    assert feel.check(text, TYPES, known_types=["tMoney"]) == []


def test_without_types_only_what_is_wrong_for_any_variable_is_found() -> None:
    assert feel.check("a + b > c and d.e[f > 1] = g") == []
    assert feel.check("count + 1 > sum") == []  # variables may have such names
    found = feel.check('foo(a) and "x" > 1')
    assert [f.sentence for f in found] == [
        "De functie 'foo' bestaat niet",
        "Hier wordt tekst vergeleken met een getal",
    ]


@pytest.mark.parametrize(
    ("text", "given", "sentences"),
    [
        ('< "a"', "number", ["Hier wordt een getal vergeleken met tekst"]),
        ('"a", 1', "string", ["Hier wordt tekst vergeleken met een getal"]),
        ("[1..2]", "string", ["Hier wordt tekst vergeleken met een getal"]),
        ('not("a")', "number", ["Hier wordt een getal vergeleken met tekst"]),
        ("? + 1 > subject", "number", ["Hier wordt een getal vergeleken met tekst"]),
        ("> limit", "number", ["'limit' bestaat hier niet"]),
        ("-", "number", []),
        ('"a", "b"', "string", []),
        ("[1..10], > amount", "number", []),
        ("? > 1 and admissible", "number", []),
        ('list contains(?, "a")', "list<string>", []),
        ("null", "number", []),
        ("date(2026, 1, 1)", "date", []),
    ],
)
def test_a_cell_is_checked_against_its_input(text: str, given: str, sentences: list[str]) -> None:
    assert [f.sentence for f in feel.check_unary(text, given, TYPES)] == sentences


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_checking_any_expression_ends_with_findings_only(tree: Node) -> None:
    if depth_of(tree) < 12:
        for finding in (*feel.check(show(tree), TYPES), *feel.check_unary(show(tree), "number")):
            assert finding.sentence
            assert finding.position >= 0
