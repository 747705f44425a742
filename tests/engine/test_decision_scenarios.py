"""Scenario files: read, written back the same, run, and refused with a sentence."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dmn.scenario_values import from_json, from_text, same, to_field, to_json
from engine.dmn.scenarios import Outcome, ScenarioFile, ScenariosRefused, read, run
from engine.parsing.dmn import load
from feel.values import parse_duration
from tests.engine.dmn_files import decision, file, literal

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
TABLE = (
    '<decisionTable hitPolicy="UNIQUE"><input label="n"><inputExpression><text>n</text></inputExpression></input><output name="o"/>'
    '<rule id="a"><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>"few"</text></outputEntry></rule>'
    '<rule id="b"><inputEntry><text>&gt;= 4</text></inputEntry><outputEntry><text>"many"</text></outputEntry></rule></decisionTable>'
)


def outcomes(*scenarios: dict[str, Any], logic: str = TABLE, **more: Any) -> list[Outcome]:
    told = {"decision": "top", "scenarios": [{"name": f"s{n}", **each} for n, each in enumerate(scenarios)], **more}
    return run(load(file(decision("top", logic))), read(json.dumps(told).encode()), NOW)


def test_a_scenario_is_right_when_the_answer_and_the_rows_are() -> None:
    found = outcomes(
        {"inputs": {"n": 1}, "expected": "few", "rows": [1]},
        {"inputs": {"n": 9}, "expected": "few"},
        {"inputs": {"n": 9}, "expected": "many", "rows": [1]},
        {"inputs": {"n": 4}, "expected": "many"},
        {"inputs": {}, "expected": None, "rows": []},
    )
    assert [each.why for each in found] == [
        "",
        'verwacht "few", kreeg "many"',
        "verwacht rij 1, kreeg rij 2",
        "In beslissing 'top' passen 2 rijen; er mag er maar één passen.",
        "",
    ]
    assert (found[0].rows, found[0].is_right, found[1].found) == ((("top", 1),), True, "many")


def test_a_file_says_what_day_it_is_and_dates_are_dates() -> None:
    asked = literal("{late: due < today(), day: due, left: due - today()}")
    expected = {"late": False, "day": "2026-03-02", "left": '= duration("P1D")'}
    [found] = outcomes({"inputs": {"due": "2026-03-02"}, "expected": expected}, logic=asked, today="2026-03-01")
    assert found.is_right, found.why


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "geen geldige JSON"),
        (b"[]", '"decision"'),
        (b'{"decision": "d", "scenarios": [], "extra": 1}', "'extra'"),
        (b'{"decision": "d", "scenarios": [{"inputs": {}, "expected": 1}]}', "een naam nodig"),
        (b'{"decision": "d", "scenarios": [{"name": "a", "expected": 1}]}', "inputs"),
        (b'{"decision": "d", "scenarios": [{"name": "a", "inputs": {}, "expected": 1, "row": 1}]}', "'row'"),
        (b'{"decision": "d", "scenarios": [{"name": "a", "inputs": {}, "expected": 1, "rows": "1"}]}', "rijnummers"),
        (
            b'{"decision": "d", "scenarios": [{"name": "a", "inputs": {"n": "= 1 +"}, "expected": 1}]}',
            "kan niet gelezen",
        ),
        (b'{"decision": "d", "scenarios": [{"name": "a", "inputs": {"n": "= x"}, "expected": 1}]}', "vaste waarde"),
        (b'{"decision": "d", "scenarios": [], "today": "soon"}', "geen dag"),
        (
            b'{"decision": "d", "scenarios": [{"name": "a", "inputs": {}, "expected": 1}, {"name": "a", "inputs": {}, "expected": 1}]}',
            "eigen naam",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ScenariosRefused) as refused:
        read(content)
    assert words in refused.value.errors[0]["message"]


values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.decimals(-1000, 1000, places=3),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12),
        st.dates(),
        st.sampled_from([parse_duration("P1DT2H"), parse_duration("-P3M"), "= 1", "2026-01-01", "true", 'a"b', "null"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b_1", "two words", "x-y"]), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(values)
def test_what_is_written_is_read_back_the_same(value: Any) -> None:
    assert same(from_json(json.loads(json.dumps(to_json(value)))), value)
    if value != "":
        assert same(from_text(to_field(value)), value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ja", "ja"),
        (' "ja" ', "ja"),
        ("12", 12),
        ("1.5", Decimal("1.5")),
        ("true", True),
        ("2026-01-02", date(2026, 1, 2)),
        ("", None),
        ("{a: 1}", {"a": 1}),
        ("niet examined", "niet examined"),
    ],
)
def test_what_people_type_is_what_they_mean(typed: str, meant: Any) -> None:
    assert same(from_text(typed), meant)


def test_a_file_is_written_as_it_is_read() -> None:
    written = b'{"decision": "d", "today": "2026-01-01", "scenarios": [{"name": "a", "inputs": {"n": "2026-01-01"}, "expected": [1.5], "rows": [2]}]}'
    assert read(read(written).as_bytes()) == read(written)
    assert json.loads(read(written).as_bytes()) == json.loads(written)
    assert read(ScenarioFile("d").as_bytes()).scenarios == ()


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.dmn")), ids=lambda path: path.stem)
def test_every_shipped_table_has_scenarios_that_hold_and_use_every_row(path: Path) -> None:
    told = read((WORKFLOWS / "tests" / f"{path.stem}.json").read_bytes())
    model = load(path.read_bytes())
    found = run(model, told, NOW)
    assert [f"{each.scenario.name}: {each.why}" for each in found if each.why] == []
    rows = {row for each in found for _, row in each.rows}
    assert rows == set(range(1, path.read_text().count("<rule ") + 1))
