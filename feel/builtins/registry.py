"""How a built-in function is described and called: its signatures, and what happens with a value that does not fit.

A signature is the standard's own notation: `string:string, start position:number, length?:number`. `?` may be left out, `*` takes the
rest; null fits only where the type is `any`. A call that fits no signature is null, with a warning that says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import DecimalException
from typing import Any, TypeVar

from feel.run import Run
from feel.values import Function, Range, exact, kind
from feel.words import in_words

Implementation = Callable[..., Any]
_Made = TypeVar("_Made", bound=Implementation)


class NoValue(Exception):
    """A function has no answer for these values, with a Dutch sentence that says why."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, the type it takes, and whether it may be left out or takes all the rest."""

    name: str
    type: str
    optional: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function; `result` is the type of its answer, for who checks an expression before it runs."""

    parameters: tuple[Parameter, ...]
    result: str
    run: Implementation
    wants_run: bool

    @property
    def least(self) -> int:
        return sum(not p.optional for p in self.parameters)

    @property
    def most(self) -> int | None:
        return None if self.parameters and self.parameters[-1].variadic else len(self.parameters)


@dataclass(frozen=True)
class Builtin(Function):
    """A function of the language; `dialect` is true for those that only Camunda's dialect has."""

    name: str = ""
    signatures: list[Signature] = field(default_factory=list, compare=False)
    dialect: bool = False

    def names(self) -> frozenset[str]:
        """The names its parameters go by."""
        return frozenset(p.name for signature in self.signatures for p in signature.parameters)


TABLE: dict[str, Builtin] = {}


def builtin(
    name: str, parameters: str = "", result: str = "Any", *, wants_run: bool = False, dialect: bool = False
) -> Callable[[_Made], _Made]:
    """Register an implementation under its FEEL name; again for another signature. `wants_run` gives it the evaluation first."""

    def register(function: _Made) -> _Made:
        read = tuple(_parameter(text.strip()) for text in parameters.split(",") if text.strip())
        signature = Signature(read, result, function, wants_run)
        if name in TABLE:
            TABLE[name].signatures.append(signature)
        else:
            signatures = [signature]
            TABLE[name] = Builtin(
                tuple(p.name for p in read),
                _outside(name, signatures),
                is_builtin=True,
                within=lambda run, values: call_by_place(name, signatures, values, run),
                name=name,
                signatures=signatures,
                dialect=dialect,
            )
        return function

    return register


def _outside(name: str, signatures: list[Signature]) -> Implementation:
    """The function for who has no evaluation going."""
    return lambda *values: call_by_place(name, signatures, values, Run())


def _parameter(text: str) -> Parameter:
    name, _, sort = text.partition(":")
    return Parameter(name.strip("*?"), sort, name.endswith("?"), name.startswith("*"))


# -- calling ----------------------------------------------------------------------------------------------------------


def call_by_place(name: str, signatures: Sequence[Signature], values: Sequence[Any], run: Run) -> Any:
    """The answer for values in order; null with a warning when they fit nowhere."""
    run.charge(1)
    if any(isinstance(value, list | dict | str) for value in values):
        run.weigh(*values)
    reason = ""
    for signature in signatures:
        most = signature.most
        if len(values) < signature.least or (most is not None and len(values) > most):
            continue
        fitted, problem = _by_place(signature, values)
        if not problem:
            return _answer(name, signature, fitted, run)
        reason = reason or problem
    run.warn(f"{name}(): {reason or _how_many(signatures, len(values))}")
    return None


def call_by_name(name: str, signatures: Sequence[Signature], named: Mapping[str, Any], run: Run) -> Any:
    """The answer for named values; null with a warning when a name or a value fits nowhere."""
    run.charge(1)
    run.weigh(*named.values())
    reason = ""
    # before(point, range) and before(range, point) have the same names: the order they are given in says which is meant.
    for signature in sorted(signatures, key=lambda each: [p.name for p in each.parameters] != list(named)):
        known = {p.name: p for p in signature.parameters}
        if not named.keys() <= known.keys():
            continue
        if any(p.name not in named and not p.optional for p in signature.parameters):
            reason = reason or "er ontbreekt een waarde"
            continue
        fitted, problem = _by_name(signature, named)
        if not problem:
            return _answer(name, signature, fitted, run)
        reason = reason or problem
    run.warn(f"{name}(): {reason or 'de functie kent een van deze namen niet'}")
    return None


def _how_many(signatures: Sequence[Signature], given: int) -> str:
    counts = sorted({n for s in signatures for n in (s.least, *(() if s.most is None else (s.most,)))})
    return f"de functie vraagt {' of '.join(map(str, counts))} waarden en kreeg er {given}"


def _by_place(signature: Signature, values: Sequence[Any]) -> tuple[list[Any], str]:
    fitted: list[Any] = []
    for at, value in enumerate(values):
        last = signature.parameters[-1]
        parameter = signature.parameters[at] if at < len(signature.parameters) else last
        fitting, problem = _fit(parameter, value)
        if problem:
            return [], problem
        fitted.append(fitting)
    return fitted, ""


def _by_name(signature: Signature, named: Mapping[str, Any]) -> tuple[list[Any], str]:
    fitted: list[Any] = []
    for parameter in signature.parameters:
        if parameter.name not in named:
            # A gap before a named value: implementations have None for what may be left out.
            fitted.append(None)
            continue
        given = named[parameter.name]
        if parameter.variadic and isinstance(given, list):
            fitted.extend(given)
            continue
        value, problem = _fit(parameter, given)
        if problem:
            return [], problem
        fitted.append(value)
    while fitted and fitted[-1] is None and signature.parameters[len(fitted) - 1].name not in named:
        fitted.pop()
    return fitted, ""


def _answer(name: str, signature: Signature, values: list[Any], run: Run) -> Any:
    try:
        return signature.run(run, *values) if signature.wants_run else signature.run(*values)
    except NoValue as reason:
        run.warn(f"{name}(): {reason}")
    except (ValueError, OverflowError, DecimalException):
        run.warn(f"{name}(): deze waarden hebben geen antwoord")
    return None


# -- what fits --------------------------------------------------------------------------------------------------------

_SORTS: dict[str, frozenset[str]] = {
    "number": frozenset(["number"]),
    "string": frozenset(["string"]),
    "boolean": frozenset(["boolean"]),
    "list": frozenset(["list"]),
    "context": frozenset(["context"]),
    "function": frozenset(["function"]),
    "range": frozenset(["range"]),
    "time": frozenset(["time"]),
    "day": frozenset(["date", "date and time"]),
    "moment": frozenset(["date and time"]),
    "clock": frozenset(["time", "date and time", "date"]),
    "length": frozenset(["days and time duration"]),
    "duration": frozenset(["days and time duration", "years and months duration"]),
    "size": frozenset(["number", "days and time duration", "years and months duration"]),
}
_POINTS = frozenset(
    [
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    ]
)


def accepts(wanted: str) -> frozenset[str] | None:
    """The FEEL types a parameter takes; None for all."""
    return None if wanted == "any" else _POINTS if wanted == "point" else _SORTS[wanted]


def _fit(parameter: Parameter, value: Any) -> tuple[Any, str]:
    """A value as the parameter takes it, after the conversions of a call (DMN 1.5, 10.3.2.9.4), or why not."""
    if isinstance(value, float):
        value = exact(value)
    wanted = accepts(parameter.type)
    if wanted is None:
        return value, ""
    sort = kind(value)
    if sort in wanted:
        return value, ""
    if value is None:
        return None, f"'{parameter.name}' ontbreekt"
    if parameter.type == "list":
        return [value], ""
    if isinstance(value, list) and len(value) == 1 and kind(value[0]) in wanted:
        return value[0], ""
    needed = " of ".join(in_words(each) for each in sorted(wanted))
    return None, f"'{parameter.name}' is {in_words(sort)} en moet {needed} zijn"


def as_range(value: Any) -> Range:
    """A point as the interval that holds only it."""
    return value if isinstance(value, Range) else Range(value, value)
