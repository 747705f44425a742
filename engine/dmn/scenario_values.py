"""Values of scenarios, in a file and in a field.

In JSON a text that is exactly a day is a date, a text that begins with `=` is FEEL (`= duration("P1D")`); everything else is what
it is. In a field people type FEEL literals as in the cells of a table; what is none is plain text, so that quotes may be left out.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import feel
from feel.values import kind

_DAY = re.compile(r"-?\d{4}-\d{2}-\d{2}")
_SAID = feel.compile("string(a)")
_DATE = feel.compile("date(a)")
_NAME = re.compile(r"[^\W\d]\w*")


def from_json(told: Any) -> Any:
    """The FEEL value of a JSON value. Raises ValueError for FEEL that has no value of its own."""
    if isinstance(told, list):
        return [from_json(each) for each in told]
    if isinstance(told, dict):
        return {name: from_json(each) for name, each in told.items()}
    if isinstance(told, float):
        return Decimal(str(told))
    if not isinstance(told, str):
        return told
    if told.startswith("="):
        return _literal(told[1:])
    return day(told) or told


def to_json(value: Any) -> Any:
    """A JSON value that `from_json` reads back as this one."""
    if isinstance(value, list):
        return [to_json(each) for each in value]
    if isinstance(value, dict):
        return {name: to_json(each) for name, each in value.items()}
    if isinstance(value, str):
        return f"= {to_text(value)}" if value.startswith("=") or day(value) else value
    if value is None or isinstance(value, bool | int):
        return value
    if kind(value) == "number":
        number = float(value)
        return number if Decimal(str(number)) == value else f"= {to_text(value)}"
    text = str(_SAID.evaluate({"a": value}))
    return text if day(text) == value else f"= {to_text(value)}"


def from_text(typed: str) -> Any:
    """What somebody means by what they typed in a field; empty is null."""
    text = typed.strip()
    if not text or text == "null":
        return None
    found = day(text)
    if found is not None:
        return found
    try:
        return _literal(text)
    except ValueError:
        return text


def to_text(value: Any) -> str:
    """A value as FEEL text."""
    if isinstance(value, list):
        return f"[{', '.join(map(to_text, value))}]"
    if isinstance(value, dict):
        entries = (f"{name if _NAME.fullmatch(name) else to_text(name)}: {to_text(v)}" for name, v in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if value is None:
        return "null"
    said = str(_SAID.evaluate({"a": value}))
    return said if kind(value) in ("number", "boolean", "range", "function") else f'@"{said}"'


def to_field(value: Any) -> str:
    """A value as people type it: texts and days without quotes where that reads back the same."""
    if value is None:
        return ""
    plain = value if isinstance(value, str) else str(_SAID.evaluate({"a": value})) if kind(value) == "date" else ""
    return plain if plain and same(from_text(plain), value) else to_text(value)


def day(text: str) -> date | None:
    """The date a text exactly is."""
    found: date | None = _DATE.evaluate({"a": text}) if _DAY.fullmatch(text) else None
    return found


def same(expected: Any, found: Any) -> bool:
    """Equal and of the same type, all the way down: 1 is not true, and 1.0 is 1."""
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(same(a, b) for a, b in zip(expected, found, strict=True))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(value, found[name]) for name, value in expected.items())
    return kind(expected) == kind(found) and bool(expected == found)


def _literal(text: str) -> Any:
    """The value of FEEL that needs nothing from outside. Raises ValueError."""
    try:
        value, warnings = feel.compile(text).evaluate_explained({})
    except feel.FeelError as problem:
        raise ValueError(f"'{text.strip()}' kan niet gelezen worden: {problem}") from problem
    if warnings or kind(value) == "function":
        raise ValueError(f"'{text.strip()}' is geen vaste waarde")
    return value
