"""Files of others that somebody of the office opened with a reason. Opening one is `tasks.at_services.openings`; `tasks.sight` asks here."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, UtcDateTime


class FileOpening(Base):
    """Somebody opened a file that is not theirs, and said why. It stays when it has ended."""

    __tablename__ = "file_opening"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    person: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_file_opening_person", "person", "ended_at", "case_id"),
        Index("ix_file_opening_case", "case_id"),
    )


def opened_by(person: str) -> Select[int]:
    """The cases this person has open. `person` is an actor id."""
    return select(FileOpening.case_id).where(FileOpening.person == person, FileOpening.ended_at.is_(None))
