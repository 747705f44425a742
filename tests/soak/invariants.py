"""What must hold in an office after any death: nothing lost, nothing half, nothing twice."""

from collections import Counter
from pathlib import Path
from random import Random
from uuid import UUID

from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select

from cases.models import Document
from engine import codec
from engine.models import Job, ProcessInstance, Subscription
from engine.taking import STARTED_JOB
from engine.throwing import SUBSCRIBED
from tasks import clock
from tasks.clock_source import TravellingClock
from tasks.models import Mail
from tasks.office import Office
from tests.properties.walk import Walk
from tests.soak.life import World, files_of


def check(world: World) -> None:
    """Raises AssertionError with what does not hold."""
    office, travelling = world.office()
    try:
        _chains(office)
        _cases(office, travelling)
        _rows_and_tokens(office)
        _files(office, world)
    finally:
        office.database.close()


def _chains(office: Office) -> None:
    with office.database.reading() as reading:
        for stream, verdict in office.log.verify_all(reading):
            assert verdict.ok, f"{stream}: {verdict.reason} at {verdict.first_bad_seq}"


def _cases(office: Office, travelling: TravellingClock) -> None:
    """The history folds to the state, each user task is open or done and never both, no case is stuck."""
    with office.database.reading() as reading:
        query = select(ProcessInstance.case_id, ProcessInstance.id).order_by(ProcessInstance.id.desc()).limit(12)
        rows = list(reading.session.execute(query))
    for case_id, instance_id in rows:
        Walk(office, travelling, Random(0), case_id or 0, instance_id).check()


def _rows_and_tokens(office: Office) -> None:
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
            working = {task.id.hex for task in tokens if STARTED_JOB in task.internal_data}
            jobs = reading.session.scalars(
                select(Job.token_id).where(Job.instance_id == row.id, Job.state.in_(("ready", "running", "dead")))
            )
            assert {UUID(hex=each).hex for each in jobs} == working, f"jobs of instance {row.id}"


def _files(office: Office, world: World) -> None:
    """A row has its file. A file without a row is only what a sweep will take."""
    with office.database.reading() as reading:
        known = set(reading.session.scalars(select(Document.digest)))
    assert known <= files_of(world.settings), "a document without its file"


def finish(world: World, post: Path) -> None:
    """Let all mail leave; each must have arrived at least once, under its one Message-ID."""
    office, travelling = world.office()
    try:
        clock.tick(office)
        arrived = set(post.read_text().split())
        with office.database.reading() as reading:
            mails = list(reading.session.scalars(select(Mail).order_by(Mail.id)))
        late = [mail.message_id for mail in mails if mail.state == "waiting" and mail.next_at <= travelling.now()]
        assert not late, f"mail that did not leave: {late}"
        sent = {mail.message_id for mail in mails if mail.state == "sent"}
        assert sent <= arrived, "mail said to be sent that never arrived"
        assert arrived <= {mail.message_id for mail in mails}, "mail that no row knows"
    finally:
        office.database.close()
