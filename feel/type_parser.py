"""The names of types (DMN 1.5, grammar rules 52-56): `number`, `date and time`, `list<string>`, `function<number> -> number`."""

from collections.abc import Iterable

from feel.cursor import Cursor
from feel.errors import FeelError
from feel.types import SIMPLE, SPELLINGS, Type

_STOPS = ("then", "else", "return", "satisfies", "or", "in", "between", "instance")
_DEEPEST = 20


def read_type(cursor: Cursor, depth: int = 0) -> Type:
    """The type here. Raises FeelError."""
    if depth > _DEEPEST:
        raise FeelError(f"Het type is dieper genest dan {_DEEPEST} niveaus", cursor.now.position)
    name = _name(cursor)
    if name in ("list", "range") and cursor.accept("<"):
        item = read_type(cursor, depth + 1)
        cursor.take(">")
        return Type(name, (item,))
    if name == "context" and cursor.accept("<"):
        return _context(cursor, depth)
    if name == "function" and cursor.accept("<"):
        return _function(cursor, depth)
    return cursor.types.get(name) or Type(name)


def _name(cursor: Cursor) -> str:
    """One name, of the words that belong together."""
    here = cursor.now.position
    words: list[str] = []
    while cursor.now.kind in ("name", "keyword") and cursor.now.text not in _STOPS:
        if cursor.now.text == "and" and " ".join(words) not in ("date", "days", "day", "years", "year"):
            break
        words.append(cursor.next().text)
        while words and cursor.accept("."):  # a type of an imported model
            words[-1] += f".{cursor.take_name().text}"
    if not words:
        raise FeelError("Hier hoort een type", here, "bijvoorbeeld number of date")
    name = " ".join(words)
    return SPELLINGS.get(name, name)


def _context(cursor: Cursor, depth: int) -> Type:
    names: list[str] = []
    parts: list[Type] = []
    while not cursor.sees(">"):
        names.append((cursor.given(":") or cursor.take_key()).text)
        cursor.take(":")
        parts.append(read_type(cursor, depth + 1))
        if not cursor.accept(","):
            break
    cursor.take(">")
    return Type("context", tuple(parts), tuple(names))


def _function(cursor: Cursor, depth: int) -> Type:
    parts: list[Type] = []
    while not cursor.sees(">"):
        parts.append(read_type(cursor, depth + 1))
        if not cursor.accept(","):
            break
    cursor.take(">")
    cursor.take("->")
    return Type("function", tuple(parts), result=read_type(cursor, depth + 1))


def parse_type(text: str, known: Iterable[str] = ()) -> Type:
    """A type from its text; `known` are names of types with spaces. Raises FeelError."""
    cursor = Cursor(text, known)
    found = read_type(cursor)
    cursor.end()
    return found


def is_known(found: Type) -> bool:
    """True when every name in the type is FEEL's own."""
    parts = (*(found.parts or ()), *((found.result,) if found.result else ()))
    return (found.name in SIMPLE or found.name in ("list", "range", "context", "function")) and all(
        map(is_known, parts)
    )
