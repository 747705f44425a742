"""The queue for many machines: errands wait in Procrastinate's tables, in the same PostgreSQL, and its workers are woken for them.

An errand is put on the caller's own connection, so that it is committed or rolled back with the row it points to. The library only
says when to look at a row; what the row says goes (engine.queue). Its workers are in tasks.background.crew, its tables in
engine.procrastinate_tables. Refuses with SchemaOutdated when those tables are not there, DatabaseGone when the database is.
"""

import psycopg
from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from engine.queue import Errand
from engine.step import Clock
from storage.unit_of_work import DatabaseGone, SchemaOutdated, UnitOfWork

TASK, QUEUE = "errand", "ombudsflow"


class Procrastinate:
    """Errands as jobs of Procrastinate."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs = JobManager(
            SyncPsycopgConnector()
        )  # never opened: every statement goes over the caller's connection

    def put(self, work: UnitOfWork, errand: Errand) -> None:
        """Add an errand in the caller's own transaction."""
        is_due = errand.run_at <= self._clock.now()
        job = Job(
            queue=QUEUE,
            task_name=TASK,
            task_kwargs={"kind": errand.kind, "row_id": errand.id},
            # Whoever waits for its moment would hold up all others of its lock, as the library keeps them in order. The claim
            # on the row is what keeps two of one instance apart; the lock only spares a worker that would find it taken.
            lock=(errand.lock or None) if is_due else None,
            queueing_lock=None,
            scheduled_at=None if is_due else errand.run_at,
        )
        try:
            self._jobs.defer_job(job, connection=work.session.connection().connection.driver_connection)
        except ConnectorException as problem:
            is_missing = isinstance(
                problem.__cause__, psycopg.errors.UndefinedObject | psycopg.errors.UndefinedFunction
            )
            raise (SchemaOutdated if is_missing else DatabaseGone) from problem
