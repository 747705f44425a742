"""What one evaluation carries along, and what it may cost: an expression ends within a tenth of a second, whoever wrote it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from feel.errors import FeelError

STEPS = 20_000
LONGEST_LIST = 10_000
MOST_WARNINGS = 50
INPUT = "?"
MISSING: Any = object()
_SIZED = (str, list, dict)


class Run:
    """One evaluation: steps left, warnings, and the present. Made for each, so it starts with no attribute of its own."""

    left: int = STEPS
    moment: datetime | None = None
    told: list[str] | None = None

    @property
    def spent(self) -> int:
        """Steps done so far."""
        return STEPS - self.left

    @property
    def now(self) -> datetime:
        """What now() answers, the same all through the evaluation."""
        if self.moment is None:
            self.moment = datetime.now(UTC)
        return self.moment

    def warn(self, sentence: str) -> None:
        """Say why something is null."""
        if self.told is None:
            self.told = []
        if len(self.told) < MOST_WARNINGS and sentence not in self.told:
            self.told.append(sentence)

    def charge(self, steps: int) -> None:
        """Every piece of work costs; an expression that would go on too long ends here. Raises FeelError."""
        self.left -= steps
        if self.left < 0:
            raise FeelError(f"De uitdrukking vraagt meer dan {STEPS} stappen. Maak ze eenvoudiger")

    def weigh(self, *values: Any) -> None:
        """Charge for the size of lists, contexts and long texts, shared parts counted each time they show."""
        todo, left = [value for value in values if isinstance(value, _SIZED)], self.left
        while todo and left >= 0:
            here = todo.pop()
            left -= len(here) // 50 if isinstance(here, str) else len(here)
            if not isinstance(here, str):
                parts = here.values() if isinstance(here, dict) else here
                todo += [part for part in parts if isinstance(part, _SIZED)]
        self.charge(self.left - left)


class Layer(dict[str, Any]):
    """A scope inside another: its own names first. What is in neither is a KeyError."""

    __slots__ = ("outer",)

    def __init__(self, own: Mapping[str, Any], outer: Mapping[str, Any]) -> None:
        super().__init__(own)
        self.outer = outer

    def __missing__(self, name: str) -> Any:
        return self.outer[name]

    def get(self, name: str, default: Any = None) -> Any:
        """As of any mapping: the outer scope counts."""
        return super().get(name, MISSING) if name in self else self.outer.get(name, default)


class ItemScope(Mapping[str, Any]):
    """The scope of a filter: `item`, then the entries of the item when it is a context, then what is around it."""

    __slots__ = ("_item", "_outer")

    def __init__(self, item: Any, outer: Mapping[str, Any]) -> None:
        self._item = item
        self._outer = outer

    def __getitem__(self, name: str) -> Any:
        item = self._item
        if isinstance(item, dict) and name in item:
            return item[name]
        return item if name == "item" else self._outer[name]

    def get(self, name: str, default: Any = None) -> Any:
        """As of any mapping: the outer scope counts."""
        item = self._item
        if isinstance(item, dict) and name in item:
            return item[name]
        return item if name == "item" else self._outer.get(name, default)

    def __iter__(self) -> Iterator[str]:
        yield from {**self._outer, "item": self._item}

    def __len__(self) -> int:
        return sum(1 for _ in self)
