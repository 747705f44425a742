"""What the file knows: dotted names to values, old values kept.

`remember` answers what changed, so that the turn can put old and new in the history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from cases.models import Fact
from storage.private import owned
from storage.straight import Straight
from storage.unit_of_work import Reading, UnitOfWork

# Built once, and straight on the table: every completed form asks these, and nobody holds these rows.
_FACTS: Any = Fact.__table__
_CURRENT = Straight(
    select(_FACTS.c.name, _FACTS.c.value)
    .where(_FACTS.c.case_id == bindparam("case_id"), _FACTS.c.replaced_at.is_(None))
    .order_by(_FACTS.c.id)
)
_REPLACE = (
    update(_FACTS)
    .where(
        _FACTS.c.case_id == bindparam("of"),
        _FACTS.c.replaced_at.is_(None),
        _FACTS.c.name.in_(bindparam("names", expanding=True)),
    )
    .values(replaced_at=bindparam("now"))
)
_REMEMBER = Straight(insert(_FACTS), ("case_id", "name", "value", "is_personal", "known_at"))
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
    """Store what is new or different; two statements, or three when something is replaced.

    Whoever moves a case holds its instance first: what is read here serves the whole turn.
    """
    if not values:
        return []
    private = set(personal)
    current = known(work, case_id)
    changes = [
        Change(name, current.get(name), value, name in private)
        for name, value in values.items()
        if current.get(name) != value
    ]
    replaced = [change.name for change in changes if change.name in current]
    if replaced:
        work.session.execute(_REPLACE, {"of": case_id, "names": replaced, "now": at})
    rows = [
        {
            "case_id": case_id,
            "name": change.name,
            "value": owned(work.session, case_id, change.new),
            "is_personal": change.is_personal,
            "known_at": at,
        }
        for change in changes
    ]
    if rows:
        _REMEMBER.write(work.session, rows)
        _memory(work)[case_id] = {**current, **{change.name: change.new for change in changes}}
    return changes


def known(reading: Reading, case_id: int) -> dict[str, object]:
    """Everything the file knows now. Asked once per transaction: each letter of a turn wants it."""
    asked = _memory(reading)
    if case_id not in asked:
        asked[case_id] = dict(_CURRENT.rows(reading.session, {"case_id": case_id}))
    return dict(asked[case_id])


def _memory(reading: Reading) -> dict[int, dict[str, object]]:
    found: dict[int, dict[str, object]] = reading.session.info.setdefault(_KNOWN, {})
    return found
