"""Where walks stood, so that later walks go on from there, rather from near an end nobody saw."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import inf
from random import Random

from tests.properties.pictures import Picture

Place = tuple[str, str, str]  # the diagram that was begun, an element that waits, and what it waits for

RENEWED = 0.2
MOST = 6  # of one place: what was answered on the way there may rule out an end


@dataclass(frozen=True)
class Stand:
    """Where a walk stood: the process it began, its instance, what was done until then, what is active, and all of it to go on from."""

    process: str
    instance: int
    path: tuple[str, ...]
    active: frozenset[str]
    picture: Picture


class Trails:
    """For each element that waited, some ways that walks came there."""

    def __init__(self, pick: Random) -> None:
        self._pick = pick
        self._found: dict[Place, list[Stand]] = {}
        self._followed = Counter[Place]()

    def wants(self, place: Place, is_new: bool) -> bool:
        """Whether another way to this place is worth keeping: the first, one that took what none took before, and now and then any."""
        return is_new or place not in self._found or self._pick.random() < RENEWED

    def keep(self, places: Collection[Place], stand: Stand) -> None:
        """What waits there now."""
        for place in places:
            known = self._found.setdefault(place, [])
            if len(known) == MOST:
                known.pop(self._pick.randrange(MOST))
            known.append(stand)

    def towards(self, to_go: Callable[[str, Collection[str], str], float]) -> tuple[Place, Stand] | None:
        """A place near one of the ends, and a way there: the nearer the likelier, and less so when walks went on from there often."""
        stands = [(place, self._pick.choice(known)) for place, known in self._found.items()]
        steps = [to_go(stand.process, stand.active, place[1]) for place, stand in stands]
        if not stands or min(steps) == inf:
            return None
        weights = [
            1 / ((1 + far) ** 2 * (1 + self._followed[place])) for far, (place, _) in zip(steps, stands, strict=True)
        ]
        [found] = self._pick.choices(stands, weights)
        self._followed[found[0]] += 1
        return found
