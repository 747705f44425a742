"""A running case that moved to another version of a diagram, as the history tells it.

The event `case migrated` names the instance, the process, both versions, the elements that got another id (`renamed`), those
that are no longer there (`gone`), and the tokens that stand under another id (`tokens`). Taking it back is the same event with
the versions turned round; then `tokens` alone tells where each token is, since two elements may have become one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from history.log import Event

MIGRATED = "migrated"


class Place(NamedTuple):
    """An element in one version of one diagram."""

    key: str
    version: int
    element_id: str


@dataclass(frozen=True)
class Move:
    """From one version of a process to another, for one instance."""

    instance_id: int
    key: str
    source: int
    target: int
    renamed: Mapping[str, str]
    gone: frozenset[str]
    tokens: Mapping[str, str]

    def concerns(self, place: Place) -> bool:
        return (place.key, place.version) == (self.key, self.source)

    def of_token(self, token: str, place: Place) -> Place:
        """Where a token stands afterwards."""
        return Place(self.key, self.target, self.tokens.get(token, place.element_id))

    def of(self, place: Place) -> Place | None:
        """Where an element of the past is drawn afterwards; None when it is no longer there."""
        if not self.concerns(place):
            return place
        if place.element_id in self.gone:
            return None
        return Place(self.key, self.target, self.renamed.get(place.element_id, place.element_id))

    def carried(self, passed: Counter[Place], active: Iterable[Place]) -> Counter[Place]:
        """What was passed so far, on the drawing the case has now; also on the old one while another process stands there."""
        stays = any(self.concerns(place) for place in active)
        found = Counter({place: times for place, times in passed.items() if stays and self.concerns(place)})
        for place, times in passed.items():
            moved = self.of(place)
            if moved is not None:
                found[moved] += times
        return found


def move_of(event: Event) -> Move | None:
    """The move an event tells of; None for every other event."""
    data = event.data
    if event.transition != MIGRATED:
        return None
    instance, source, target, gone = (data.get(name) for name in ("instance", "from", "to", "gone"))
    return Move(
        instance_id=instance if isinstance(instance, int) else 0,
        key=str(data.get("process") or ""),
        source=source if isinstance(source, int) else 0,
        target=target if isinstance(target, int) else 0,
        renamed=_texts(data.get("renamed")),
        gone=frozenset(map(str, gone)) if isinstance(gone, list) else frozenset(),
        tokens=_texts(data.get("tokens")),
    )


def _texts(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, Mapping) else {}
