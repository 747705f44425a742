"""What tests of moving cases share: a new version of a shipped diagram by two people, and a plan by one for another to carry out."""

import re

from sqlalchemy import select

from engine import definitions
from history.replay import fold
from identity.people import Actor
from tasks.models import CaseMigration
from tasks.office import Office
from tasks.studio import migrating, migration_run, publishing
from tests.stories.stage import Story

ANN = Actor("person:8", "An", frozenset({"process_manager"}))
PAUL = Actor("person:9", "Pol", frozenset({"process_manager"}))


def newer(office: Office, *changes: tuple[str, str], key: str = "complaint") -> int:
    """The version in use with these texts changed, taken into use; its number."""
    with office.database.work() as work:
        found = definitions.latest(work, "process", key)
        assert found is not None
        content = found.content.decode()
        for old, new in changes:
            assert old in content, old
            content = content.replace(old, new)
        row = publishing.publish(office, work, ANN, "process", content.encode()).definition
        publishing.activate(office, work, PAUL, row.id)
        return row.version


def renamed(content: str, old: str, new: str) -> tuple[str, str]:
    """The change of a whole file that gives one element another id, everywhere it is named."""
    named = rf'((?:\bid|Ref|bpmnElement)="|>){old}(?=["<])'
    return content, re.sub(named, rf"\g<1>{new}", content)


def file_of(office: Office, key: str = "complaint") -> str:
    """The version in use."""
    with office.database.reading() as reading:
        found = definitions.latest(reading, "process", key)
        assert found is not None
        return found.content.decode()


def planned(office: Office, source: int, target: int, *, key: str = "complaint", **mapping: str) -> int:
    """A plan by An."""
    with office.database.work() as work:
        made = migrating.make(office, work, ANN, key, source, target, mapping=mapping, reason="De stap heet nu anders")
        return made.id


def started(office: Office, plan_id: int) -> int:
    """Carried out by Pol; how many processes that concerns."""
    with office.database.work() as work:
        return migrating.begin(office, work, PAUL, plan_id)


def taken_back(office: Office, plan_id: int) -> None:
    with office.database.work() as work:
        migrating.undo(office, work, PAUL, plan_id)


def counted(office: Office, plan_id: int) -> dict[str, int]:
    with office.database.reading() as reading:
        return dict(migrating.counts(reading, plan_id))


def history_holds(story: Story) -> None:
    """The history folded is where the engine stands."""
    story._history_holds()
    with story.office.database.reading() as reading:
        instance = story.case.instance_id or 0
        active = story.office.engine.active(reading, instance)
        folded = fold(story.office.log.read(reading, f"case:{story.case_id}"))
    assert {element: count for (_, element), count in folded.items()} == active


def other_id(office: Office) -> int:
    """A version in which the first task has another id and name."""
    name = ("Soort en dringendheid bepalen", "Melding bekijken")
    return newer(office, renamed(file_of(office), "assess_intake", "look_at_it"), name)


def taken_along(office: Office) -> int:
    """The running cases go to a version where the first task has another id."""
    plan = planned(office, 1, other_id(office), assess_intake="look_at_it")
    started(office, plan)
    migration_run.advance(office)
    return plan


def moves(office: Office, plan: int) -> list[CaseMigration]:
    with office.database.reading() as reading:
        query = select(CaseMigration).where(CaseMigration.plan_id == plan).order_by(CaseMigration.id)
        return list(reading.session.scalars(query))
