"""Where a case stands on its diagrams: what was passed, where it is, what waits; from the history alone.

In: a case. Out: one entry per diagram and version it has run on (the main one first), each with element ids for the picture and
the same in words: who came by which step, and when. Only reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from history.moves import Place
from history.replay import Frame, State, frames
from storage.unit_of_work import Reading
from tasks.definition_words import Words, spaced
from tasks.office import Office
from tasks.spoken import who
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
    """A diagram the case has run on. `active` are people's steps, `waiting` those that wait for a day or a message."""

    key: str
    version: int
    name: str
    active: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    steps: list[CourseStep] = field(default_factory=list)


def of(
    office: Office, reading: Reading, case_id: int, words: Words, names: Mapping[str, str], main: str = "complaint"
) -> list[Course]:
    """The diagrams of a case, the main one first."""
    film = frames(office.log.read(reading, stream_of(case_id)))
    state = film[-1].state if film else State()
    diagrams = sorted({(place.key, place.version) for place in state.visited}, key=lambda d: (d[0] != main, d))
    kinds = {
        place: frame.element_type
        for frame in film
        if frame.place is not None and frame.element_type and (place := state.today(frame)) is not None
    }
    return [_course(key, version, film, state, kinds, words, names) for key, version in diagrams]


def _course(
    key: str,
    version: int,
    film: list[Frame],
    state: State,
    kinds: Mapping[Place, str],
    words: Words,
    names: Mapping[str, str],
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
        steps=_steps(key, version, film, state, words, names),
    )


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
