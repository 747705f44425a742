"""The flows of an office in which it may die. Each prepares what it needs, then begins: from there on its commits are counted."""

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import uuid4

from sqlalchemy import select

from cases.documents import Upload
from cases.models import Case
from engine import definitions
from engine.models import Definition, Incident, ProcessInstance
from history.models import StreamHead
from history.sealed_box import Opener
from identity.people import Actor
from tasks import inbox, turn
from tasks.background import housekeeping, messages
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tasks.operating import backup, incidents
from tasks.reports_house import handing_over as handover
from tasks.reports_house.handing_over import CaseIsJoined
from tasks.studio import migrating, migration_run, publishing
from tests.properties.walk import STAFF, Walk
from tests.soak import errand
from tests.soak.world import World, tick

PDF = b"%PDF-1.4\n%%EOF\n"
MOST_CASES = 6
ANN = Actor("person:8", "An", frozenset({"process_manager"}))
PAUL = Actor("person:9", "Pol", frozenset({"process_manager"}))
ADMIN = Actor("person:7", "Ada", frozenset({"admin"}))
AWAY = "http://127.0.0.1:9"  # nobody listens there
MESSENGER = Actor("token:1", "Bank", frozenset({"messenger"}))


@dataclass(frozen=True)
class Scene:
    """A process that works in the office. `begin` starts the counting of commits; `is_alone`: no other process works beside it."""

    world: World
    office: Office
    travelling: TravellingClock
    pick: Random
    begin: Callable[[], None]
    is_alone: bool = True

    def walk(self, case_id: int = 0, instance_id: int = 0) -> Walk:
        return Walk(self.office, self.travelling, self.pick, case_id, instance_id, is_alone=self.is_alone, tick=tick)


def intake(scene: Scene) -> None:
    """A complaint comes in."""
    scene.begin()
    scene.walk().begin()


def completion(scene: Scene) -> None:
    """People complete user tasks of a case, and tell the office what happened."""
    case = scene.walk(*_some_case(scene))
    scene.begin()
    for _ in range(3):
        case.complete()
    case.handle()
    case.message()


def timers(scene: Scene) -> None:
    """Days pass; what is due happens."""
    _some_case(scene)
    scene.begin()
    scene.travelling.advance(timedelta(days=scene.pick.choice([1, 4, 11, 46])))
    tick(scene.office)


def mail(scene: Scene) -> None:
    """Letters leave."""
    scene.walk().begin()
    scene.begin()
    tick(scene.office)


def jobs(scene: Scene) -> None:
    """Work is ordered, and done outside the turn; what is out of retries is tried again by somebody."""
    order(scene)
    scene.begin()
    tick(scene.office)
    scene.travelling.advance(timedelta(minutes=scene.pick.choice([1, 6, 40])))
    tick(scene.office)
    with scene.office.database.reading() as reading:
        stuck = select(Incident.id).join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        ids = list(reading.session.scalars(stuck.where(Incident.resolved_at.is_(None)).limit(3)))
    incidents.retry_all(scene.office, ADMIN, ids)


def publish(scene: Scene) -> None:
    """The next version of a diagram is published by one and taken into use by another."""
    scene.begin()
    _next_version(scene)


def migration(scene: Scene) -> None:
    """Running cases go to the newest version."""
    plan_id = planned(scene)
    scene.begin()
    with scene.office.database.work() as work:
        migrating.begin(scene.office, work, PAUL, plan_id)
    migration_run.advance(scene.office)


def migration_undone(scene: Scene) -> None:
    """What was moved goes back, as far as it did not move on."""
    plan_id = planned(scene)
    with scene.office.database.work() as work:
        migrating.begin(scene.office, work, PAUL, plan_id)
    migration_run.advance(scene.office)
    scene.begin()
    with scene.office.database.work() as work:
        migrating.undo(scene.office, work, PAUL, plan_id)
    migration_run.advance(scene.office)
    migration_run.forget(scene.office)


def erasure(scene: Scene) -> None:
    """The key of a case that is over is destroyed."""
    case_id = _one_that_is_over(scene.office)
    if case_id is None:
        case = scene.walk()
        case.begin()
        with scene.office.database.work() as work:
            inbox.deliver(scene.office, work, STAFF, case.case_id, "complaint_withdrawn", {})
        case_id = case.case_id
    scene.begin()
    with scene.office.database.work() as work:
        scene.office.log.erase(work, turn.stream_of(case_id), scene.travelling.now())


def handing_over(scene: Scene) -> None:
    """A complaint that is a report is shut for the reports house, which is away."""
    case_id, _ = _some_case(scene)
    settings = replace(scene.office.settings, reports_url=AWAY, reports_key=Opener(b"r" * 32).public_key)
    office = replace(scene.office, settings=settings)
    scene.begin()
    with suppress(CaseIsJoined), office.database.work() as work:
        number = work.session.get_one(Case, case_id).number
        handover.hand_over(office, work, STAFF, number)
    handover.deliver(office)


def attachments(scene: Scene) -> None:
    """A file comes with a case; another comes with something that is refused."""
    case_id, _ = _some_case(scene)
    scene.begin()
    _attach(scene, case_id)
    with suppress(ZeroDivisionError):
        _attach(scene, case_id, refused=True)
    _attach(scene, case_id)


def clearing(scene: Scene) -> None:
    """The office clears away what had its time."""
    scene.travelling.advance(timedelta(days=3))
    scene.begin()
    housekeeping.run(scene.office)


def copying(scene: Scene) -> None:
    """A copy of the office is made."""
    scene.begin()
    file = scene.world.copies / f"{uuid4().hex}.tar"
    now = scene.travelling.now()
    backup.write(scene.office.database, scene.office.settings, file, at=now, with_key=True)


FLOWS: dict[str, Callable[[Scene], None]] = {
    each.__name__: each
    for each in (
        intake,
        completion,
        timers,
        mail,
        jobs,
        publish,
        migration,
        migration_undone,
        erasure,
        handing_over,
        attachments,
        clearing,
        copying,
    )
}
# How often each is met in a life that dies somewhere: people complete far more than they publish.
OFTEN = {"intake": 2, "completion": 8, "timers": 3, "mail": 2, "jobs": 3}


def any_flow(scene: Scene) -> None:
    """One of them, as often as they come."""
    names = list(FLOWS)
    FLOWS[scene.pick.choices(names, [OFTEN.get(name, 1) for name in names])[0]](scene)


def _some_case(scene: Scene) -> tuple[int, int]:
    """A complaint under way; a new one while there are few."""
    query = (
        select(ProcessInstance.case_id, ProcessInstance.id)
        .join(Definition, Definition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.ended_at.is_(None), ProcessInstance.case_id.is_not(None))
    )
    with scene.office.database.reading() as reading:
        found = [(case_id or 0, instance_id) for case_id, instance_id in reading.session.execute(query)]
    if len(found) < 2 or (len(found) < MOST_CASES and scene.pick.random() < 0.15):
        fresh = scene.walk()
        fresh.begin()
        return fresh.case_id, fresh.instance_id
    return scene.pick.choice(found)


def order(scene: Scene) -> None:
    """An errand is ordered; it begins at the next tick."""
    with scene.office.database.work() as work:
        messages.send(scene.office, work, MESSENGER, errand.ORDERED, "", {"ticket": scene.pick.randrange(10**6)})


def _next_version(scene: Scene) -> int:
    office = scene.office
    with office.database.reading() as reading:
        newest = max(row.version for row in definitions.versions(reading, "process", errand.PROCESS))
    with office.database.work() as work:
        made = publishing.publish(office, work, ANN, "process", errand.content(newest + 1))
    with office.database.work() as work:
        return publishing.activate(office, work, PAUL, made.definition.id).version


def planned(scene: Scene) -> int:
    """Some errands under way, a newer version in use, and a plan to take them there."""
    for _ in range(2):
        order(scene)
    tick(scene.office)
    version = _next_version(scene)
    before = {errand.look_id(version - 1): errand.look_id(version)}
    with scene.office.database.work() as work:
        made = migrating.make(
            scene.office, work, ANN, errand.PROCESS, version - 1, version, mapping=before, reason="Nieuwe versie"
        )
        return made.id


def _one_that_is_over(office: Office) -> int | None:
    """A case that can be erased: it has its key, and nothing of it is under way."""
    with office.database.reading() as reading:
        streams = select(StreamHead.stream).where(StreamHead.stream.like("case:%"), StreamHead.wrapped_key.is_not(None))
        with_key = {int(stream.partition(":")[2]) for stream in reading.session.scalars(streams)}
        under_way = select(ProcessInstance.case_id).where(ProcessInstance.ended_at.is_(None))
        return min(with_key - set(reading.session.scalars(under_way)), default=None)


def _attach(scene: Scene, case_id: int, *, refused: bool = False) -> None:
    office, upload = scene.office, Upload("bijlage.pdf", io.BytesIO(PDF + uuid4().bytes))
    with office.database.work() as work:
        office.documents.add(work, case_id, upload, source=STAFF.id, by=STAFF.id, at=scene.travelling.now())
        if refused:
            raise ZeroDivisionError
