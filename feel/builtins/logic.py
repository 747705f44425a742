"""Functions of truth and sameness (DMN 1.5, 10.3.4.2 and 10.3.4.13)."""

from typing import Any

from feel.builtins.registry import builtin
from feel.run import Run
from feel.values import equal, kind, order_of
from feel.words import what_it_is


@builtin("not", "negand:any", "boolean", wants_run=True)
def _not(run: Run, value: Any) -> bool | None:
    if isinstance(value, bool):
        return not value
    if value is not None:
        run.warn(f"not(): hier staat {what_it_is(value)} in plaats van waar of onwaar")
    return None


@builtin("is", "value1:any, value2:any", "boolean")
def _is(first: Any, second: Any) -> bool:
    """The same value, in the same form: two times with another zone are not the same, though they may be equal."""
    if kind(first) != kind(second):
        return False
    if kind(first) in ("time", "date and time"):
        same_zone = (first.tzinfo is None) == (second.tzinfo is None)
        return same_zone and order_of(first) == order_of(second) and str(first.tzinfo) == str(second.tzinfo)
    return equal(first, second) is True


@builtin("now", "", "date and time", wants_run=True)
def _now(run: Run) -> Any:
    return run.now


@builtin("today", "", "date", wants_run=True)
def _today(run: Run) -> Any:
    return run.now.date()
