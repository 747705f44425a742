"""FEEL's types (DMN 1.5, 10.3.2.9): what a value is an instance of, what fits where, and the conversions a call allows."""

from collections.abc import Mapping, Sequence
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
    if kind(value) != wanted.name:
        return False
    return wanted.parts is None or conforms(type_of_value(value), wanted)


def fits(value: Any, wanted: Type) -> bool:
    """Whether a value may stand where the type is asked: as `instance of`, and null may stand anywhere."""
    return value is None or is_instance(value, wanted)


def conforms(found: Type, wanted: Type) -> bool:
    """Whether every value of one type may stand where the other is asked (DMN 1.5, 10.3.2.9.1)."""
    if wanted.name == "Any" or found.name == "Null":
        return True
    if found.name != wanted.name or wanted.parts is None:
        return found.name == wanted.name
    if found.parts is None:
        return False
    if wanted.name == "context":
        has = dict(zip(found.names, found.parts, strict=True))
        asked = zip(wanted.names, wanted.parts, strict=True)
        return all(name in has and conforms(has[name], part) for name, part in asked)
    if wanted.name == "function":
        same_number = len(found.parts) == len(wanted.parts)
        takes = same_number and all(map(conforms, wanted.parts, found.parts))
        return takes and (found.result is None or conforms(found.result, wanted.result or ANY))
    return conforms(found.parts[0], wanted.parts[0])


def type_of_value(value: Any) -> Type:
    """The narrowest type of a value; of a function made outside FEEL the result is not known."""
    sort = kind(value)
    if sort == "null":
        return Type("Null")
    if sort == "list":
        return list_of(joined([type_of_value(item) for item in value]))
    if isinstance(value, Mapping):
        return context_of({name: type_of_value(item) for name, item in value.items()})
    if isinstance(value, Range):
        return Type("range", (joined([type_of_value(value.start), type_of_value(value.end)]),))
    if isinstance(value, Function):
        parts = tuple(wanted or ANY for wanted in value.types) or (ANY,) * len(value.parameters)
        return Type("function", parts, result=value.result() if value.result else None)
    return Type(sort)


def joined(types: Sequence[Type]) -> Type:
    """The narrowest type that takes in all; Null says nothing. Functions that differ in a parameter take anything there."""
    certain = list(dict.fromkeys(found for found in types if found.name != "Null"))
    if not certain:
        return Type("Null")
    first = certain[0]
    if len(certain) == 1:
        return first
    if any(each.name != first.name for each in certain):
        return ANY
    if first.name == "context":
        return _joined_contexts(certain)
    parts = [each.parts for each in certain if each.parts is not None]
    if len(parts) < len(certain) or any(len(each) != len(parts[0]) for each in parts):
        return Type(first.name)
    if first.name != "function":
        return Type(first.name, tuple(joined(each) for each in zip(*parts, strict=True)))
    taken = tuple(each[0] if len(set(each)) == 1 else ANY for each in zip(*parts, strict=True))
    return Type("function", taken, result=joined([each.result or ANY for each in certain]))


def _joined_contexts(types: Sequence[Type]) -> Type:
    """What all have, each entry as all have it."""
    entries = [dict(zip(each.names, each.parts or (), strict=True)) for each in types]
    shared = [name for name in entries[0] if all(name in each for each in entries)]
    return context_of({name: joined([each[name] for each in entries]) for name in shared})


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
