"""The memory: events in chains, the head of each chain, and the key that seals its personal values.

UPDATE and DELETE on `event` are refused by database triggers; nothing cascades into it.
"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, UtcDateTime

# The events that set or move a term: an annual report looks for those that fall due in its year, however long ago they were set.
TERM_IS_SET = "activity = 'deadline' AND transition = 'changed'"


class EventRow(Base):
    """One event as it was stored; the hash is taken over exactly these columns."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stream: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    activity: Mapped[str] = mapped_column(String(200))
    transition: Mapped[str] = mapped_column(String(40))
    resource: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(60))
    data: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        Index("ix_event_deadline", "at", postgresql_where=text(TERM_IS_SET), sqlite_where=text(TERM_IS_SET)),
    )


class StreamHead(Base):
    """The last event of a chain: a tail that is cut off shows against it. Its row lock orders the writers of one chain."""

    __tablename__ = "stream_head"

    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    # Number and hash under the master key: who rewrites a whole chain with right hashes cannot write this.
    seal: Mapped[str] = mapped_column(String(64), default="", server_default="")
    # The stream's own key, wrapped by the master key. Destroying it erases the person and leaves the chain whole.
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
