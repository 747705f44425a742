"""The functions that only Camunda's dialect of FEEL has, for diagrams and decisions that were made with it.

Left out are `uuid()` and `random number()`: here the same values give the same answer, today and when a case is looked into.
"""

import base64
import calendar
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from feel.builtins.contexts import merge, put
from feel.builtins.conversion import whole
from feel.builtins.lists import distinct, frozen
from feel.builtins.registry import NoValue, builtin
from feel.builtins.strings import pattern_of
from feel.builtins.temporal import as_day
from feel.errors import FeelError
from feel.matching import matches
from feel.moment_texts import zone_named
from feel.moments import clock_of, join, make_clock, make_date, nanoseconds_of
from feel.run import Run


@builtin("is defined", "value:any", "boolean", dialect=True)
def _is_defined(value: Any) -> bool:
    return value is not None


@builtin("get or else", "value:any, default:any", "Any", dialect=True)
def _get_or_else(value: Any, default: Any) -> Any:
    return default if value is None else value


@builtin("assert", "value:any, condition:any, cause?:string", "Any", dialect=True)
def _assert(value: Any, condition: Any, cause: str = "") -> Any:
    """The one function that fails: who writes it wants the case to stop there until somebody has looked."""
    if condition is not True:
        raise FeelError(cause or "assert(): aan de voorwaarde is niet voldaan")
    return value


@builtin("is empty", "list:list", "boolean", dialect=True)
def _is_empty(items: list[Any]) -> bool:
    return not items


@builtin("is blank", "string:string", "boolean", dialect=True)
def _is_blank(text: str) -> bool:
    return not text.strip()


@builtin("trim", "string:string", "string", dialect=True)
def _trim(text: str) -> str:
    return text.strip()


@builtin("to base64", "value:string", "string", dialect=True)
def _to_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@builtin("extract", "string:string, pattern:string", "list", wants_run=True, dialect=True)
def _extract(run: Run, text: str, pattern: str) -> list[str]:
    found = [text[match.start : match.end] for match in matches(pattern_of(pattern), text, run)]
    run.weigh(found)
    return found


@builtin("duplicate values", "list:list", "list", dialect=True)
def _duplicates(items: list[Any]) -> list[Any]:
    seen: dict[Any, int] = {}
    for item in items:
        seen[frozen(item)] = seen.get(frozen(item), 0) + 1
    return distinct([item for item in items if seen[frozen(item)] > 1])


@builtin("partition", "list:list, size:number", "list", dialect=True)
def _partition(items: list[Any], size: Any) -> list[list[Any]]:
    if size < 1:
        raise NoValue("'size' moet minstens 1 zijn")
    return [items[at : at + whole(size)] for at in range(0, len(items), whole(size))]


@builtin("put", "context:context, key:string, value:any", "context", dialect=True)
def _put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return put(context, key, value)


@builtin("put all", "*contexts:context", "context", dialect=True)
def _put_all(*contexts: dict[str, Any]) -> dict[str, Any]:
    return merge(list(contexts))


@builtin("last day of month", "date:day", "date", dialect=True)
def _last_day_of_month(value: Any) -> Any:
    day = as_day(value)
    return make_date(day.year, day.month, calendar.monthrange(2000 + day.year % 400, day.month)[1])


@builtin("date and time", "date:moment, timezone:string", "date and time")
def _in_zone(moment: Any, name: str) -> Any:
    """The same instant on another clock; without a zone, the same clock there."""
    zone = zone_named(name)
    if isinstance(moment, datetime) and moment.tzinfo is not None and isinstance(zone, ZoneInfo):
        return moment.astimezone(zone)
    return join(as_day(moment), make_clock(nanoseconds_of(clock_of(moment)), zone))
