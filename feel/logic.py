"""Compiling three-valued logic and comparisons (DMN 1.5, tables 45-52)."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from feel.code import Code, Scope, compile_node, compiles
from feel.run import INPUT, Layer, Run
from feel.tree import Between, Comparison, In, InstanceOf, Junction, Name, Number
from feel.types import is_instance
from feel.unary import any_true
from feel.values import compare, equal
from feel.words import incomparable, what_it_is

_QUICK: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SIZED = (list, dict, str)


@compiles(Junction)
def _junction(node: Junction) -> Code:
    """`and` (false decides) and `or` (true decides); what is neither true nor false makes it null."""
    left, right = compile_node(node.left), compile_node(node.right)
    decisive = node.operator == "or"
    other = not decisive

    def test(scope: Scope, run: Run) -> bool | None:
        first: object = left(scope, run)
        if first is decisive:
            return decisive
        second: object = right(scope, run)
        if second is decisive:
            return decisive
        if first is other and second is other:
            return other
        for value in (first, second):
            if value is not None and value is not other:
                run.warn(f"'{node.operator}' vraagt waar of onwaar en kreeg {what_it_is(value)}")
        return None

    return test


@compiles(Comparison)
def _comparison(node: Comparison) -> Code:
    sign, quick = node.operator, _QUICK[node.operator]
    left, right = compile_node(node.left), compile_node(node.right)
    if isinstance(node.right, Number) and isinstance(node.left, Name):
        return _with_a_number(sign, node.left.name, left, right({}, Run()))

    def test(scope: Scope, run: Run) -> bool | None:
        first, second = left(scope, run), right(scope, run)
        sort = type(first)
        if sort is type(second) and (sort is int or sort is Decimal or sort is str):
            return quick(first, second)
        return compared(sign, first, second, run)

    return test


def _with_a_number(sign: str, name: str, left: Code, number: Any) -> Code:
    """`amount > 10`, by far the most frequent condition, without the detours."""
    quick = _QUICK[sign]

    def test(scope: Scope, run: Run) -> bool | None:
        try:
            value = scope[name]
        except KeyError:
            value = left(scope, run)
        sort = type(value)
        if sort is int or sort is Decimal:
            return quick(value, number)
        return compared(sign, value, number, run)

    return test


def compared(sign: str, left: Any, right: Any, run: Run) -> bool | None:
    """One comparison, with a warning when the two have nothing in common."""
    if isinstance(left, _SIZED) or isinstance(right, _SIZED):
        run.weigh(left, right)
    if sign in ("=", "!="):
        same = equal(left, right)
        result = same if same is None or sign == "=" else not same
    else:
        result = compare(sign, left, right)
    if result is None:
        run.warn(incomparable(left, right))
    return result


@compiles(Between)
def _between(node: Between) -> Code:
    value, low, high = map(compile_node, (node.value, node.low, node.high))

    def test(scope: Scope, run: Run) -> bool | None:
        found = value(scope, run)
        above = compared(">=", found, low(scope, run), run)
        below = compared("<=", found, high(scope, run), run)
        if above is False or below is False:
            return False
        return True if above and below else None

    return test


@compiles(In)
def _in(node: In) -> Code:
    value, tests = compile_node(node.value), [compile_node(test) for test in node.tests]

    def test(scope: Scope, run: Run) -> bool | None:
        return any_true(tests, Layer({INPUT: value(scope, run)}, scope), run)

    return test


@compiles(InstanceOf)
def _instance_of(node: InstanceOf) -> Code:
    value, wanted = compile_node(node.value), node.type

    def test(scope: Scope, run: Run) -> bool:
        found = value(scope, run)
        run.weigh(found)
        return is_instance(found, wanted)

    return test
