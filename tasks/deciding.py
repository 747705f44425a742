"""Trying a decision out: the version in use, with inputs somebody gives. Nothing is kept and no case is touched.

In: the decision's key and its inputs; text that is exactly an ISO day counts as a date, everything else as what it is.
Refuses with NotAllowed, DefinitionNotFound, NoSingleAnswer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import definitions
from engine.decisions import DecisionFailed, DecisionResult
from engine.errors import DefinitionNotFound
from engine.moments import OFFICE_ZONE
from engine.parsing import dmn
from identity.people import Actor
from identity.permissions import require
from problems import Invalid
from storage.unit_of_work import Reading
from tasks.office import Office

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
    row = definitions.latest(reading, "decision", key)
    if row is None:
        raise DefinitionNotFound(kind="decision", key=key)
    context = {name: _typed(value) for name, value in inputs.items()}
    try:
        result = dmn.load(row.content).evaluate(key, context, office.clock.now().astimezone(OFFICE_ZONE))
    except DecisionFailed as problem:
        raise NoSingleAnswer(errors=[{"field": key, "message": str(problem)}]) from problem
    return Tried(key, row.version, result)


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if isinstance(value, dict):
        return {name: _typed(item) for name, item in value.items()}
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
