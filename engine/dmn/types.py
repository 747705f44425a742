"""Types of DMN: what an item definition says a value must be, and the three conversions the standard allows.

Values that do not fit become null with the reason kept (DMN 1.5, 10.3.2.9.4); null itself fits every type.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import feel
from feel import types
from feel.values import kind

DEEPEST = 10  # of a type that is made of others, and maybe of itself

NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "days and time duration": "days and time duration",
    "years and months duration": "years and months duration",
    "date and time": "date and time",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "context": "context",
    "list": "list",
    "range": "range",
    "function": "function",
    "Any": "Any",
    "Null": "null",
    **dict.fromkeys(("integer", "long", "double"), "number"),  # as Camunda 7 writes them
}
_AT_MIDNIGHT = feel.compile('date and time(given, time("00:00:00Z"))')


@dataclass(frozen=True)
class Type:
    """A type of the language itself; `Any` takes everything."""

    name: str = "Any"

    def accepts(self, value: Any) -> bool:
        """Whether a value is of this type, without any conversion."""
        return value is None or self.name == "Any" or kind(value) == self.name


ANY = Type()


@dataclass(frozen=True)
class ListOf(Type):
    """A collection."""

    name: str = "list"
    item: Type = ANY

    def accepts(self, value: Any) -> bool:
        return value is None or (isinstance(value, list) and all(self.item.accepts(each) for each in value))


@dataclass(frozen=True)
class Structure(Type):
    """A context with these components; more components do no harm, a missing one does."""

    name: str = "context"
    components: dict[str, Type] = field(default_factory=dict)

    def accepts(self, value: Any) -> bool:
        if value is None:
            return True
        return isinstance(value, dict) and all(
            name in value and wanted.accepts(value[name]) for name, wanted in self.components.items()
        )


@dataclass(frozen=True)
class FunctionOf(Type):
    """A function; `result` is what its answer is converted to. Parameters are only asked by `instance of`."""

    name: str = "function"
    result: Type = ANY
    parameters: tuple[Type, ...] | None = None


@dataclass(frozen=True)
class Constrained(Type):
    """A type of which only some values are allowed; `words` are the tests as written."""

    base: Type = ANY
    tests: feel.UnaryTests | None = None
    words: str = ""

    def accepts(self, value: Any) -> bool:
        if value is None:
            return True
        return self.base.accepts(value) and (self.tests is None or self.tests.matches(value, {}))


class Named(Type):
    """A type by its name, looked up late: item definitions may refer to each other in any order."""

    def __init__(self, name: str, find: Callable[[], Type]) -> None:
        super().__init__(name)
        object.__setattr__(self, "_find", find)

    def target(self) -> Type:
        found: Type = object.__getattribute__(self, "_find")()
        return found

    def accepts(self, value: Any) -> bool:
        return self.target().accepts(value)


def resolved(wanted: Type) -> Type:
    """The type itself behind a name."""
    return wanted.target() if isinstance(wanted, Named) else wanted


def feel_type(wanted: Type, depth: int = 0) -> types.Type:
    """The type as FEEL knows it, without what it allows only some values of; Any where that does not end."""
    found = resolved(wanted)
    if depth > DEEPEST:
        return types.ANY
    if isinstance(found, Constrained):
        return feel_type(found.base, depth + 1)
    if isinstance(found, ListOf):
        return types.list_of(feel_type(found.item, depth + 1))
    if isinstance(found, Structure):
        return types.context_of({name: feel_type(each, depth + 1) for name, each in found.components.items()})
    if isinstance(found, FunctionOf) and found.parameters is not None:
        takes = tuple(feel_type(each, depth + 1) for each in found.parameters)
        return types.Type("function", takes, result=feel_type(found.result, depth + 1))
    return types.Type(types.SPELLINGS.get(found.name, found.name))


def is_list(wanted: Type) -> bool:
    """Whether a value of this type is a collection, constrained or not."""
    found = resolved(wanted)
    return is_list(found.base) if isinstance(found, Constrained) else found.name == "list"


def base_name(wanted: Type) -> str:
    """The name in the language of what a type is in the end."""
    found = resolved(wanted)
    return base_name(found.base) if isinstance(found, Constrained) else found.name


def converted(value: Any, wanted: Type) -> tuple[Any, bool]:
    """The value as the type wants it, and whether it fits: a list of one to its item, an item to a list, a day to midnight."""
    if wanted is ANY or wanted.accepts(value):
        return value, True
    if isinstance(value, list) and len(value) == 1 and not is_list(wanted) and wanted.accepts(value[0]):
        return value[0], True
    if is_list(wanted) and not isinstance(value, list) and wanted.accepts([value]):
        return [value], True
    if kind(value) == "date" and base_name(wanted) == "date and time":
        return _AT_MIDNIGHT.evaluate({"given": value}), True
    return None, False


def completed(value: Any, wanted: Type) -> Any:
    """What a caller gave, with null for the parts of a structure it left out: what is not given has no value."""
    found = resolved(wanted)
    if isinstance(found, Constrained):
        return completed(value, found.base)
    if isinstance(found, ListOf) and isinstance(value, list):
        return [completed(each, found.item) for each in value]
    if isinstance(found, Structure) and isinstance(value, dict):
        return {**value, **{name: completed(value.get(name), part) for name, part in found.components.items()}}
    return value


def result_type(wanted: Type) -> Type:
    """What a function variable promises: the result of its function type, or the type itself (models before DMN 1.2)."""
    found = resolved(wanted)
    return found.result if isinstance(found, FunctionOf) else wanted
