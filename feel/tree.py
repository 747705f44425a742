"""The syntax tree of FEEL. Trees compare by what they mean: where a node stood in its text does not count."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from feel.types import Type

# Compiling and evaluating a node take a few Python calls, and Python allows a thousand.
DEEPEST_TREE = 150


@dataclass(frozen=True, kw_only=True)
class Node:
    """Something that has a value; `position` is where it begins in the text, from 0."""

    position: int = field(default=-1, compare=False, repr=False)


@dataclass(frozen=True)
class Number(Node):
    text: str


@dataclass(frozen=True)
class Text(Node):
    value: str


@dataclass(frozen=True)
class At(Node):
    """`@"2026-11-27"`."""

    text: str


@dataclass(frozen=True)
class Constant(Node):
    """true, false or null."""

    value: bool | None


@dataclass(frozen=True)
class Name(Node):
    name: str


@dataclass(frozen=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Context(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Interval(Node):
    """`[start..end)`; one without an end is `> start` or the like."""

    start_included: bool
    start: Node | None
    end: Node | None
    end_included: bool


@dataclass(frozen=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Junction(Node):
    """`and`, `or`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True)
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Negate(Node):
    value: Node


@dataclass(frozen=True)
class Path(Node):
    value: Node
    name: str


@dataclass(frozen=True)
class Filter(Node):
    value: Node
    condition: Node


@dataclass(frozen=True)
class Call(Node):
    """Arguments are by place, their name None, or all by name."""

    function: Node
    arguments: tuple[tuple[str | None, Node], ...]


@dataclass(frozen=True)
class FunctionDefinition(Node):
    parameters: tuple[tuple[str, Type | None], ...]
    body: Node


@dataclass(frozen=True)
class ForIn(Node):
    """`name in domain`, or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None = None


@dataclass(frozen=True)
class For(Node):
    iterators: tuple[ForIn, ...]
    body: Node


@dataclass(frozen=True)
class Quantified(Node):
    """`some`, `every`."""

    which: str
    iterators: tuple[ForIn, ...]
    body: Node


@dataclass(frozen=True)
class AnyInput(Node):
    """`-`: whatever the input is."""


@dataclass(frozen=True)
class Tests(Node):
    """The tests of a table's cell: one is enough, or none with `not(...)`."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True)
class InputComparison(Node):
    """`< 5`: the input on the left."""

    operator: str
    value: Node


@dataclass(frozen=True)
class InputIs(Node):
    """A test that is an expression: equal to the input, an interval or list that holds it, or a condition with `?`."""

    value: Node


def children(node: Node) -> Iterator[Node]:
    """The nodes right under a node."""
    for each in fields(node):
        yield from _nodes_in(getattr(node, each.name))


def _nodes_in(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)


def depth_of(node: Node) -> int:
    """How many nodes deep a tree is, found without recursion: a hostile text makes deep trees."""
    deepest, todo = 0, [(node, 1)]
    while todo:
        here, depth = todo.pop()
        deepest = max(deepest, depth)
        todo += [(part, depth + 1) for part in children(here)]
    return deepest


def walk(node: Node) -> Iterator[Node]:
    """The node and all under it."""
    todo = [node]
    while todo:
        here = todo.pop()
        yield here
        todo += children(here)


def free_names(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[Name]:
    """The names a tree needs from outside: not those it defines itself. Only for trees that are not too deep."""
    if isinstance(node, Name):
        if node.name not in bound:
            yield node
    elif isinstance(node, Context):
        for key, value in node.entries:
            # An entry that is a function may call itself.
            yield from free_names(value, bound | ({key} if isinstance(value, FunctionDefinition) else frozenset()))
            bound |= {key}
    elif isinstance(node, For | Quantified):
        for each in node.iterators:
            yield from free_names(each, bound)
            bound |= {each.name}
        yield from free_names(node.body, bound | {"partial"} if isinstance(node, For) else bound)
    elif isinstance(node, FunctionDefinition):
        yield from free_names(node.body, bound | {name for name, _ in node.parameters})
    elif isinstance(node, Filter):
        yield from free_names(node.value, bound)
        yield from free_names(node.condition, bound | {"item"})
    else:
        for part in children(node):
            yield from free_names(part, bound)
