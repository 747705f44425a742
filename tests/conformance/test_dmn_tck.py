"""The runner of the DMN kit counts what it should: a small kit with right and wrong answers, errors, services and imports."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conformance import dmn_tck

NS = 'xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"'
SHARED = f"""<definitions {NS} id="s" name="shared" namespace="urn:shared">
  <itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
  <businessKnowledgeModel id="k" name="twice"><variable name="twice"/>
    <encapsulatedLogic><formalParameter name="n" typeRef="number"/><literalExpression><text>2 * n</text></literalExpression></encapsulatedLogic>
  </businessKnowledgeModel></definitions>"""
MODEL = f"""<definitions {NS} id="d" name="own" namespace="urn:own">
  <import namespace="urn:shared" name="shared" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
  <inputData id="i" name="Some Number"><variable name="Some Number" typeRef="number"/></inputData>
  <decision id="_a" name="Doubled"><variable name="Doubled"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <knowledgeRequirement><requiredKnowledge href="urn:shared#k"/></knowledgeRequirement>
    <literalExpression><text>shared.twice(Some Number)</text></literalExpression></decision>
  <decision id="_b" name="Graded"><variable name="Graded" typeRef="shared.tGrade"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression><text>if Some Number > 5 then "A" else "Z"</text></literalExpression></decision>
  <decision id="_c" name="Broken"><variable name="Broken"/><literalExpression><text>1 +</text></literalExpression></decision>
  <decisionService id="_s" name="Both"><variable name="Both"/><outputDecision href="#_a"/><outputDecision href="#_b"/><inputData href="#i"/></decisionService>
</definitions>"""


def case(number: int, results: str, more: str = "") -> str:
    given = f'<inputNode name="Some Number"><value xsi:type="xsd:decimal">{number}</value></inputNode>'
    return f'<testCase id="{number}" {more}>{given}{results}</testCase>'


def result(name: str, kind: str, value: str) -> str:
    inner = f'<value xsi:type="xsd:{kind}">{value}</value>' if value else '<value xsi:nil="true"/>'
    return f'<resultNode name="{name}"><expected>{inner}</expected></resultNode>'


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    folder = tmp_path / "TestCases" / "compliance-level-3" / "0001-own"
    folder.mkdir(parents=True)
    (folder / "own.dmn").write_text(MODEL)
    (folder / "shared.dmn").write_text(SHARED)
    cases = case(6, result("Doubled", "decimal", "12.0000000001") + result("Graded", "string", "A"))
    cases += case(
        4, result("Doubled", "decimal", "9") + result("Graded", "string", "") + result("Broken", "string", "")
    )
    cases += case(7, result("Doubled", "decimal", "14"), 'type="decisionService" invocableName="Both"')
    (folder / "own-test-01.xml").write_text(
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>own.dmn</modelName>{cases}</testCases>'
    )
    return tmp_path


def test_each_result_counts_once_and_a_wrong_one_is_named(
    kit: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dmn_tck, "REPORT", kit / "report.md")
    assert dmn_tck.main([str(kit)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "compliance-level-3/0001-own: passed 5 of 6",
        "compliance-level-3: passed 5 of 6, whole 0 of 1 folders",
        "folders whole: 0 of 1",
        "passed 5 of 6",
    ]
    assert "| 4 | Doubled | 9 | 8 |" in (kit / "report.md").read_text()


def test_a_folder_without_a_usable_model_has_no_right_answer(kit: Path) -> None:
    folder = kit / "TestCases" / "compliance-level-3" / "0001-own"
    (folder / "own.dmn").write_text("<!DOCTYPE x><x/>")
    found = dmn_tck.run_folder("3", folder, datetime(2026, 1, 1, tzinfo=UTC))
    assert (found.passed, found.total, found.is_whole) == (0, 6, False)


def test_without_a_kit_it_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert dmn_tck.main([]) == 0
    assert "no kit given" in capsys.readouterr().out
    assert dmn_tck.main([str(tmp_path)]) == 2
