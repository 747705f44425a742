"""Scenario tests of a decision: what goes in, which answer is expected. The format of `workflows/tests/*.json`.

    {"decision": "urgency", "today": "2026-11-27",
     "scenarios": [{"name": "Said to be urgent", "inputs": {"judged_urgent": "ja"}, "expected": true, "rows": [1]}]}

`today` (the day on the office's clock) and `rows` (the rows that must fire, from 1) may be left out. Values are JSON; see
`engine.dmn.scenario_values` for dates and the rest.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from engine.decisions import DecisionFailed, DecisionModel, DecisionResult
from engine.dmn.scenario_values import from_json, same, to_json, to_text
from engine.moments import OFFICE_ZONE
from problems import Invalid

MOST = 500
FILE_KEYS = frozenset({"decision", "today", "scenarios"})
SCENARIO_KEYS = frozenset({"name", "inputs", "expected", "rows"})


class ScenariosRefused(Invalid):
    """Zo kunnen de proefgevallen niet bewaard worden."""


@dataclass(frozen=True)
class Scenario:
    """One case. `rows` is None when any row will do."""

    name: str
    inputs: Mapping[str, Any]
    expected: Any
    rows: tuple[int, ...] | None = None


@dataclass(frozen=True)
class ScenarioFile:
    """The scenarios of one decision, in the order in which people read them."""

    decision: str
    scenarios: tuple[Scenario, ...] = ()
    today: date | None = None

    def number_of(self, name: str) -> int:
        """Which scenario has this name, from 1; 0 when none has."""
        return next((number for number, each in enumerate(self.scenarios, start=1) if each.name == name), 0)

    def as_bytes(self) -> bytes:
        """The file as it is kept and downloaded."""
        told: dict[str, Any] = {"decision": self.decision}
        if self.today is not None:
            told["today"] = self.today.isoformat()
        told["scenarios"] = [_told(each) for each in self.scenarios]
        return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True)
class Outcome:
    """What one scenario gave; `why` is empty when it is as expected."""

    scenario: Scenario
    found: Any
    rows: tuple[tuple[str, int], ...] = ()
    why: str = ""
    result: DecisionResult | None = field(default=None, compare=False)

    @property
    def is_right(self) -> bool:
        """Whether the answer is the expected one."""
        return not self.why


def _told(scenario: Scenario) -> dict[str, Any]:
    told = {
        "name": scenario.name,
        "inputs": {name: to_json(value) for name, value in scenario.inputs.items()},
        "expected": to_json(scenario.expected),
    }
    return told if scenario.rows is None else {**told, "rows": list(scenario.rows)}


# -- reading ------------------------------------------------------------------------------------------------------------


def read(content: bytes) -> ScenarioFile:
    """The scenarios of a file. Raises ScenariosRefused with each mistake."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise _refused(f"Het bestand is geen geldige JSON: {problem}.") from problem
    if not isinstance(told, dict) or not isinstance(told.get("scenarios"), list) or not told.get("decision"):
        raise _refused('Het bestand heeft "decision" en een lijst "scenarios" nodig.')
    unknown = sorted(told.keys() - FILE_KEYS)
    if unknown:
        raise _refused(f"Het bestand kent '{unknown[0]}' niet.")
    if len(told["scenarios"]) > MOST:
        raise _refused(f"Een beslissing heeft hoogstens {MOST} proefgevallen.")
    scenarios = tuple(_scenario(number, each) for number, each in enumerate(told["scenarios"], start=1))
    names = [each.name for each in scenarios]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise _refused(f"Twee proefgevallen heten '{double}'. Geef elk een eigen naam.")
    return ScenarioFile(str(told["decision"]), scenarios, _today(told.get("today")))


def _today(told: Any) -> date | None:
    if told is None:
        return None
    try:
        return date.fromisoformat(told)
    except (TypeError, ValueError) as problem:
        raise _refused(f"'{told}' is geen dag. Schrijf bijvoorbeeld 2026-11-27.") from problem


def _scenario(number: int, told: Any) -> Scenario:
    if not isinstance(told, dict) or not isinstance(told.get("inputs"), dict) or "expected" not in told:
        raise _refused(f'Proefgeval {number} heeft "name", "inputs" en "expected" nodig.')
    name, rows = told.get("name"), told.get("rows")
    if not isinstance(name, str) or not name.strip():
        raise _refused(f"Proefgeval {number} heeft een naam nodig.")
    unknown = sorted(told.keys() - SCENARIO_KEYS)
    if unknown:
        raise _refused(f"Proefgeval '{name}' kent '{unknown[0]}' niet.")
    is_rows = isinstance(rows, list) and all(isinstance(row, int) and not isinstance(row, bool) for row in rows)
    if rows is not None and not is_rows:
        raise _refused(f"'rows' van proefgeval '{name}' is een lijst van rijnummers.")
    try:
        inputs = {str(key): from_json(value) for key, value in told["inputs"].items()}
        expected = from_json(told["expected"])
    except ValueError as problem:
        raise _refused(f"In proefgeval '{name}': {problem}.") from problem
    return Scenario(name.strip(), inputs, expected, tuple(rows) if rows is not None else None)


def _refused(sentence: str) -> ScenariosRefused:
    return ScenariosRefused(errors=[{"field": "content", "message": sentence}])


# -- running ------------------------------------------------------------------------------------------------------------


def run(model: DecisionModel, file: ScenarioFile, now: datetime) -> list[Outcome]:
    """Every scenario of the file against the model, in order."""
    moment = datetime.combine(file.today, time(12), OFFICE_ZONE) if file.today else now.astimezone(OFFICE_ZONE)
    return [run_one(model, file.decision, each, moment) for each in file.scenarios]


def run_one(model: DecisionModel, decision: str, scenario: Scenario, now: datetime) -> Outcome:
    """One scenario."""
    if decision not in model.graph.elements:
        return Outcome(scenario, None, why=f"de beslissing '{decision}' staat niet in het bestand")
    try:
        result = model.evaluate(decision, scenario.inputs, now)
    except DecisionFailed as problem:
        return Outcome(scenario, None, why=str(problem))
    fired = tuple((table, row) for table, _, row, _ in result.matched)
    why = ""
    if not same(scenario.expected, result.value):
        why = f"verwacht {to_text(scenario.expected)}, kreeg {to_text(result.value)}"
    elif scenario.rows is not None and scenario.rows != tuple(row for _, row in fired):
        rows = ", ".join(str(row) for _, row in fired) or "geen"
        why = f"verwacht rij {', '.join(map(str, scenario.rows)) or 'geen'}, kreeg rij {rows}"
    return Outcome(scenario, result.value, fired, why, result)
