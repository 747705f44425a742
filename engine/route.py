"""Where a case goes when it moves to another version: a route from each element of the old diagram to one of the new.

In: two outlines of the same process, and what a person mapped by hand. Out: per element where it goes, or the obstacle and
what to do about it. An id that stayed is its own destination; only what a case stands on needs one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import MappingRefused
from engine.outline import Node, Outline

# What a case cannot cross, and whether a choice in the plan may help.
GONE, KIND, EVENTS, REPEATS, SCOPE, WORK = "gone", "kind", "events", "repeats", "scope", "work"
FLOWS, UNDO, EXPRESSION, VERSION = "flows", "undo", "expression", "version"
_SENTENCES = {
    GONE: "staat niet meer in de nieuwe versie. Kies in het plan naar welke stap het dossier gaat.",
    KIND: "is in de nieuwe versie iets anders: {new}. Kies in het plan een stap van dezelfde soort.",
    EVENTS: "wacht in de nieuwe versie op iets anders: {new}. Kies in het plan een stap die op hetzelfde wacht.",
    REPEATS: "wordt in de nieuwe versie anders herhaald. Kies een andere stap, of laat het dossier deze stap eerst afwerken.",
    SCOPE: "staat in de nieuwe versie in een ander deelproces: {new}. Kies een stap in hetzelfde deelproces, of laat het "
    "dossier dit deelproces eerst afwerken.",
    WORK: "vraagt in de nieuwe versie ander werk: {new}. Laat het werk dat nu loopt eerst afwerken.",
    FLOWS: "wacht in de nieuwe versie op andere pijlen. Laat het dossier eerst voorbij dit punt gaan.",
    UNDO: "is afgewerkt, maar kan in de nieuwe versie niet meer ongedaan gemaakt worden. Teken daar opnieuw hoe dat moet.",
    EXPRESSION: "geeft in de nieuwe versie een fout: {new}",
}


@dataclass(frozen=True)
class Obstacle:
    """Why a case that stands on an element cannot move. `needs_mapping` when a choice in the plan is what it asks."""

    element_id: str
    reason: str
    sentence: str

    @property
    def needs_mapping(self) -> bool:
        return self.reason == GONE


@dataclass(frozen=True)
class Route:
    """From one version of a process to another. `by_hand` goes before the ids that stayed."""

    source: Outline
    target: Outline
    by_hand: Mapping[str, str] = field(default_factory=dict)

    def of(self, element_id: str) -> str | None:
        """Where an element goes; None when nobody said so."""
        chosen = self.by_hand.get(element_id)
        if chosen:
            return chosen
        return element_id if element_id in self.target.nodes else None

    def obstacle(self, element_id: str) -> Obstacle | None:
        """What keeps a case from moving that stands on this element, drawing against drawing."""
        node, chosen = self.source.nodes.get(element_id), self.of(element_id)
        if node is None or chosen is None:
            return self.told(element_id, GONE)
        if node.scope and self.of(node.scope) is None:
            return self.told(node.scope, GONE)
        return self._between(node, self.target.nodes[chosen])

    def fits(self, element_id: str) -> list[Node]:
        """The elements of the new version to which this one may be mapped, in the order of the drawing."""
        node = self.source.nodes[element_id]
        return [each for each in self.target.nodes.values() if self._between(node, each) is None]

    @property
    def renamed(self) -> dict[str, str]:
        """The elements that get another id."""
        return {old: new for old in self.source.nodes if (new := self.of(old)) is not None and new != old}

    @property
    def gone(self) -> list[str]:
        """The elements and arrows that have no place in the new version."""
        return sorted(each for each in self.source.ids if each not in self.target.ids and self.of(each) is None)

    @property
    def back(self) -> "Route":
        """The way back. Of two elements that became one, the first; where each token is, its own case remembers."""
        back: dict[str, str] = {}
        for old, new in self.renamed.items():
            back.setdefault(new, old)
        return Route(self.target, self.source, back)

    def _between(self, node: Node, new: Node) -> Obstacle | None:
        if node.kind != new.kind or node.is_event_scope != new.is_event_scope:
            return self.told(node.id, KIND, new.words)
        if node.events != new.events:
            return self.told(node.id, EVENTS, new.words)
        if node.repeats != new.repeats:
            return self.told(node.id, REPEATS)
        if not self._is_home(node.scope, new.scope) or not self._is_home(node.host, new.host):
            return self.told(node.id, SCOPE, self.target.nodes[new.scope].words if new.scope else "het proces zelf")
        if node.kind == "callActivity" and node.work != new.work:
            return self.told(node.id, WORK, new.work)
        return None

    def _is_home(self, old: str, new: str) -> bool:
        """True when what holds the one goes to what holds the other."""
        return self.of(old) == new if old else not new

    def told(self, element_id: str, reason: str, new: str = "") -> Obstacle:
        """An obstacle in words."""
        node = self.source.nodes.get(element_id) or self.target.nodes.get(element_id)
        words = node.words if node else element_id
        return Obstacle(element_id, reason, f"{words[:1].upper()}{words[1:]} {_SENTENCES[reason].format(new=new)}")


def route(source: Outline, target: Outline, by_hand: Mapping[str, str]) -> Route:
    """A route with what a person mapped. Raises MappingRefused with every line that cannot be."""
    made = Route(source, target, {old: new for old, new in by_hand.items() if new and new != old})
    errors = [{"field": old, "message": message} for old in made.by_hand if (message := _wrong(made, old))]
    if errors:
        raise MappingRefused(errors=errors)
    return made


def _wrong(made: Route, old: str) -> str:
    new = made.by_hand[old]
    if old not in made.source.nodes:
        return f"{old} staat niet in de versie waarvan de dossiers komen."
    if new not in made.target.nodes:
        return f"{new} staat niet in de versie waarnaar de dossiers gaan."
    found = made.obstacle(old)
    return found.sentence if found else ""
