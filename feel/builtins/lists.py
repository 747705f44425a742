"""Functions of lists (DMN 1.5, 10.3.4.4 and 10.3.4.10). Places are counted from 1; negative ones from the end."""

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Any

from feel.builtins.conversion import whole
from feel.builtins.registry import NoValue, builtin
from feel.errors import FeelError
from feel.run import LONGEST_LIST, Run
from feel.values import Function, equal, exact, kind, order_of


def index_of_place(items: Sequence[Any], place: Any, *, after_the_last: bool = False) -> int:
    """Python's index of a place. Raises NoValue when the list has no such place."""
    number, size = whole(place), len(items) + (1 if after_the_last and place > 0 else 0)
    if number == 0 or abs(number) > size:
        raise NoValue(f"de lijst heeft geen plaats {number}")
    return number - 1 if number > 0 else len(items) + number


def limited(items: list[Any]) -> list[Any]:
    """A list that was made. Raises FeelError when it is too long."""
    if len(items) > LONGEST_LIST:
        raise FeelError(f"De lijst wordt langer dan {LONGEST_LIST}")
    return items


def call(function: Function, values: Sequence[Any], run: Run) -> Any:
    """What a function given as a value answers, within this evaluation's limits."""
    if len(function.parameters) != len(values) and not function.is_builtin:
        raise NoValue(f"de functie moet {len(values)} parameters hebben")
    run.charge(2)
    return function.within(run, values) if function.within else function.call(*values)


@builtin("list contains", "list:list, element:any", "boolean")
def _list_contains(items: list[Any], element: Any) -> bool:
    return any(equal(item, element) is True for item in items)


@builtin("count", "list:list", "number")
def _count(items: list[Any]) -> int:
    return len(items)


@builtin("count", "*list:any", "number")
def _count_values(*items: Any) -> int:
    if items == (None,):
        raise NoValue("'list' ontbreekt")
    return len(items)


@builtin("all", "list:list", "boolean")
def every_true(items: Sequence[Any]) -> bool | None:
    """Three-valued: false when one is false, true when all are true."""
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@builtin("all", "*list:any", "boolean")
def _all_of(*items: Any) -> bool | None:
    return every_true(items)


@builtin("any", "list:list", "boolean")
def any_true(items: Sequence[Any]) -> bool | None:
    """Three-valued: true when one is true, false when all are false."""
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@builtin("any", "*list:any", "boolean")
def _any_of(*items: Any) -> bool | None:
    return any_true(items)


@builtin("sublist", "list:list, start position:number, length?:number", "list")
def _sublist(items: list[Any], start: Any, length: Any = None) -> list[Any]:
    begin = index_of_place(items, start)
    if length is None:
        return items[begin:]
    if length < 1 or begin + whole(length) > len(items):
        raise NoValue(f"de lijst heeft geen {whole(length)} waarden vanaf daar")
    return items[begin : begin + whole(length)]


@builtin("append", "list:list, *item:any", "list")
def _append(items: list[Any], *more: Any) -> list[Any]:
    return limited([*items, *more])


@builtin("concatenate", "*list:list", "list")
def _concatenate(*lists: list[Any]) -> list[Any]:
    return limited([item for each in lists for item in each])


@builtin("insert before", "list:list, position:number, newItem:any", "list")
def _insert_before(items: list[Any], position: Any, new: Any) -> list[Any]:
    at = index_of_place(items, position, after_the_last=True)
    return limited([*items[:at], new, *items[at:]])


@builtin("remove", "list:list, position:number", "list")
def _remove(items: list[Any], position: Any) -> list[Any]:
    at = index_of_place(items, position)
    return [*items[:at], *items[at + 1 :]]


@builtin("list replace", "list:list, position:number, newItem:any", "list")
def _replace_at(items: list[Any], position: Any, new: Any) -> list[Any]:
    at = index_of_place(items, position)
    return [*items[:at], new, *items[at + 1 :]]


@builtin("list replace", "list:list, match:function, newItem:any", "list", wants_run=True)
def _replace_matching(run: Run, items: list[Any], match: Function, new: Any) -> list[Any]:
    found = [call(match, (item, new), run) for item in items]
    if not all(isinstance(answer, bool) for answer in found):
        raise NoValue("de functie antwoordt niet met waar of onwaar")
    return [new if answer else item for item, answer in zip(items, found, strict=True)]


@builtin("reverse", "list:list", "list")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of", "list:list, match:any", "list")
def _index_of(items: list[Any], match: Any) -> list[int]:
    return [at + 1 for at, item in enumerate(items) if equal(item, match) is True]


@builtin("distinct values", "list:list", "list")
def distinct(items: Sequence[Any]) -> list[Any]:
    """The values in order of appearance, each once."""
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(frozen(item), item)
    return list(seen.values())


def frozen(value: Any) -> Any:
    """A value that can be looked up; equal values give equal keys."""
    if isinstance(value, list):
        return ("list", *map(frozen, value))
    if isinstance(value, dict):
        return ("context", frozenset((key, frozen(item)) for key, item in value.items()))
    sort = kind(value)
    if sort == "number":
        return (sort, exact(value))
    return (sort, order_of(value)) if sort in ("date and time", "time", "date") else (sort, value)


@builtin("union", "*list:list", "list")
def _union(*lists: list[Any]) -> list[Any]:
    return distinct(_concatenate(*lists))


@builtin("flatten", "list:list", "list")
def _flatten(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    todo = items[::-1]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo += item[::-1]
        else:
            found.append(item)
    return limited(found)


@builtin("sort", "list:list, precedes:function", "list", wants_run=True)
def _sort(run: Run, items: list[Any], precedes: Function) -> list[Any]:
    def order(left: Any, right: Any) -> int:
        if call(precedes, (left, right), run) is True:
            return -1
        return 1 if call(precedes, (right, left), run) is True else 0

    return sorted(items, key=cmp_to_key(order))


@builtin("sort", "list:list", "list")
def _sort_plainly(items: list[Any]) -> list[Any]:
    return sorted(items, key=order_of) if comparable(items) else _unsortable()


def _unsortable() -> list[Any]:
    raise NoValue("deze waarden hebben samen geen volgorde")


def comparable(items: Sequence[Any]) -> bool:
    """True when all are of one ordered type, and all with or all without a time zone."""
    kinds = {kind(item) for item in items}
    if len(kinds) > 1 or kinds & {"null", "boolean", "list", "context", "range", "function", "Any"}:
        return False
    return len({getattr(item, "tzinfo", None) is None for item in items}) <= 1


def best(items: Sequence[Any], choose: Callable[..., Any]) -> Any:
    """The smallest or the largest. Raises NoValue."""
    if not items:
        raise NoValue("de lijst is leeg")
    if not comparable(items):
        raise NoValue("deze waarden kunnen niet met elkaar vergeleken worden")
    return choose(items, key=order_of)


@builtin("min", "list:list", "Any")
def _min(items: list[Any]) -> Any:
    return best(items, min)


@builtin("min", "*list:any", "Any")
def _min_of(*items: Any) -> Any:
    return best(items, min)


@builtin("max", "list:list", "Any")
def _max(items: list[Any]) -> Any:
    return best(items, max)


@builtin("max", "*list:any", "Any")
def _max_of(*items: Any) -> Any:
    return best(items, max)
