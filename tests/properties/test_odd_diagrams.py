"""Diagrams as odd as somebody could draw them: the check refuses them, or they run as BPMN 2.0.2 says, whatever people do and whatever comes.

The same few each time; `make walks` draws as many others as it is asked.
"""

from collections import Counter
from random import Random

import pytest

from engine.sandbox import DiagramRefused
from tests.conformance.bpmn.play import KEY, Play
from tests.properties.odd_drawing import Ink, Pen
from tests.properties.odd_game import Game, TooMany, courses

MOST_STEPS = 12
FEW = 30


def played(seed: int) -> str:
    """What became of one diagram; fails when the engine goes a way that the standard does not."""
    pick = Random(seed)
    drawn = Pen(pick).process()
    files = Ink().files(drawn)
    try:
        play = Play(*files, start=None)
    except DiagramRefused:
        return "refused"
    try:
        return _compared(play, Game(drawn), pick, f"seed {seed}: {files}")
    except TooMany:
        return "too many ways"


def _compared(play: Play, game: Game, pick: Random, told: str) -> str:
    possible = courses([game])
    if not possible:
        return "never waits"
    play.start()
    path: list[str] = []
    for _ in range(MOST_STEPS):
        now = _seen(play)
        agreeing = [each for each in possible if _agree(each.seen(), now)]
        assert agreeing, f"{told}\nafter {path}: {now}\nand not {[each.seen() for each in possible]}"
        tasks, events, outcome = now
        what = sorted(tasks) + sorted(events)
        if outcome != "active" or not what:
            return outcome
        name = pick.choice(what)
        path.append(name)
        possible = courses(further for each in agreeing for further in each.after(name))
        if not possible:
            return "never waits"
        if name in tasks:
            play.complete(name)
        else:
            play.message(name, KEY)
    return "goes on"


Seen = tuple[Counter[str], Counter[str], str]


def _agree(one: Seen, other: Seen) -> bool:
    """Where somebody must mend it, what they see beside that is the business of the office."""
    return one == other or one[2] == other[2] == "incident"


def _seen(play: Play) -> Seen:
    tasks = Counter(each.element_id for each in play.waiting("user_task"))
    return tasks, Counter(each.element_id for each in play.waiting("message")), play.outcome


@pytest.mark.parametrize("tens", range(FEW // 10))
def test_what_is_accepted_runs_as_the_standard_says(tens: int) -> None:
    became = Counter(played(seed) for seed in range(tens * 10, tens * 10 + 10))
    assert became["completed"] + became["goes on"] + became["incident"] > 0, became
