"""Where walks stood, so that later walks go on from there, rather from near an end nobody saw."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import inf
from random import Random

from tests.properties.pictures import Picture

Place = tuple[str, str, str]  # the diagram that was begun, an element that waits, and what it waits for

RENEWED = 0.2
HALVED = 6  # steps
MOST = 12  # of one place: what was answered on the way there may rule out an end


@dataclass(frozen=True)
class Stand:
    """Where a walk stood: the process it began, its instance, what was done until then, what is active, what is known of what choices hang on,
    and all of it to go on from."""

    process: str
    instance: int
    path: tuple[str, ...]
    active: frozenset[str]
    known: frozenset[tuple[str, str]]
    picture: Picture


class Trails:
    """For each element that waited, some ways that walks came there."""

    def __init__(self, pick: Random) -> None:
        self._pick = pick
        self._found: dict[Place, list[Stand]] = {}
        self._followed = Counter[Place]()
        # At each place, how often what is known there was known: of the ways that are kept, and of those that were gone on.
        self._known: dict[Place, Counter[tuple[str, str]]] = {}
        self._tried: dict[Place, Counter[tuple[str, str]]] = {}

    def wants(self, place: Place, known: Collection[tuple[str, str]], is_new: bool) -> bool:
        """Whether another way to this place is worth keeping: one that took what none took before or knows what none there knew, and now and then any."""
        there = self._known.get(place, Counter())
        return is_new or any(each not in there for each in known) or not there or self._pick.random() < RENEWED

    def keep(self, places: Collection[Place], stand: Stand) -> None:
        """What waits there now. Of many ways to a place, the most ordinary gives way."""
        for place in places:
            found, there = self._found.setdefault(place, []), self._known.setdefault(place, Counter())
            found.append(stand)
            there.update(stand.known)
            if len(found) > MOST:
                gone = max(found, key=lambda each: (_mean(there, each.known), self._pick.random()))
                found.remove(gone)
                there.subtract(gone.known)

    def towards(self, to_go: Callable[[str, Collection[str], str], float]) -> tuple[Place, Stand] | None:
        """A place near one of the ends, and a way there: the nearer the likelier, and less so when walks went on often from there, knowing the same."""
        stands = [(place, self._rare(place)) for place in self._found]
        steps = [to_go(stand.process, stand.active, place[1]) for place, stand in stands]
        if not stands or min(steps) == inf:
            return None
        weights = [nearness(far) / (1 + self._followed[place]) for far, (place, _) in zip(steps, stands, strict=True)]
        [(place, stand)] = self._pick.choices(stands, weights)
        self._followed[place] += 1
        self._tried.setdefault(place, Counter()).update(stand.known)
        return place, stand

    def anew(self) -> None:
        """Another end was come to: what was tried for its sake tells nothing of the others."""
        self._followed.clear()
        self._tried.clear()

    def _rare(self, place: Place) -> Stand:
        """A way to this place that knows what few knew with whom walks went on from there."""
        found, tried = self._found[place], self._tried.get(place, Counter())
        weights = [1 / (1 + _mean(tried, each.known)) ** 2 for each in found]
        return self._pick.choices(found, weights)[0]


def _mean(counts: Mapping[tuple[str, str], int], known: Collection[tuple[str, str]]) -> float:
    return sum(counts.get(each, 0) for each in known) / (1 + len(known))


def nearness(far: float) -> float:
    """How much likelier it is to go on from somewhere: half as likely every few steps further."""
    return float(2 ** (-far / HALVED))
