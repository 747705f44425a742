"""The key of a page: where a list goes on, in the order in which it is shown.

It holds the order, the last value and the last id, so that a row that comes or goes shifts nothing. A key of another order, or
one that is broken, means the first page: a link never breaks.
"""

import base64
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, or_


def encoded(sort: str, at: object, last: int) -> str:
    """The key after a row with this value in the sorted column and this id."""
    told = at.isoformat() if isinstance(at, datetime) else at
    return base64.urlsafe_b64encode(json.dumps([sort, told, last]).encode()).decode().rstrip("=")


def decoded(key: str | None, sort: str, moments: Collection[str]) -> tuple[Any, int] | None:
    """The value and id a key points to; `moments` are the columns that hold instants."""
    try:
        asked, at, last = json.loads(base64.urlsafe_b64decode((key or "") + "=" * (-len(key or "") % 4)))
        if asked != sort or not isinstance(at, str) or not isinstance(last, int):
            return None
        return (datetime.fromisoformat(at) if sort.removeprefix("-") in moments else at), last
    except (ValueError, TypeError):
        return None


def beyond(
    column: SQLColumnExpression[Any], identity: SQLColumnExpression[int], key: tuple[Any, int], is_descending: bool
) -> ColumnElement[bool]:
    """The rows that come after the key: further in the column, or level with it and a higher id."""
    at, last = key
    return or_(column < at if is_descending else column > at, and_(column == at, identity > last))
