"""A small office with something under way at every kind of place: what an upgrade must carry on with.

Terms that run, a user task with a draft, an answer asked from outside, mail that waits, jobs that wait, rest and are given up,
several at once, a message nobody has taken yet, cases half-way to another version, one that is suspended, one that was erased.
"""

from contextlib import closing
from datetime import timedelta
from io import BytesIO
from multiprocessing import RawValue
from pathlib import Path
from random import Random

from cases.documents import Upload
from history import replay
from history.log import streams
from identity.people import Actor
from storage.unit_of_work import Reading
from tasks import completion
from tasks.background import clock, messages, workers
from tasks.background.clock_source import TravellingClock
from tasks.citizens import drafts
from tasks.office import Office, Settings
from tasks.operating import backup, mending
from tasks.studio import migrating, migration_run
from tests.conftest import START
from tests.soak import errand, flows
from tests.soak.run import prepare
from tests.soak.world import World
from tests.stories.stage import NOT_CONTACTED, Story, person

WORKER = Actor("token:2", "Werker", frozenset({"worker"}))
Told = list[tuple[str, str, list[str]]]


def settings_in(folder: Path, database_url: str = "") -> Settings:
    """Where an office of this kind lives."""
    url = database_url or f"sqlite:///{folder / 'office.db'}"
    return Settings(database_url=url, data_dir=folder / "data", external_job_types=errand.TYPES)


def copy_of(folder: Path, file: Path) -> tuple[dict[str, Told], float]:
    """Make the office, and a copy of it; gives what its histories tell, and what time it is there."""
    world = World(settings_in(folder), RawValue("d", START.timestamp()))
    prepare(world)
    office, travelling = world.office()
    with closing(office.database):
        _complaints(office)
        _errands(flows.Scene(world, office, travelling, Random(11), lambda: None), travelling)
        backup.write(office.database, office.settings, file, at=travelling.now(), with_key=True)
        with office.database.reading() as reading:
            return told(office, reading), world.now.value


def told(office: Office, reading: Reading) -> dict[str, Told]:
    """Every history as its film shows it: what happened, and where the case then was."""
    found: dict[str, Told] = {}
    for stream in streams(reading):
        film = replay.frames(office.log.read(reading, stream))
        found[stream] = [
            (
                frame.activity,
                frame.transition,
                sorted(f"{place.element_id} {count}" for place, count in frame.state.active.items()),
            )
            for frame in film
        ]
    return found


def _complaints(office: Office) -> None:
    Story(office).given_a_complaint(**NOT_CONTACTED).completes("assess_intake", matter="complaint", judged_urgent="nee")
    drafted, lies = Story(office).given_a_complaint(), person("intake_officer")
    row = drafted.open("assess_intake")
    with office.database.work() as work:
        completion.claim(office, work, lies, row.id)
        completion.save_draft(office, work, lies, row.id, {"matter": "complaint"})
        pdf = Upload("boete.pdf", BytesIO(flows.PDF))
        office.documents.add(work, drafted.case_id, pdf, source=lies.id, by=lies.id, at=office.clock.now())
    asked = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    asked.completes("request_information", questions="Waarom?", term_days=20).waits_at("answer_information")
    settling = Story(office).given_an_opened_file().completes("choose_approach", approach="mediation")
    settling.completes("propose_settlement", proposal="De boete vervalt.").waits_at("respond_to_proposal")
    waiting = Story(office).given_an_opened_file()
    waiting.receives("information_requested", missing="Uw factuur", term_days=14)
    suspended = Story(office).given_a_complaint()
    with office.database.work() as work:
        mending.suspend(office, work, flows.PAUL, suspended.case.instance_id or 0, "Even wachten.")
    with office.database.work() as work:
        secret = drafts.begin(office, work)
        drafts.save(office, work, secret, {"services": "De Lijn"})
    erased = Story(office).given_a_complaint().receives("complaint_withdrawn", role="complainant")
    with office.database.work() as work:
        office.log.erase(work, f"case:{erased.case_id}", office.clock.now())


def _errands(scene: flows.Scene, travelling: TravellingClock) -> None:
    """Jobs done, resting and given up; then half of the cases on the next version, and jobs nobody has done yet."""
    office = scene.office
    for _ in range(4):
        flows.order(scene)
    messages.deliver(office)
    _give_up_one(office)
    clock.tick(office)
    travelling.advance(timedelta(minutes=1))
    plan_id = flows.planned(scene)
    with office.database.work() as work:
        migrating.begin(office, work, flows.PAUL, plan_id)
    for _ in range(2):  # not all of them: a process that stops there leaves the plan like this
        migration_run._one(office, plan_id, migrating.WAITING, migration_run._move)
    flows.order(scene)
    messages.deliver(office)
    with office.database.work() as work:
        messages.send(office, work, flows.MESSENGER, "nobody_yet", "12", {"sum": 3}, time_to_live=timedelta(days=900))


def _give_up_one(office: Office) -> None:
    """A worker outside takes a job and says that it can never be done."""
    with office.database.work() as work:
        taken = workers.hand_out(office, work, WORKER, frozenset({errand.OUTSIDE}), most=1, lock_for=timedelta(hours=1))
    with office.database.work() as work:
        workers.fail(office, work, WORKER, taken[0].id, taken[0].lock, reason="Dit adres bestaat niet.", left=0)
