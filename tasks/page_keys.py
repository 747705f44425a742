"""The key of a page: where a list goes on, in the order in which it is shown.

It holds the order, the last value and the last id, so that a row that comes or goes shifts nothing. A key of another order, or
one that is broken, means the first page: a link never breaks.
"""

import base64
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, tuple_

from storage.keepable import UNFIT

_LARGEST = 2**63 - 1  # of a whole number, in both databases


def encoded(sort: str, at: object, last: int) -> str:
    """The key after a row with this value in the sorted column and this id."""
    told = at.isoformat() if isinstance(at, datetime) else at
    return base64.urlsafe_b64encode(json.dumps([sort, told, last]).encode()).decode().rstrip("=")


def decoded(key: str | None, sort: str, moments: Collection[str], whole: str = "") -> tuple[Any, int] | None:
    """The value and id a key points to; `moments` are the columns that hold instants, `whole` the one that holds ids."""
    try:
        asked, at, last = json.loads(base64.urlsafe_b64decode((key or "") + "=" * (-len(key or "") % 4)))
        name = sort.removeprefix("-")
        if asked != sort or not _is_id(last) or not (_is_id(at) if name == whole else _is_text(at)):
            return None
        return (datetime.fromisoformat(at).astimezone(UTC) if name in moments else at), last
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _is_id(value: object) -> bool:
    return type(value) is int and abs(value) <= _LARGEST


def _is_text(value: object) -> bool:
    return isinstance(value, str) and UNFIT.search(value) is None


def beyond(
    column: SQLColumnExpression[Any], identity: SQLColumnExpression[int], key: tuple[Any, int], is_descending: bool
) -> ColumnElement[bool]:
    """The rows that come after the key: further in the column, or level with it and further by id.

    Both go the same way, and are compared as one, so that an index over the two is entered at the right place.
    """
    here = tuple_(column, identity)
    return here < key if is_descending else here > key


def ordered(
    column: SQLColumnExpression[Any], identity: SQLColumnExpression[int], is_descending: bool
) -> tuple[ColumnElement[Any], ...]:
    """The order in which `beyond` goes on."""
    return (column.desc(), identity.desc()) if is_descending else (column.asc(), identity.asc())
