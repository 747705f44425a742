"""An office of an earlier release, with something under way at every kind of place, put back and taken on by this one."""

import json
import lzma
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from multiprocessing import RawValue
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from engine.models import Incident, Job, ProcessInstance
from history import log
from storage.unit_of_work import Database
from tasks.background import clock
from tasks.background.clock_source import TravellingClock
from tasks.models import CaseMigration, MigrationPlan
from tasks.office import Office
from tasks.operating import backup, incidents, mending
from tasks.studio import migration_run
from tests.conftest import _postgresql_copy
from tests.golden.office import settings_in, told
from tests.properties.walk import Walk
from tests.soak import invariants
from tests.soak.flows import ADMIN, PAUL
from tests.soak.world import World

HERE = Path(__file__).resolve().parent
COPIES = sorted(HERE.glob("office_*.tar.xz"))
MOST_STEPS = 120  # of one case; the longest seen has some forty


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'again.db'}"
    else:
        with _postgresql_copy(request.getfixturevalue("postgresql_server"), "template_empty") as made:
            yield made.url


@pytest.mark.parametrize("file", COPIES, ids=lambda file: file.name.removesuffix(".tar.xz"))
def test_every_case_of_an_earlier_release_goes_on_to_its_end(file: Path, url: str, tmp_path: Path) -> None:
    kept = json.loads((HERE / f"{file.name.removesuffix('.tar.xz')}.json").read_text(encoding="utf-8"))
    settings, copy = settings_in(tmp_path, url), tmp_path / "copy.tar"
    copy.write_bytes(lzma.decompress(file.read_bytes()))
    with closing(Database(url)) as database:
        backup.read_back(copy, database, settings)
    world = World(settings, RawValue("d", kept["now"]))
    office, travelling = world.office()
    with closing(office.database):
        with office.database.reading() as reading:
            assert json.loads(json.dumps(told(office, reading))) == kept["told"], "the film shows what it showed"
        invariants.hold(office, travelling)
        migration_run.advance(office)
        _go_on(office, travelling)
        invariants.hold(office, travelling)
        with office.database.reading() as reading:
            assert set(reading.session.scalars(select(MigrationPlan.state))) == {"done"}
            assert "waiting" not in set(reading.session.scalars(select(CaseMigration.state)))
            assert all(log.verify(reading, stream).ok for stream in kept["told"])


def _go_on(office: Office, travelling: TravellingClock) -> None:
    """Somebody resumes what was suspended and retries what was given up; people and time do the rest.

    Half of the cases end here and half on the other database, as each takes some thirty steps.
    """
    with office.database.reading() as reading:
        stopped = list(reading.session.scalars(select(ProcessInstance.id).where(ProcessInstance.is_suspended)))
        query = select(ProcessInstance.case_id, ProcessInstance.id).where(ProcessInstance.ended_at.is_(None))
        open_cases = list(reading.session.execute(query.order_by(ProcessInstance.id)))
    assert stopped
    for instance_id in stopped:
        with office.database.work() as work:
            mending.resume(office, work, PAUL, instance_id, "Verder.")
    assert _retry(office) > 0
    for case_id, instance_id in open_cases[int(office.database.is_sqlite) :: 2]:
        walk = Walk(office, travelling, Random(instance_id), case_id or 0, instance_id)
        while not walk.is_over():
            assert len(walk.path) < MOST_STEPS, walk.path
            walk.complete()
            _retry(office)
    assert walk.is_over()
    for _ in range(5):  # a job that fails is tried again, by the office and at last by people
        travelling.advance(timedelta(hours=1))
        clock.tick(office)
        _retry(office)
    assert _owed(office) == []


def _retry(office: Office) -> int:
    """Everything that is stuck is tried again; how much that is."""
    with office.database.reading() as reading:
        stuck = list(reading.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))))
    incidents.retry_all(office, ADMIN, stuck)
    return len(stuck)


def _owed(office: Office) -> list[int]:
    """The jobs nobody did."""
    with office.database.reading() as reading:
        return list(reading.session.scalars(select(Job.id).where(Job.state.in_(("ready", "running")))))


def test_this_release_has_left_its_office_to_those_after_it() -> None:
    assert COPIES
    assert all(file.stat().st_size < 300_000 for file in COPIES)
