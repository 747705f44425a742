"""What one evaluation carries along, and what it may cost: an expression ends within a fifth of a second, whoever wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feel.errors import FeelError

STEPS = 20_000
INPUT = "?"
_SIZED = (str, list, dict)


@dataclass
class Frame:
    """What one evaluation carries along."""

    variables: Mapping[str, Any]
    now: datetime
    warnings: list[str] = field(default_factory=list)
    steps: list[int] = field(default_factory=lambda: [STEPS])

    def inner(self, more: Mapping[str, Any]) -> "Frame":
        self.charge(len(self.variables) // 64)
        return Frame({**self.variables, **more}, self.now, self.warnings, self.steps)

    def warn(self, sentence: str) -> None:
        if len(self.warnings) < 50:
            self.warnings.append(sentence)

    def charge(self, steps: int) -> None:
        """Every piece of work costs; an expression that would go on too long ends here. Raises FeelError."""
        self.steps[0] -= steps
        if self.steps[0] < 0:
            raise FeelError(f"De uitdrukking vraagt meer dan {STEPS} stappen. Maak ze eenvoudiger")

    def step(self) -> None:
        self.charge(1)

    def weigh(self, *values: Any) -> None:
        """Charge for the size of lists, contexts and long texts, shared parts counted each time they show."""
        todo, left = [value for value in values if isinstance(value, _SIZED)], self.steps[0]
        while todo and left >= 0:
            here = todo.pop()
            left -= len(here) // 50 if isinstance(here, str) else len(here)
            if not isinstance(here, str):
                parts = here.values() if isinstance(here, dict) else here
                todo += [part for part in parts if isinstance(part, _SIZED)]
        self.charge(self.steps[0] - left)


_SIZED = (str, list, dict)
