"""FEEL, the expression language of DMN 1.5: compiled once, safe to evaluate whoever wrote it.

It cannot import, loop for ever or touch a file. `compile` and `compile_unary` raise FeelError with a position;
evaluating gives null and a warning where a value is missing or of the wrong type.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from feel.builtins import TABLE
from feel.compiler import Code, compile_node
from feel.errors import FeelError
from feel.parser import Parser
from feel.parts import PARTS
from feel.run import INPUT, Layer, Run
from feel.tree import DEEPEST_TREE, Node, depth_of, free_names

__all__ = ["Expression", "FeelError", "UnaryTests", "compile", "compile_unary"]

_TOO_DEEP = "De uitdrukking is te diep genest of roept zichzelf te diep aan; splits ze op"


class _Compiled:
    def __init__(self, text: str, names: Iterable[str], read: Callable[[Parser], Node]) -> None:
        self.text = text
        self._given = frozenset(names)
        try:
            self.tree = read(Parser(text, self._given, TABLE, PARTS))
            if depth_of(self.tree) > DEEPEST_TREE:
                raise FeelError(f"De uitdrukking is dieper genest dan {DEEPEST_TREE} niveaus; splits ze op")
            self._code: Code = compile_node(self.tree)
        except RecursionError as problem:
            raise FeelError(_TOO_DEEP) from problem

    @property
    def names(self) -> frozenset[str]:
        """The variables the text needs, built-in functions and the input apart."""
        return frozenset(name.name for name in free_names(self.tree)) - TABLE.keys() - {INPUT}

    def _run(self, scope: Mapping[str, Any], run: Run) -> Any:
        try:
            return self._code(scope, run)
        except RecursionError as problem:
            raise FeelError(_TOO_DEEP) from problem

    def __reduce__(self) -> tuple[Any, tuple[str, frozenset[str]]]:
        return (compile if isinstance(self, Expression) else compile_unary, (self.text, self._given))


class Expression(_Compiled):
    """A compiled expression."""

    def evaluate(self, context: Mapping[str, Any], now: datetime | None = None) -> Any:
        """The value; `now` is what now() and today() answer. Raises FeelError beyond the limits, and only that."""
        run = Run()
        if now is not None:
            run.moment = now
        try:
            return self._code(context, run)
        except RecursionError as problem:
            raise FeelError(_TOO_DEEP) from problem

    def evaluate_explained(self, context: Mapping[str, Any], now: datetime | None = None) -> tuple[Any, list[str]]:
        """The value, and the warnings that say why something was null."""
        run = Run()
        run.moment = now
        return self._run(context, run), run.told or []


class UnaryTests(_Compiled):
    """A cell of a decision table."""

    def matches(self, value: Any, context: Mapping[str, Any], now: datetime | None = None) -> bool:
        """True when the input value passes; null does not."""
        run = Run()
        run.moment = now
        return self._run(Layer({INPUT: value}, context), run) is True

    def matches_explained(
        self, value: Any, context: Mapping[str, Any], now: datetime | None = None
    ) -> tuple[bool, list[str]]:
        """Whether the input value passes, and the warnings that say why something was null."""
        run = Run()
        run.moment = now
        return self._run(Layer({INPUT: value}, context), run) is True, run.told or []


def compile(text: str, names: Iterable[str] | None = None) -> Expression:  # the word of the contract
    """An expression. `names` are known variables and entries, needed only for names with spaces. Raises FeelError."""
    return Expression(text, names or (), Parser.expression)


def compile_unary(text: str, names: Iterable[str] | None = None) -> UnaryTests:
    """The tests of a decision table's cell. Raises FeelError."""
    return UnaryTests(text, names or (), Parser.unary_tests)
