"""A case that moves to another version and back at any moment: the history still folds to the engine's state, and nothing is lost.

The other version gives every element of the main diagram another id.
"""

import re
from random import Random

import pytest
from sqlalchemy import select

from engine import definitions
from engine.models import ProcessInstance
from engine.outline import outline
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tasks.studio import migrating, migration_run
from tests.properties.walk import Walk
from tests.tasks.migrations import ANN, PAUL, counted, file_of, newer, started

STEPS = 14


def named_anew(office: Office) -> dict[str, str]:
    """A version, in use, whose elements all have another id; from old to new."""
    content = file_of(office)
    names = {name: f"{name}_too" for name in outline(content.encode(), "complaint").nodes}
    pattern = r'((?:\bid|Ref|bpmnElement)="|<flowNodeRef>)(\w+)(?=["<])'
    newer(office, (content, re.sub(pattern, lambda m: m[1] + names.get(m[2], m[2]), content)))
    return names


def move(walk: Walk, names: dict[str, str]) -> None:
    """The case goes to the version it is not on, by a plan of two people."""
    office = walk.office
    with office.database.work() as work:
        row = work.session.scalars(select(ProcessInstance).where(ProcessInstance.id == walk.instance_id)).one()
        here = definitions.get(work, row.definition_id).version
        mapping = names if here == 1 else {new: old for old, new in names.items()}
        plan = migrating.make(office, work, ANN, "complaint", here, 3 - here, mapping=mapping, reason="Andere namen")
        plan_id = plan.id
    started(office, plan_id)
    migration_run.advance(office)
    assert counted(office, plan_id) == {"moved": 1}, walk.path
    walk.path.append(f"to version {3 - here} by {PAUL.name}")


@pytest.mark.parametrize("seed", range(4))
def test_a_case_moves_there_and_back_between_any_two_steps(
    sqlite_office: Office, clock: TravellingClock, seed: int
) -> None:
    pick = Random(seed)
    walk = Walk(sqlite_office, clock, pick)
    walk.begin()
    names = named_anew(sqlite_office)
    for _ in range(STEPS):
        if walk.is_over():
            break
        if pick.random() < 0.6:
            move(walk, names)
            walk.check()
        walk.step()
        walk.check()
