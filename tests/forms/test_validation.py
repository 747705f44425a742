"""Answers against a form: missing, wrong, extra; all errors at once; and no answer, however strange, makes it crash."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.incoming import raw_answers
from forms.limits import is_email
from forms.rendering import render
from forms.schema import Choice, parse
from forms.validation import Answers, validate
from tests.forms.test_schema import choice, form, text

CODES = {"norms": (Choice("a", "A"), Choice("b", "B"))}
ROWS = {"type": "dynamiclist", "path": "people", "label": "Mensen", "components": [text("name", validate={"required": True}), {"type": "number", "key": "age", "label": "Leeftijd"}]}  # fmt: skip
WIDE = form(
    text("name", validate={"required": True, "minLength": 2, "maxLength": 5}),
    text("email", validate={"validationType": "email"}),
    text("phone", validate={"validationType": "phone"}),
    text("code", validate={"pattern": "[A-Z]{3}"}),
    text(
        "plate",
        validate={
            "pattern": "[0-9]-[A-Z]{3}-[0-9]{3}",
            "patternErrorMessage": "Schrijf 100% zoals op de plaat: 1-ABC-123.",
        },
    ),
    {"type": "textarea", "key": "story", "label": "Verhaal"},
    {"type": "number", "key": "count", "label": "Aantal", "validate": {"min": 0, "max": 10}},
    {"type": "number", "key": "mean", "label": "Gemiddeld", "decimalDigits": 1},
    {"type": "number", "key": "price", "label": "Prijs", "decimalDigits": 2, "increment": "0.05"},
    {"type": "number", "key": "people_in", "label": "Personen", "decimalDigits": 0},
    {"type": "checkbox", "key": "agreed", "label": "Akkoord", "validate": {"required": True}},
    choice("kind", "x", "y"),
    choice("several", "x", "y", kind="checklist"),
    {"type": "select", "key": "norm", "label": "Norm", "properties": {"codelist": "norms"}},
    {"type": "datetime", "key": "day", "label": "Dag", "subtype": "date"},
    {"type": "filepicker", "key": "file", "label": "Bestand"},
    ROWS,
    text("shown", readonly=True),
)
GOOD: dict[str, object] = {"name": "Noor", "agreed": "on"}


def check(**raw: object) -> Answers:
    return validate(parse(WIDE), {**GOOD, **raw}, codelists=CODES)


def test_a_good_form_gives_typed_values() -> None:
    found = check(
        email="n@example.org", phone="0470 12 34 56", code="ABC", count="3,5", kind="x", several=["y", "x", "y"], norm="a",
        day="23/11/2026", people=[{"name": "Jan", "age": "4"}], story="  lang  ",
    )  # fmt: skip
    assert found.errors == {}
    expected = {
        "name": "Noor", "email": "n@example.org", "phone": "0470 12 34 56", "code": "ABC", "plate": None, "story": "lang",
        "count": Decimal("3.5"), "agreed": True, "kind": "x", "several": ["y", "x"], "norm": "a",
        "mean": None, "price": None, "people_in": None, "day": date(2026, 11, 23), "file": None, "people": [{"name": "Jan", "age": 4}],
    }  # fmt: skip
    assert found.values == expected


@pytest.mark.parametrize("pattern", ["(a|a)*b", "a*a*a*a*a*a*a*a*b", "(a|aa)+b"])
def test_a_pattern_that_would_try_for_ever_refuses_the_text_at_once(pattern: str) -> None:
    asked = parse(form(text("code", validate={"pattern": pattern})))
    assert validate(asked, {"code": "a" * 200 + "b"}).errors == {}
    for sent in ("a" * 200, "a" * 10_000, "b" * 10_000):
        assert set(validate(asked, {"code": sent}).errors) == {"code"}


def test_an_address_of_nothing_but_dots_is_refused_at_once() -> None:
    assert is_email("jan.peeters@mail.example.be") and not is_email("jan@example..be") and not is_email("jan@example")
    assert not is_email("a@" + "." * 1_000_000 + " ")
    assert set(check(email="a@" + "." * 20_000 + " b").errors) == {"email"}


def test_all_errors_come_at_once_each_at_its_field() -> None:
    found = validate(
        parse(WIDE), {"name": "", "count": "many", "kind": "z", "day": "31/02/2026", "extra": "1"}, codelists=CODES
    )
    assert set(found.errors) == {"name", "count", "kind", "day", "extra", "agreed"}
    assert found.errors["extra"] == "Dit formulier heeft geen veld 'extra'."
    assert {problem["field"] for problem in found.problems} == set(found.errors)


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ("name", None, "Vul 'name' in"),
        ("name", "  ", "Vul 'name' in"),
        ("name", "a", "minstens 2"),
        ("name", "abcdef", "hoogstens 5"),
        ("name", 7, "moet tekst zijn"),
        ("name", ["a", "b"], "moet tekst zijn"),
        ("name", {"a": 1}, "moet tekst zijn"),
        ("name", "a\x00b", "vreemde tekens"),
        ("name", "a\ud800", "vreemde tekens"),
        ("story", "x" * 50_001, "te lang"),
        ("email", "n@example", "e-mailadres"),
        ("phone", "bel mij", "telefoonnummer"),
        ("code", "abc", "gevraagde vorm"),
        ("plate", "ABC 123", "Schrijf 100% zoals op de plaat: 1-ABC-123."),
        ("count", "1e3", "moet een getal"),
        ("count", "NaN", "moet een getal"),
        ("count", "1_0", "moet een getal"),
        ("count", True, "moet een getal"),
        ("count", [1], "moet een getal"),
        ("count", "1.500", "zonder punt"),
        ("count", "-1", "minstens 0"),
        ("count", 11, "hoogstens 10"),
        ("count", "9" * 40, "moet een getal"),
        ("mean", "1,25", "hoogstens één cijfer na de komma"),
        ("mean", "12,50", None),
        ("price", "1,251", "hoogstens 2 cijfers na de komma"),
        ("price", "-0,07", "gaat in stappen van 0.05"),
        ("price", 0.35, None),
        ("people_in", "2,5", "moet een geheel getal zijn"),
        ("people_in", "2,0", None),
        ("agreed", "", "Vul 'Akkoord' in"),
        ("agreed", "misschien", "aangevinkt"),
        ("kind", "z", "een van de mogelijkheden"),
        ("kind", ["x"], "moet tekst zijn"),
        ("several", ["x", "z"], "een van de mogelijkheden"),
        ("norm", "c", "een van de mogelijkheden"),
        ("day", "2026-13-01", "moet een datum"),
        ("day", "morgen", "moet een datum"),
        ("day", 20261123, "moet tekst zijn"),
        ("people", "Jan", "moet een lijst"),
        ("people", ["Jan"], "moet een lijst"),
        ("people", [{"name": "x"}] * 51, "hoogstens 50"),
        ("shown", "changed", None),
    ],
)
def test_a_wrong_answer_gets_a_sentence(field: str, given: object, words: str | None) -> None:
    errors = check(**{field: given}).errors
    if words is None:
        assert errors == {}
    else:
        assert words in errors[field]


def test_errors_in_rows_name_the_row() -> None:
    errors = check(people=[{"name": "Jan"}, {"name": "", "age": "x"}, {"name": "An", "other": 1}]).errors
    assert set(errors) == {"people-1-name", "people-1-age", "people-2-other"}


def test_a_required_list_needs_a_row() -> None:
    needed = parse(form({**ROWS, "validate": {"required": True}}))
    assert "minstens één rij" in validate(needed, {}).errors["people"]


def test_a_hidden_field_needs_no_answer_and_takes_none() -> None:
    found = parse(
        form(choice("why", "a", "b"), text("more", validate={"required": True}, conditional={"hide": '=why != "b"'}))
    )
    assert validate(found, {"why": "a", "more": "stale"}).values == {"why": "a"}
    assert set(validate(found, {"why": "b"}).errors) == {"more"}
    assert validate(found, {"why": "b", "more": "x"}).values == {"why": "b", "more": "x"}


def test_a_hidden_group_hides_what_it_holds_and_a_condition_may_use_the_case() -> None:
    group = {
        "type": "group",
        "components": [text("more", validate={"required": True})],
        "conditional": {"hide": "=is_simple"},
    }
    found = parse(form(group))
    assert validate(found, {}, context={"is_simple": True}).errors == {}
    assert set(validate(found, {}, context={}).errors) == {"more"}


def test_a_condition_that_cannot_be_decided_shows_the_field() -> None:
    endless = {"hide": "=count(for i in 1..9000, j in 1..9000 return i) > 1"}
    found = parse(form(text("more", validate={"required": True}, conditional=endless)))
    assert set(validate(found, {}).errors) == {"more"}


def test_what_a_browser_posts_becomes_answers() -> None:
    posted = [
        ("name", "Noor"), ("several", "x"), ("several", "y"), ("people-0-name", "Jan"), ("people-0-age", "4"),
        ("people-3-name", "An"), ("csrf", "z"), ("agreed", "on"),
    ]  # fmt: skip
    raw = raw_answers(parse(WIDE), posted)
    assert raw["several"] == ["x", "y"]
    assert raw["people"] == [{"name": "Jan", "age": "4"}, {"name": "An"}]
    assert validate(parse(WIDE), raw, codelists=CODES).errors == {}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.decimals(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([each.key for each in parse(WIDE).inputs()] + ["other"]), ANYTHING))
def test_no_answer_however_strange_makes_it_crash(raw: dict[str, object]) -> None:
    found = validate(parse(WIDE), raw, codelists=CODES)
    assert all(sentence.endswith(".") for sentence in found.errors.values())
    kinds = {
        "count": int | Decimal,
        "mean": int | Decimal,
        "price": int | Decimal,
        "people_in": int,
        "agreed": bool,
        "several": list,
        "day": date,
        "people": list,
    }
    for name, value in found.values.items():
        assert value is None or isinstance(value, kinds.get(name, str)), name


def test_a_date_lies_between_the_days_its_form_gives_where_it_gives_any() -> None:
    limits = {"earliest": "=date(first)", "latest": '=since + duration("P5D")'}
    asked = parse(
        form(
            {"type": "datetime", "key": "since", "label": "Sinds", "subtype": "date"},
            {"type": "datetime", "key": "until", "label": "Tot", "subtype": "date", "properties": limits},
        )
    )

    def said(until: str, **known: object) -> str | None:
        return validate(asked, {"since": "2026-01-10", "until": until}, context=known).errors.get("until")

    first = {"first": "2026-01-08"}  # as the inputs of a user task have it
    assert [said(day, **first) for day in ("2026-01-08", "2026-01-15")] == [None, None]
    assert said("2026-01-07", **first) == "'Tot' kan niet vroeger zijn dan 08/01/2026."
    assert said("2026-01-16", **first) == "'Tot' kan niet later zijn dan 15/01/2026."
    assert said("1999-01-01") is None, "nothing says so"
    assert 'min="2026-01-08" max="2026-01-15"' in render(asked, {"since": date(2026, 1, 10)}, context=first)
