"""How points and intervals lie to each other (DMN 1.5, 10.3.4.11, table 78; after Allen's interval algebra)."""

from collections.abc import Callable
from typing import Any

from feel.arithmetic import DECIMALS, plain
from feel.builtins.registry import NoValue, as_range, builtin
from feel.errors import FeelError
from feel.lexer import Scanner
from feel.moment_texts import parse_date, parse_moment, parse_time
from feel.values import Range, compare, equal, is_ordered, parse_duration

Relation = Callable[[Range, Range], bool]


def _less(left: Any, right: Any) -> bool:
    return _sure(compare("<", left, right))


def _same(left: Any, right: Any) -> bool:
    return _sure(equal(left, right))


def _sure(answer: bool | None) -> bool:
    if answer is None:
        raise NoValue("deze waarden kunnen niet met elkaar vergeleken worden")
    return answer


def _bounded(value: Any) -> Range:
    found = as_range(value)
    if found.start is None or found.end is None:
        raise NoValue("een interval zonder begin of einde kan hier niet")
    return found


def _register(name: str, kinds: str, relation: Relation, names: str) -> None:
    """`kinds` says which pairs it is for: p is a point, r an interval."""
    called = names.split()
    for pair, first, second in zip(kinds.split(), called[::2], called[1::2], strict=True):
        sorts = [{"p": "point", "r": "range"}[letter] for letter in pair]
        builtin(name, f"{first}:{sorts[0]}, {second}:{sorts[1]}", "boolean")(
            lambda left, right: relation(_bounded(left), _bounded(right))
        )


def _before(a: Range, b: Range) -> bool:
    return _less(a.end, b.start) or (_same(a.end, b.start) and not (a.end_included and b.start_included))


def _starts_no_earlier(a: Range, b: Range) -> bool:
    return _less(b.start, a.start) or (_same(a.start, b.start) and (b.start_included or not a.start_included))


def _ends_no_later(a: Range, b: Range) -> bool:
    return _less(a.end, b.end) or (_same(a.end, b.end) and (b.end_included or not a.end_included))


def _starts_alike(a: Range, b: Range) -> bool:
    return _same(a.start, b.start) and a.start_included == b.start_included


def _ends_alike(a: Range, b: Range) -> bool:
    return _same(a.end, b.end) and a.end_included == b.end_included


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _same(a.end, b.start)


def _overlaps_before(a: Range, b: Range) -> bool:
    starts_first = not _starts_no_earlier(a, b)
    return starts_first and not _before(a, b) and _ends_no_later(a, b)


def _overlaps_after(a: Range, b: Range) -> bool:
    starts_last = not _starts_no_earlier(b, a)
    return starts_last and not _before(b, a) and _ends_no_later(b, a)


def _during(a: Range, b: Range) -> bool:
    return _starts_no_earlier(a, b) and _ends_no_later(a, b)


def _starts(a: Range, b: Range) -> bool:
    same = _starts_alike(a, b) if a.start != a.end else _same(a.start, b.start) and b.start_included
    return same and _ends_no_later(a, b)


def _finishes(a: Range, b: Range) -> bool:
    same = _ends_alike(a, b) if a.start != a.end else _same(a.end, b.end) and b.end_included
    return same and _starts_no_earlier(a, b)


_POINTS = "point1 point2 point range range point range1 range2"
_register("before", "pp pr rp rr", _before, _POINTS)
_register("after", "pp pr rp rr", lambda a, b: _before(b, a), _POINTS)
_register("meets", "rr", _meets, "range1 range2")
_register("met by", "rr", lambda a, b: _meets(b, a), "range1 range2")
_register("overlaps", "rr", lambda a, b: not _before(a, b) and not _before(b, a), "range1 range2")
_register("overlaps before", "rr", _overlaps_before, "range1 range2")
_register("overlaps after", "rr", _overlaps_after, "range1 range2")
_register("finishes", "pr rr", _finishes, "point range range1 range2")
_register("finished by", "rp rr", lambda a, b: _finishes(b, a), "range point range1 range2")
_register("includes", "rp rr", lambda a, b: _during(b, a), "range point range1 range2")
_register("during", "pr rr", _during, "point range range1 range2")
_register("starts", "pr rr", _starts, "point range range1 range2")
_register("started by", "rp rr", lambda a, b: _starts(b, a), "range point range1 range2")
_register(
    "coincides",
    "pp rr",
    lambda a, b: _starts_alike(a, b) and _ends_alike(a, b),
    "point1 point2 range1 range2",
)


# -- range("[1..10]") -------------------------------------------------------------------------------------------------


@builtin("range", "from:string", "range")
def _range(text: str) -> Range:
    """An interval written as text, of literals only (DMN 1.5, 10.3.4.1)."""
    inside, dots, last = text.strip()[1:-1].partition("..")
    opening, closing = text.strip()[:1], text.strip()[-1:]
    if not dots or opening not in ("[", "(", "]") or closing not in ("]", ")", "["):
        raise NoValue(f"'{text[:40]}' is geen interval")
    start, end = _literal(inside.strip()), _literal(last.strip())
    if start is None and end is None:
        raise NoValue("een interval heeft een begin of een einde nodig")
    if start is not None and end is not None and compare("<=", start, end) is not True:
        raise NoValue("het interval eindigt voor het begint")
    if (start is None and opening == "[") or (end is None and closing == "]"):
        raise NoValue("een kant zonder grens is open")
    return Range(start, end, opening == "[", closing == "]")


def _literal(text: str) -> Any:
    """A literal's value: a number, a text, a date or the like by `@` or by its function; nothing for no end."""
    if text in ("", "null"):
        return None
    sign = "-" if text.startswith("-") else ""
    try:
        token = Scanner(text).token(len(sign), frozenset())
        if token.kind == "number" and token.end == len(text):
            return plain(DECIMALS.create_decimal(sign + token.text))
        if token.kind == "string" and token.end == len(text) and not sign:
            return token.text
        if token.kind == "at" and token.end == len(text):
            return value_at(token.text)
        return _called(text)
    except (FeelError, ValueError) as problem:
        raise NoValue(f"'{text[:40]}' is geen vaste waarde") from problem


_READERS: dict[str, Callable[[str], Any]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_moment,
    "duration": parse_duration,
}


def _called(text: str) -> Any:
    name, _, rest = text.partition("(")
    literal = rest.strip()
    if name.strip() not in _READERS or not (literal.startswith('"') and literal.endswith('")')):
        raise ValueError(text)
    return _READERS[name.strip()](literal[1:-2])


def value_at(text: str) -> Any:
    """The value of `@"text"`: a date, a time, a date and time, or a duration. Raises ValueError."""
    for reader in (parse_date, parse_time, parse_duration, parse_moment):
        try:
            value = reader(text)
        except ValueError:
            continue
        if is_ordered(value):
            return value
    raise ValueError("no date, time or duration")
