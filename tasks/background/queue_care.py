"""Looking after Procrastinate's queue: what a worker left behind when it died is given to another, what the queue lost is put again.

The rows are the truth, so both are safe at any time: an errand that comes once too often finds nothing to do.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from procrastinate.sql import queries
from sqlalchemy import BigInteger, Select, String, and_, column, exists, literal_column, or_, select, table, text
from sqlalchemy.orm import InstrumentedAttribute

from engine.models import Job, ProcessInstance
from engine.procrastinate_queue import TASK
from engine.queue import JOB, MAIL, Errand, of_job
from storage.unit_of_work import UnitOfWork
from tasks.background.crew import STALLED_SECONDS
from tasks.models import Mail
from tasks.office import Office

OVERDUE = timedelta(minutes=1)
PORTION = 500  # of one transaction
ONE_AT_A_TIME = 7422  # of the advisory locks in this database
_waiting = table("procrastinate_jobs", column("task_name"), column("status"), column("args"))


def look_after(office: Office) -> int:
    """Take over and put again; returns how many. Of several workers one does it, the others pass by."""
    return take_over(office) + sum(_again(office, kind) for kind in (JOB, MAIL))


def take_over(office: Office) -> int:
    """Give the errands of workers that show no sign of life to the others; returns how many."""
    with office.database.work() as work:
        if not _is_ours(work):
            return 0
        connection = work.session.connection().connection.driver_connection
        if connection is None:
            return 0
        stalled = {"queue": None, "task_name": TASK, "seconds_since_heartbeat": STALLED_SECONDS}
        rows = connection.execute(queries["select_stalled_jobs_by_heartbeat"], stalled).fetchall()
        kept = {"new_priority": None, "new_queue_name": None, "new_lock": None}
        for row in rows:
            connection.execute(queries["retry_job"], {"job_id": row[0], "retry_at": None, **kept})
        return len(rows)


def _again(office: Office, kind: str) -> int:
    put = 0
    while found := _portion(office, kind):
        put += found
    return put


def _portion(office: Office, kind: str) -> int:
    """Put again what is overdue and no errand points to: after a change of queue, a restored copy, a loss."""
    with office.database.work() as work:
        if not _is_ours(work):
            return 0
        found = list(_lost_jobs(office, work) if kind == JOB else _lost_mail(office, work))
        for errand in found:
            office.queue.put(work, errand)
        return len(found)


def _lost_jobs(office: Office, work: UnitOfWork) -> Iterator[Errand]:
    late = office.clock.now() - OVERDUE
    is_late = or_(and_(Job.state == "ready", Job.run_at <= late), and_(Job.state == "running", Job.lease_until <= late))
    query = (
        select(Job)
        .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
        .where(is_late, Job.type.in_(sorted(office.engine.handlers)), ProcessInstance.is_suspended.is_(False))
        .order_by(Job.run_at, Job.id)
    )
    for job in work.session.scalars(_without_errand(query, JOB, Job.id)):
        yield of_job(job, min(job.run_at, office.clock.now()))


def _lost_mail(office: Office, work: UnitOfWork) -> Iterator[Errand]:
    if not office.settings.smtp_host:
        return
    query = select(Mail).where(Mail.state == "waiting", Mail.next_at <= office.clock.now() - OVERDUE)
    for mail in work.session.scalars(_without_errand(query.order_by(Mail.next_at, Mail.id), MAIL, Mail.id)):
        yield Errand(MAIL, mail.id, mail.next_at)


def _without_errand(query: Select[Any], kind: str, row_id: InstrumentedAttribute[int]) -> Select[Any]:
    points_to_it = exists().where(
        _waiting.c.task_name == TASK,
        literal_column("status").in_([literal_column("'todo'"), literal_column("'doing'")]),
        literal_column("args ->> 'kind'", String) == kind,
        literal_column("(args ->> 'row_id')::bigint", BigInteger) == row_id,
    )
    return query.where(~points_to_it).limit(PORTION)


def _is_ours(work: UnitOfWork) -> bool:
    return bool(work.session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME}))
