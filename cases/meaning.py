"""Whom a citizen means: the authorities that a text is about, in the citizen's own words, the likeliest first.

What stands where a service is asked for weighs most, then what a person says first, then the rest of the story.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.folding import normal
from cases.register import KIND_GIVES_WAY, LONG, SHORT, Authority, Register, known_names

NAMED, FIRST_LINE, STORY = 1.0, 0.6, 0.35
# A long name says more than a short one, a name said three times more than once; a compound ("gasfactuurtje") a little less.
FULL_LENGTH, LENGTH, MOST_TIMES, EACH_TIME, COMPOUND = 15, 0.5, 3, 0.15, 0.8
KIND_IN_STORY = KIND_GIVES_WAY / 2


@dataclass(frozen=True)
class Meant:
    """An authority, the words that named it, and how strongly (more than 1: by its name, where the service was asked for)."""

    authority: Authority
    words: str
    weight: float


def meant(register: Register, services: Iterable[str], story: str) -> list[Meant]:
    """The authorities these answers are about, best first. `story` may start with a line that says it in short."""
    found: dict[str, Meant] = {}
    for service in services:
        for match in register.find(service, 3):
            _add(found, Meant(match.authority, service.strip(), NAMED / 2 + match.score))
    first, _, rest = story.strip().partition("\n")
    for text, weight in ((first, FIRST_LINE), (rest, STORY)):
        for each in in_text(register, text):
            _add(found, Meant(each.authority, each.words, each.weight * weight), adds=True)
    return sorted(found.values(), key=lambda each: (-each.weight, each.authority.name))


def in_text(register: Register, text: str) -> list[Meant]:
    """The authorities whose names, or the words for what they do, stand in a text; best first."""
    words = f" {normal(text)} "
    scored = (_best(words, authority) for authority in register.authorities)
    return sorted((each for each in scored if each is not None), key=lambda each: (-each.weight, each.authority.name))


def _best(words: str, authority: Authority) -> Meant | None:
    less = KIND_IN_STORY if authority.is_kind else 0.0
    weighed = ((_weight(words, name), name) for name in known_names(authority) if len(name) >= SHORT)
    weight, name = max(weighed, default=(0.0, ""))
    return Meant(authority, name, weight - less) if weight > less else None


def _weight(words: str, name: str) -> float:
    times: float = words.count(f" {name} ")
    if not times and len(name) >= LONG:
        times = COMPOUND * words.count(f" {name}")
    if not times:
        return 0.0
    return LENGTH * min(len(name), FULL_LENGTH) / FULL_LENGTH + EACH_TIME * min(times, MOST_TIMES)


def _add(found: dict[str, Meant], new: Meant, *, adds: bool = False) -> None:
    """The strongest words stay; what is also in the story counts a little on top."""
    old = found.get(new.authority.key)
    if old is None:
        found[new.authority.key] = new
    elif adds:
        found[new.authority.key] = Meant(old.authority, old.words, old.weight + new.weight)
    elif new.weight > old.weight:
        found[new.authority.key] = new
