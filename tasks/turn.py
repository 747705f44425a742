"""The turn: what happens around every step of the engine, whoever caused it.

In: the step the engine took, who caused it, what was said. Out: worklist rows opened and closed, the history appended.
Promise: all of it in the caller's transaction, the history in the order in which things happened.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, update

from cases import own_initiative
from cases.models import Case
from engine import definitions
from engine.step import OpenedUserTask, Step, Transition
from history.log import Event
from identity.people import Actor
from identity.roles import EXTERNAL_ROLES
from storage import watching
from storage.straight import Straight
from storage.unit_of_work import UnitOfWork
from tasks.citizens import external
from tasks.deadlines import deadline_moves
from tasks.forms_in_use import plain
from tasks.models import UserTask
from tasks.office import Office
from tasks.operating import counts
from tasks.treatment import open_choices, other_hands, repeated

LINK_LIFETIME = timedelta(days=180)
_NOTES = "events of this turn"
# Built once, and straight on the table: nearly every turn opens a user task, and every timer at one closes it.
_ROWS: Any = UserTask.__table__
# A new row says nothing of what is not told; its number and the version of its form the database fills in.
_EMPTY = {column.name: None for column in _ROWS.c if column.name not in ("id", "form_version")}
_OPEN = Straight(
    insert(_ROWS).values(form_version=definitions.version_now("form", bindparam("form_now"))).returning(_ROWS.c.id),
    _EMPTY,
)
_CLOSE = (
    update(_ROWS)
    .where(_ROWS.c.instance_id == bindparam("of"), _ROWS.c.token_id.in_(bindparam("tokens", expanding=True)))
    .where(_ROWS.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"), closed_by=bindparam("by"), version=_ROWS.c.version + 1)
    .values(draft=None, office_draft=None)
)


@dataclass(frozen=True)
class Said:
    """What a person said at one token: kept with the transition it caused. `personal` is sealed in the history.

    `on_behalf` says whose answer staff noted, and how and when it came; empty when people answer for themselves.
    """

    token_id: str
    data: Mapping[str, object] = field(default_factory=dict)
    personal: Mapping[str, object] = field(default_factory=dict)
    on_behalf: Mapping[str, object] = field(default_factory=dict)


def stream_of(case_id: int) -> str:
    return f"case:{case_id}"


def stream_of_step(step: Step) -> str:
    """Where the history of a step goes: its case's, or that of an instance that has no case."""
    return stream_of(step.case_id) if step.case_id else f"instance:{step.instance_id}"


def note(work: UnitOfWork, event: Event) -> None:
    """Remember an event of this turn; `apply` appends it at its place. Handlers use this."""
    work.session.info.setdefault(_NOTES, []).append(event)


def apply(
    office: Office, work: UnitOfWork, actor: Actor, step: Step, *, said: Said | None = None, first: Iterable[Event] = ()
) -> list[UserTask]:
    """Bring worklist and history in line with the step. Returns the new user tasks.

    `first` are the events that caused the step (a message received, a timer that fell due).
    """
    first, now = list(first), office.clock.now()
    watching.about(instance=step.instance_id, case=step.case_id or None)
    counts.turn(work, counts.kind_of(actor, said is not None, first))
    closed = [token for token in step.closed if said is None or token != said.token_id]
    if closed:
        _close(work, actor, step.instance_id, closed, now)
    opened = _open_all(office, work, step, now)
    open_choices.keep(work, step, now)
    deadline_moves.settle(office, work, step.case_id)
    noted: list[Event] = work.session.info.pop(_NOTES, [])
    events = [*first, *_in_order(step, actor, said, noted, now), *_own_file_over(work, step, now)]
    office.log.append(work, stream_of_step(step), events)
    return opened


def _own_file_over(work: UnitOfWork, step: Step, now: datetime) -> list[Event]:
    """A file the office opened for a process closes when the process is over; nothing else would close it."""
    if step.outcome not in ("completed", "terminated") or not step.case_id:
        return []
    if not own_initiative.close_file(work, step.case_id, step.instance_id, now):
        return []
    return [Event("case", "changed", now, "system:office", "", {"closed": True})]


def finish(office: Office, work: UnitOfWork, case_id: int, *events: Event) -> None:
    """Append events of a command that did not move the engine (claim, a look, a message on the file)."""
    watching.about(case=case_id)
    noted: list[Event] = work.session.info.pop(_NOTES, [])
    office.log.append(work, stream_of(case_id), [*events, *noted])


def _close(work: UnitOfWork, actor: Actor, instance_id: int, tokens: list[str], now: datetime) -> None:
    values = {"now": now, "by": actor.id, "of": instance_id, "tokens": tokens}
    work.session.execute(_CLOSE, values)  # nobody reads these rows again in this turn


def _open_all(office: Office, work: UnitOfWork, step: Step, now: datetime) -> list[UserTask]:
    return [_open(office, work, step, each, now) for each in step.opened]


def _open(office: Office, work: UnitOfWork, step: Step, user_task: OpenedUserTask, now: datetime) -> UserTask:
    """Write the row; what comes back tells of it, and is no part of the session."""
    columns, secret = _columns(office, step, user_task, now), ""
    columns["not_by"] = other_hands.kept_from(work, step.case_id, user_task)
    if columns["role"] in EXTERNAL_ROLES:
        case = work.session.get_one(Case, step.case_id)
        # A part of the complaint may be another authority's: the diagram then names it in an input.
        asked = user_task.inputs.get("authority_key") or case.authority_key
        columns["authority_key"] = str(asked) if columns["role"] == "authority" and asked else None
        columns["link_expires_at"] = now + LINK_LIFETIME
        secret = external.question_secret(office, step.instance_id, user_task.token_id)
        columns["link_hash"] = hash_of(secret)
    ((row_id,),) = _OPEN.rows(work.session, {**_EMPTY, **columns, "form_now": user_task.form_key})
    row = UserTask(id=row_id, **columns)
    if secret:
        external.invite(office, work, case, row, secret)
    return row


def _columns(office: Office, step: Step, user_task: OpenedUserTask, now: datetime) -> dict[str, Any]:
    return {
        "case_id": step.case_id,
        "instance_id": step.instance_id,
        "token_id": user_task.token_id,
        "definition_id": user_task.definition_id,
        "element_id": user_task.element_id,
        "name": user_task.name,
        "about": repeated.about(office, user_task.occurrence),
        "form_key": user_task.form_key,
        "role": user_task.roles[0] if user_task.roles else "",
        "due_at": user_task.due_at,
        "follow_up_at": user_task.follow_up_at,
        "priority": user_task.priority,
        "inputs": dict(user_task.inputs),
        "opened_at": now,
        "version": 1,
    }


def new_secret() -> tuple[str, str]:
    """A secret for a link and the hash that is stored: 43 characters, 256 bits."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _in_order(step: Step, actor: Actor, said: Said | None, noted: list[Event], now: datetime) -> list[Event]:
    """The step's transitions as events, with what handlers noted right after their element was activated."""
    events: list[Event] = []
    waiting = list(noted)
    decisions = list(step.decisions)
    for transition in step.transitions:
        events.append(_event(step, transition, actor, said, now))
        if transition.transition != "activated":
            continue
        mine = [event for event in waiting if event.data.get("token") == transition.token_id]
        waiting = [event for event in waiting if event.data.get("token") != transition.token_id]
        events += mine
        for decision in [d for d in decisions if d.token_id == transition.token_id]:
            decisions.remove(decision)
            data = {str(k): plain(v) for k, v in decision.as_data().items()}
            events.append(Event(transition.element_id, "decided", now, "system:rules", "", data))
    return events + waiting


def _event(step: Step, transition: Transition, actor: Actor, said: Said | None, now: datetime) -> Event:
    data: dict[str, object] = {
        "instance": step.instance_id,
        "token": transition.token_id,
        "definition": list(transition.definition),
        "flow": transition.flow,
        "type": transition.element_type,
    }
    if transition.undoes is not None:
        data["undoes"] = transition.undoes
    if transition.occurrence is not None:  # without its item: what stands in a list may be personal
        data["occurrence"] = [transition.occurrence.number, transition.occurrence.total]
    if said is not None and transition.token_id == said.token_id and transition.transition == "completed":
        data["answers"] = dict(said.data)
        if said.on_behalf:
            data["on_behalf"] = dict(said.on_behalf)
        return Event(transition.element_id, "completed", now, actor.id, role_of(actor), data, dict(said.personal))
    return Event(transition.element_id, transition.transition, now, "system:engine", "", data)


def role_of(actor: Actor) -> str:
    return next(iter(sorted(actor.roles)), "")
