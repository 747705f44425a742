"""Compiling functions and their calls (DMN 1.5, 10.3.2.13.6)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from feel.builtins import TABLE, Builtin, call_by_name, call_by_place
from feel.checking import Checker
from feel.code import Code, Scope, compile_node, compiles
from feel.run import Layer, Run
from feel.tree import Call, FunctionDefinition, Name
from feel.types import ANY, DoesNotFit, Type, convert
from feel.values import Function
from feel.words import in_words, what_it_is


@compiles(FunctionDefinition)
def _function(node: FunctionDefinition) -> Code:
    names = tuple(name for name, _ in node.parameters)
    types = tuple(wanted for _, wanted in node.parameters)
    body = compile_node(node.body)

    @cache
    def result() -> Type:
        known = {name: wanted or ANY for name, wanted in node.parameters}
        return Checker(known, is_open=True).type_of(node.body)

    def make(scope: Scope, made_in: Run) -> Function:
        def within(run: Run, values: Sequence[Any]) -> Any:
            return body(Layer(dict(zip(names, values, strict=True)), scope), run)

        return Function(names, lambda *values: within(made_in, values), types=types, within=within, result=result)

    return make


@compiles(Call)
def _call(node: Call) -> Code:
    arguments = [compile_node(value) for _, value in node.arguments]
    names = [name for name, _ in node.arguments if name is not None]
    name = node.function.name if isinstance(node.function, Name) else ""
    target, built_in = compile_node(node.function), TABLE.get(name)

    def call(scope: Scope, run: Run) -> Any:
        run.charge(1)
        function = target(scope, run)
        values = [argument(scope, run) for argument in arguments]
        if built_in is not None and not isinstance(function, Function):
            function = built_in
        if not isinstance(function, Function):
            run.warn(f"'{name}' is geen functie" if name else f"{what_it_is(function)} is geen functie")
            return None
        return invoke(function, values, names, run)

    if built_in is None or names:
        return call

    def call_built_in(scope: Scope, run: Run) -> Any:
        # A variable may have the name of a function: `date` beside `date("2026-11-27")`. Only a function hides a function.
        if isinstance(scope.get(name), Function):
            return call(scope, run)
        return call_by_place(name, built_in.signatures, [argument(scope, run) for argument in arguments], run)

    return call_built_in


def invoke(function: Function, values: list[Any], names: Sequence[str], run: Run) -> Any:
    """What a function answers; with `names`, the values are by name. Null with a warning when they do not fit."""
    if isinstance(function, Builtin):
        if names:
            return call_by_name(function.name, function.signatures, dict(zip(names, values, strict=True)), run)
        return call_by_place(function.name, function.signatures, values, run)
    if names:
        named = dict(zip(names, values, strict=True))
        if named.keys() != set(function.parameters):
            run.warn(f"de functie vraagt {_listed(function.parameters)} en kreeg {_listed(names)}")
            return None
        values = [named[parameter] for parameter in function.parameters]
    if len(values) != len(function.parameters):
        run.warn(f"de functie vraagt {len(function.parameters)} waarden en kreeg er {len(values)}")
        return None
    fitted = _converted(function, values, run)
    if fitted is None:
        return None
    return function.within(run, fitted) if function.within else function.call(*fitted)


def _converted(function: Function, values: list[Any], run: Run) -> list[Any] | None:
    """The values as the parameters' types, None when one does not fit."""
    if not function.types:
        return values
    fitted = []
    for name, wanted, value in zip(function.parameters, function.types, values, strict=True):
        try:
            fitted.append(value if wanted is None else convert(value, wanted))
        except DoesNotFit:
            run.warn(f"'{name}' is {what_it_is(value)} en moet {in_words(wanted or ANY)} zijn")
            return None
    return fitted


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "geen waarden"
