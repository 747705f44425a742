"""Where a case stands on its diagrams: what was passed, where it is, what waits; from the history alone.

In: a case. Out: one entry per diagram and version it has run on (the main one first), each with element ids for the picture and
the same in words: who came by which step, and when. Only reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from history.log import Recorded
from history.moves import Place
from history.replay import Frame, State, frames
from storage.unit_of_work import Reading
from tasks.case_file.spoken import who
from tasks.office import Office
from tasks.studio.definition_words import Words, spaced
from tasks.turn import stream_of

PASSED, CURRENT = "passed", "current"
# Nobody asks when a gateway was passed; its question is answered by what comes after it.
INSIDES = frozenset({"sub_process", "transaction", "event_sub_process"})
WITHOUT_WORDS = (
    frozenset({"exclusive_gateway", "parallel_gateway", "inclusive_gateway", "event_based_gateway", ""}) | INSIDES
)
# Where somebody is to act: do a task, choose a step, or what the diagram called asks.
PEOPLE = frozenset({"user_task", "ad_hoc_sub_process", "call_activity"})
OPENED = {"activated": "begonnen", "completed": "afgewerkt", "cancelled": "vervallen", "incident": "vastgelopen"}


MOVED = ("process", "changed")
BY_HAND = {"cancelled": "met de hand beëindigd", "activated": "met de hand begonnen"}


@dataclass(frozen=True)
class Passage:
    """One time the case came by a step."""

    at: datetime
    what: str
    who: str


@dataclass(frozen=True)
class CourseStep:
    """A step of the diagram in words. `state` is passed or current."""

    element_id: str
    name: str
    state: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Course:
    """A diagram the case has run on. `active` are people's steps, `waiting` those that wait for a day or a message, `moved` those
    that somebody ended or began by hand."""

    key: str
    version: int
    name: str
    active: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    steps: list[CourseStep] = field(default_factory=list)


def of(
    office: Office, reading: Reading, case_id: int, words: Words, names: Mapping[str, str], main: str = "complaint"
) -> list[Course]:
    """The diagrams of a case, the main one first."""
    events = list(office.log.read(reading, stream_of(case_id)))
    film, moves = frames(events), _moves(events, names)
    state = film[-1].state if film else State()
    diagrams = sorted({(place.key, place.version) for place in state.visited}, key=lambda d: (d[0] != main, d))
    kinds = {
        place: frame.element_type
        for frame in film
        if frame.place is not None and frame.element_type and (place := state.today(frame)) is not None
    }
    return [_course(key, version, film, state, kinds, words, names, moves) for key, version in diagrams]


def _course(
    key: str,
    version: int,
    film: list[Frame],
    state: State,
    kinds: Mapping[Place, str],
    words: Words,
    names: Mapping[str, str],
    moves: Mapping[str, Sequence[Passage]],
) -> Course:
    here = [place for place in state.active if (place.key, place.version) == (key, version)]
    passed = {**state.visited, **state.flows}
    return Course(
        key=key,
        version=version,
        name=words.diagram(key),
        active=[p.element_id for p in here if kinds.get(p) in PEOPLE],
        waiting=[p.element_id for p in here if kinds.get(p) not in PEOPLE | INSIDES],
        visited=[p.element_id for p in passed if (p.key, p.version) == (key, version) and p not in here],
        moved=[p.element_id for p in passed if (p.key, p.version) == (key, version) and p.element_id in moves],
        steps=_with_moves(_steps(key, version, film, state, words, names), moves),
    )


def _moves(events: Sequence[Recorded], names: Mapping[str, str]) -> dict[str, list[Passage]]:
    """What somebody ended or began by hand, by element, each with who and why."""
    found: dict[str, list[Passage]] = {}
    for event in events:
        if (event.activity, event.transition) != MOVED:
            continue
        for what, words in BY_HAND.items():
            elements = event.data.get(what)
            for element_id in elements if isinstance(elements, list) else []:
                told = f"{who(event.resource, names)}. Reden: {event.data.get('reason')}"
                found.setdefault(str(element_id), []).append(Passage(event.at, words, told))
    return found


def moved_by_hand(events: Iterable[Recorded]) -> frozenset[str]:
    """The elements that somebody ended or began by hand."""
    return frozenset(_moves(list(events), {}))


def _with_moves(steps: list[CourseStep], moves: Mapping[str, Sequence[Passage]]) -> list[CourseStep]:
    return [
        replace(each, passages=tuple(sorted([*each.passages, *moves.get(each.element_id, ())], key=lambda p: p.at)))
        for each in steps
    ]


def _steps(
    key: str, version: int, film: list[Frame], state: State, words: Words, names: Mapping[str, str]
) -> list[CourseStep]:
    """Every named step in the order in which the case first came there, also before it moved to this version."""
    found: dict[Place, list[Passage]] = {}
    for frame in film:
        place = frame.place and state.today(frame)
        if place is None or (place.key, place.version) != (key, version) or frame.element_type in WITHOUT_WORDS:
            continue
        if words.element(key, version, place.element_id) == spaced(place.element_id):
            continue  # Without a name of its own it says nothing to a reader; the picture still shows it.
        if frame.transition in OPENED:
            made = Passage(frame.at, OPENED[frame.transition], who(frame.resource, names))
            found.setdefault(place, []).append(made)
    return [
        CourseStep(
            place.element_id,
            words.element(key, version, place.element_id),
            CURRENT if place in state.active else PASSED,
            tuple(passages),
        )
        for place, passages in found.items()
    ]
