"""Variables that come from outside as JSON, by name: from a worker, or from whoever corrects a case.

Promise: what is accepted here can be kept and read again. A number with a fraction stays exact, a text stays a text.
Refuses with VariablesNotUsable, which names each variable.
"""

from collections.abc import Mapping
from typing import Any

from engine.values import TAG
from problems import Invalid

LONGEST_NAME = 200
CASE_ID = "case_id"


class VariablesNotUsable(Invalid):
    """Niet alle variabelen kunnen gebruikt worden. Verbeter de namen of waarden die erbij staan."""


def variables(given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables, checked. Raises VariablesNotUsable."""
    errors = [{"field": name, "message": why} for name, value in given.items() if (why := _wrong(name, value))]
    if errors:
        raise VariablesNotUsable(errors=errors)
    return dict(given)


def _wrong(name: str, value: Any) -> str:
    """Why a variable cannot be used; empty when it can."""
    if not name.strip() or len(name) > LONGEST_NAME:
        return f"De naam van een variabele is 1 tot {LONGEST_NAME} tekens lang."
    if name == CASE_ID:
        return f"'{CASE_ID}' zegt bij welk dossier berichten horen en kan niet gezet worden. Kies een andere naam."
    if _has_mark(value):
        return f"De naam '{TAG}' kan niet gebruikt worden in een waarde. Kies een andere naam."
    return ""


def _has_mark(value: Any) -> bool:
    """True when a value has, at any depth, the mark by which dates and exact numbers are kept."""
    if isinstance(value, list):
        return any(_has_mark(item) for item in value)
    return isinstance(value, dict) and (TAG in value or any(_has_mark(item) for item in value.values()))
