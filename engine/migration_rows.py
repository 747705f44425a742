"""The rows beside the token state, when an instance stands under other ids: what it waits for, its jobs, its incidents.

A row that waits for the same keeps its id, and so its place among those that wait for one message; a signal that is already on its way
still finds it. Only what is really another wait is a new row.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from engine.models import Delivery, Incident, Job, Subscription
from engine.waits import Wait

# So many ids in one statement.
PORTION = 500


def rewrite(session: Session, instance_id: int, wanted: list[Wait], elements: Mapping[str, str]) -> None:
    """Bring the rows of an instance in line. `elements` names the element of each token that has another one."""
    _rewrite_waits(session, instance_id, wanted)
    by_element: dict[str, list[str]] = {}
    for token_id, element in elements.items():
        by_element.setdefault(element, []).append(token_id)
    for element, tokens in by_element.items():
        for table in (Job, Incident):
            for some in batched(tokens, PORTION):
                mine = update(table).where(table.instance_id == instance_id, table.token_id.in_(some))
                session.execute(mine.values(element_id=element).execution_options(synchronize_session=False))


def _rewrite_waits(session: Session, instance_id: int, wanted: list[Wait]) -> None:
    rows = list(session.scalars(select(Subscription).where(Subscription.instance_id == instance_id)))
    left: dict[str, list[Wait]] = {}
    for wait in wanted:
        left.setdefault(wait.token_id, []).append(wait)
    others = [row for row in rows if not _taken(left, row, same_place=True)]
    moved = [(row, found) for row in others if (found := _taken(left, row, same_place=False)) is not None]
    kept = {row.id for row, _ in moved}
    for some in batched([row.id for row in others if row.id not in kept], PORTION):
        session.execute(delete(Subscription).where(Subscription.id.in_(some)))
    _rename(session, moved)
    session.add_all(Subscription(instance_id=instance_id, **vars(wait)) for waits in left.values() for wait in waits)


def _taken(left: dict[str, list[Wait]], row: Subscription, *, same_place: bool) -> Wait | None:
    """Take from what is left the wait this row is for; at the same event, or at any of its token."""
    waits = left.get(row.token_id, [])
    for wait in waits:
        is_there = (row.element_id, row.position) == (wait.element_id, wait.position)
        if _is_for(row, wait) and (is_there or not same_place):
            waits.remove(wait)
            return wait
    return None


def _is_for(row: Subscription, wait: Wait) -> bool:
    return (row.kind, row.name, row.key, row.due_at) == (wait.kind, wait.name, wait.key, wait.due_at)


def _rename(session: Session, moved: list[tuple[Subscription, Wait]]) -> None:
    """Two events that change places would meet half-way, so each goes by way of an id that no diagram has."""
    for row, _ in moved:
        session.execute(_place(row.id, f"#{row.id}", row.position))
    for row, wait in moved:
        session.execute(_place(row.id, wait.element_id, wait.position))
        on_its_way = update(Delivery).where(Delivery.subscription_id == row.id, Delivery.state == "waiting")
        session.execute(on_its_way.values(element_id=wait.element_id))


def _place(row_id: int, element_id: str, position: int) -> Update:
    return update(Subscription).where(Subscription.id == row_id).values(element_id=element_id, position=position)


def batched(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items in portions."""
    return (items[start : start + size] for start in range(0, len(items), size))
