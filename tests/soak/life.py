"""A process that works in an office until it is killed, in one flow or in all of them.

It is forked, so that a life costs no start-up; nothing of the database is open in who forks it.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from random import Random

from problems import Problem
from tests.soak.flows import Scene, any_flow
from tests.soak.world import Death, World, arm

LONGEST = 60  # flows; whoever gets there dies of old age


def live(world: World, death: Death, seed: int, flow: Callable[[Scene], None] | None, *, is_alone: bool) -> None:
    """Work until the end that was drawn; one flow, or any until then. Never returns."""
    logging.disable(logging.WARNING)  # a job that fails is part of the play
    begin = arm(death)
    office, travelling = world.office()
    scene = Scene(world, office, travelling, Random(seed), begin if flow else lambda: None, is_alone)
    if flow is None:
        begin()
    for _ in range(LONGEST if flow is None else 1):
        with suppress(Problem):  # a refusal is an answer; what fails otherwise ends this life with a trace
            (flow or any_flow)(scene)
    os._exit(0)
