"""What was counted of a year, kept so that nobody waits for it again."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, JsonText, UtcDateTime

_UNDER_WAY: dict[str, Any] = {"postgresql_where": text("done_at IS NULL"), "sqlite_where": text("done_at IS NULL")}


class AnnualCount(Base):
    """A year counted from the history up to `until`; the newest that is done is what a report shows. One is under way at a time.

    `found` are the counts of what lies before `counted_to`. `events` is how many events there were before `until` when it began:
    as long as there are no others, counting again finds the same. Whoever counts holds it until `held_until`.
    """

    __tablename__ = "annual_count"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    year: Mapped[int]
    definition: Mapped[str] = mapped_column(String(20))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    events: Mapped[int | None] = mapped_column(BigInteger)
    counted_to: Mapped[datetime] = mapped_column(UtcDateTime)
    found: Mapped[dict[str, Any]] = mapped_column(JsonText)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_annual_count_year", "year", "id"),
        Index("uq_annual_count_under_way", "year", unique=True, **_UNDER_WAY),
    )
