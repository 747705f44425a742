"""One evaluation of a model: its instant, what it may still cost, and everything it has to explain afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import feel
from engine.dmn.types import ANY, Type, converted

STEPS = 200_000  # boxed expressions and table rows looked at; a model of the office needs some hundreds
DEEPEST = 40  # functions of the model calling each other; each takes some twenty calls of Python's thousand
MOST_WARNINGS = 50
Names = Mapping[str, Any]


class TooMuchWork(Exception):
    """Deze beslissing vraagt te veel werk."""


@dataclass
class Taken:
    """One decision as it was taken: what went into its columns, which rows (table, id, number from 1, notes) fired, what came out."""

    decision: str
    inputs: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[str, str, int, tuple[str, ...]]] = field(default_factory=list)
    value: Any = None


class Logic(Protocol):
    """A boxed expression: names in, a value out; what goes wrong is told to the evaluation and gives null."""

    def evaluate(self, names: Names, run: "Evaluation") -> Any: ...


class Evaluation:
    """Carries what one evaluation learns. Nothing here outlives it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.taken: list[Taken] = []
        self.warnings: list[str] = []
        self.failures: list[str] = []
        self.unanswered: list[str] = []
        self._left = STEPS
        self._depth = 0
        self._open: list[Taken] = []

    # -- cost -----------------------------------------------------------------------------------------------------

    def charge(self, steps: int = 1) -> None:
        """Every piece of work costs. Raises TooMuchWork when the evaluation would go on too long."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchWork(f"De beslissing vraagt meer dan {STEPS} stappen. Maak ze eenvoudiger.")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Inside a function of the model. Raises TooMuchWork when functions keep calling each other."""
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                raise TooMuchWork(f"De functies van deze beslissing roepen elkaar meer dan {DEEPEST} keer diep aan.")
            yield
        finally:
            self._depth -= 1

    # -- explanation ----------------------------------------------------------------------------------------------

    @contextmanager
    def taking(self, decision: str) -> Iterator[Taken]:
        """Everything said inside belongs to this decision."""
        taken = Taken(decision)
        self._open.append(taken)
        try:
            yield taken
        finally:
            self._open.pop()
            self.taken.append(taken)

    @property
    def current(self) -> Taken | None:
        """The decision being taken now."""
        return self._open[-1] if self._open else None

    def warn(self, sentence: str) -> None:
        """Something that made a value null, worth telling but no reason to stop."""
        if len(self.warnings) < MOST_WARNINGS and sentence not in self.warnings:
            self.warnings.append(sentence)

    def fail(self, sentence: str) -> None:
        """Something that makes the answer untrustworthy: the standard's null, and for a case an incident."""
        if len(self.failures) < MOST_WARNINGS and sentence not in self.failures:
            self.failures.append(sentence)

    # -- values ---------------------------------------------------------------------------------------------------

    def ask(self, code: feel.Expression, names: Names) -> Any:
        """The value of a FEEL expression; its warnings are kept, its limits fail the decision."""
        run = self._begin()
        try:
            value = code.evaluate_within(names, run)
        except feel.FeelError as problem:
            self.fail(f"'{code.text}' kan niet berekend worden: {problem}.")
            return None
        finally:
            self.charge(run.spent)
        for warning in run.told or ():
            self.warn(warning)
        return value

    def _begin(self) -> feel.Run:
        """What a text does is part of what the whole may cost: functions of the model call each other out of texts."""
        self.charge()
        run = feel.Run()
        run.moment = self.now
        return run

    def matches(self, test: feel.UnaryTests, value: Any, names: Names) -> bool:
        """Whether a value passes the tests of a cell."""
        run = self._begin()
        try:
            passes = test.matches_within(value, names, run)
        except feel.FeelError as problem:
            self.fail(f"De cel '{test.text}' kan niet berekend worden: {problem}.")
            return False
        finally:
            self.charge(run.spent)
        told = run.told if value is not None else None  # a cell that is asked about nothing has nothing to say
        for warning in told or ():
            self.warn(f"in de cel '{test.text}': {warning}")
        return passes

    def fitted(self, value: Any, wanted: Type, what: str) -> Any:
        """The value as its type wants it, or null with the reason."""
        if wanted is ANY:
            return value
        result, fits = converted(value, wanted)
        if not fits:
            self.fail(f"{what} past niet bij het type '{wanted.name}'.")
        return result
