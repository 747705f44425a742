"""What may happen only once at a time in the whole office, on however many machines, where no row stands for it that could be locked.

SQLite has one writer at a time, so there it is so already. On PostgreSQL the database keeps the turn, until the transaction ends.
"""

from sqlalchemy import text

from storage.unit_of_work import UnitOfWork

_WAIT = text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 0))")


def alone(work: UnitOfWork, subject: str) -> None:
    """Wait until nobody else is at this subject; from here to the end of the transaction nobody else comes to it.

    What was read before may be old: read again what the decision hangs on.
    """
    if work.session.get_bind().dialect.name != "sqlite":
        work.session.execute(_WAIT, {"subject": subject})
