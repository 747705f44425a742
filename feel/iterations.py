"""Compiling `for`, `some` and `every` (DMN 1.5, 10.3.2.14), in which every round costs a step."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from feel.builtins.lists import any_true, every_true
from feel.code import Code, Scope, compile_node, compiles
from feel.errors import FeelError
from feel.moments import FarDate, day_of_number, days_of
from feel.run import LONGEST_LIST, Layer, Run
from feel.tree import For, ForIn, Name, Quantified, walk
from feel.values import Range, exact, is_number, kind
from feel.words import what_it_is

_Domains = list[tuple[str, Code]]


@compiles(ForIn)
def _domain(node: ForIn) -> Code:
    start = compile_node(node.domain)
    if node.end is None:
        return lambda scope, run: _items_of(start(scope, run), run)
    end = compile_node(node.end)
    return lambda scope, run: _steps(start(scope, run), end(scope, run), run)


def _items_of(value: Any, run: Run) -> list[Any] | None:
    if isinstance(value, Range):
        return _within(value, run)
    if value is None:
        run.warn("er is niets om langs te gaan")
        return None
    return value if isinstance(value, list) else [value]


def _within(interval: Range, run: Run) -> list[Any] | None:
    """The whole numbers or days of an interval, its ends as far as they belong to it."""
    found = _steps(interval.start, interval.end, run)
    if found is None:
        return None
    found = found if interval.start_included else found[1:]
    return found if interval.end_included else found[:-1]


def _steps(start: Any, end: Any, run: Run) -> list[Any] | None:
    """`1..3`, `3..1`, or from day to day."""
    if is_number(start) and is_number(end):
        return _counted(int(exact(start)), int(exact(end)), run)
    if kind(start) == kind(end) == "date":
        numbers = _counted(days_of(start), days_of(end), run)
        found: list[date | FarDate] = [day_of_number(number) for number in numbers]
        return found
    run.warn(f"van {what_it_is(start)} tot {what_it_is(end)} kan niet geteld worden")
    return None


def _counted(start: int, end: int, run: Run) -> list[int]:
    length = abs(end - start) + 1
    if length > LONGEST_LIST:
        raise FeelError(f"Dit bereik is te lang: meer dan {LONGEST_LIST}")
    run.charge(length // 10)
    return list(range(start, end + 1)) if start <= end else list(range(start, end - 1, -1))


def _rounds(domains: _Domains, scope: Scope, run: Run) -> Iterator[Scope | None]:
    """The scopes of all rounds, the last iterator running fastest; None where an iterator has no list."""
    if not domains:
        yield scope
        return
    (name, domain), rest = domains[0], domains[1:]
    items = domain(scope, run)
    if items is None:
        yield None
        return
    for item in items:
        run.charge(1)
        inner = Layer({name: item}, scope)
        if rest:
            yield from _rounds(rest, inner, run)
        else:
            yield inner


@compiles(For)
def _for(node: For) -> Code:
    domains = [(each.name, compile_node(each)) for each in node.iterators]
    body = compile_node(node.body)
    looks_back = any(isinstance(part, Name) and part.name == "partial" for part in walk(node.body))

    def collect(scope: Scope, run: Run) -> list[Any] | None:
        found: list[Any] = []
        for inner in _rounds(domains, scope, run):
            if inner is None:
                return None
            if looks_back:
                run.charge(len(found) // 20)
            value = body(Layer({"partial": list(found)}, inner) if looks_back else inner, run)
            if isinstance(value, list | dict | str):
                run.weigh(value)
            found.append(value)
        return found

    return collect


@compiles(Quantified)
def _quantified(node: Quantified) -> Code:
    domains = [(each.name, compile_node(each)) for each in node.iterators]
    body = compile_node(node.body)
    decisive, judge = (True, any_true) if node.which == "some" else (False, every_true)

    def test(scope: Scope, run: Run) -> bool | None:
        answers = []
        for inner in _rounds(domains, scope, run):
            if inner is None:
                return None
            answer: object = body(inner, run)
            if answer is decisive:
                return decisive
            answers.append(answer)
        return judge(answers)

    return test
