"""Boxed expressions (DMN 1.5, 10.2): everything a decision's logic can be, tables apart. Each is made once and shared by all threads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import feel
from engine.dmn.evaluation import Evaluation, Logic, Names
from engine.dmn.types import ANY, Type, converted
from feel.values import Function

_ITEMS = feel.compile("for each in domain return each")  # what an iteration goes over is FEEL's own business
_SOME = feel.compile("some each in answers satisfies each")
_EVERY = feel.compile("every each in answers satisfies each")


@dataclass(frozen=True)
class Broken:
    """Logic that cannot be read: a file with it is refused; a kit's file goes on without it."""

    sentence: str

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """Null, and the reason."""
        run.fail(self.sentence)
        return None


@dataclass(frozen=True)
class Typed:
    """Logic whose result must be of a type."""

    logic: Logic
    wanted: Type
    what: str

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """The result as the type wants it, else null."""
        return run.fitted(self.logic.evaluate(names, run), self.wanted, self.what)


@dataclass(frozen=True)
class Literal:
    """A FEEL text."""

    code: feel.Expression

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """The value of the text."""
        return run.ask(self.code, names)


@dataclass(frozen=True)
class Entries:
    """A boxed context; with a result entry the context is only its workings."""

    entries: tuple[tuple[str, Logic], ...]
    result: Logic | None = None

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """Each entry sees those before it."""
        seen, found = dict(names), dict[str, Any]()
        for name, logic in self.entries:
            found[name] = seen[name] = logic.evaluate(seen, run)
        return found if self.result is None else self.result.evaluate(seen, run)


@dataclass(frozen=True)
class Items:
    """A boxed list."""

    items: tuple[Logic, ...]

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """The values in order."""
        return [item.evaluate(names, run) for item in self.items]


@dataclass(frozen=True)
class Relation:
    """A list of contexts written as a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Logic, ...], ...]

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """One context a row."""
        return [
            {column: cell.evaluate(names, run) for column, cell in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]


@dataclass(frozen=True)
class Parameter:
    """A formal parameter."""

    name: str
    wanted: Type = ANY


@dataclass(frozen=True)
class Definition:
    """A function: of a boxed function definition, or the logic of a business knowledge model."""

    parameters: tuple[Parameter, ...]
    body: Logic
    result: Type = ANY
    what: str = "Het antwoord"

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """The function itself; it keeps the names it was made among."""
        names = dict(names)
        return Function(
            tuple(parameter.name for parameter in self.parameters), lambda *given: self.call(given, names, run)
        )

    def call(self, given: tuple[Any, ...], names: Names, run: Evaluation) -> Any:
        """The answer for these arguments; when one does not fit, the function is never entered."""
        if len(given) != len(self.parameters):
            run.fail(f"Een functie vraagt {len(self.parameters)} waarden en krijgt er {len(given)}.")
            return None
        inner = dict(names)
        for parameter, value in zip(self.parameters, given, strict=True):
            inner[parameter.name], fits = converted(value, parameter.wanted)
            if not fits:
                run.fail(f"De waarde van '{parameter.name}' past niet bij het type '{parameter.wanted.name}'.")
                return None
        with run.deeper():
            return run.fitted(self.body.evaluate(inner, run), self.result, self.what)


@dataclass(frozen=True)
class Invocation:
    """A function called with its arguments by name."""

    called: Logic
    bindings: Mapping[str, Logic]
    text: str

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """The answer of the function; null when there is none of that name or with these parameters."""
        function = self.called.evaluate(names, run)
        if not isinstance(function, Function):
            run.fail(f"'{self.text}' is geen functie.")
            return None
        parameters = [name.lstrip("*") for name in function.parameters]
        unknown = [name for name in self.bindings if name not in parameters]
        if unknown:
            run.fail(f"De functie '{self.text}' kent '{unknown[0]}' niet.")
            return None
        given = {name: logic.evaluate(names, run) for name, logic in self.bindings.items()}
        return function.call(*(given.get(name) for name in parameters))


@dataclass(frozen=True)
class Conditional:
    """If, then, else."""

    condition: Logic
    then: Logic
    otherwise: Logic

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """Only the branch that counts is evaluated."""
        return (self.then if self.condition.evaluate(names, run) is True else self.otherwise).evaluate(names, run)


@dataclass(frozen=True)
class Filter:
    """The items of a list that match; each test must be true or false."""

    source: Logic
    match: Logic

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """A list, or null when the source is no list or a test neither true nor false."""
        items = self.source.evaluate(names, run)
        if not isinstance(items, list):
            run.fail("Alleen een lijst kan gefilterd worden.")
            return None
        kept = []
        for item in items:
            own = item if isinstance(item, dict) else {}
            answer = self.match.evaluate({**names, **own, "item": item}, run)
            if not isinstance(answer, bool):
                run.fail("De voorwaarde van een filter moet waar of onwaar zijn.")
                return None
            if answer:
                kept.append(item)
        return kept


@dataclass(frozen=True)
class Iteration:
    """`for`, `some` or `every`, boxed."""

    kind: str
    variable: str
    source: Logic
    body: Logic

    def evaluate(self, names: Names, run: Evaluation) -> Any:
        """The answers in order for `for`; for the others whether some or every answer is true."""
        domain = self.source.evaluate(names, run)
        items = run.ask(_ITEMS, {"domain": domain})
        if not isinstance(items, list):
            run.fail("Alleen een lijst of een bereik kan doorlopen worden.")
            return None
        found: list[Any] = []
        for item in items:
            run.charge(len(found) // 50)
            more = {self.variable: item, "partial": list(found)} if self.kind == "for" else {self.variable: item}
            found.append(self.body.evaluate({**names, **more}, run))
        if self.kind == "for":
            return found
        if any(not isinstance(answer, bool | None) for answer in found):
            run.fail(f"De voorwaarde van '{self.kind}' moet waar of onwaar zijn.")
            return None
        return run.ask(_SOME if self.kind == "some" else _EVERY, {"answers": found})
