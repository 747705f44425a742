"""The film of a case: its events folded into steps, each with the diagram as it stood after it.

In: the events of one stream, in order. Out: frames, or the tokens that are active at the end. Nothing is run again: a replay
only reads (ADR 0005), and a property test proves that `fold` gives exactly the engine's state.
An automatic element is one step, with everything it decided and sent; a user task is one step when it opens and one when it
is completed. Looks are no steps: they are listed by `history.looks`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from history.log import Event, Recorded
from history.moves import Move, Place, move_of

ACTIVATED, COMPLETED, CANCELLED, INCIDENT, LOOKED = "activated", "completed", "cancelled", "incident", "looked"
ELEMENT_TRANSITIONS = frozenset({ACTIVATED, COMPLETED, CANCELLED, INCIDENT})
# What the system does by itself; everyone else's event starts a turn and is the reason of what follows.
FOLLOWERS = frozenset({"system:engine", "system:rules"})
# Keys of an event's data that say where it happened rather than what.
PLACE_KEYS = frozenset({"instance", "token", "definition", "flow", "type", "element", "occurrence", "undoes"})
# More instances of one activity at once than anybody would read one by one.
MOST_NUMBERED = 12
Occurrence = tuple[int, int | None]  # which time this is, and of how many; None where that is not known


@dataclass(frozen=True)
class Changed:
    """A fact that got another value. `is_personal` values come from the sealed part."""

    name: str
    old: object
    new: object
    is_personal: bool = False


@dataclass(frozen=True)
class Decided:
    """A decision table that was asked: its version, its inputs, its answer, and (decision, rule id, row from 1, notes) that fired."""

    decision: str
    version: int
    inputs: Mapping[str, object]
    value: object
    rows: tuple[tuple[str, str, int, tuple[str, ...]], ...]
    warnings: tuple[str, ...] = ()
    steps: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class State:
    """The diagram at one moment: tokens per element, and how often each element was entered and each flow taken so far.

    A case that moved to another version is on that drawing with its whole past; `moves` tells which version a place became.
    `occurrences` tells which instances of a repeated activity are under way, where these are few.
    """

    active: Mapping[Place, int] = field(default_factory=dict)
    visited: Mapping[Place, int] = field(default_factory=dict)
    flows: Mapping[Place, int] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    occurrences: Mapping[Place, tuple[Occurrence, ...]] = field(default_factory=dict)

    def today(self, frame: "Frame") -> Place | None:
        """Where the element of an earlier step is on the drawing of this moment; None when it is no longer there."""
        found, instance = frame.place, frame.events[0].data.get("instance")
        for move in self.moves:
            if found is not None and instance in (None, move.instance_id):
                found = move.of(found)
        return found


@dataclass(frozen=True)
class Frame:
    """One step, with the state after it.

    `because` is the number of the step that set this one off; for what a person did at a user task, that in which it opened.
    """

    number: int
    events: tuple[Recorded, ...]
    activity: str
    transition: str
    resource: str
    role: str
    at: datetime
    place: Place | None = None
    element_type: str = ""
    flow: str | None = None
    because: int | None = None
    state: State = State()

    @property
    def first_seq(self) -> int:
        return self.events[0].seq

    @property
    def last_seq(self) -> int:
        return self.events[-1].seq

    @property
    def occurrence(self) -> Occurrence | None:
        """Which time this is of something that is done several times."""
        return occurrence_of(self.events[0])

    @property
    def undoes(self) -> str | None:
        """The element that this step undoes."""
        return str(self.events[0].data["undoes"]) if self.events[0].data.get("undoes") else None

    @property
    def is_late_end(self) -> bool:
        """True when an element ends in a step of its own, and not in that in which it began."""
        return is_element(self.events[0]) and self.events[0].transition == COMPLETED

    @property
    def is_erased(self) -> bool:
        """True when personal values of this step can no longer be read."""
        return any(event.is_erased for event in self.events)

    @property
    def answers(self) -> dict[str, object]:
        """What was said and went to the token, under the names of the form."""
        found: dict[str, object] = {}
        for event in self.events:
            found |= {k: v for k, v in _mapping(event.data.get("answers")).items() if k != "changed"}
        return found

    @property
    def changes(self) -> list[Changed]:
        """What the case file learned in this step: old and new."""
        return [change for event in self.events for change in _changes(event)]

    @property
    def decisions(self) -> list[Decided]:
        """The decision tables asked in this step."""
        return [_decided(event.data) for event in self.events if event.transition == "decided" and _is_table(event)]

    @property
    def notes(self) -> list[Recorded]:
        """Matters of the step: letters, deadlines, entries on the file, a message that came in, a user task that was claimed."""
        return [event for event in self.events if not is_element(event) and not _is_table(event)]

    @property
    def is_element(self) -> bool:
        """True when the step is about an element of the diagram, false when a matter or a person's act stands alone."""
        return is_element(self.events[0])


class _Tokens:
    """Where each token is: the state of the diagram so far."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[int, Place]] = {}
        self._counts: Counter[Place] = Counter()
        self._numbered: dict[Place, dict[str, Occurrence]] = {}

    def take(self, event: Recorded) -> Place | None:
        """Move the event's token; answers the element it concerns, also when the token leaves it."""
        token = str(event.data.get("token") or "")
        if not is_element(event):
            known = self.places.get(token)
            return known[1] if known else None
        place = _place(event)
        if event.transition == ACTIVATED:
            self._leave(token)
            self._enter(token, _instance(event), place, occurrence_of(event))
        elif event.transition in (COMPLETED, CANCELLED):
            self._leave(token)
        return place

    def _enter(self, token: str, instance: int, place: Place, occurrence: Occurrence | None) -> None:
        self.places[token] = (instance, place)
        self._counts[place] += 1
        if occurrence is not None:
            self._numbered.setdefault(place, {})[token] = occurrence

    def _leave(self, token: str) -> Occurrence | None:
        """Which time it was that is over."""
        known = self.places.pop(token, None)
        if known is None:
            return None
        _, place = known
        self._counts[place] -= 1
        if not self._counts[place]:
            del self._counts[place]
        numbered = self._numbered.get(place, {})
        gone = numbered.pop(token, None)
        if not numbered:
            self._numbered.pop(place, None)
        return gone

    def move(self, move: Move) -> None:
        """Every token of the instance that stands on the old version stands on the new one."""
        for token, (instance, place) in list(self.places.items()):
            if instance == move.instance_id and move.concerns(place):
                self._enter(token, instance, move.of_token(token, place), self._leave(token))

    def active(self) -> dict[Place, int]:
        return dict(self._counts)

    def occurrences(self) -> dict[Place, tuple[Occurrence, ...]]:
        few = {place: found for place, found in self._numbered.items() if len(found) <= MOST_NUMBERED}
        return {place: tuple(sorted(found.values(), key=lambda each: each[0])) for place, found in few.items()}


def is_element(event: Event) -> bool:
    """True for what happened to an element of a diagram; a deadline that is met is `completed` too, but no element."""
    return event.transition in ELEMENT_TRANSITIONS and "definition" in event.data


def occurrence_of(event: Event) -> Occurrence | None:
    """Which time an event tells of, where something is done several times."""
    told = event.data.get("occurrence")
    if not isinstance(told, list | tuple) or len(told) != 2 or not isinstance(told[0], int):
        return None
    return told[0], told[1] if isinstance(told[1], int) else None


def fold(events: Iterable[Recorded]) -> Counter[tuple[int, str]]:
    """How many tokens each (instance id, element id) holds after these events: what the engine must answer too."""
    tokens = _Tokens()
    for event in events:
        tokens.take(event)
        if (move := move_of(event)) is not None:
            tokens.move(move)
    return Counter((instance, place.element_id) for instance, place in tokens.places.values())


def frames(events: Iterable[Recorded]) -> list[Frame]:
    """Every step of the case, in order, each with the diagram's state after it."""
    film: list[Frame] = []
    tokens = _Tokens()
    visited: Counter[Place] = Counter()
    flows: Counter[Place] = Counter()
    moves: tuple[Move, ...] = ()
    cause: int | None = None
    opened: dict[str, int] = {}
    for event in events:
        if event.transition == LOOKED:
            continue
        place = tokens.take(event)
        if place is not None and is_element(event) and event.transition == ACTIVATED:
            visited[place] += 1
            if event.data.get("flow"):
                flows[place._replace(element_id=str(event.data["flow"]))] += 1
        if (move := move_of(event)) is not None:
            tokens.move(move)
            moves, active = (*moves, move), tokens.active()
            visited, flows = move.carried(visited, active), move.carried(flows, active)
        state = State(tokens.active(), dict(visited), dict(flows), moves, tokens.occurrences())
        if film and _belongs(film[-1], event):
            film[-1] = _extended(film[-1], event, state)
            continue
        follows = event.resource in FOLLOWERS
        token = str(event.data.get("token") or "")
        film.append(_frame(len(film) + 1, event, place, cause if follows else opened.get(token), state))
        cause = cause if follows else len(film)
        if is_element(event) and event.transition == ACTIVATED:
            opened[token] = len(film)
    return film


def _belongs(frame: Frame, event: Recorded) -> bool:
    """True for what an automatic element does between its start and its end, at the same token."""
    first = frame.events[0]
    return (
        is_element(first)
        and first.transition == ACTIVATED
        and event.resource in FOLLOWERS
        and not (is_element(event) and event.transition != COMPLETED)
        and bool(event.data.get("token"))
        and event.data.get("token") == first.data.get("token")
    )


def _frame(number: int, event: Recorded, place: Place | None, because: int | None, state: State) -> Frame:
    flow = event.data.get("flow")
    return Frame(
        number=number,
        events=(event,),
        activity=event.activity,
        transition=event.transition,
        resource=event.resource,
        role=event.role,
        at=event.at,
        place=place,
        element_type=str(event.data.get("type") or ""),
        flow=str(flow) if flow else None,
        because=because,
        state=state,
    )


def _extended(frame: Frame, event: Recorded, state: State) -> Frame:
    transition = event.transition if is_element(event) else frame.transition
    return replace(frame, events=(*frame.events, event), transition=transition, state=state)


def _place(event: Recorded) -> Place:
    definition = event.data.get("definition")
    key, version = definition if isinstance(definition, list | tuple) and len(definition) == 2 else ("", 0)
    return Place(str(key), version if isinstance(version, int) else 0, event.activity)


def _instance(event: Recorded) -> int:
    instance = event.data.get("instance")
    return instance if isinstance(instance, int) else 0


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _is_pair(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"old", "new"}


def _changes(event: Recorded) -> list[Changed]:
    """Old and new of an event, wherever it keeps them; what a case starts with is new without an old."""
    answers = _mapping(event.data.get("answers"))
    told = _mapping(answers.get("changed")) or _mapping(event.data.get("facts"))
    if event.transition == "changed" and event.activity == "case":
        told = {k: v for k, v in event.data.items() if k not in PLACE_KEYS}
    return [_change(name, value, False) for name, value in told.items()] + [
        _change(name, value, True) for name, value in event.personal.items()
    ]


def _change(name: str, value: object, is_personal: bool) -> Changed:
    if isinstance(value, Mapping) and _is_pair(value):
        return Changed(name, value["old"], value["new"], is_personal)
    return Changed(name, None, value, is_personal)


def _is_table(event: Recorded) -> bool:
    return event.transition == "decided" and "decision" in event.data


def _decided(data: Mapping[str, object]) -> Decided:
    rows = data.get("rows")
    version = data.get("version")
    warnings, steps = data.get("warnings"), data.get("steps")
    return Decided(
        decision=str(data.get("decision") or ""),
        version=version if isinstance(version, int) else 0,
        inputs=_mapping(data.get("inputs")),
        value=data.get("value"),
        rows=tuple(_row(row) for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else (),
        warnings=tuple(map(str, warnings)) if isinstance(warnings, list) else (),
        steps=tuple((str(step.get("decision")), step.get("value")) for step in steps if isinstance(step, Mapping))
        if isinstance(steps, list)
        else (),
    )


def _row(row: Mapping[str, object]) -> tuple[str, str, int, tuple[str, ...]]:
    index, notes = row.get("row"), row.get("notes")
    return (
        str(row.get("decision") or ""),
        str(row.get("rule") or ""),
        index if isinstance(index, int) else 0,
        tuple(map(str, notes)) if isinstance(notes, list) else (),
    )
