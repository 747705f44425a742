"""`ombudsflow scenarios FILE`: exit code 0 when everything comes out as expected, 1 when something differs, in words."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import app
from tasks.demo import SAMPLE


@pytest.fixture
def record() -> dict[str, Any]:
    """A short complaint of the sample that this office handles itself."""
    records: list[dict[str, Any]] = [json.loads(line) for line in SAMPLE.read_text().splitlines()]
    ours = {"type": "complaint", "competent_body": "VO", "closure_reason": "afgehandeld", "joined_with": []}
    firm = [r for r in records if ours == {name: r["expected"][name] for name in ours}]
    return min(firm, key=lambda r: len(r["script"]))


def played(folder: Path, *lines: str) -> tuple[int, list[str]]:
    file = folder / "complaints.jsonl"
    file.write_text("\n".join(lines))
    result = CliRunner().invoke(app, ["scenarios", str(file)], env={"OMBUDSFLOW_DATA_DIR": str(folder / "elsewhere")})
    return result.exit_code, result.output.splitlines()


def test_a_complaint_that_comes_out_as_expected(record: dict[str, Any], tmp_path: Path) -> None:
    code, lines = played(tmp_path, json.dumps(record))
    assert (code, lines[-1]) == (0, "1 of 1 as expected")
    assert lines[:-1] == ["signpost: right body first 1 of 1 (100.0 %), in its first three 1 of 1 (100.0 %)"]
    assert not (tmp_path / "elsewhere").exists(), "the office of the settings is left alone"


def test_a_difference_is_a_line_and_exit_code_1(record: dict[str, Any], tmp_path: Path) -> None:
    record["expected"]["closure_reason"] = "samengevoegd"

    code, lines = played(tmp_path, json.dumps(record))

    assert code == 1
    assert lines[0].startswith(f"{record['id']} closure_reason: verwacht samengevoegd")
    assert lines[-1] == "0 of 1 as expected"


def test_another_body_than_expected_is_a_line_of_the_signpost(record: dict[str, Any], tmp_path: Path) -> None:
    record["expected"]["competent_body"] = "FED"

    code, lines = played(tmp_path, json.dumps(record))

    assert code == 1
    assert any(line.startswith(f"{record['id']} signpost: FED expected, found VO") for line in lines)


def test_a_line_that_is_no_complaint_is_named(tmp_path: Path) -> None:
    code, lines = played(tmp_path, '{"id": "X"}')

    assert code == 1
    assert lines[0].startswith("Deze regel is geen klacht die wij kunnen lezen.")
    assert "line: 1" in lines[0]
