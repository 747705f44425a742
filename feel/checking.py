"""What can be known to be wrong in an expression before it runs: names, functions and types (DMN 1.5, 10.3.2.9).

Types are followed as far as they are certain; what is not certain is never a finding. A list and its single item are taken for each
other in a call, as the standard does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from feel.arithmetic import combines
from feel.builtins import TABLE
from feel.tree import Node
from feel.types import ANY, Type
from feel.words import in_words

NUMBER, STRING, BOOLEAN, NULL = Type("number"), Type("string"), Type("boolean"), Type("Null")
ORDERED = frozenset(
    ["number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"]
)
_Rule = TypeVar("_Rule", bound=Callable[..., Type])
_RULES: dict[type[Node], Callable[["Checker", Any], Type]] = {}


@dataclass(frozen=True)
class Finding:
    """Something that cannot be right: where (from 0), a sentence, and what was expected there."""

    position: int
    sentence: str
    expected: str = ""

    def __str__(self) -> str:
        hint = f" (verwacht: {self.expected})" if self.expected else ""
        return f"{self.sentence}, op plaats {self.position + 1}{hint}"


def rule(*kinds: type[Node]) -> Callable[[_Rule], _Rule]:
    """Register how the type of a kind of node follows from its parts."""

    def register(function: _Rule) -> _Rule:
        _RULES.update(dict.fromkeys(kinds, function))
        return function

    return register


@dataclass
class Checker:
    """One expression on its way: the names in scope and their types, and what was found.

    `is_open` means that there may be names that are not known here: then a name is never unknown.
    """

    scope: Mapping[str, Type]
    is_open: bool = False
    types: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)

    def type_of(self, node: Node) -> Type:
        """The type of a node, ANY where it is not certain; what is wrong inside it is noted."""
        return _RULES[type(node)](self, node)

    def note(self, node: Node, sentence: str, expected: str = "") -> None:
        """Keep a finding, once for each place."""
        found = Finding(node.position, sentence, expected)
        if found not in self.findings:
            self.findings.append(found)

    @contextmanager
    def within(self, names: Mapping[str, Type], *, is_open: bool = False) -> Iterator[None]:
        """More names for a while."""
        before = self.scope, self.is_open
        self.scope, self.is_open = {**self.scope, **names}, self.is_open or is_open
        yield
        self.scope, self.is_open = before

    def name(self, name: str, node: Node, *, is_called: bool = False) -> Type:
        """The type of a name; noted when there is none."""
        if name in self.scope:
            return self.scope[name]
        if name in TABLE:  # a variable that is not known here may have that name
            return Type("function") if is_called or not self.is_open else ANY
        if is_called:
            near = get_close_matches(name, [*TABLE, *self.scope], 1)
            self.note(node, f"De functie '{name}' bestaat niet", f"'{near[0]}'" if near else "")
        elif not self.is_open:
            near = get_close_matches(name, list(self.scope), 1)
            self.note(node, f"'{name}' bestaat hier niet", f"'{near[0]}'" if near else "")
        return ANY

    def expect(self, node: Node, wanted: Type, where: str) -> Type:
        """The type of a node that must be of one type; noted when it is certainly another."""
        found = self.type_of(node)
        if is_certain(found) and found.name != wanted.name:
            self.note(node, f"{where} staat {in_words(found)}", in_words(wanted))
        return found

    def compared(self, node: Node, sign: str, left: Type, right: Type) -> None:
        """Note a comparison that can only give null."""
        if not (is_certain(left) and is_certain(right)):
            return
        if left.name != right.name:
            self.note(
                node, f"Hier wordt {in_words(left)} vergeleken met {in_words(right)}", "twee waarden van dezelfde soort"
            )
        elif sign not in ("=", "!=") and left.name not in ORDERED:
            self.note(node, f"'{sign}' kan niet met {in_words(left)}", "een getal, tekst, datum, tijd of duur")

    def combined(self, node: Node, operator: str, left: Type, right: Type) -> None:
        """Note a sum or the like that can only give null."""
        if is_certain(left) and is_certain(right) and not combines(left.name, operator, right.name):
            self.note(node, f"{in_words(left)} {operator} {in_words(right)} geeft geen waarde".capitalize())


def is_certain(found: Type) -> bool:
    """True for a type that is known; null and unknown fit everywhere."""
    return found.name not in ("Any", "Null", "null")


def common(types: Sequence[Type]) -> Type:
    """The type all have, null apart; ANY when there is none."""
    certain = {found for found in types if found.name != "Null"}
    if not certain:
        return NULL if types else ANY
    return next(iter(certain)) if len(certain) == 1 else _common_name(certain)


def _common_name(types: set[Type]) -> Type:
    names = {found.name for found in types}
    return Type(names.pop()) if len(names) == 1 else ANY
