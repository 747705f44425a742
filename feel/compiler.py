"""A syntax tree to Python closures: compiled once, evaluated many times, by any thread.

Each closure takes a Frame (variables, the instant of `now()`, warnings, steps left) and gives a value. Nothing raises but
FeelError: a wrong type gives null and a warning that says why, as the standard asks.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal, DecimalException
from functools import partial
from typing import Any

from feel.arithmetic import DECIMALS, calculate, negate, number, plain
from feel.builtins import LONGEST_LIST, TABLE
from feel.errors import FeelError
from feel.frame import INPUT, Frame
from feel.parser import Node
from feel.parts import part_of
from feel.tree import names_in
from feel.values import Function, Range, compare, equal, kind

Code = Callable[[Frame], Any]


def compile_node(node: Node) -> Code:
    """The closure of a tree."""
    return _COMPILERS[node[0]](node)


def _constant(value: Any) -> Code:
    return lambda _frame: value


def _number(node: Node) -> Code:
    try:
        value = DECIMALS.plus(Decimal(node[1]))
    except DecimalException as problem:
        raise FeelError(f"'{node[1][:40]}' is geen bruikbaar getal") from problem
    return _constant(plain(value))


def _at(node: Node) -> Code:
    for name in ("date", "date and time", "time", "duration"):
        value = TABLE[name].call(node[1])
        if value is not None:
            return _constant(value)
    raise FeelError(f'@"{node[1]}" is geen datum, tijd of duur')


def _name(node: Node) -> Code:
    name, builtin = node[1], TABLE.get(node[1])

    def read(frame: Frame) -> Any:
        if name in frame.variables:
            return frame.variables[name]
        if builtin is None:
            frame.warn(f"'{name}' bestaat hier niet")
        return builtin

    return read


def _list(node: Node) -> Code:
    items = [compile_node(item) for item in node[1]]

    def build(frame: Frame) -> list[Any]:
        found = [item(frame) for item in items]
        frame.weigh(found)
        return found

    return build


def _context(node: Node) -> Code:
    entries = [(key, compile_node(value)) for key, value in node[1]]

    def build(frame: Frame) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in entries:
            found[key] = value(frame.inner(found))
        frame.weigh(found)
        return found

    return build


def _range(node: Node) -> Code:
    _, start_included, start, end, end_included = node
    low, high = compile_node(start), compile_node(end)
    return lambda frame: Range(low(frame), high(frame), start_included, end_included)


def _if(node: Node) -> Code:
    condition, then, otherwise = (compile_node(part) for part in node[1:])
    return lambda frame: then(frame) if condition(frame) is True else otherwise(frame)


def _junction(node: Node, decisive: bool) -> Code:
    """Three-valued `and` (false decides) and `or` (true decides); what is neither true nor false makes it null."""
    left, right = compile_node(node[1]), compile_node(node[2])
    other = not decisive

    def test(frame: Frame) -> Any:
        first = left(frame)
        if first is decisive:
            return decisive
        second = right(frame)
        if second is decisive:
            return decisive
        return other if first is other and second is other else None

    return test


def _compare(node: Node) -> Code:
    operator, left, right = node[1], compile_node(node[2]), compile_node(node[3])

    def test(frame: Frame) -> bool | None:
        return compared(operator, left(frame), right(frame), frame)

    return test


def compared(operator: str, left: Any, right: Any, frame: Frame) -> bool | None:
    """One comparison, with a warning when the two have nothing in common."""
    frame.weigh(left, right)
    if operator == "=":
        result = equal(left, right)
    elif operator == "!=":
        same = equal(left, right)
        result = None if same is None else not same
    else:
        result = compare(operator, left, right)
    if result is None:
        frame.warn(f"{kind(left)} en {kind(right)} kunnen niet vergeleken worden")
    return result


def _between(node: Node) -> Code:
    value, low, high = (compile_node(part) for part in node[1:])

    def test(frame: Frame) -> bool | None:
        return Range(low(frame), high(frame)).contains(value(frame))

    return test


def _in(node: Node) -> Code:
    value, tests = compile_node(node[1]), [compile_node(test) for test in node[2]]

    def test(frame: Frame) -> bool | None:
        return any_true(tests, frame.inner({INPUT: value(frame)}))

    return test


def any_true(tests: list[Code], frame: Frame) -> bool | None:
    """Three-valued: true when one is, false when all are false."""
    results = [test(frame) for test in tests]
    return True if any(r is True for r in results) else False if all(r is False for r in results) else None


def _compare_input(node: Node) -> Code:
    operator, end = node[1], compile_node(node[2])
    return lambda frame: compared(operator, frame.variables.get(INPUT), end(frame), frame)


def _input_is(node: Node) -> Code:
    """A unary test that is an expression: true itself, or equal to the input, or an interval or list that holds it."""
    code, uses_input = compile_node(node[1]), (INPUT in names_in(node[1]))

    def test(frame: Frame) -> bool | None:
        value, given = code(frame), frame.variables.get(INPUT)
        frame.weigh(value, given)
        if uses_input and (isinstance(value, bool) or value is None):
            return value
        if isinstance(value, Range):
            return value.contains(given)
        if isinstance(value, list) and not isinstance(given, list):
            return any(v.contains(given) is True if isinstance(v, Range) else equal(v, given) is True for v in value)
        return equal(given, value)

    return test


def _calculate(node: Node) -> Code:
    operator, left, right = node[0], compile_node(node[1]), compile_node(node[2])

    def result(frame: Frame) -> Any:
        first, second = left(frame), right(frame)
        value = calculate(operator, first, second)
        if value is None:
            frame.warn(f"{kind(first)} {operator} {kind(second)} geeft geen waarde")
        frame.weigh(value)
        return value

    return result


def _negate(node: Node) -> Code:
    value = compile_node(node[1])
    return lambda frame: negate(value(frame))


def _path(node: Node) -> Code:
    value, name = compile_node(node[1]), node[2]
    return lambda frame: part_of(value(frame), name, frame)


def _filter(node: Node) -> Code:
    source, condition = compile_node(node[1]), compile_node(node[2])

    def pick(frame: Frame) -> Any:
        value = source(frame)
        items = value if isinstance(value, list) else [] if value is None else [value]
        index = condition(frame.inner({"item": None})) if not items or not isinstance(items[0], dict) else None
        if index is not None and number(index):
            return _nth(items, int(index))
        kept = []
        for item in items:
            frame.step()
            inner = {"item": item, **item} if isinstance(item, dict) else {"item": item}
            answer = condition(frame.inner(inner))
            if number(answer):
                return _nth(items, int(answer))
            if answer is True:
                kept.append(item)
        return kept

    return pick


def _nth(items: list[Any], index: int) -> Any:
    position = index - 1 if index > 0 else len(items) + index
    return items[position] if index and 0 <= position < len(items) else None


def _instance_of(node: Node) -> Code:
    value, wanted = compile_node(node[1]), node[2]

    def test(frame: Frame) -> bool:
        found = kind(value(frame))
        return found == wanted or (wanted == "Any" and found != "null")

    return test


def _function(node: Node) -> Code:
    names, body = node[1], compile_node(node[2])

    def make(frame: Frame) -> Function:
        return Function(names, lambda *values: body(frame.inner(dict(zip(names, values, strict=False)))))

    return make


def _call(node: Node) -> Code:
    target, arguments = compile_node(node[1]), [(name, compile_node(value)) for name, value in node[2]]
    clock = {"now": lambda frame: frame.now, "today": lambda frame: frame.now.date()}
    if node[1][0] == "name" and node[1][1] in clock and not arguments:
        return clock[node[1][1]]

    def call(frame: Frame) -> Any:
        frame.step()
        function = target(frame)
        if not isinstance(function, Function):
            frame.warn("dit is geen functie")
            return None
        values = _positional(function, arguments, frame)
        if values is None:
            frame.warn("de functie kent een van deze namen niet")
            return None
        if function.is_builtin:
            frame.weigh(*values)
        try:
            return function.call(*values)
        except (TypeError, ValueError, AttributeError, IndexError, DecimalException, OverflowError) as problem:
            frame.warn(f"de functie aanvaardt deze waarden niet ({type(problem).__name__})")
            return None

    return call


def _positional(function: Function, arguments: list[tuple[str | None, Code]], frame: Frame) -> list[Any] | None:
    if not arguments or arguments[0][0] is None:
        return [code(frame) for _, code in arguments]
    named = {name: code(frame) for name, code in arguments}
    unknown = set(named) - {p.lstrip("*") for p in function.parameters}
    if unknown:
        return None
    return [named.get(p.lstrip("*")) for p in function.parameters if p.lstrip("*") in named]


def _bindings(iterators: list[tuple[str, Code]], frame: Frame) -> Iterator[Frame]:
    if not iterators:
        yield frame
        return
    (name, domain), rest = iterators[0], iterators[1:]
    values = domain(frame)
    if isinstance(values, Range):
        values = _steps_between(values.start, values.end)
    for value in values if isinstance(values, list) else [] if values is None else [values]:
        frame.step()
        yield from _bindings(rest, frame.inner({name: value}))


def _steps_between(start: Any, end: Any) -> list[Any]:
    if not number(start) or not number(end) or abs(end - start) > LONGEST_LIST:
        raise FeelError("Dit bereik is te lang of bestaat niet uit getallen")
    return list(range(int(start), int(end) + 1)) if start <= end else list(range(int(start), int(end) - 1, -1))


def _iterators(node: Node) -> list[tuple[str, Code]]:
    return [(name, compile_node(domain)) for name, domain in node[1]]


def _for(node: Node) -> Code:
    iterators, body = _iterators(node), compile_node(node[2])

    def collect(frame: Frame) -> list[Any]:
        found: list[Any] = []
        for inner in _bindings(iterators, frame):
            value = body(inner.inner({"partial": list(found)}) if len(found) < 200 else inner)
            frame.weigh(value)
            found.append(value)
        return found

    return collect


def _steps(node: Node) -> Code:
    start, end = compile_node(node[1]), compile_node(node[2])
    return lambda frame: _steps_between(start(frame), end(frame))


def _some(node: Node) -> Code:
    iterators, body = _iterators(node), compile_node(node[2])
    return lambda frame: TABLE["any"].call([body(inner) for inner in _bindings(iterators, frame)])


def _every(node: Node) -> Code:
    iterators, body = _iterators(node), compile_node(node[2])
    return lambda frame: TABLE["all"].call([body(inner) for inner in _bindings(iterators, frame)])


def _tests(node: Node) -> Code:
    tests = [compile_node(test) for test in node[1]]
    return lambda frame: any_true(tests, frame)


def _not_tests(node: Node) -> Code:
    tests = [compile_node(test) for test in node[1]]

    def none(frame: Frame) -> bool | None:
        result = any_true(tests, frame)
        return None if result is None else not result

    return none


_COMPILERS: dict[str, Callable[[Node], Code]] = {
    "number": _number,
    "string": lambda node: _constant(node[1]),
    "constant": lambda node: _constant(node[1]),
    "at": _at,
    "name": _name,
    "list": _list,
    "context": _context,
    "range": _range,
    "steps": _steps,
    "if": _if,
    "and": partial(_junction, decisive=False),
    "or": partial(_junction, decisive=True),
    "compare": _compare,
    "between": _between,
    "in": _in,
    "compare_input": _compare_input,
    "input_is": _input_is,
    "negate": _negate,
    "path": _path,
    "filter": _filter,
    "instance_of": _instance_of,
    "function": _function,
    "call": _call,
    "for": _for,
    "some": _some,
    "every": _every,
    "any": lambda _node: _constant(True),
    "tests": _tests,
    "not_tests": _not_tests,
    **dict.fromkeys(("+", "-", "*", "/", "**"), _calculate),
}
