"""FEEL text to tokens (DMN 1.5, 10.3.1.2). Names of several words are put together here, when they are known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from feel.errors import FeelError

LONGEST_TEXT = 20_000
KEYWORDS = frozenset(
    [
        "true",
        "false",
        "null",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "function",
        "not",
    ]
)
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<at>@"[^"]*")
    |(?P<name>\?|[^\W\d]\w*)
    |(?P<operator>\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{},.:?])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}


@dataclass(frozen=True)
class Token:
    """kind is number, string, at, name, keyword, operator or end."""

    kind: str
    text: str
    position: int


def tokens(text: str, names: Iterable[str]) -> list[Token]:
    """All tokens, the last of kind `end`. Raises FeelError at the first character that fits nothing."""
    if len(text) > LONGEST_TEXT:
        raise FeelError(f"De uitdrukking is langer dan {LONGEST_TEXT} tekens", LONGEST_TEXT)
    phrases = _phrases(frozenset(names))
    found, position = [], 0
    while position < len(text):
        phrase = _long_name(text, position, phrases)
        if phrase is not None:
            name, end = phrase
            found.append(Token("name", name, position))
            position = end
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise FeelError(f"'{text[position]}' hoort hier niet", position)
        group, word = match.lastgroup or "", match.group()
        if group != "space":
            found.append(_token(group, word, position))
        position = match.end()
    return [*found, Token("end", "", len(text))]


def _token(group: str, word: str, position: int) -> Token:
    if group == "name" and word in KEYWORDS:
        return Token("keyword", word, position)
    if group == "string":
        return Token("string", _unescape(word[1:-1], position), position)
    if group == "at":
        return Token("at", word[2:-1], position)
    return Token(group, word, position)


@lru_cache(maxsize=64)
def _phrases(names: frozenset[str]) -> re.Pattern[str] | None:
    """One pattern for all known names of several words, the longest first."""
    long_names = sorted((n for n in names if not re.fullmatch(r"\w+", n)), key=len, reverse=True)
    words = [r"\s+".join(re.escape(word) for word in name.split()) for name in long_names]
    return re.compile(f"(?:{'|'.join(words)})(?!\\w)") if words else None


def _long_name(text: str, position: int, phrases: re.Pattern[str] | None) -> tuple[str, int] | None:
    """A known name with spaces or signs that starts here, whatever the number of spaces between its words."""
    if phrases is None or (position and (text[position - 1].isalnum() or text[position - 1] == "_")):
        return None
    match = phrases.match(text, position)
    return None if match is None else (" ".join(match.group().split()), match.end())


def _unescape(raw: str, position: int) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] in "uU":
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            raise FeelError(f"'\\{code}' is geen geldig teken in een tekst", position)
        return _ESCAPES[code]

    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", one, raw, flags=re.DOTALL)
