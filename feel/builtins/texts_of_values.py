"""`string(value)`: any value as FEEL writes it (DMN 1.5, 10.3.4.1, table 59)."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from feel.lexer import is_simple
from feel.moment_texts import text_of
from feel.moments import FarDate, FarDateTime, FineTime
from feel.values import Function, Range, exact


def text_of_value(value: Any) -> str | None:
    """The text, None for null; numbers plainly, without an exponent."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        number = exact(value)
        return f"{number.normalize():f}" if isinstance(number, Decimal) and number else "0"
    if isinstance(value, date | time | FarDate | FineTime | FarDateTime):
        return text_of(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(inside, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {inside(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
        return f"{opening}{inside(value.start)}..{inside(value.end)}{closing}"
    if isinstance(value, Function):
        return f"function({', '.join(value.parameters)})"
    return str(value)


def inside(value: Any) -> str:
    """A value within another: texts quoted, null by its name."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    text = text_of_value(value)
    return "null" if text is None else text


def _key(key: str) -> str:
    return key if is_simple(key) else inside(key)
