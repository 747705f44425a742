"""Compiling literals, names, lists, contexts, intervals, arithmetic, paths and filters."""

from decimal import DecimalException
from typing import Any

from feel.arithmetic import DECIMALS, calculate, negate, numbers, plain
from feel.builtins import TABLE
from feel.builtins.ranges import value_at
from feel.code import Code, Scope, compile_node, compiles, constant
from feel.errors import FeelError
from feel.parts import part_of
from feel.run import MISSING, ItemScope, Layer, Run
from feel.tree import (
    Arithmetic,
    At,
    Constant,
    Context,
    Filter,
    If,
    Interval,
    ListOf,
    Name,
    Negate,
    Number,
    Path,
    Text,
)
from feel.values import Range, compare, exact, is_number
from feel.words import what_it_is

_HARD = 20  # steps of a root or a power: far more work than other arithmetic


@compiles(Number)
def _number(node: Number) -> Code:
    try:
        value = DECIMALS.create_decimal(node.text)
    except DecimalException as problem:
        raise FeelError(f"'{node.text[:40]}' is geen bruikbaar getal", node.position) from problem
    return constant(plain(value))


@compiles(Text)
def _text(node: Text) -> Code:
    return constant(node.value)


@compiles(Constant)
def _constant(node: Constant) -> Code:
    return constant(node.value)


@compiles(At)
def _at(node: At) -> Code:
    try:
        return constant(value_at(node.text))
    except ValueError as problem:
        raise FeelError(
            f'@"{node.text[:40]}" is geen datum, tijd of duur', node.position, 'zoals @"2026-11-27"'
        ) from problem


@compiles(Name)
def _name(node: Name) -> Code:
    name = node.name
    if name not in TABLE:

        def read(scope: Scope, run: Run) -> Any:
            try:
                return scope[name]
            except KeyError:
                run.warn(f"'{name}' bestaat hier niet")
                return None

        return read
    function = TABLE[name]

    def read_or_built_in(scope: Scope, _run: Run) -> Any:
        # A variable may have the name of a function; then it is the variable that is meant.
        found = scope.get(name, MISSING)
        return function if found is MISSING else found

    return read_or_built_in


@compiles(ListOf)
def _list(node: ListOf) -> Code:
    items = [compile_node(item) for item in node.items]

    def build(scope: Scope, run: Run) -> list[Any]:
        found = [item(scope, run) for item in items]
        run.weigh(found)
        return found

    return build


@compiles(Context)
def _context(node: Context) -> Code:
    entries = [(key, compile_node(value)) for key, value in node.entries]

    # Values see the entries before them; a function also sees those after it, so that two may call each other.
    def build(scope: Scope, run: Run) -> dict[str, Any]:
        inner = Layer({}, scope)
        for key, value in entries:
            inner[key] = value(inner, run)
        found = dict(inner)
        run.weigh(found)
        return found

    return build


@compiles(Interval)
def _interval(node: Interval) -> Code:
    low = compile_node(node.start) if node.start is not None else None
    high = compile_node(node.end) if node.end is not None else None
    sides = (node.start_included, node.end_included)

    def build(scope: Scope, run: Run) -> Range | None:
        start = low(scope, run) if low else None
        end = high(scope, run) if high else None
        missing = (low is not None and start is None) or (high is not None and end is None)
        if missing and (low is None or high is None or (start is None and end is None)):
            run.warn("het interval heeft geen grens")
            return None
        if start is not None and end is not None and compare("<=", start, end) is None:
            run.warn(f"een interval van {what_it_is(start)} tot {what_it_is(end)} bestaat niet")
            return None
        return Range(start, end, *sides)

    return build


@compiles(If)
def _if(node: If) -> Code:
    condition, then, otherwise = map(compile_node, (node.condition, node.then, node.otherwise))

    def choose(scope: Scope, run: Run) -> Any:
        answer = condition(scope, run)
        if answer is not True and answer is not False:
            run.warn(f"de voorwaarde na 'if' is {what_it_is(answer)} en telt als onwaar")
        return then(scope, run) if answer is True else otherwise(scope, run)

    return choose


@compiles(Arithmetic)
def _arithmetic(node: Arithmetic) -> Code:
    operator, left, right = node.operator, compile_node(node.left), compile_node(node.right)

    def result(scope: Scope, run: Run) -> Any:
        first, second = left(scope, run), right(scope, run)
        if type(first) is int and type(second) is int:
            value = numbers(operator, first, second)
        else:
            run.charge(_HARD if operator == "**" else 1)
            value = calculate(operator, first, second)
            if isinstance(value, str):
                run.weigh(value)
        if value is None:
            run.warn(f"{what_it_is(first)} {operator} {what_it_is(second)} geeft geen waarde")
        return value

    return result


@compiles(Negate)
def _negate(node: Negate) -> Code:
    if isinstance(node.value, Number):
        return constant(negate(_number(node.value)({}, Run())))
    value = compile_node(node.value)

    def opposite(scope: Scope, run: Run) -> Any:
        found = value(scope, run)
        answer = negate(found)
        if answer is None:
            run.warn(f"{what_it_is(found)} heeft geen tegengestelde")
        return answer

    return opposite


@compiles(Path)
def _path(node: Path) -> Code:
    value, name = compile_node(node.value), node.name

    def read(scope: Scope, run: Run) -> Any:
        found = value(scope, run)
        if type(found) is dict and name in found:
            return found[name]
        return part_of(found, name, run)

    return read


@compiles(Filter)
def _filter(node: Filter) -> Code:
    source, condition = compile_node(node.value), compile_node(node.condition)
    index = negated_number(node.condition)
    if index is not None:
        return lambda scope, run: nth(_items(source(scope, run)), index, run)

    def pick(scope: Scope, run: Run) -> Any:
        items = _items(source(scope, run))
        run.charge(len(items))
        kept = []
        for item in items or [None]:
            answer = condition(ItemScope(item, scope), run)
            if is_number(answer):
                return nth(items, answer, run)
            if answer is True and items:
                kept.append(item)
            elif answer is not False and answer is not None:
                run.warn(f"tussen [ ] staat {what_it_is(answer)} en geen voorwaarde of plaats")
        return kept

    return pick


def negated_number(node: Any) -> Any:
    """The value of a number that stands in the text, so that `list[1]` looks at no item; None for anything else."""
    if isinstance(node, Number):
        return _number(node)({}, Run())
    return _negate(node)({}, Run()) if isinstance(node, Negate) and isinstance(node.value, Number) else None


def _items(value: Any) -> list[Any]:
    """What is filtered: a list; anything else is a list of one, null of none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def nth(items: list[Any], place: Any, run: Run) -> Any:
    """The item at a place from 1, or from the end when negative."""
    number = exact(place)
    index = int(number) - 1 if number > 0 else len(items) + int(number)
    if number != int(number) or not number or not 0 <= index < len(items):
        run.warn(f"de lijst heeft geen plaats {number}")
        return None
    return items[index]
