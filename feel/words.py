"""Types in plain Dutch, for the sentences that process managers read."""

from typing import Any

from feel.types import Type
from feel.values import kind

_WORDS = {
    "Any": "een onbekende waarde",
    "null": "niets",
    "Null": "niets",
    "number": "een getal",
    "string": "tekst",
    "boolean": "waar of onwaar",
    "date": "een datum",
    "time": "een tijd",
    "date and time": "een datum met tijd",
    "days and time duration": "een duur in dagen en tijd",
    "years and months duration": "een duur in jaren en maanden",
    "list": "een lijst",
    "context": "een groep van waarden",
    "range": "een interval",
    "function": "een functie",
}


def in_words(sort: str | Type) -> str:
    """A type, with its article: `een getal`."""
    name = sort if isinstance(sort, str) else sort.name
    return _WORDS.get(name, f"een '{name}'")


def incomparable(left: Any, right: Any) -> str:
    """Why two values have no order."""
    if kind(left) == kind(right) and hasattr(left, "tzinfo"):
        return f"{what_it_is(left)} met en een zonder tijdzone kunnen niet vergeleken worden"
    return f"{what_it_is(left)} en {what_it_is(right)} kunnen niet vergeleken worden"


def what_it_is(value: Any) -> str:
    """The type of a value, in words."""
    return in_words(kind(value))
