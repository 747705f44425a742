"""Text that can be kept: not every character a browser or program can send is one a database, a letter or a page can hold."""

import re
from collections.abc import Iterable
from typing import Annotated

from fastapi import Query
from starlette.datastructures import QueryParams
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from problems import Invalid, NotFound, Problem
from storage.keepable import UNFIT

# No row has a number of more than 18 digits: SQLite and PostgreSQL both stop at 2^63.
LARGEST = 10**18 - 1
PageKey = Annotated[int | None, Query(ge=1, le=LARGEST)]
VersionAsked = Annotated[int, Query(ge=0, le=LARGEST)]
AfterKey = Annotated[int, Query(ge=0, le=LARGEST)]
_NO_NUMBER = re.compile(r"/-?\d{19,}(/|$)")


def number_of(text: str) -> int | None:
    """The number of a row as a form or address has it; None when it is none, or larger than any row's."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers_of(texts: Iterable[str]) -> list[int]:
    """Those that are numbers of rows: what somebody ticked in a list."""
    return [number for text in texts if (number := number_of(text)) is not None]


class TextNotUsable(Invalid):
    """De tekst bevat tekens die niet bewaard kunnen worden. Haal ze weg en probeer opnieuw."""


class AddressNotUsable(NotFound):
    """Deze pagina bestaat niet."""


def unfit(text: str) -> str:
    """Why this text cannot be kept; empty when it can."""
    return TextNotUsable().sentence if UNFIT.search(text) else ""


def check_text(field: str, text: str) -> None:
    """Refuse what cannot be kept. Raises TextNotUsable naming the field."""
    if unfit(text) or unfit(field):
        raise TextNotUsable(errors=[{"field": UNFIT.sub("", field), "message": TextNotUsable().sentence}])


class UnfitAddress(BaseRoute):
    """Before every page and call: nothing is at an address that holds such a character or number, and no search finds it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.FULL, {}) if scope["type"] == "http" and _refusal(scope) else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise _refusal(scope) or AddressNotUsable


def _refusal(scope: Scope) -> Problem | None:
    path: str = scope["path"]
    if unfit(path) or _NO_NUMBER.search(path):
        return AddressNotUsable()
    if not scope["query_string"]:
        return None
    try:
        for name, value in QueryParams(scope["query_string"]).multi_items():
            check_text(name, value)
    except TextNotUsable as problem:
        return problem
    return None
