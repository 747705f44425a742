"""What must hold in an office after any death: nothing lost, nothing half, nothing twice."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

from SpiffWorkflow.util.task import TaskState
from sqlalchemy import func, select

from cases.models import Document, Erasure
from engine import codec
from engine.models import Definition, Incident, Job, ProcessInstance, Subscription
from engine.taking import STARTED_JOB
from engine.throwing import SUBSCRIBED
from history.models import StreamHead
from service import open_office
from storage.unit_of_work import Database
from tasks.accounts import STREAM
from tasks.background.clock_source import TravellingClock
from tasks.joined.transfer_models import SealedPackage
from tasks.models import CaseMigration, MigrationPlan
from tasks.office import EMBEDDED, Office
from tasks.operating import backup
from tasks.retention.erasing import ELSEWHERE
from tests.properties.walk import Walk
from tests.soak import errand
from tests.soak.world import World


def check(world: World) -> None:
    """Raises AssertionError with what does not hold."""
    office, travelling = world.office()
    with closing(office.database):
        hold(office, travelling)
        _jobs_outside(office, world)
    _copies(world, travelling)


def hold(office: Office, travelling: TravellingClock) -> None:
    """All of what follows, in an office that is open."""
    chains(office)
    cases(office, travelling)
    rows_and_tokens(office)
    dead_jobs(office)
    versions(office)
    moves(office)
    keys(office)
    boxes(office)
    files(office)


def chains(office: Office) -> None:
    """Every history is whole, gapless, and carries the office's seal."""
    with office.database.reading() as reading:
        for stream, verdict in office.log.verify_all(reading):
            assert verdict.ok, f"{stream}: {verdict.reason} at {verdict.first_bad_seq}"


def cases(office: Office, travelling: TravellingClock) -> None:
    """The history folds to the state, each user task is open or done and never both, no case is stuck."""
    with office.database.reading() as reading:
        query = select(ProcessInstance.case_id, ProcessInstance.id).order_by(ProcessInstance.id.desc()).limit(12)
        rows = list(reading.session.execute(query))
    for case_id, instance_id in rows:
        Walk(office, travelling, Random(0), case_id or 0, instance_id).check()


def rows_and_tokens(office: Office) -> None:
    """Every wait and every job of a token has its row, and every row its token."""
    with office.database.reading() as reading:
        for row in reading.session.scalars(select(ProcessInstance).where(ProcessInstance.ended_at.is_(None))):
            bound = office.engine.specs.bound(reading, row.definition_id, row.called)
            tokens = [
                task
                for scope in codec.restore(row.state, bound.spec, bound.scope_specs).scopes()
                for task in scope.tasks.values()
            ]
            waits = Counter(
                (task.id.hex, place.partition("#")[0])
                for task in tokens
                if task.state == TaskState.WAITING
                for place in task.internal_data.get(SUBSCRIBED, ())
            )
            known = reading.session.execute(
                select(Subscription.token_id, Subscription.element_id).where(Subscription.instance_id == row.id)
            )
            assert Counter((token, element) for token, element in known) == waits, f"waits of instance {row.id}"
            working = Counter(task.id.hex for task in tokens if STARTED_JOB in task.internal_data)
            jobs = reading.session.scalars(
                select(Job.token_id).where(Job.instance_id == row.id, Job.state.in_(("ready", "running", "dead")))
            )
            assert Counter(UUID(hex=each).hex for each in jobs) == working, f"jobs of instance {row.id}"


def dead_jobs(office: Office) -> None:
    """A job that is given up shows as an incident, so that nobody waits for it in vain."""
    with office.database.reading() as reading:
        shown = select(Incident.id).where(
            Incident.instance_id == Job.instance_id, Incident.token_id == Job.token_id, Incident.resolved_at.is_(None)
        )
        under_way = select(ProcessInstance.id).where(ProcessInstance.ended_at.is_(None))
        unseen = select(Job.id).where(Job.state == "dead", Job.instance_id.in_(under_way), ~shown.exists())
        assert not (lost := list(reading.session.scalars(unseen))), f"dead jobs without an incident: {lost}"


def versions(office: Office) -> None:
    """Versions count without gaps, one of a key is in use, the office's history tells of each, and only what is in use starts."""
    with office.database.reading() as reading:
        rows: Sequence[Definition] = reading.session.scalars(select(Definition).order_by(Definition.version)).all()
        told = {
            (event.data["kind"], event.data["key"], event.data["version"], event.data["state"])
            for event in office.log.read(reading, STREAM)
            if event.activity == "definition"
        }
        starting = set(reading.session.scalars(select(Subscription.definition_id).distinct())) - {None}
    numbers: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        numbers.setdefault((row.kind, row.key), []).append(row.version)
        by_people = not row.created_by.startswith("system:")
        assert not by_people or (row.kind, row.key, row.version, "draft") in told, f"{row.key} {row.version} untold"
        if by_people and row.state == "active":
            assert (row.kind, row.key, row.version, "active") in told, f"{row.key} {row.version} in use, untold"
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values()), numbers
    in_use = Counter((row.kind, row.key) for row in rows if row.state == "active")
    assert set(in_use.values()) <= {1}, in_use
    assert starting <= {row.id for row in rows if row.state == "active"}, "a retired version still starts"


def moves(office: Office) -> None:
    """Each moved case is on one version, the one its history says; a plan is over when nothing of it waits."""
    with office.database.reading() as reading:
        versions_of = {row.id: row.version for row in reading.session.scalars(select(Definition))}
        for plan in reading.session.scalars(select(MigrationPlan)):
            rows = list(reading.session.scalars(select(CaseMigration).where(CaseMigration.plan_id == plan.id)))
            waiting = {row.state for row in rows} & {"waiting", "undoing"}
            assert plan.state in ("running", "undoing") or not waiting, f"plan {plan.id} is {plan.state}, has {waiting}"
            for row in rows:
                instance = reading.session.get_one(ProcessInstance, row.instance_id)
                stream = f"instance:{instance.id}" if instance.case_id is None else f"case:{instance.case_id}"
                told = [each for each in office.log.read(reading, stream) if each.transition == "migrated"]
                mine = [each for each in told if each.data["plan"] == plan.id]
                expected = {"moved": 1, "undoing": 1, "kept": 1, "undone": 2}.get(row.state, 0)
                assert len(mine) == expected, f"move {row.id} is {row.state} and was told {len(mine)} times"
                if told:
                    assert told[-1].data["to"] == versions_of[instance.definition_id], f"move {row.id}"


def keys(office: Office) -> None:
    """A key is there, or it is destroyed and the history says since when; then nothing personal opens any more."""
    with office.database.reading() as reading:
        for head in reading.session.scalars(select(StreamHead)):
            assert (head.wrapped_key is None) == (head.key_destroyed_at is not None), head.stream
            if head.wrapped_key is None:
                assert not any(event.personal for event in office.log.read(reading, head.stream)), head.stream


def boxes(office: Office) -> None:
    """What went to the reports house, which is away, lies in its box, and nowhere else; each once."""
    with office.database.reading() as reading:
        went = reading.session.scalar(select(func.count()).where(Erasure.ground == ELSEWHERE))
        assert went == reading.session.scalar(select(func.count()).select_from(SealedPackage))


def files(office: Office) -> None:
    """A row has its file, whole. A file without a row is only what a sweep will take."""
    with office.database.reading() as reading:
        known = set(reading.session.scalars(select(Document.digest)))
    missing = {digest for digest in known if not office.documents.path(digest).is_file()}
    assert not missing, f"documents without their file: {missing}"


def _jobs_outside(office: Office, world: World) -> None:
    """What a case says was done outside was done there, under the key of that one job."""
    done_outside = set(world.told.read_text().split()) if world.told.exists() else set()
    with office.database.reading() as reading:
        jobs = list(reading.session.scalars(select(Job).where(Job.type == errand.OUTSIDE)))
    names = {f"{job.instance_id}:{job.token_id}" for job in jobs}
    done = {f"{job.instance_id}:{job.token_id}" for job in jobs if job.state == "done"}
    assert done <= done_outside, f"said to be done, and never was: {done - done_outside}"
    assert done_outside <= names, f"done for nobody: {done_outside - names}"


def _copies(world: World, travelling: TravellingClock) -> None:
    """Each copy of the office is an office in which all of this holds. What a killed copy leaves is never taken for one."""
    for file in sorted(world.copies.glob("*.tar")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            url = f"sqlite:///{folder / 'office.db'}"
            settings = replace(world.settings, data_dir=folder, database_url=url, queue=EMBEDDED)
            with closing(Database(settings.database_url)) as database:
                backup.read_back(file, database, settings)
                restored = open_office(settings, database=database, clock=travelling)
                hold(restored, travelling)
                with database.reading() as reading:
                    assert reading.session.scalar(select(func.count()).select_from(Definition)), "an empty copy"
        file.unlink()
