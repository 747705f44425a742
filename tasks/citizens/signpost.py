"""Which ombudsman? From somebody's own words to the bodies that may help, the best first, each with its reason.

The same register of authorities and the same decision `competence` as at intake say who is competent; `signpost_matter` says what
the story is about when nobody chose. Only reads: nothing that is asked here is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.bodies import Body
from cases.deadlines import local_day
from cases.folding import normal
from cases.meaning import Meant, meant
from cases.register import OFFICE
from engine.moments import OFFICE_ZONE
from storage.unit_of_work import Reading
from tasks.office import Office

MATTER, COMPETENCE = "signpost_matter", "competence"
COMPLAINT = "complaint"
MOST = 3


@dataclass(frozen=True)
class Asked:
    """What somebody told: the services they name, their story, and, when they said so, what they want and when it happened."""

    services: tuple[str, ...] = ()
    story: str = ""
    matter: str = ""
    happened_on: date | None = None


@dataclass(frozen=True)
class Direction:
    """A body to go to. `words` are the citizen's own that led here, by way of `authority`; both empty when no service was recognised.

    `matter` is what the story seems to be about; `is_forwarded` tells that this office may send a complaint on itself.
    """

    body: Body
    words: str
    authority: str
    matter: str
    is_forwarded: bool

    @property
    def is_here(self) -> bool:
        """True when this office deals with it itself."""
        return self.body.key == OFFICE


def directions(office: Office, reading: Reading, asked: Asked, most: int = MOST) -> list[Direction]:
    """At most so many bodies, best first; the office itself when nothing is recognised, since it always looks further."""
    now = office.clock.now()
    matter = str(_decided(office, reading, MATTER, {"chosen": asked.matter or None, "words": _words(asked)}, now))
    found = meant(office.register, asked.services, asked.story)
    ways: dict[str, Direction] = {}
    for each in _looked_at(found, matter):
        way = _direction(office, reading, asked, each, now)
        if way is not None:
            ways.setdefault(way.body.key, way)
        if len(ways) == most:
            break
    return list(ways.values())


def _looked_at(found: list[Meant], matter: str) -> Iterable[tuple[Meant | None, str]]:
    """What the story is about has its own address, whatever the service is; then each service for itself, as an ordinary complaint; at
    last, as if nothing was recognised."""
    if matter != COMPLAINT:
        yield (found[0] if found else None), matter
    for each in _ours_first(found):
        yield each, COMPLAINT
    yield None, COMPLAINT


def _ours_first(found: list[Meant]) -> list[Meant]:
    """Of several services that were asked about by name, one of ours comes first: then the whole story can be told in one place."""
    named = [each for each in found if each.weight >= 1]
    ours = [each for each in named if each.authority.body == OFFICE][:1]
    return [*ours, *(each for each in found if each not in ours)]


def _direction(
    office: Office, reading: Reading, asked: Asked, way: tuple[Meant | None, str], now: datetime
) -> Direction | None:
    each, asked_as = way
    authority = each.authority if each else None
    context = {
        "matter": asked_as,
        "authority_body": authority.body if authority else None,
        "authority_level": authority.level if authority else None,
        "facts_on": asked.happened_on or local_day(now),
        "first_line_contacted": "ja",
    }
    decided = _decided(office, reading, COMPETENCE, context, now)
    body = office.bodies.get(str(decided["body"]))
    if body is None or not body.exists_on(local_day(now)):
        return None
    is_forwarded = decided["transfer"] == "forward"
    return Direction(body, each.words if each else "", authority.name if authority else "", asked_as, is_forwarded)


def _words(asked: Asked) -> str:
    """Everything that was told, as the decision looks through it: plain words with a space on either side."""
    return f" {normal(' '.join([*asked.services, asked.story]))} "


def _decided(office: Office, reading: Reading, key: str, context: Mapping[str, Any], now: datetime) -> Any:
    model, _ = office.engine.specs.decision_in_use(reading, key)
    return model.evaluate(key, dict(context), now.astimezone(OFFICE_ZONE)).value
