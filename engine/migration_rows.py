"""The rows beside the token state, when an instance stands under other ids: what it waits for, its jobs, its incidents.

A row that waits for the same keeps its id, and so its place among those that wait for one message; a signal that is already on its way
still finds it. Only what is really another wait is a new row.
"""

from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.models import Delivery, Incident, Job, Subscription
from engine.waits import Wait


def rewrite(session: Session, instance_id: int, wanted: list[Wait], elements: Mapping[str, str]) -> None:
    """Bring the rows of an instance in line. `elements` names the element of each token that has another one."""
    _rewrite_waits(session, instance_id, wanted)
    for table in (Job, Incident):
        for token_id, element in elements.items():
            mine = update(table).where(table.instance_id == instance_id, table.token_id == token_id)
            session.execute(mine.values(element_id=element).execution_options(synchronize_session=False))


def _rewrite_waits(session: Session, instance_id: int, wanted: list[Wait]) -> None:
    rows = list(session.scalars(select(Subscription).where(Subscription.instance_id == instance_id)))
    left = {(wait.token_id, wait.element_id, wait.position): wait for wait in wanted}
    others = []
    for row in rows:
        wait = left.get((row.token_id, row.element_id, row.position))
        if wait is not None and _is_for(row, wait):
            del left[row.token_id, row.element_id, row.position]
        else:
            others.append(row)
    moved: list[tuple[Subscription, Wait]] = []
    for row in others:
        wait = next((each for each in left.values() if each.token_id == row.token_id and _is_for(row, each)), None)
        if wait is None:
            session.execute(delete(Subscription).where(Subscription.id == row.id))
        else:
            del left[wait.token_id, wait.element_id, wait.position]
            moved.append((row, wait))
    _rename(session, moved)
    session.add_all(Subscription(instance_id=instance_id, **vars(wait)) for wait in left.values())


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


def _place(row_id: int, element_id: str, position: int):  # type: ignore[no-untyped-def]
    return update(Subscription).where(Subscription.id == row_id).values(element_id=element_id, position=position)
