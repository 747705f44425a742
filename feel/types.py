"""FEEL's types (DMN 1.5, 10.3.2.9): what a value is an instance of, what fits where, and the conversions a call allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, time
from typing import Any

from feel.moments import join
from feel.values import Function, Range, kind

SIMPLE = frozenset(
    [
        "Any",
        "Null",
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    ]
)
# How models and older texts spell them.
SPELLINGS = {
    "any": "Any",
    "null": "Null",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
}


@dataclass(frozen=True)
class Type:
    """A type: a simple one by name, or list, context, range or function with its parts.

    `parts` are the item of a list or range, the entries of a context, the parameters of a function; `names` are the entries' names;
    None for `parts` means that anything goes: `list` without `<...>`.
    """

    name: str
    parts: "tuple[Type, ...] | None" = None
    names: tuple[str, ...] = ()
    result: "Type | None" = None

    def __str__(self) -> str:
        if self.parts is None:
            return self.name
        if self.name == "context":
            inside = ", ".join(f"{name}: {part}" for name, part in zip(self.names, self.parts, strict=True))
            return f"context<{inside}>"
        arrow = f" -> {self.result}" if self.name == "function" else ""
        return f"{self.name}<{', '.join(map(str, self.parts))}>{arrow}"


ANY = Type("Any")


def list_of(item: Type) -> Type:
    """`list<item>`."""
    return Type("list", (item,))


def context_of(entries: Mapping[str, Type]) -> Type:
    """`context<name: type, ...>`."""
    return Type("context", tuple(entries.values()), tuple(entries))


def is_instance(value: Any, wanted: Type) -> bool:
    """`value instance of wanted`. Null is an instance of nothing but Null."""
    if value is None:
        return wanted.name == "Null"
    if wanted.name == "Any":
        return True
    return kind(value) == wanted.name and (wanted.parts is None or _parts_fit(value, wanted, wanted.parts))


def fits(value: Any, wanted: Type) -> bool:
    """Whether a value may stand where the type is asked: as `instance of`, and null may stand anywhere."""
    return value is None or is_instance(value, wanted)


def _parts_fit(value: Any, wanted: Type, parts: tuple[Type, ...]) -> bool:
    if isinstance(value, Function):
        return len(value.parameters) == len(parts)
    if isinstance(value, Range):
        return fits(value.start, parts[0]) and fits(value.end, parts[0])
    if isinstance(value, Mapping):
        pairs = zip(wanted.names, parts, strict=True)
        return all(name in value and fits(value[name], part) for name, part in pairs)
    return all(fits(item, parts[0]) for item in value)


class DoesNotFit(Exception):
    """A value is of another type than was asked."""


def convert(value: Any, wanted: Type) -> Any:
    """A value as a parameter's type: a list of one is its item, an item is a list of one, a date its midnight in Greenwich.

    Raises DoesNotFit (DMN 1.5, 10.3.2.9.4).
    """
    if fits(value, wanted):
        return value
    if wanted.name == "list" and not isinstance(value, list) and is_instance([value], wanted):
        return [value]
    if isinstance(value, list) and len(value) == 1 and fits(value[0], wanted):
        return value[0]
    if wanted.name == "date and time" and kind(value) == "date":
        return join(value, time.min.replace(tzinfo=UTC))
    raise DoesNotFit
