"""Reading tokens with the names in scope: the scanner needs to know them to see where a name of several words ends."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from feel.errors import FeelError
from feel.lexer import Scanner, Token, needs_scope
from feel.types import Type

COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
_AFTER_AN_INTERVAL = ("", ".", ")", "]", "}", ",", "and", "or", "then", "else", "return", "satisfies", "in", "between")


def ends_an_interval(token: Token) -> bool:
    """Whether the `[` before this token closes an interval, as in `]1..3[`, and does not open a filter."""
    return token.kind in ("operator", "keyword", "end") and token.text in _AFTER_AN_INTERVAL


class Cursor:
    """Where reading is in the text, and which names are known there."""

    def __init__(
        self,
        text: str,
        names: Iterable[str] = (),
        built_in: Iterable[str] = (),
        parts: Iterable[str] = (),
        types: Mapping[str, Type] | None = None,
    ) -> None:
        self.types = types or {}
        self._lists: dict[int, bool] = {}  # of brackets looked into: whether they hold several tests
        self._scanner = Scanner(text)
        given = {name for name in names if needs_scope(name)}
        self._known = frozenset(name for name in built_in if needs_scope(name)) | given
        # After a dot: parts of values, and entries of contexts, of which the text shows some.
        self._members = frozenset(part for part in parts if needs_scope(part)) | given
        self.now = self._scanner.token(0, self._known)

    # -- scope --------------------------------------------------------------------------------------------------------

    @contextmanager
    def scope(self, *names: str) -> Iterator[None]:
        """Names known for a while."""
        before = self._known
        for name in names:
            self.learn(name)
        if self._known != before:
            self.move_to(self.now.position)  # what comes next may be one of them
        yield
        self._known = before

    def learn(self, name: str) -> None:
        """From here to the end of its scope, a name is known."""
        if needs_scope(name):
            self._known |= {name}
            self._members |= {name}

    # -- tokens -------------------------------------------------------------------------------------------------------

    def next(self) -> Token:
        """The token here; reading goes on after it. Raises FeelError at the end."""
        token = self.now
        if token.kind == "end":
            raise FeelError("De uitdrukking houdt te vroeg op", token.position)
        self.now = self._scanner.token(token.end, self._known)
        return token

    def peek(self) -> Token:
        """The token after the one here."""
        return self._scanner.token(self.now.end, self._known)

    def move_to(self, position: int) -> None:
        """Read again from a position."""
        self.now = self._scanner.token(position, self._known)

    def sees(self, text: str) -> bool:
        """True when this operator or keyword is here."""
        return self.now.text == text and (self.now.kind in ("operator", "keyword") or text == "not")

    def accept(self, text: str) -> bool:
        """Take it when it is here."""
        if self.sees(text):
            self.next()
            return True
        return False

    def take(self, text: str) -> Token:
        """Take it. Raises FeelError when something else is here."""
        if not self.sees(text):
            raise FeelError(f"'{self.now.text or 'het einde'}' hoort hier niet", self.now.position, text)
        return self.next()

    def end(self) -> None:
        """Nothing more may follow. Raises FeelError."""
        if self.now.kind != "end":
            raise FeelError(f"'{self.now.text}' hoort hier niet", self.now.position, "het einde")

    def lists_tests(self) -> bool:
        """True at `(` when it holds several tests, or one like `< 5`; not at `(1..5]` or `([1, 2])`.

        Looks ahead only: trying and reading again would double the work at each level.
        """
        token = self.peek()
        if token.kind == "operator" and token.text in COMPARISONS:
            return True
        if self.now.position not in self._lists:
            self._look_ahead(token)
        return self._lists.get(self.now.position, False)

    def _look_ahead(self, token: Token) -> None:
        """Find out for the bracket here, and for those inside it, whether a comma stands right within."""
        open_brackets, before = [self.now.position], "("
        while open_brackets and token.kind != "end":
            sign = token.text if token.kind in ("operator", "keyword") else ""
            following = self._scanner.token(token.end, self._known)
            if sign == ",":
                self._lists[open_brackets[-1]] = True
                if len(open_brackets) == 1:
                    return
            a_value_comes = before not in ("", ")", "]", "}", "true", "false", "null")
            opens = sign in ("(", "{")
            opens = opens or (sign == "[" and (a_value_comes or not ends_an_interval(following)))
            opens = opens or (sign == "]" and a_value_comes and before != "[")  # `]1..3[`
            closes = not opens and sign in (")", "}", "[", "]")
            if opens:
                open_brackets.append(token.position)
            elif closes:
                self._lists.setdefault(open_brackets.pop(), False)
            before, token = "]" if closes else sign, following
        for position in open_brackets:
            self._lists.setdefault(position, False)

    # -- names --------------------------------------------------------------------------------------------------------

    def take_name(self) -> Token:
        """A name. Raises FeelError."""
        if self.now.kind != "name":
            raise FeelError(f"'{self.now.text or 'het einde'}' hoort hier niet", self.now.position, "een naam")
        return self.next()

    def take_key(self) -> Token:
        """The name of an entry: a text, or a word that is otherwise the language's. Raises FeelError."""
        if self.now.kind not in ("string", "keyword", "name"):
            shown = self.now.text or "het einde"
            raise FeelError(f"'{shown}' kan geen naam zijn", self.now.position, "een naam of tekst")
        return self.next()

    def given(self, before: str) -> Token | None:
        """A name that is being given here, of one or more words; None when there is none."""
        if self.now.kind not in ("name", "keyword"):
            return None
        token = self._scanner.given_name(self.now.position, before)
        if token is not None:
            self.now = self._scanner.token(token.end, self._known)
        return token

    def names_an_argument(self) -> bool:
        """True at `name:`; nothing else that begins with a name has a colon behind it."""
        return self._scanner.given_name(self.now.position, ":") is not None and self.now.kind in ("name", "keyword")

    def member(self) -> str:
        """The name after a dot, where every word fits: of a part, an entry, or words in a row, which can be nothing else."""
        dot = self.now
        token = self._scanner.token(dot.end, self._members)
        if token.kind not in ("name", "keyword"):
            raise FeelError(f"'{token.text or 'het einde'}' hoort hier niet", token.position, "een naam")
        words = [token.text]
        self.now = self._scanner.token(token.end, self._known)
        while self.now.kind == "name" and token.kind == "name":
            words.append(self.now.text)
            self.now = self._scanner.token(self.now.end, self._known)
        return " ".join(words)
