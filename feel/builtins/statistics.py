"""Functions over a list of numbers (DMN 1.5, 10.3.4.4), to 34 digits. Each takes a list, or the numbers themselves."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

from feel.arithmetic import DECIMALS, as_decimal, plain
from feel.builtins.registry import NoValue, builtin
from feel.values import is_number

Numbers = Sequence[Decimal]


def _register(name: str, of_none: Any = None, result: str = "number") -> Callable[[Callable[[Numbers], Any]], None]:
    """`of_none` is the answer for an empty list; None when there is none."""

    def register(function: Callable[[Numbers], Any]) -> None:
        def of_list(items: Sequence[Any]) -> Any:
            if not all(map(is_number, items)):
                raise NoValue("de lijst bevat iets anders dan getallen")
            if not items and of_none is None:
                raise NoValue("de lijst is leeg")
            return function([as_decimal(item) for item in items]) if items else list(of_none)

        builtin(name, "list:list", result)(of_list)
        builtin(name, "*list:any", result)(lambda *items: of_list(items))

    return register


def _total(items: Numbers) -> Decimal:
    return reduce(DECIMALS.add, items)


def _average(items: Numbers) -> Decimal:
    return DECIMALS.divide(_total(items), Decimal(len(items)))


@_register("sum")
def _sum(items: Numbers) -> Any:
    return plain(_total(items))


@_register("mean")
def _mean(items: Numbers) -> Any:
    return plain(_average(items))


@_register("product")
def _product(items: Numbers) -> Any:
    return plain(reduce(DECIMALS.multiply, items))


@_register("median")
def _median(items: Numbers) -> Any:
    ordered, half = sorted(items), len(items) // 2
    return plain(ordered[half] if len(ordered) % 2 else _average(ordered[half - 1 : half + 1]))


@_register("stddev")
def _stddev(items: Numbers) -> Any:
    """Of a sample: over one less than their number."""
    if len(items) < 2:
        raise NoValue("een spreiding vraagt minstens twee getallen")
    middle = _average(items)
    squares = [DECIMALS.power(DECIMALS.subtract(item, middle), Decimal(2)) for item in items]
    return plain(DECIMALS.sqrt(DECIMALS.divide(_total(squares), Decimal(len(items) - 1))))


@_register("mode", of_none=[], result="list")
def _mode(items: Numbers) -> list[Any]:
    counts = Counter(items)
    most = max(counts.values())
    return [plain(item) for item in sorted(counts) if counts[item] == most]
