"""A value of a variable as a person types it: a FEEL literal, written and read.

`14`, `"tekst"`, `true`, `null`, `date("2026-01-05")`, `["a", "b"]`, `{name: 1}`. What `written` gives, `read` reads again.
Refuses with NotAValue.
"""

import json
from datetime import date, datetime, time
from typing import Any

import feel
from feel.values import DayTimeDuration, YearMonthDuration
from problems import Invalid

LONGEST = 20_000


class NotAValue(Invalid):
    """Deze waarde kan niet gelezen worden. Schrijf een getal, "tekst" tussen aanhalingstekens, true, false of null."""


def read(text: str, field: str = "value") -> Any:
    """The value of a literal; an expression that asks for a variable is none. Raises NotAValue, naming the field."""
    try:
        if len(text) > LONGEST:
            raise _not_a_value(field)
        expression = feel.compile(text)
        if expression.names:
            raise _not_a_value(field)
        return expression.evaluate({})
    except feel.FeelError as problem:
        raise _not_a_value(field) from problem


def _not_a_value(field: str) -> NotAValue:
    return NotAValue(errors=[{"field": field, "message": NotAValue().sentence}])


def written(value: Any) -> str:
    """The literal of a value that a variable can hold."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(str(key))}: {written(inner)}" for key, inner in value.items()) + "}"
    return _typed(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\\b", "\\u0008").replace("\\f", "\\u000c")


def _typed(value: Any) -> str:
    if isinstance(value, datetime):
        return f'date and time("{value.isoformat()}")'
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    if isinstance(value, time):
        return f'time("{value.isoformat()}")'
    if isinstance(value, DayTimeDuration | YearMonthDuration):
        return f'duration("{value}")'
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def kind_of(value: Any) -> str:
    """What sort of value it is, in a word for whoever may not see the value itself."""
    if value is None:
        return "leeg"
    for types, word in _WORDS:
        if isinstance(value, types):
            return word
    return "getal"


_WORDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "ja of nee"),
    (str, "tekst"),
    (list, "lijst"),
    (dict, "groep"),
    (datetime, "dag en uur"),
    (date, "dag"),
    (time, "uur"),
    ((DayTimeDuration, YearMonthDuration), "duur"),
)
