"""What the file knows: dotted names to values, old values kept.

`remember` answers what changed, so that the turn can put old and new in the history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from cases.models import Fact
from storage.unit_of_work import Reading, UnitOfWork

# Built once: every completed form asks these.
_CURRENT = select(Fact).where(Fact.case_id == bindparam("case_id"), Fact.replaced_at.is_(None)).order_by(Fact.id)
_NAMED = _CURRENT.where(Fact.name.in_(bindparam("names", expanding=True)))
_REMEMBER = insert(Fact)
_KNOWN = "facts known in this transaction"


@dataclass(frozen=True)
class Change:
    """One fact that got another value."""

    name: str
    old: object
    new: object
    is_personal: bool


def remember(
    work: UnitOfWork, case_id: int, values: Mapping[str, object], *, personal: Iterable[str] = (), at: datetime
) -> list[Change]:
    """Store what is new or different; two statements, or three when something is replaced."""
    if not values:
        return []
    private = set(personal)
    known_now = work.session.scalars(_NAMED, {"case_id": case_id, "names": list(values)})
    current = {fact.name: fact for fact in known_now}
    changes = [
        Change(name, current[name].value if name in current else None, value, name in private)
        for name, value in values.items()
        if (current[name].value if name in current else None) != value
    ]
    replaced = [current[change.name].id for change in changes if change.name in current]
    if replaced:
        work.session.execute(update(Fact).where(Fact.id.in_(replaced)).values(replaced_at=at))
    rows = [
        {
            "case_id": case_id,
            "name": change.name,
            "value": change.new,
            "is_personal": change.is_personal,
            "known_at": at,
        }
        for change in changes
    ]
    if rows:
        work.session.execute(_REMEMBER, rows)
        work.session.info.get(_KNOWN, {}).pop(case_id, None)
    return changes


def known(reading: Reading, case_id: int) -> dict[str, object]:
    """Everything the file knows now. Asked once per transaction: each letter of a turn wants it."""
    asked: dict[int, dict[str, object]] = reading.session.info.setdefault(_KNOWN, {})
    if case_id not in asked:
        rows = reading.session.scalars(_CURRENT, {"case_id": case_id})
        asked[case_id] = {fact.name: fact.value for fact in rows}
    return dict(asked[case_id])
