"""A sandbox that can be put back as it stood, so that another way is tried from there. It counts the flows and rows of decisions that were taken."""

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.delivering import Sent
from engine.sandbox import Sandbox, Transitioned
from engine.step import HandlerEntry, OpenedUserTask, Step
from engine.travelling import TravellingClock


@dataclass(frozen=True)
class Picture:
    """All there is in a sandbox: its database, packed; the hour; what happened; what is on the worklist."""

    image: bytes
    at: datetime
    history: tuple[Transitioned, ...]
    worklist: Mapping[str, tuple[int, OpenedUserTask]]
    passed: tuple[Sent, ...]


class Returning(Sandbox):
    """What is published stays: only what came of it is put back."""

    def __init__(self, handlers: Mapping[str, HandlerEntry]) -> None:
        super().__init__(handlers=handlers)
        # Never put back: they tell what is new, and where walks passed.
        self.flows, self.rows = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        self.reached = Counter[tuple[str, str]]()  # elements, by their diagram

    def picture(self) -> Picture:
        """As it stands now."""
        image = zlib.compress(self._connection().serialize(), 1)
        return Picture(image, self.clock.now(), tuple(self._history), dict(self._worklist), tuple(self._passed))

    def put_back(self, picture: Picture) -> None:
        """As it stood then; what came later never was."""
        self._connection().deserialize(zlib.decompress(picture.image))
        self.clock = TravellingClock(picture.at)
        self.engine.clock = self.clock
        self._history, self._passed = list(picture.history), list(picture.passed)
        self._worklist = dict(picture.worklist)

    def _connection(self) -> Any:
        with self.database.engine.connect() as connection:
            return connection.connection.driver_connection

    def _keep(self, step: Step) -> None:
        super()._keep(step)
        completed = [each for each in step.transitions if each.transition == "completed"]
        self.flows.update((each.definition[0], each.flow) for each in completed if each.flow)
        self.reached.update((each.definition[0], each.element_id) for each in completed)
        self.rows.update((decision, rule) for each in step.decisions for decision, rule, *_ in each.matched)

    @property
    def known(self) -> int:
        """How many flows and rows were taken at least once."""
        return len(self.flows) + len(self.rows)
