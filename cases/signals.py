"""Signals that were put aside: many complaints about a service, or about one theme of it, that somebody explained.

What is put aside are the complaints that had come in by then, not the service: those that come after it count as ever.
"""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, UtcDateTime


class SignalPutAside(Base):
    """Why so many complaints about a service are no reason to begin an inquiry. An empty theme is every theme of it."""

    __tablename__ = "signal_put_aside"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    authority_key: Mapped[str] = mapped_column(String(100))
    authority_name: Mapped[str] = mapped_column(String(200))
    theme: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    put_aside_by: Mapped[str] = mapped_column(String(80))
    put_aside_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
