"""FEEL, the expression language of DMN 1.5: compiled once, safe to evaluate whoever wrote it.

It cannot import, loop for ever or touch a file. `compile` and `compile_unary` raise FeelError with a position;
evaluating gives null and a warning where a value is missing or of the wrong type.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from feel.builtins import TABLE
from feel.compiler import Code, compile_node
from feel.errors import FeelError
from feel.frame import INPUT, Frame
from feel.parser import Node, Parser
from feel.parts import PARTS
from feel.tree import DEEPEST_TREE, depth_of, names_in

__all__ = ["Expression", "FeelError", "UnaryTests", "compile", "compile_unary"]

# Names of several words the language has itself: functions, their parameters, parts of values.
KNOWN = frozenset(TABLE) | PARTS | {word.lstrip("*") for function in TABLE.values() for word in function.parameters}


class _Compiled:
    def __init__(self, text: str, tree: Node) -> None:
        self.text = text
        self.tree = tree
        if depth_of(tree) > DEEPEST_TREE:
            raise FeelError(f"De uitdrukking is dieper genest dan {DEEPEST_TREE} niveaus; splits ze op")
        self._code: Code = compile_node(tree)

    @property
    def names(self) -> frozenset[str]:
        """The variables the text mentions, built-in functions and the input apart."""
        return names_in(self.tree) - TABLE.keys() - {INPUT, "item", "now", "today", "partial"}

    def _run(self, frame: Frame) -> Any:
        try:
            return self._code(frame)
        except RecursionError as problem:
            raise FeelError("De uitdrukking roept zichzelf te diep aan") from problem

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (compile if isinstance(self, Expression) else compile_unary, (self.text,))


class Expression(_Compiled):
    """A compiled expression."""

    def evaluate(self, context: Mapping[str, Any], now: datetime | None = None) -> Any:
        """The value; `now` is what now() and today() answer."""
        return self._run(Frame(context, now or datetime.now(UTC)))

    def evaluate_explained(self, context: Mapping[str, Any], now: datetime | None = None) -> tuple[Any, list[str]]:
        """The value, and the warnings that say why something was null."""
        frame = Frame(context, now or datetime.now(UTC))
        return self._run(frame), frame.warnings


class UnaryTests(_Compiled):
    """A cell of a decision table."""

    def matches(self, value: Any, context: Mapping[str, Any], now: datetime | None = None) -> bool:
        """True when the input value passes; null does not."""
        return self._run(Frame({**context, INPUT: value}, now or datetime.now(UTC))) is True


def compile(text: str, names: Iterable[str] | None = None) -> Expression:  # the word of the contract
    """An expression. `names` are known variables, needed only for names with spaces. Raises FeelError."""
    return Expression(text, Parser(text, [*KNOWN, *(names or ())]).expression())


def compile_unary(text: str, names: Iterable[str] | None = None) -> UnaryTests:
    """The tests of a decision table's cell. Raises FeelError."""
    return UnaryTests(text, Parser(text, [*KNOWN, *(names or ())]).unary_tests())
