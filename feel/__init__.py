"""FEEL, the expression language of DMN 1.5: compiled once, safe to evaluate whoever wrote it.

It cannot import, loop for ever or touch a file. `compile` and `compile_unary` raise FeelError with a position;
evaluating gives null and a warning where a value is missing or of the wrong type.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from feel import inference
from feel.builtins import TABLE
from feel.checking import Checker, Finding
from feel.compiler import Code, compile_node
from feel.errors import FeelError
from feel.parser import Parser
from feel.parts import PARTS
from feel.run import INPUT, Layer, Run
from feel.tree import DEEPEST_TREE, Node, depth_of, free_names
from feel.type_parser import parse_type
from feel.types import Type

__all__ = [
    "Expression",
    "FeelError",
    "Finding",
    "Run",
    "UnaryTests",
    "check",
    "check_unary",
    "compile",
    "compile_unary",
]

Types = Mapping[str, Type | str]
RULES = inference  # how types follow; importing it registers the rules
_TOO_DEEP = "De uitdrukking is te diep genest of roept zichzelf te diep aan; splits ze op"


class _Compiled:
    def __init__(
        self, text: str, names: Iterable[str], read: Callable[[Parser], Node], types: Mapping[str, Type] | None = None
    ) -> None:
        self.text = text
        self._given = frozenset(names)
        self._types = types
        try:
            self.tree = read(Parser(text, self._given, TABLE, PARTS, types))
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

    def findings(
        self, types: "Types", *, given: Type | None = None, others: bool = True, known_types: Iterable[str] = ()
    ) -> list[Finding]:
        """What is certainly wrong, in order of place, as `check` finds it; `given` is the type of the input of a cell.

        With `others` there may be variables besides those of `types`.
        """
        scope = {name: _as_type(found) for name, found in types.items()}
        if given is not None:
            scope[INPUT] = given
        checker = Checker(scope, is_open=others, types=frozenset(known_types))
        try:
            checker.type_of(self.tree)
        except RecursionError:
            return [Finding(0, _TOO_DEEP)]
        return sorted(checker.findings, key=lambda finding: finding.position)

    def __reduce__(self) -> tuple[Any, tuple[str, frozenset[str], Mapping[str, Type] | None]]:
        return (compile if isinstance(self, Expression) else compile_unary, (self.text, self._given, self._types))


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

    def evaluate_within(self, context: Mapping[str, Any], run: Run) -> Any:
        """The value, for who keeps the count of what several evaluations cost together: `run.spent` afterwards."""
        return self._run(context, run)

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

    def matches_within(self, value: Any, context: Mapping[str, Any], run: Run) -> bool:
        """Whether the input value passes, for who keeps the count: `run.spent` afterwards."""
        return self._run(Layer({INPUT: value}, context), run) is True


def compile(
    text: str, names: Iterable[str] | None = None, types: Mapping[str, Type] | None = None
) -> Expression:  # the word of the contract
    """An expression. Raises FeelError.

    `names` are known variables and entries, needed only for names with spaces; `types` are the types a model defines, by name.
    """
    return Expression(text, names or (), Parser.expression, types)


def compile_unary(text: str, names: Iterable[str] | None = None, types: Mapping[str, Type] | None = None) -> UnaryTests:
    """The tests of a decision table's cell. Raises FeelError."""
    return UnaryTests(text, names or (), Parser.unary_tests, types)


def check(text: str, types: Types | None = None, known_types: Iterable[str] = ()) -> list[Finding]:
    """What is certainly wrong in an expression, in order of place: a text that does not parse, an unknown variable or function,
    types that cannot go together.

    `types` are the variables there are, each with its type (`number`, `list<string>`, `Any` where it is not known). Without
    `types` any variable may exist. `known_types` are the names of types the model defines.
    """
    return _check(text, types, known_types, None)


def check_unary(
    text: str, given: Type | str = "Any", types: Types | None = None, known_types: Iterable[str] = ()
) -> list[Finding]:
    """The same for a cell of a decision table; `given` is the type of the input."""
    return _check(text, types, known_types, _as_type(given))


def _check(text: str, types: Types | None, known_types: Iterable[str], given: Type | None) -> list[Finding]:
    try:
        names = list(_all_names({name: _as_type(found) for name, found in (types or {}).items()}))
        compiled = compile(text, names) if given is None else compile_unary(text, names)
    except FeelError as problem:
        return [Finding(max(problem.position, 0), problem.message, problem.expected)]
    return compiled.findings(types or {}, given=given, others=types is None, known_types=known_types)


def _as_type(found: Type | str) -> Type:
    return parse_type(found) if isinstance(found, str) else found


def _all_names(types: Mapping[str, Type]) -> Iterator[str]:
    """The names of the variables, and of the entries inside them."""
    todo = list(types.values())
    yield from types
    while todo:
        found = todo.pop()
        yield from found.names
        todo += found.parts or ()
