"""Functions of numbers (DMN 1.5, 10.3.4.5), to 34 digits."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from feel.arithmetic import DECIMALS, as_decimal, negate, plain
from feel.builtins.registry import NoValue, builtin
from feel.run import Run

_HARD = 20  # steps
LEAST_SCALE, MOST_SCALE = -6111, 6176


def _rounded(value: Any, scale: Any, mode: str) -> int | Decimal:
    places = int(scale)
    if not LEAST_SCALE <= places <= MOST_SCALE:
        raise NoValue(f"'scale' moet tussen {LEAST_SCALE} en {MOST_SCALE} liggen")
    number = as_decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= places:
        return plain(number)  # it has no more decimals than asked
    if number.adjusted() + places >= 34:
        return plain(number)
    unit = Decimal(1).scaleb(-places, DECIMALS)
    return plain(number.quantize(unit, rounding=mode, context=DECIMALS))


def _register(name: str, mode: str, *, scale_is_optional: bool = False) -> None:
    def by_scale(value: Any, scale: Any = 0) -> int | Decimal:
        return _rounded(value, scale, mode)

    builtin(name, f"n:number, scale{'?' if scale_is_optional else ''}:number", "number")(by_scale)


_register("decimal", ROUND_HALF_EVEN)
_register("floor", ROUND_FLOOR, scale_is_optional=True)
_register("ceiling", ROUND_CEILING, scale_is_optional=True)
_register("round up", ROUND_UP)
_register("round down", ROUND_DOWN)
_register("round half up", ROUND_HALF_UP)
_register("round half down", ROUND_HALF_DOWN)


@builtin("abs", "n:size", "Any")
def _abs(value: Any) -> Any:
    if isinstance(value, int | Decimal):
        return abs(value) if isinstance(value, int) else plain(value.copy_abs())
    zero = type(value)(0)
    return negate(value) if value < zero else value


@builtin("modulo", "dividend:number, divisor:number", "number")
def _modulo(dividend: Any, divisor: Any) -> Any:
    if divisor == 0:
        raise NoValue("delen door nul kan niet")
    left, right = as_decimal(dividend), as_decimal(divisor)
    if abs(left.adjusted() - right.adjusted()) > 34:
        raise NoValue("deze getallen liggen te ver uit elkaar")
    quotient = DECIMALS.divide(left, right).to_integral_value(ROUND_FLOOR)
    return plain(DECIMALS.subtract(left, DECIMALS.multiply(right, quotient)))


@builtin("sqrt", "number:number", "number")
def _sqrt(value: Any) -> Any:
    if value < 0:
        raise NoValue("een negatief getal heeft geen wortel")
    return plain(DECIMALS.sqrt(as_decimal(value)))


@builtin("log", "number:number", "number", wants_run=True)
def _log(run: Run, value: Any) -> Any:
    run.charge(_HARD)
    if value <= 0:
        raise NoValue("alleen een getal boven nul heeft een logaritme")
    return plain(DECIMALS.ln(as_decimal(value)))


@builtin("exp", "number:number", "number", wants_run=True)
def _exp(run: Run, value: Any) -> Any:
    run.charge(_HARD)
    if abs(value) > 15_000:
        raise NoValue("het antwoord is te groot of te klein")
    return plain(DECIMALS.exp(as_decimal(value)))


@builtin("even", "number:number", "boolean")
def _even(value: Any) -> bool:
    return bool(_rest_of_two(value) == 0)


@builtin("odd", "number:number", "boolean")
def _odd(value: Any) -> bool:
    return bool(_rest_of_two(value) == 1)


def _rest_of_two(value: Any) -> Any:
    if isinstance(value, int):
        return value % 2
    return abs(value).remainder_near(Decimal(2), DECIMALS).copy_abs() if value.adjusted() < 34 else Decimal(0)
