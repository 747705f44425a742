"""Trying a decision out: the version in use, with inputs somebody gives. Nothing is kept and no case is touched.

In: the id of a decision or decision service in use, and its inputs; text that is exactly an ISO day counts as a date, text for an
input of a type with time as that type, everything else as what it is.
Refuses with NotAllowed, DefinitionNotFound, NoSingleAnswer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import feel
from engine import definitions
from engine.decisions import DecisionFailed, DecisionModel, DecisionResult
from engine.dmn.graph import InputData
from engine.dmn.scenario_values import day
from engine.dmn.types import base_name
from engine.errors import DefinitionNotFound
from engine.moments import OFFICE_ZONE
from engine.specs import in_use
from identity.people import Actor
from identity.permissions import require
from problems import Invalid
from storage.unit_of_work import Reading
from tasks.office import Office

_READ = {
    "date and time": feel.compile("date and time(a)"),
    "time": feel.compile("time(a)"),
    "days and time duration": feel.compile("duration(a)"),
    "years and months duration": feel.compile("duration(a)"),
}


class NoSingleAnswer(Invalid):
    """Met deze invoer geeft de beslissing geen eenduidig antwoord."""


@dataclass(frozen=True)
class Tried:
    """What the decision in this version answers."""

    key: str
    version: int
    result: DecisionResult


def evaluate(office: Office, reading: Reading, actor: Actor, key: str, inputs: Mapping[str, Any]) -> Tried:
    """Take the decision in use with these inputs."""
    require(actor, "decision.evaluate")
    model, version = _found(office, reading, key)
    types = {
        each.variable: base_name(each.wanted) for each in model.graph.elements.values() if isinstance(each, InputData)
    }
    context = {name: _typed(value, types.get(name, "")) for name, value in inputs.items()}
    now = office.clock.now().astimezone(OFFICE_ZONE)
    return Tried(key, version, _decided(model, key, context, now))


def _decided(model: DecisionModel, key: str, context: Mapping[str, Any], now: datetime) -> DecisionResult:
    try:
        return model.evaluate(key, context, now)
    except DecisionFailed as problem:
        raise NoSingleAnswer(errors=[{"field": key, "message": str(problem)}]) from problem


def _found(office: Office, reading: Reading, key: str) -> tuple[DecisionModel, int]:
    """The model in use that has this decision or service: the file that goes by it, else the first that holds it."""
    row = definitions.latest(reading, "decision", key)
    if row is not None:
        return office.engine.specs.decision(reading, row.id)
    for _, (definition_id, _) in sorted(in_use(reading, "decision").items()):
        model, version = office.engine.specs.decision(reading, definition_id)
        if "#" not in key and (key in model.decisions or key in model.services):
            return model, version
    raise DefinitionNotFound(kind="decision", key=key)


def _typed(value: Any, wanted: str = "") -> Any:
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if isinstance(value, dict):
        return {name: _typed(item) for name, item in value.items()}
    if isinstance(value, float):
        return Decimal(str(value))  # as it is written, not as the machine keeps it
    if not isinstance(value, str):
        return value
    if wanted in _READ:
        read = _READ[wanted].evaluate({"a": value})
        return value if read is None else read
    return value if wanted == "string" else day(value) or value
