"""Patterns as FEEL has them (DMN 1.5, 10.3.4.3): those of XPath and XML Schema, read into a program for `feel.matching`.

They are not Python's: classes can be subtracted (`[a-z-[aeiou]]`), `\\i`, `\\c`, `\\p{L}` and `\\p{IsLatin-1}` exist, `$1` stands in
replacements. And a match must take time in proportion to the text, which Python's `re` does not promise.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

MOST_INSTRUCTIONS = 2_000
_DEEPEST = 30
Test = Callable[[str], bool]
_BLOCKS = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_LITERAL = frozenset("\\|.?*+(){}[]-^$")


class BadPattern(Exception):
    """The text is no pattern, with a Dutch sentence that says why."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """`sign` reads one that passes the test; `split` tries `x` and then `y`; `jump` goes on at `x`; `save` keeps the place in slot `x`;
    `start` and `end` test the place; `back` reads group `x` again; `moved` fails when nothing was read since slot `x`; `done`."""

    do: str
    x: int = 0
    y: int = 0
    test: Test | None = None


@dataclass(frozen=True)
class Program:
    """A pattern ready to match; `groups` is how many pairs of brackets keep what they match."""

    code: tuple[Instruction, ...]
    groups: int
    slots: int
    looks_back: bool
    is_multiline: bool
    ignores_case: bool


@lru_cache(maxsize=256)
def program(pattern: str, flags: str) -> Program:
    """The program of a pattern. Raises BadPattern."""
    return _Reader(pattern, flags).program()


@dataclass
class _Reader:
    pattern: str
    flags: str
    at: int = 0
    groups: int = 0
    slots: int = 0
    looks_back: bool = False
    closed: set[int] = field(default_factory=set)

    def program(self) -> Program:
        if set(self.flags) - set("smixq"):
            raise BadPattern(f"de vlaggen '{self.flags}' bestaan niet: het mogen s, m, i, x en q zijn")
        if "x" in self.flags and "q" not in self.flags:
            self.pattern = _without_spaces(self.pattern)
        self.slots = 2 * (self.pattern.count("(") + 1)
        code = self._literally() if "q" in self.flags else self._alternatives(0)
        if self.at < len(self.pattern):
            raise BadPattern(f"'{self.pattern[self.at]}' hoort niet in dit patroon")
        whole = [Instruction("save", 0), *_shift(code, 1), Instruction("save", 1), Instruction("done")]
        return Program(tuple(whole), self.groups, self.slots, self.looks_back, "m" in self.flags, "i" in self.flags)

    def _literally(self) -> list[Instruction]:
        self.at = len(self.pattern)
        return [Instruction("sign", test=self._same(sign)) for sign in self.pattern]

    # Each reader gives code whose jumps are relative to its own beginning.

    def _alternatives(self, depth: int) -> list[Instruction]:
        if depth > _DEEPEST:
            raise BadPattern("het patroon is te diep genest")
        code = self._sequence(depth)
        while self._peek() == "|":
            self.at += 1
            other = self._sequence(depth)
            code = [
                Instruction("split", 1, len(code) + 2),
                *_shift(code, 1),
                Instruction("jump", len(code) + 2 + len(other)),
                *_shift(other, len(code) + 2),
            ]
            self._limit(code)
        return code

    def _sequence(self, depth: int) -> list[Instruction]:
        code: list[Instruction] = []
        while self.at < len(self.pattern) and self._peek() not in ("|", ")"):
            piece = self._quantified(self._atom(depth))
            code += _shift(piece, len(code))
            self._limit(code)
        return code

    def _limit(self, code: list[Instruction]) -> None:
        if len(code) > MOST_INSTRUCTIONS:
            raise BadPattern("het patroon is te lang")

    def _quantified(self, atom: list[Instruction]) -> list[Instruction]:
        least, most = self._quantity()
        if (least, most) == (1, 1):
            return atom
        is_greedy = self._peek() != "?"
        self.at += 0 if is_greedy else 1
        if self._peek() in ("*", "+", "?"):
            raise BadPattern(f"'{self._peek()}' hoort niet in dit patroon")
        self._limit(atom * max(least, most or 0))
        code: list[Instruction] = []
        for _ in range(least):
            code += _shift(atom, len(code))
        if most is None:
            return code + _shift(self._loop(atom, is_greedy), len(code))
        for left in range(most - least, 0, -1):
            out = len(code) + left * (len(atom) + 1)
            here = len(code)
            code += [_split(here + 1, out, is_greedy), *_shift(atom, here + 1)]
        return code

    def _loop(self, atom: list[Instruction], is_greedy: bool) -> list[Instruction]:
        if not _may_be_empty(atom):
            return [_split(1, len(atom) + 2, is_greedy), *_shift(atom, 1), Instruction("jump", 0)]
        slot, self.slots = self.slots, self.slots + 1
        size = len(atom)
        return [
            _split(1, size + 4, is_greedy),
            Instruction("save", slot),
            *_shift(atom, 2),
            Instruction("moved", slot),
            Instruction("jump", 0),
        ]

    def _quantity(self) -> tuple[int, int | None]:
        sign = self._peek()
        if sign in ("?", "*", "+"):
            self.at += 1
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        if sign != "{":
            return (1, 1)
        inside, closed, _ = self.pattern[self.at + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not low.isdecimal() or (high and not high.isdecimal()) or len(inside) > 9:
            raise BadPattern("na '{' hoort een aantal, zoals {2} of {1,3}")
        self.at += len(inside) + 2
        least, most = int(low), int(high) if high else None if comma else int(low)
        if (most is not None and most < least) or max(least, most or 0) > MOST_INSTRUCTIONS:
            raise BadPattern(f"het aantal '{{{inside}}}' kan niet")
        return least, most

    def _atom(self, depth: int) -> list[Instruction]:
        sign = self._next()
        if sign == "(":
            return self._group(depth)
        if sign == "^":
            return [Instruction("start")]
        if sign == "$":
            return [Instruction("end")]
        if sign == ".":
            return [Instruction("sign", test=_any if "s" in self.flags else _not_a_line_end)]
        if sign == "[":
            return [Instruction("sign", test=self._class())]
        if sign == "\\":
            return [self._escape()]
        if sign in "?*+{}])":
            raise BadPattern(f"'{sign}' hoort niet in dit patroon")
        return [Instruction("sign", test=self._same(sign))]

    def _group(self, depth: int) -> list[Instruction]:
        if self.pattern.startswith("?:", self.at):
            self.at += 2
            inside, group = self._alternatives(depth + 1), 0
        else:
            self.groups += 1
            group = self.groups
            inside = self._alternatives(depth + 1)
        if self._peek() != ")":
            raise BadPattern("een haakje '(' wordt niet gesloten")
        self.at += 1
        if not group:
            return inside
        self.closed.add(group)
        return [Instruction("save", 2 * group), *_shift(inside, 1), Instruction("save", 2 * group + 1)]

    def _escape(self) -> Instruction:
        sign = self._next()
        if sign.isdecimal() and sign != "0":
            group = int(sign)
            while self._peek().isdecimal() and group * 10 + int(self._peek()) in self.closed:
                group = group * 10 + int(self._next())
            if group not in self.closed:
                raise BadPattern(f"'\\{group}' verwijst naar haakjes die er niet voor staan")
            self.looks_back = True
            return Instruction("back", group)
        return Instruction("sign", test=self._escaped(sign))

    def _escaped(self, sign: str) -> Test:
        if sign in _CONTROLS:
            return self._same(_CONTROLS[sign])
        if sign in _LITERAL:
            return self._same(sign)
        if sign in "pP":
            return self._property(sign == "P")
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign.lower() in _CLASSES:
            return _none_of(_CLASSES[sign.lower()])
        raise BadPattern(f"'\\{sign}' bestaat niet in een patroon")

    def _property(self, negated: bool) -> Test:
        inside, closed, _ = self.pattern[self.at :].partition("}")
        if not inside.startswith("{") or not closed:
            raise BadPattern("na '\\p' hoort een soort, zoals \\p{L}")
        name = inside[1:]
        self.at += len(inside) + 1
        if name.startswith("Is") and name[2:] in _BLOCKS:
            low, high = _BLOCKS[name[2:]]
            found: Test = lambda sign: low <= ord(sign) <= high  # noqa: E731
        elif name and name[0] in "LMNPZSC" and (len(name) == 1 or name in _CATEGORIES):
            found = lambda sign: unicodedata.category(sign).startswith(name)  # noqa: E731
        else:
            raise BadPattern(f"de soort '{name}' bestaat niet")
        return _none_of(found) if negated else found

    def _class(self) -> Test:
        negated = self._peek() == "^"
        self.at += int(negated)
        tests: list[Test] = []
        without: Test | None = None
        while self._peek() != "]" or not tests:
            if self._peek() == "-" and self.pattern.startswith("-[", self.at) and tests:
                self.at += 2
                without = self._class()
                if self._peek() != "]":
                    raise BadPattern("na een uitsluiting hoort ']'")
                break
            tests.append(self._range())
        self.at += 1
        chosen = _one_of(tuple(tests))
        chosen = _none_of(chosen) if negated else chosen
        if without is None:
            return chosen
        left_out = without
        return lambda sign: chosen(sign) and not left_out(sign)

    def _range(self) -> Test:
        sign = self._next()
        if sign == "[":
            raise BadPattern("'[' hoort niet binnen [...]; schrijf \\[")
        if sign == "\\":
            sign = self._next()
            if sign not in _LITERAL and sign not in _CONTROLS:
                return self._escaped(sign)
            sign = _CONTROLS.get(sign, sign)
        if self._peek() != "-" or self.pattern[self.at + 1 : self.at + 2] in ("]", "["):
            return self._same(sign)
        self.at += 1
        last = self._next()
        if last == "\\":
            last = self._next()
            last = _CONTROLS.get(last, last)
        if last < sign:
            raise BadPattern(f"'{sign}-{last}' loopt achteruit")
        first = sign
        if "i" in self.flags:
            return lambda s: any(first <= form <= last for form in (s, s.lower(), s.upper(), s.lower().upper()))
        return lambda s: first <= s <= last

    def _same(self, sign: str) -> Test:
        if "i" in self.flags and sign.lower() != sign.upper():
            forms = {sign, sign.lower(), sign.upper()}
            return lambda s: s in forms or s.lower() in forms or s.upper() in forms
        return lambda s: s == sign

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _next(self) -> str:
        if self.at >= len(self.pattern):
            raise BadPattern("het patroon houdt te vroeg op")
        self.at += 1
        return self.pattern[self.at - 1]


def _without_spaces(pattern: str) -> str:
    """With the flag x, spaces are there for the reader; within [...] they count."""
    kept, depth, at = [], 0, 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\" and pattern[at + 1 : at + 2] in ("[", "]"):
            kept.append(pattern[at : at + 2])
            at += 2
            continue
        depth += 1 if sign == "[" else -1 if sign == "]" and depth else 0
        if depth or sign not in " \t\r\n":
            kept.append(sign)
        at += 1
    return "".join(kept)


def _shift(code: list[Instruction], by: int) -> list[Instruction]:
    return [
        Instruction(one.do, one.x + by, one.y + by if one.do == "split" else 0) if one.do in ("split", "jump") else one
        for one in code
    ]


def _may_be_empty(code: list[Instruction]) -> bool:
    """Whether the code can be passed without reading a sign; then a loop must see that it gets on."""
    todo, seen = [0], set()
    while todo:
        at = todo.pop()
        if at >= len(code):
            return True
        if at not in seen and code[at].do != "sign":
            seen.add(at)
            step = code[at]
            todo += [step.x, step.y] if step.do == "split" else [step.x] if step.do == "jump" else [at + 1]
    return False


def _split(body: int, out: int, is_greedy: bool) -> Instruction:
    return Instruction("split", body, out) if is_greedy else Instruction("split", out, body)


def _one_of(tests: tuple[Test, ...]) -> Test:
    return tests[0] if len(tests) == 1 else lambda sign: any(test(sign) for test in tests)


def _none_of(test: Test) -> Test:
    return lambda sign: not test(sign)


def _any(_sign: str) -> bool:
    return True


def _not_a_line_end(sign: str) -> bool:
    return sign not in "\n\r"


def _starts_a_name(sign: str) -> bool:
    return sign in "_:" or unicodedata.category(sign)[0] == "L"


_CLASSES: dict[str, Test] = {
    "s": lambda sign: sign in " \t\n\r",
    "d": lambda sign: unicodedata.category(sign) == "Nd",
    "w": lambda sign: unicodedata.category(sign)[0] not in "PZC",
    "i": _starts_a_name,
    "c": lambda sign: _starts_a_name(sign) or sign in "-.\u00b7" or unicodedata.category(sign) in ("Nd", "Mn", "Mc"),
}
_CATEGORIES = frozenset(
    "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Zs Zl Zp Sm Sc Sk So Cc Cf Co Cn Cs".split()
)
