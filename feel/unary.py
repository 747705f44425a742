"""Compiling the tests of a decision table's cell (DMN 1.5, grammar rules 7-18), and what stands after `in`."""

from typing import Any

from feel.code import Code, Scope, compile_node, compiles, constant
from feel.run import INPUT, Run
from feel.tree import (
    AnyInput,
    Between,
    Comparison,
    In,
    InputComparison,
    InputIs,
    InstanceOf,
    Junction,
    Name,
    Node,
    Quantified,
    Tests,
    walk,
)
from feel.values import Range, compare, equal
from feel.words import incomparable

# Nodes whose answer is itself the answer of the test, also where the text does not mention `?`.
_CONDITIONS = (Comparison, Junction, Between, In, InstanceOf, Quantified)


@compiles(AnyInput)
def _any(_node: AnyInput) -> Code:
    return constant(True)


@compiles(Tests)
def _tests(node: Tests) -> Code:
    tests = [compile_node(test) for test in node.tests]
    if not node.negated:
        return lambda scope, run: any_true(tests, scope, run)

    def none(scope: Scope, run: Run) -> bool | None:
        result = any_true(tests, scope, run)
        return None if result is None else not result

    return none


def any_true(tests: list[Code], scope: Scope, run: Run) -> bool | None:
    """Three-valued: true when one is, false when all are false."""
    result: bool | None = False
    for test in tests:
        answer = test(scope, run)
        if answer is True:
            return True
        if answer is not False:
            result = None
    return result


@compiles(InputComparison)
def _input_comparison(node: InputComparison) -> Code:
    sign, value = node.operator, compile_node(node.value)

    def test(scope: Scope, run: Run) -> bool | None:
        given, other = scope.get(INPUT), value(scope, run)
        if sign in ("=", "!="):
            same = equal(given, other)
            result = same if same is None or sign == "=" else not same
        else:
            result = compare(sign, given, other)
        if result is None and given is not None:
            run.warn(incomparable(given, other))
        return result

    return test


@compiles(InputIs)
def _input_is(node: InputIs) -> Code:
    """True itself, or equal to the input, or an interval or list that holds it."""
    code, is_condition = compile_node(node.value), _is_condition(node.value)

    def test(scope: Scope, run: Run) -> bool | None:
        value, given = code(scope, run), scope.get(INPUT)
        run.weigh(value, given)
        if is_condition and (isinstance(value, bool) or value is None):
            return value
        return holds(value, given)

    return test


def _is_condition(node: Node) -> bool:
    return isinstance(node, _CONDITIONS) or any(isinstance(part, Name) and part.name == INPUT for part in walk(node))


def holds(value: Any, given: Any) -> bool | None:
    """Whether the input is what the test says."""
    if isinstance(value, Range):
        return value.contains(given)
    if isinstance(value, list):
        if equal(value, given) is True:
            return True
        return any(v.contains(given) is True if isinstance(v, Range) else equal(v, given) is True for v in value)
    if value is True and given is not None and not isinstance(given, bool):
        return True  # a call that answered yes
    return equal(given, value)
