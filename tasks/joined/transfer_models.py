"""What goes from office to office: the offices whose signature we know, and every package that left or came."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, UtcDateTime


class PartnerOffice(Base):
    """An office whose packages we take: its name as we know it, and the public key it signs with (base64, Ed25519)."""

    __tablename__ = "partner_office"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[str] = mapped_column(String(60), unique=True)
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Transfer(Base):
    """A package that left (`out`) or came (`in`) with a case. `partner` and `their_number` are the other office and its number of the case."""

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    direction: Mapped[str] = mapped_column(String(3))
    package_id: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    partner: Mapped[str] = mapped_column(String(200))
    ground: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    their_number: Mapped[str] = mapped_column(String(40), default="")
    receipt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("direction", "package_id"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
    )


class SealedPackage(Base):
    """What goes to a reports house, shut for that house alone; once it is there, the row is gone.

    Nothing here says which case it was: whoever reads this office's database must not be able to tell (docs/decisions/0025).
    """

    __tablename__ = "sealed_package"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    package_id: Mapped[str] = mapped_column(String(40), unique=True)
    address: Mapped[str] = mapped_column(String(300))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_error: Mapped[str | None] = mapped_column(String(300))
