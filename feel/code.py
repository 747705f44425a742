"""What a tree compiles to: a closure of a scope and a run. Each kind of node has its compiler, registered here by its family."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from feel.run import Run
from feel.tree import Node

Scope = Mapping[str, Any]
Code = Callable[[Scope, Run], Any]
Compiler = Callable[[Any], Code]
_Made = TypeVar("_Made", bound=Compiler)

_COMPILERS: dict[type[Node], Compiler] = {}


def compiles(*kinds: type[Node]) -> Callable[[_Made], _Made]:
    """Register the compiler of a kind of node."""

    def register(compiler: _Made) -> _Made:
        _COMPILERS.update(dict.fromkeys(kinds, compiler))
        return compiler

    return register


def compile_node(node: Node) -> Code:
    """The closure of a tree."""
    return _COMPILERS[type(node)](node)


def constant(value: Any) -> Code:
    """The closure of what never changes."""
    return lambda _scope, _run: value
