"""Tokens to a syntax tree (DMN 1.5, 10.3.1.2, grammar rules 1-66), by recursive descent with bounded depth.

A node is a tuple: its name, then its parts; tuples compare and print, so trees can be tested as values.
"""

from collections.abc import Callable, Iterable
from typing import Any

from feel.errors import FeelError
from feel.lexer import Token, tokens

Node = tuple[Any, ...]
DEEPEST = 50  # one level takes eleven calls, and Python allows a thousand
_AFTER_AN_INTERVAL = ("", ")", "]", "}", ",", "and", "or", "then", "else", "return", "satisfies")  # `]1..3[`
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class Parser:
    """One text, read once."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self._tokens = tokens(text, names)
        self._at = 0
        self._depth = 0

    # -- entry points -------------------------------------------------------------------------------------------------

    def expression(self) -> Node:
        node = self._expression()
        self._end()
        return node

    def unary_tests(self) -> Node:
        """`-`, `not(...)`, or a list of tests of the input value `?`."""
        if self._is("operator", "-") and self._peek(1).kind == "end":
            return ("any",)
        if self._is("keyword", "not") and self._peek(1).text == "(":
            self._at += 2
            inner = self._tests(")")
            self._take("operator", ")")
            self._end()
            return ("not_tests", inner)
        inner = self._tests(None)
        self._end()
        return ("tests", inner)

    def _tests(self, closing: str | None) -> tuple[Node, ...]:
        found = [self._test()]
        while self._accept("operator", ","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> Node:
        for operator in ("<=", ">=", "<", ">", "=", "!="):
            if self._accept("operator", operator):
                return ("compare_input", operator, self._additive())
        return ("input_is", self._expression())

    # -- from loose to tight ------------------------------------------------------------------------------------------

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FeelError(f"De uitdrukking is dieper genest dan {DEEPEST} niveaus", self._now.position)
        special = {
            "if": self._if,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._function,
        }
        node = special[self._now.text]() if self._now.kind == "keyword" and self._now.text in special else self._or()
        self._depth -= 1
        return node

    def _if(self) -> Node:
        self._at += 1
        condition = self._expression()
        self._take("keyword", "then")
        then = self._expression()
        self._take("keyword", "else")
        return ("if", condition, then, self._expression())

    def _iterators(self) -> tuple[tuple[str, Node], ...]:
        found = []
        while True:
            name = self._take("name").text
            self._take("keyword", "in")
            domain = self._or()
            if self._accept("operator", ".."):
                domain = ("steps", domain, self._or())
            found.append((name, domain))
            if not self._accept("operator", ","):
                return tuple(found)

    def _for(self) -> Node:
        self._at += 1
        iterators = self._iterators()
        self._take("keyword", "return")
        return ("for", iterators, self._expression())

    def _quantified(self) -> Node:
        which = self._next().text
        iterators = self._iterators()
        self._take("keyword", "satisfies")
        return (which, iterators, self._expression())

    def _function(self) -> Node:
        self._at += 1
        self._take("operator", "(")
        names = []
        while not self._is("operator", ")"):
            names.append(self._take("name").text)
            if self._accept("operator", ":"):
                self._type()
            if not self._accept("operator", ","):
                break
        self._take("operator", ")")
        return ("function", tuple(names), self._expression())

    def _or(self) -> Node:
        return self._chain(self._and, "keyword", ("or",))

    def _and(self) -> Node:
        return self._chain(self._comparison, "keyword", ("and",))

    def _chain(self, tighter: Callable[[], Node], kind: str, operators: tuple[str, ...]) -> Node:
        node = tighter()
        while self._now.kind == kind and self._now.text in operators:
            node = (self._next().text, node, tighter())
        return node

    def _comparison(self) -> Node:
        node = self._additive()
        while True:
            if self._now.kind == "operator" and self._now.text in _COMPARISONS:
                node = ("compare", self._next().text, node, self._additive())
            elif self._accept("keyword", "between"):
                low = self._additive()
                self._take("keyword", "and")
                node = ("between", node, low, self._additive())
            elif self._accept("keyword", "in"):
                node = ("in", node, self._in_tests())
            elif self._is("keyword", "instance"):
                self._at += 1
                self._take("keyword", "of")
                node = ("instance_of", node, self._type())
            else:
                return node

    def _in_tests(self) -> tuple[Node, ...]:
        start = self._at
        if self._accept("operator", "("):
            try:
                found = self._tests(")")
                if self._accept("operator", ")") and len(found) > 1:
                    return found
            except FeelError:
                pass  # not a list of tests but something like `(1..5]`: read it again as one test
            self._at = start
        if self._now.text in ("<", "<=", ">", ">=", "=", "!=") and self._now.kind == "operator":
            return (self._test(),)
        return (("input_is", self._additive()),)

    def _additive(self) -> Node:
        return self._chain(self._multiplicative, "operator", ("+", "-"))

    def _multiplicative(self) -> Node:
        return self._chain(self._power, "operator", ("*", "/"))

    def _power(self) -> Node:
        return self._chain(self._negation, "operator", ("**",))

    def _negation(self) -> Node:
        signs = 0
        while self._accept("operator", "-"):
            signs += 1
        node = self._postfix()
        for _ in range(signs):
            node = ("negate", node)
        return node

    def _postfix(self) -> Node:
        node = self._primary()
        while True:
            if self._accept("operator", "."):
                node = ("path", node, self._take("name", also="keyword").text)
            elif self._is("operator", "[") and self._peek(1).text not in _AFTER_AN_INTERVAL:
                self._at += 1
                node = ("filter", node, self._expression())
                self._take("operator", "]")
            elif self._is("operator", "("):
                node = self._call(node)
            else:
                return node

    def _call(self, function: Node) -> Node:
        position = self._take("operator", "(").position
        arguments: list[tuple[str | None, Node]] = []
        while not self._is("operator", ")"):
            name = None
            if self._now.kind == "name" and self._peek(1).text == ":" and self._peek(1).kind == "operator":
                name = self._next().text
                self._at += 1
            arguments.append((name, self._expression()))
            if not self._accept("operator", ","):
                break
        self._take("operator", ")")
        return ("call", function, tuple(arguments), position)

    # -- the tightest -------------------------------------------------------------------------------------------------

    def _primary(self) -> Node:
        token = self._next()
        if token.kind in ("number", "string", "at"):
            return (token.kind, token.text)
        if token.kind == "name":
            return ("name", token.text, token.position)
        if token.kind == "keyword" and token.text in ("true", "false", "null"):
            return ("constant", {"true": True, "false": False, "null": None}[token.text])
        if token.kind == "keyword" and token.text == "not":
            return ("name", "not", token.position)
        if token.kind == "operator":
            if token.text == "{":
                return self._context()
            if token.text in ("[", "(", "]"):
                return self._bracket(token)
            if token.text in ("<", "<=", ">", ">="):
                return self._open_range(token.text)
        raise FeelError(f"'{token.text or 'het einde'}' hoort hier niet", token.position, "een waarde, naam of haakje")

    def _context(self) -> Node:
        entries: list[tuple[str, Node]] = []
        while not self._is("operator", "}"):
            key = self._next()
            if key.kind not in ("name", "string", "keyword"):
                raise FeelError(f"'{key.text}' kan geen naam zijn", key.position, "een naam of tekst")
            self._take("operator", ":")
            entries.append((key.text, self._expression()))
            if not self._accept("operator", ","):
                break
        self._take("operator", "}")
        return ("context", tuple(entries))

    def _bracket(self, opening: Token) -> Node:
        """A list, a parenthesised expression, or an interval."""
        if opening.text == "[" and self._accept("operator", "]"):
            return ("list", ())
        first = self._expression()
        if self._accept("operator", ".."):
            last = self._expression()
            closing = self._next()
            if closing.text not in (")", "]", "["):
                raise FeelError("Dit interval wordt niet gesloten", closing.position, ") of ]")
            return ("range", opening.text == "[", first, last, closing.text == "]")
        if opening.text == "]":
            raise FeelError("']' hoort hier niet", opening.position)
        if opening.text == "(":
            self._take("operator", ")")
            return first
        items = [first]
        while self._accept("operator", ","):
            items.append(self._expression())
        self._take("operator", "]")
        return ("list", tuple(items))

    def _open_range(self, operator: str) -> Node:
        """`(< 5)` as a value: an interval with one end."""
        end = self._additive()
        if operator in ("<", "<="):
            return ("range", False, ("constant", None), end, operator == "<=")
        return ("range", operator == ">=", end, ("constant", None), False)

    def _type(self) -> str:
        """A type name; the parts between < > are read and kept as text."""
        words = []
        while self._now.kind in ("name", "keyword") and self._now.text not in (
            "and",
            "or",
            "then",
            "else",
            "return",
            "satisfies",
        ):
            words.append(self._next().text)
            if self._now.text == "and" and words == ["date"]:
                words.append(self._next().text)
            if self._now.text == "and" and words[-1] in ("days", "years"):
                words.append(self._next().text)
        if self._accept("operator", "<"):
            while not self._accept("operator", ">"):
                self._next()
        if not words:
            raise FeelError("Hier hoort een type", self._now.position, "bijvoorbeeld number of date")
        return " ".join(words)

    # -- tokens -------------------------------------------------------------------------------------------------------

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _peek(self, ahead: int) -> Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._now
        if token.kind == "end":
            raise FeelError("De uitdrukking houdt te vroeg op", token.position)
        self._at += 1
        return token

    def _is(self, kind: str, text: str) -> bool:
        return self._now.kind == kind and self._now.text == text

    def _accept(self, kind: str, text: str) -> bool:
        if self._is(kind, text):
            self._at += 1
            return True
        return False

    def _take(self, kind: str, text: str | None = None, also: str | None = None) -> Token:
        token = self._now
        if token.kind not in (kind, also) or (text is not None and token.text != text):
            shown = token.text or "het einde"
            raise FeelError(f"'{shown}' hoort hier niet", token.position, text or "een naam")
        self._at += 1
        return token

    def _end(self) -> None:
        if self._now.kind != "end":
            raise FeelError(f"'{self._now.text}' hoort hier niet", self._now.position, "het einde")
