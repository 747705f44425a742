"""A syntax tree back to FEEL text that reads as the same tree; brackets wherever they could matter."""

from collections.abc import Callable
from typing import Any

from feel.lexer import is_simple
from feel.tree import (
    AnyInput,
    Arithmetic,
    At,
    Between,
    Call,
    Comparison,
    Constant,
    Context,
    Filter,
    For,
    ForIn,
    FunctionDefinition,
    If,
    In,
    InputComparison,
    InputIs,
    InstanceOf,
    Interval,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
    Number,
    Path,
    Quantified,
    Tests,
    Text,
)

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_WORDS = {True: "true", False: "false", None: "null"}
_CLOSED = (Number, Text, At, Constant, Name, ListOf, Context, Call, Path, Filter)  # need no brackets


def show(node: Node) -> str:
    """The text of a tree."""
    return _PRINTERS[type(node)](node)


def quoted(text: str) -> str:
    """A text as a literal."""
    return '"' + "".join(_ESCAPES.get(sign, sign) for sign in text) + '"'


def _name(name: str) -> str:
    return name if is_simple(name) or name == "?" or "`" in name else f"`{name}`"


def _within(node: Node) -> str:
    return show(node) if isinstance(node, _CLOSED) else f"({show(node)})"


def _binary(node: Any) -> str:
    return f"{_within(node.left)} {node.operator} {_within(node.right)}"


def _context(node: Context) -> str:
    return "{" + ", ".join(f"{quoted(key)}: {show(value)}" for key, value in node.entries) + "}"


def _interval(node: Interval) -> str:
    if node.start is None and node.end is not None:
        return f"({'<=' if node.end_included else '<'} {_within(node.end)})"
    if node.end is None and node.start is not None:
        return f"({'>=' if node.start_included else '>'} {_within(node.start)})"
    opening, closing = "[" if node.start_included else "(", "]" if node.end_included else ")"
    ends = [show(end) if end is not None else "null" for end in (node.start, node.end)]
    return f"{opening}{ends[0]}..{ends[1]}{closing}"


def _in(node: In) -> str:
    if len(node.tests) == 1 and isinstance(node.tests[0], InputIs):
        return f"{_within(node.value)} in {_within(node.tests[0].value)}"
    return f"{_within(node.value)} in ({', '.join(map(show, node.tests))})"


def _call(node: Call) -> str:
    shown = (f"{'' if name is None else f'{_name(name)}: '}{show(value)}" for name, value in node.arguments)
    return f"{_within(node.function)}({', '.join(shown)})"


def _function(node: FunctionDefinition) -> str:
    shown = ", ".join(f"{_name(name)}{'' if kind is None else f': {kind}'}" for name, kind in node.parameters)
    return f"function({shown}) {_within(node.body)}"


def _iterators(iterators: tuple[ForIn, ...]) -> str:
    return ", ".join(
        f"{_name(each.name)} in {_within(each.domain)}{'' if each.end is None else f'..{_within(each.end)}'}"
        for each in iterators
    )


def _tests(node: Tests) -> str:
    inner = ", ".join(map(show, node.tests))
    return f"not({inner})" if node.negated else inner


def _input_is(node: InputIs) -> str:
    return _within(node.value)


_PRINTERS: dict[type[Node], Callable[[Any], str]] = {
    Number: lambda n: n.text,
    Text: lambda n: quoted(n.value),
    At: lambda n: f'@"{n.text}"',
    Constant: lambda n: _WORDS[n.value],
    Name: lambda n: _name(n.name),
    ListOf: lambda n: f"[{', '.join(map(show, n.items))}]",
    Context: _context,
    Interval: _interval,
    If: lambda n: f"if {_within(n.condition)} then {_within(n.then)} else {_within(n.otherwise)}",
    Junction: _binary,
    Comparison: _binary,
    Arithmetic: _binary,
    Between: lambda n: f"{_within(n.value)} between {_within(n.low)} and {_within(n.high)}",
    In: _in,
    InstanceOf: lambda n: f"{_within(n.value)} instance of {n.type}",
    Negate: lambda n: f"-{_within(n.value)}",
    Path: lambda n: f"{_within(n.value)}.{_name(n.name)}",
    Filter: lambda n: f"{_within(n.value)}[{show(n.condition)}]",
    Call: _call,
    FunctionDefinition: _function,
    For: lambda n: f"for {_iterators(n.iterators)} return {_within(n.body)}",
    Quantified: lambda n: f"{n.which} {_iterators(n.iterators)} satisfies {_within(n.body)}",
    AnyInput: lambda _n: "-",
    Tests: _tests,
    InputComparison: lambda n: f"{n.operator} {_within(n.value)}",
    InputIs: _input_is,
}
