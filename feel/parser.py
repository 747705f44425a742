"""Text to a syntax tree (DMN 1.5, 10.3.1.2, grammar rules 1-66), by recursive descent with bounded depth."""

from feel.cursor import COMPARISONS, Cursor, ends_an_interval
from feel.errors import FeelError
from feel.tree import (
    AnyInput,
    Arithmetic,
    At,
    Between,
    Call,
    Comparison,
    Constant,
    Context,
    Filter,
    For,
    ForIn,
    FunctionDefinition,
    If,
    In,
    InputComparison,
    InputIs,
    InstanceOf,
    Interval,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
    Number,
    Path,
    Quantified,
    Tests,
    Text,
)
from feel.type_parser import read_type
from feel.types import Type

DEEPEST = 40  # one level takes up to seven calls, and Python allows a thousand
_CONSTANTS = {"true": True, "false": False, "null": None}
# From loose to tight; comparisons, between, in and instance of lie between `and` and `+`.
_TIGHTNESS = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_COMPARING = 3


class Parser(Cursor):
    """One text, read once."""

    _depth = 0

    # -- entry points -------------------------------------------------------------------------------------------------

    def expression(self) -> Node:
        """The whole text as one expression. Raises FeelError."""
        self._not_empty()
        node = self._expression()
        self.end()
        return node

    def unary_tests(self) -> Node:
        """`-`, `not(...)`, or a list of tests of the input value `?`. Raises FeelError."""
        self._not_empty()
        here = self.now.position
        if self.sees("-") and self.peek().kind == "end":
            self.next()
            return AnyInput(position=here)
        if self.sees("not") and self.peek().text == "(":
            mark = self.mark()
            self.next()
            self.next()
            inner = self._tests()
            self.take(")")
            if self.now.kind == "end":
                return Tests(inner, negated=True, position=here)
            self.back(mark)  # `not(a) and b` is a condition
        inner = self._tests()
        self.end()
        return Tests(inner, position=here)

    def _not_empty(self) -> None:
        if self.now.kind == "end":
            raise FeelError("Hier staat geen uitdrukking", 0, "een waarde, naam of haakje")

    def _tests(self) -> tuple[Node, ...]:
        found = [self._test()]
        while self.accept(","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> Node:
        here = self.now.position
        if self.now.kind == "operator" and self.now.text in COMPARISONS:
            return InputComparison(self.next().text, self._binary(_COMPARING + 1), position=here)
        return InputIs(self._expression(), position=here)

    # -- from loose to tight ------------------------------------------------------------------------------------------

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FeelError(f"De uitdrukking is dieper genest dan {DEEPEST} niveaus", self.now.position)
        node = self._binary(1)
        self._depth -= 1
        return node

    def _binary(self, loosest: int) -> Node:
        node = self._negation()
        while True:
            word = self.now.text if self.now.kind in ("operator", "keyword") else ""
            tightness = _TIGHTNESS.get(word)
            if tightness is not None and tightness >= loosest:
                self.next()
                right = self._binary(tightness + 1)
                made = Junction if tightness < _COMPARING else Arithmetic
                node = made(word, node, right, position=node.position)
            elif loosest <= _COMPARING and word in (*COMPARISONS, "between", "in", "instance"):
                node = self._comparison(node)
            else:
                return node

    def _comparison(self, left: Node) -> Node:
        word, here = self.next().text, left.position
        if word == "between":
            low = self._binary(_COMPARING + 1)
            self.take("and")
            return Between(left, low, self._binary(_COMPARING + 1), position=here)
        if word == "in":
            return In(left, self._in_tests(), position=here)
        if word == "instance":
            self.take("of")
            return InstanceOf(left, read_type(self), position=here)
        return Comparison(word, left, self._binary(_COMPARING + 1), position=here)

    def _in_tests(self) -> tuple[Node, ...]:
        if self.now.kind == "operator" and self.now.text in COMPARISONS:
            return (self._test(),)
        if self.sees("(") and self.lists_tests():
            self.next()
            found = self._tests()
            self.take(")")
            return found
        here = self.now.position
        return (InputIs(self._binary(_COMPARING + 1), position=here),)

    def mark(self) -> tuple[int, int]:
        """Where reading is, to come back to."""
        return self.now.position, self._depth

    def back(self, mark: tuple[int, int]) -> None:
        """Read again from a mark."""
        self.move_to(mark[0])
        self._depth = mark[1]

    def _negation(self) -> Node:
        signs = []
        while self.sees("-"):
            signs.append(self.next().position)
        node = self._postfix()
        for position in reversed(signs):
            node = Negate(node, position=position)
        return node

    def _postfix(self) -> Node:
        node = self._primary()
        while True:
            if self.sees("."):
                node = Path(node, self.member(), position=node.position)
            elif self.sees("[") and not ends_an_interval(self.peek()):
                self.next()
                with self.scope("item"):
                    condition = self._expression()
                self.take("]")
                node = Filter(node, condition, position=node.position)
            elif self.sees("("):
                node = Call(node, self._arguments(), position=node.position)
            else:
                return node

    def _arguments(self) -> tuple[tuple[str | None, Node], ...]:
        self.take("(")
        arguments: list[tuple[str | None, Node]] = []
        while not self.sees(")"):
            here = self.now.position
            name = self.given(":") if self.names_an_argument() else None
            if name is not None:
                self.take(":")
            if arguments and (name is None) != (arguments[0][0] is None):
                raise FeelError("Noem alle waarden bij naam, of geen enkele", here)
            arguments.append((name.text if name else None, self._expression()))
            if not self.accept(","):
                break
        self.take(")")
        return tuple(arguments)

    # -- the tightest -------------------------------------------------------------------------------------------------

    def _primary(self) -> Node:
        token = self.now
        here = token.position
        if token.kind == "number":
            return Number(self.next().text, position=here)
        if token.kind == "string":
            return Text(self.next().text, position=here)
        if token.kind == "at":
            return At(self.next().text, position=here)
        if token.kind == "name" or self.sees("not"):
            return Name(self.next().text, position=here)
        if token.kind == "keyword" and token.text in _CONSTANTS:
            return Constant(_CONSTANTS[self.next().text], position=here)
        reader = {
            "if": self._if,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._function,
            "{": self._context,
            "[": self._bracket,
            "(": self._bracket,
            "]": self._bracket,
        }.get(token.text)
        if reader is not None and token.kind in ("keyword", "operator"):
            return reader(here)
        raise FeelError(f"'{token.text or 'het einde'}' hoort hier niet", here, "een waarde, naam of haakje")

    def _if(self, here: int) -> Node:
        self.next()
        condition = self._expression()
        self.take("then")
        then = self._expression()
        self.take("else")
        return If(condition, then, self._expression(), position=here)

    def _iterators(self) -> tuple[ForIn, ...]:
        found = []
        while True:
            here = self.now.position
            name = self.given("in") or self.take_name()
            self.take("in")
            domain = self._binary(1)
            end = self._binary(1) if self.accept("..") else None
            self.learn(name.text)
            found.append(ForIn(name.text, domain, end, position=here))
            if not self.accept(","):
                return tuple(found)

    def _for(self, here: int) -> Node:
        self.next()
        with self.scope("partial"):
            iterators = self._iterators()
            self.take("return")
            return For(iterators, self._expression(), position=here)

    def _quantified(self, here: int) -> Node:
        which = self.next().text
        with self.scope():
            iterators = self._iterators()
            self.take("satisfies")
            return Quantified(which, iterators, self._expression(), position=here)

    def _function(self, here: int) -> Node:
        self.next()
        self.take("(")
        parameters: list[tuple[str, Type | None]] = []
        while not self.sees(")"):
            name = self.given(",") or self.take_name()
            parameters.append((name.text, read_type(self) if self.accept(":") else None))
            if not self.accept(","):
                break
        self.take(")")
        if self.now.kind == "name" and self.now.text == "external" and self.peek().text == "{":
            raise FeelError("Een functie van buiten FEEL wordt niet uitgevoerd", self.now.position, "een uitdrukking")
        if len({name for name, _ in parameters}) < len(parameters):
            raise FeelError("Elke parameter heeft een eigen naam nodig", here)
        with self.scope(*(name for name, _ in parameters)):
            return FunctionDefinition(tuple(parameters), self._expression(), position=here)

    def _context(self, here: int) -> Node:
        self.take("{")
        entries: list[tuple[str, Node]] = []
        with self.scope():
            while not self.sees("}"):
                key = self.given(":") or self.take_key()
                self.take(":")
                if any(key.text == name for name, _ in entries):
                    raise FeelError(f"'{key.text}' staat hier twee keer", key.position, "een andere naam")
                self.learn(key.text)
                entries.append((key.text, self._expression()))
                if not self.accept(","):
                    break
        self.take("}")
        return Context(tuple(entries), position=here)

    def _bracket(self, here: int) -> Node:
        """A list, a parenthesised expression, or an interval."""
        opening = self.next().text
        if opening == "[" and self.accept("]"):
            return ListOf((), position=here)
        if opening == "(" and self.now.kind == "operator" and self.now.text in COMPARISONS:
            return self._one_sided(here)
        first = self._expression()
        if self.accept(".."):
            last = self._expression()
            closing = self.next()
            if closing.text not in (")", "]", "[") or closing.kind != "operator":
                raise FeelError("Dit interval wordt niet gesloten", closing.position, ") of ]")
            return Interval(opening == "[", first, last, closing.text == "]", position=here)
        if opening == "]":
            raise FeelError("']' hoort hier niet", here)
        if opening == "(":
            self.take(")")
            return first
        items = [first]
        while self.accept(","):
            items.append(self._expression())
        self.take("]")
        return ListOf(tuple(items), position=here)

    def _one_sided(self, here: int) -> Node:
        """`(< 5)` as a value: an interval with one end."""
        operator = self.next().text
        end = self._binary(_COMPARING + 1)
        self.take(")")
        if operator == "=":
            return Interval(True, end, end, True, position=here)
        if operator == "!=":
            raise FeelError("'!=' is geen interval", here, "<, <=, > of >=")
        if operator in ("<", "<="):
            return Interval(False, None, end, operator == "<=", position=here)
        return Interval(operator == ">=", end, None, False, position=here)
