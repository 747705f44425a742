"""Reading a form: what is understood, and everything that is refused, at once and at the component."""

import json
import re
from pathlib import Path

import pytest

from forms.schema import BOTH, CASE, TOKEN, Form, FormRefused, parse, read, split

ROOT = Path(__file__).resolve().parent.parent.parent


def form(*components: object, **more: object) -> bytes:
    return json.dumps({"id": "test_form", "type": "default", "components": list(components), **more}).encode()


def text(key: str, **more: object) -> dict[str, object]:
    return {"type": "textfield", "key": key, "label": key, **more}


def choice(key: str, *values: str, kind: str = "radio", **more: object) -> dict[str, object]:
    return {"type": kind, "key": key, "label": key, "values": [{"value": v, "label": v} for v in values], **more}


def test_a_form_is_read_into_plain_values() -> None:
    rows = {"type": "dynamiclist", "path": "people", "label": "Mensen", "components": [text("name")]}
    given = form(
        {"type": "text", "text": "# Hallo"},
        {
            "type": "group",
            "label": "Wie",
            "components": [text("name", properties={"goes_to": "case", "fact": "complainant.name", "personal": "yes"})],
        },
        choice("answer", "yes", "no", validate={"required": True}),
        text("why", conditional={"hide": '=answer = "yes"'}),
        rows,
    )
    found = parse(given)
    assert [each.key for each in found.inputs()] == ["name", "answer", "why", "people"]
    name, answer, why, people = found.inputs()
    assert (name.goes_to, name.fact, name.is_personal) == (CASE, "complainant.name", True)
    assert (answer.is_required, [c.value for c in answer.choices], answer.goes_to) == (True, ["yes", "no"], TOKEN)
    assert why.hide is not None
    assert [inner.key for inner in people.components] == ["name"]


def test_answers_go_where_their_field_says() -> None:
    found = parse(
        form(
            text("a"),
            text("b", properties={"goes_to": "case", "fact": "x.b", "personal": "yes"}),
            text("c", properties={"goes_to": "both"}),
            text("d", properties={"goes_to": "nowhere"}),
            {"type": "filepicker", "key": "f", "label": "f"},
        )
    )
    parts = split(found, {"a": 1, "b": 2, "c": 3, "d": 4, "f": "x.pdf"})
    assert parts.token == {"a": 1, "c": 3}
    assert parts.facts == {"x.b": 2, "c": 3}
    assert parts.personal == {"x.b"}
    assert BOTH == "both"


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"", "form", "geen geldige JSON"),
        (b"\xff\xfe", "form", "geen geldige JSON"),
        (b"[" * 100_000, "form", "geen geldige JSON"),
        (b"[]", "form", "'components' ontbreekt"),
        (b'{"id": "x", "components": {}}', "form", "'components' ontbreekt"),
        (b'{"components": [' + b" " * 1_000_000 + b"]}", "form", "groter dan 1 MB"),
        (form(id=None), "form", "een id nodig"),
        (form(id="not a word"), "form", "een id nodig"),
        (form("text"), "form", "geen type"),
        (form({"key": "a"}), "form", "geen type"),
        (form({"type": ["x"], "key": "a"}), "form", "geen type"),
        (form({"type": "taglist", "key": "a"}), "a", "'taglist' wordt niet ondersteund"),
        (form({"type": "iframe", "id": "Field_1"}), "Field_1", "'iframe' wordt niet ondersteund"),
        (form(text("")), "textfield", "kan geen sleutel zijn"),
        (form(text("a b")), "a b", "kan geen sleutel zijn"),
        (form(text("a"), text("a")), "a", "twee keer"),
        (form(text("case_id")), "case_id", "Kies een andere sleutel"),
        (form(choice("a")), "a", "geen keuzes"),
        (form(choice("a", "x", "x")), "a", "dezelfde waarde"),
        (form(choice("a", kind="select", valuesKey="names")), "a", "'valuesKey' wordt niet ondersteund"),
        (form({"type": "datetime", "key": "a", "disallowPassedDates": True}), "a", "'disallowPassedDates' wordt hier niet nagegaan"),
        (form(text("a", properties={"goes_to": "moon"})), "a", "'goes_to: moon' bestaat niet"),
        (form(text("a", properties={"personal": "yes"})), "a", "hoort in het dossier"),
        (form(text("a", properties=["x"])), "a", "niet de vorm"),
        (form(text("a", validate="x")), "a", "niet de vorm"),
        (form(text("a", conditional="x")), "a", "niet de vorm"),
        (form(text("a", validate={"required": "=b"})), "a", "waar of onwaar"),
        (form(text("a", readonly="=b")), "a", "waar of onwaar"),
        (form(text("a", validate={"minLength": "few"})), "a", "'minLength' moet een geheel getal"),
        (form(text("a", validate={"maxLength": -1})), "a", "'maxLength' moet een geheel getal"),
        (form(text("a", validate={"maxLength": "9" * 5000})), "a", "'maxLength' moet een geheel getal"),
        (form({"type": "number", "key": "a", "validate": {"min": "=x"}}), "a", "'min' moet een getal"),
        (form({"type": "number", "key": "a", "decimalDigits": -1}), "a", "'decimalDigits' is een geheel getal van 0 tot 10"),
        (form({"type": "number", "key": "a", "increment": 0}), "a", "'increment' is een getal boven nul"),
        (form({"type": "number", "key": "a", "decimalDigits": 1, "increment": "0.25"}), "a", "hoogstens 1 cijfers na de komma"),
        (form(text("a", increment=2)), "a", "'increment' geldt alleen voor een getal"),
        (form(text("a", validate={"custom": "x"})), "a", "'custom' wordt niet ondersteund"),
        (form(text("a", validate={"validationType": "iban"})), "a", "'iban' bestaat niet"),
        (form(text("a", validate={"pattern": "("})), "a", "kan niet gelezen worden"),
        (form(text("a", validate={"pattern": "(a+)+b"})), "a", "eindeloos"),
        (form(text("a", validate={"pattern": "a" * 201})), "a", "hoogstens 200"),
        (form(text("a", validate={"pattern": "a", "patternErrorMessage": 7})), "a", "hoogstens 300"),
        (form(text("a", properties={"earliest": "=b"})), "a", "geldt alleen voor een datum"),
        (form({"type": "datetime", "key": "a", "subtype": "datetime"}), "a", "Alleen een datum"),
        (form(text("a", conditional={"hide": "=1 +"})), "a", "kan niet gelezen worden.*op plaats 4"),
        (form(text("a", conditional={"hide": "=b"}), text("b")), "a", "'b', en dat veld staat pas later"),
        (form(text("a", conditional={"hide": "=a = null"})), "a", "staat pas later"),
        (form({"type": "dynamiclist", "path": "p", "components": [{"type": "dynamiclist", "path": "q"}]}), "q", "lijst in een lijst"),
        (form({"type": "dynamiclist", "path": "p", "components": [text("x"), text("x")]}), "x", "twee keer"),
        (form({"type": "group", "components": "x"}), "form", "moet een lijst zijn"),
    ],
)  # fmt: skip
def test_what_a_form_cannot_do_is_refused_at_its_component(content: bytes, place: str, words: str) -> None:
    _, findings = read(content)
    assert any(where == place and re.search(words, sentence) for where, sentence in findings), findings
    with pytest.raises(FormRefused):
        parse(content)


def test_groups_may_not_nest_for_ever() -> None:
    deep: dict[str, object] = text("a")
    for _ in range(100):
        deep = {"type": "group", "components": [deep]}
    _, findings = read(form(deep))
    assert any("diep" in sentence for _, sentence in findings)


def test_everything_wrong_is_said_at_once() -> None:
    _, findings = read(form(text("a b"), choice("c"), {"type": "video", "key": "v"}))
    assert [place for place, _ in findings] == ["a b", "c", "v"]


@pytest.mark.parametrize("file", sorted((ROOT / "forms").glob("*.form")), ids=lambda file: file.stem)
def test_every_shipped_form_is_read_without_a_finding(file: Path) -> None:
    found = parse(file.read_bytes())
    assert isinstance(found, Form)
    assert found.id == file.stem
    asking = [each for each in found.inputs() if each.limits.get("pattern")]
    assert all(each.limits.get("patternErrorMessage") for each in asking), "whoever writes something else reads why"
