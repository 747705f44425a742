"""FEEL text to tokens, one at a time (DMN 1.5, 10.3.1.2): what a name is depends on the names in scope.

`day count + 1` is one name plus one when `day count` is known, and two names otherwise; so the parser tells the scanner what is known.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from feel.errors import FeelError

LONGEST_TEXT = 10_000
KEYWORDS = frozenset(
    "true false null if then else for in return some every satisfies and or between instance of function".split()
)
_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
_WORD = f"[{_START}][{_PART}]*"
_TOKEN = re.compile(
    rf"""(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<at>@"[^"]*")
    |(?P<quoted>`[^`]+`)
    |(?P<name>\?|{_WORD})
    |(?P<operator>\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{{}},.:])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_SPACES = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
# A name where one is given: several words and signs, up to what must follow.
_SIGN = rf"[{_PART}.'/+*\-]"
_SIGNS = rf"{_WORD}(?:{_SIGN}++|\s++(?={_SIGN}))*+"
_GIVEN = {
    ":": re.compile(rf"({_SIGNS}|`[^`]+`)\s*(?=:)"),
    "in": re.compile(rf"({_WORD}(?:\s++(?!in\b){_SIGN}++)*+|`[^`]+`)(?=\s+in\b)"),
    ",": re.compile(rf"({_SIGNS}|`[^`]+`)\s*(?=[:,)])"),
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_LONG_NAME = re.compile(_SIGNS)
_SIMPLE_NAME = re.compile(_WORD)


@dataclass(frozen=True, slots=True)
class Token:
    """kind is number, string, at, name, keyword, operator or end."""

    kind: str
    text: str
    position: int
    end: int


def is_simple(name: str) -> bool:
    """True for a name that needs no knowledge of the scope to be read."""
    return _SIMPLE_NAME.fullmatch(name) is not None and name not in KEYWORDS


def needs_scope(name: str) -> bool:
    """True for a name that can only be read where it is known: of several words, or with signs in it."""
    return name not in KEYWORDS and not is_simple(name) and _LONG_NAME.fullmatch(name) is not None


class Scanner:
    """A text, and where its tokens begin and end."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            raise FeelError(f"De uitdrukking is langer dan {LONGEST_TEXT} tekens", LONGEST_TEXT)
        self.text = text

    def token(self, position: int, known: frozenset[str]) -> Token:
        """The token at or after a position; `known` are names of several words. Raises FeelError."""
        space = _SPACES.match(self.text, position)
        position = space.end() if space else position
        if position >= len(self.text):
            return Token("end", "", position, position)
        long_name = self._long_name(position, known)
        if long_name is not None:
            return long_name
        match = _TOKEN.match(self.text, position)
        if match is None:
            sign = self.text[position]
            if sign in "\"@`'“”‘’":
                raise FeelError("Deze tekst wordt niet afgesloten", position, 'een rechte dubbele aanhaling: "')
            raise FeelError(f"'{sign}' hoort hier niet", position)
        return _token(match.lastgroup or "", match.group(), position, match.end())

    def given_name(self, position: int, before: str) -> Token | None:
        """A name that is being given, up to what follows it: `:` (entry, argument), `in`, or `,` (parameter)."""
        space = _SPACES.match(self.text, position)
        match = _GIVEN[before].match(self.text, space.end() if space else position)
        if match is None:
            return None
        return Token("name", normal(match[1].strip("`")), match.start(1), match.end(1))

    def _long_name(self, position: int, known: frozenset[str]) -> Token | None:
        """A known name with spaces or signs that starts here, whatever the number of spaces between its words."""
        if not known:
            return None
        match = _phrases(known).match(self.text, position)
        return None if match is None else Token("name", normal(match.group()), position, match.end())


def normal(name: str) -> str:
    """A name as it is kept: one space between words."""
    return " ".join(name.split())


@lru_cache(maxsize=256)
def _phrases(names: frozenset[str]) -> re.Pattern[str]:
    """One pattern for all these names, the longest first."""
    words = [r"\s+".join(map(re.escape, name.split())) for name in sorted(names, key=lambda n: (-len(n), n))]
    return re.compile(f"(?:{'|'.join(words)})(?![{_PART}])")


def _token(group: str, word: str, position: int, end: int) -> Token:
    if group == "name" and word in KEYWORDS:
        return Token("keyword", word, position, end)
    if group == "string":
        return Token("string", unescape(word[1:-1], position), position, end)
    if group == "at":
        return Token("at", word[2:-1], position, end)
    if group == "quoted":
        return Token("name", normal(word[1:-1]), position, end)
    return Token(group, word, position, end)


def unescape(raw: str, position: int) -> str:
    """The text a literal stands for; a backslash before any other sign is itself, so that patterns need no double ones."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] in "uU" and len(code) > 1:
            number = int(code[1:], 16)
            if number > 0x10FFFF:
                raise FeelError(f"'\\{code}' is geen teken", position)
            return chr(number)
        return _ESCAPES.get(code, f"\\{code}")

    joined = _ESCAPE.sub(one, raw)
    # Two halves of a pair, as JSON writes what lies beyond the first 65,536 characters, are one character.
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _HALVES.search(joined) else joined


_HALVES = re.compile("[\ud800-\udfff]")
