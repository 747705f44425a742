"""Completing a user task: the one place where a person moves a case forward.

In: an actor, a user task id, raw answers. Out: the step the engine took, and the user task to do next.
Promise: answers, token, history and worklist change together or not at all.
Staff may note what a complainant or an authority answered by post or telephone (`on_behalf`); the history says that it did.
Refuses with UserTaskAlreadyCompleted, UserTaskChanged, NotYourLane, FormNotAccepted.
Words follow WS-HumanTask (claim, release, delegate, complete) and BPMN 2.0 (user task).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from cases import facts
from cases.deadlines import local_day
from cases.documents import Upload
from cases.interests import kept_out
from cases.models import Case, Document
from engine.errors import TokenNotWaiting
from engine.step import Step
from forms.schema import Form, Split, split
from forms.validation import Answers, validate
from history.log import Event
from history.reports import goes_with_key
from identity import people
from identity.models import Person
from identity.people import Actor
from identity.permissions import require
from identity.roles import OMBUDSMAN
from storage.straight import Straight
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn, worklist
from tasks.citizens import amounts, on_behalf
from tasks.errors import (
    DraftElsewhere,
    DraftOfOther,
    FormNotAccepted,
    NothingToAnswerFor,
    NotYourLane,
    PersonCannotTakeUserTask,
    UserTaskAlreadyCompleted,
    UserTaskChanged,
    UserTaskClaimedByOther,
    UserTaskNotClaimed,
)
from tasks.forms_in_use import Said, choices_of, form_version, plain, raw_of
from tasks.letters import namelessness
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment import grievance_states, other_hands

# Where a turn leaves which user task it completes, and by whom: a letter of the same turn names who signed.
COMPLETING = "the user task this turn completes"

# Built once, and straight on the table: every completion ends with it.
# A step of a diagram with this input waits until every part of the complaint is done.
AFTER_PARTS = "after_parts"
_ROWS: Any = UserTask.__table__
_CLOSE = Straight(
    update(_ROWS)
    .where(_ROWS.c.id == bindparam("row"), _ROWS.c.closed_at.is_(None), _ROWS.c.version == bindparam("seen"))
    .values(
        closed_at=bindparam("now"),
        closed_by=bindparam("who"),
        draft=None,
        office_draft=None,
        version=_ROWS.c.version + 1,
    )
)


@dataclass(frozen=True)
class Completed:
    """What completing brought about."""

    step: Step
    case_number: str
    next_user_task_id: int | None


def complete(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    user_task_id: int,
    answers: Said,
    *,
    version: int | None = None,
    files: Sequence[Upload] = (),
    came: Mapping[str, str] | None = None,
) -> Completed:
    """Check the answers, take the step. `version` is the one the person saw; another one since is a conflict.

    `came` says how and when the answer of a complainant or an authority came (`on_behalf.named`), for staff who notes it.
    """
    require(actor, "user_task.complete")
    row, number = worklist.to_complete(work, actor, user_task_id)
    if row.closed_at is not None:
        raise UserTaskAlreadyCompleted(user_task_id=row.id, closed_by=row.closed_by)
    is_for_other = _answers_for_other(work, actor, row, came)
    if row.assignee not in (None, actor.id) and not actor.is_external:
        raise UserTaskClaimedByOther(user_task_id=row.id, assignee=row.assignee)
    if version is not None and version != row.version:
        raise UserTaskChanged(user_task_id=row.id, version=row.version)
    now = office.clock.now()
    behalf, wrong = on_behalf.checked(row, came, local_day(now), has_files=bool(files)) if is_for_other else ({}, [])
    parts = _checked(office, work, row, answers, wrong)
    if files:
        amounts.require_room(office, work, row.case_id, actor, files)
    variables = {**parts.token, "completed_on": local_day(now)}
    if row.inputs.get(AFTER_PARTS):
        grievance_states.require_done(office, work, row.case_id)
    try:
        changes = facts.remember(
            work,
            row.case_id,
            {name: plain(value) for name, value in parts.facts.items()},
            personal=parts.personal,
            at=now,
        )
        documents = _kept(office, work, actor, row, files, worklist.holder_of(row) if is_for_other else actor.id)
        work.session.info[COMPLETING] = row.element_id, actor.id
        work.session.info[on_behalf.NOTED] = on_behalf.noted(behalf, came, actor, documents) if is_for_other else None
        step = office.engine.complete(work, row.instance_id, row.token_id, variables)
    except TokenNotWaiting as gone:
        raise UserTaskAlreadyCompleted(user_task_id=row.id) from gone
    _close(work, row, actor, office)
    opened = turn.apply(office, work, actor, step, said=_said(row, parts, changes, behalf))
    following = next((each.id for each in opened if worklist.may_take(actor, each)), None)
    return Completed(step, number, following)


def _kept(
    office: Office, work: UnitOfWork, actor: Actor, row: UserTask, files: Sequence[Upload], source: str
) -> list[Document]:
    """The files that came with the answer, on the case and with their numbers."""
    now, add = office.clock.now(), office.documents.add
    kept = [add(work, row.case_id, each, source=source, by=actor.id, at=now, user_task_id=row.id) for each in files]
    work.session.flush()
    return kept


def _checked(
    office: Office, work: UnitOfWork, row: UserTask, answers: Said, wrong: Sequence[Mapping[str, str]]
) -> Split:
    form, checked = check(office, work, row, answers)
    wrong = [*wrong, *namelessness.wrong(work, row.case_id, form, checked.values)]
    if checked.errors or wrong:
        raise FormNotAccepted(errors=[*wrong, *checked.problems], user_task_id=row.id)
    return split(form, checked.values)


def check(office: Office, work: UnitOfWork, row: UserTask, answers: Said) -> tuple[Form, Answers]:
    """The form of a user task and the answers checked against it; nothing changes."""
    form = form_version(work, row.form_key or "", row.form_version)
    return form, validate(form, raw_of(form, answers), codelists=choices_of(office), context=row.inputs)


def _said(row: UserTask, parts: Split, changes: list[facts.Change], behalf: Mapping[str, object]) -> turn.Said:
    told = {c.name: {"old": c.old, "new": c.new} for c in changes}
    sealed = {c.name: told[c.name] for c in changes if c.is_personal or goes_with_key(c.name)}
    open_changes = {name: change for name, change in told.items() if name not in sealed}
    answers = {**{k: plain(v) for k, v in parts.token.items()}, "changed": open_changes}
    return turn.Said(row.token_id, answers, sealed, behalf)


def _close(work: UnitOfWork, row: UserTask, actor: Actor, office: Office) -> None:
    """Close the row exactly once: of two that come this far at the same time, the second finds nothing open, or taken by another."""
    closed = {"row": row.id, "seen": row.version, "now": office.clock.now(), "who": actor.id}
    if _CLOSE.change(work.session, closed) != 1:
        is_open = work.session.scalar(select(_ROWS.c.closed_at).where(_ROWS.c.id == row.id)) is None
        raise (UserTaskChanged if is_open else UserTaskAlreadyCompleted)(user_task_id=row.id)


def claim(office: Office, work: UnitOfWork, actor: Actor, user_task_id: int) -> UserTask:
    """Take a user task upon oneself."""
    require(actor, "user_task.claim")
    row = _open(work, actor, user_task_id)
    _in_lane(actor, row)
    if row.assignee not in (None, actor.id):
        raise UserTaskClaimedByOther(user_task_id=row.id)
    return _assign(office, work, actor, row, actor.id, "claimed")


def release(office: Office, work: UnitOfWork, actor: Actor, user_task_id: int) -> UserTask:
    """Give it back to the role."""
    require(actor, "user_task.release")
    row = _open(work, actor, user_task_id)
    if row.assignee != actor.id:
        raise UserTaskNotClaimed(user_task_id=row.id)
    return _assign(office, work, actor, row, None, "released")


def delegate(office: Office, work: UnitOfWork, actor: Actor, user_task_id: int, person_id: int) -> UserTask:
    """Give it to a colleague who holds the role. The ombudsman heads the office and may also move what a colleague has taken."""
    require(actor, "user_task.delegate")
    row = _open(work, actor, user_task_id)
    if OMBUDSMAN not in actor.roles:
        _in_lane(actor, row)
        if row.assignee not in (None, actor.id):
            raise UserTaskClaimedByOther(user_task_id=row.id)
    if person_id not in {person.id for person in who_may_take(work, row)}:
        raise PersonCannotTakeUserTask(errors=[{"field": "person_id", "message": PersonCannotTakeUserTask().sentence}])
    return _assign(office, work, actor, row, f"person:{person_id}", "delegated")


def who_may_take(reading: Reading, row: UserTask) -> list[Person]:
    """The colleagues a user task can be given to: those of its role who may see the case."""
    out = kept_out(reading, row.case_id)
    able = [
        person
        for person in people.with_role(reading, row.role)
        if f"person:{person.id}" not in out and other_hands.is_for(row, f"person:{person.id}")
    ]
    return [person for person in able if sight.sees(reading, people.actor_of(person), row.case_id)]


def save_draft(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    user_task_id: int,
    answers: Mapping[str, Any],
    *,
    seen: str | None = None,
) -> str:
    """Keep half-filled answers on the server; returns the draft's mark. A draft is nobody's fact yet: the history has no part of it.

    `seen` is the mark of the draft the person started from: what a colleague, or they themselves in another window, kept meanwhile is not
    overwritten unseen (DraftOfOther, DraftElsewhere).
    """
    require(actor, "user_task.complete")
    row = _open(work, actor, user_task_id)
    _answers_for_other(work, actor, row, on_behalf.apart(answers)[1])
    if row.assignee not in (None, actor.id) and not actor.is_external:
        raise UserTaskClaimedByOther(user_task_id=row.id)
    kept = on_behalf.draft_of(row, actor)
    if kept.answers is not None and seen is not None and seen != kept.mark:
        raise (DraftElsewhere if kept.by == actor.id else DraftOfOther)(user_task_id=row.id)
    amounts.require_short(actor, answers)
    on_behalf.keep_draft(row, actor, answers)
    return on_behalf.draft_of(row, actor).mark


def _answers_for_other(work: UnitOfWork, actor: Actor, row: UserTask, came: Mapping[str, str] | None = None) -> bool:
    """True when staff notes the answer of whoever is asked. Raises NotYourLane, NothingToAnswerFor, FileOfTheService."""
    if worklist.may_answer_for(actor, row):
        sight.require(actor, "user_task.on_behalf", work.session.get_one(Case, row.case_id))
        return True
    _in_lane(actor, row)
    if came is not None:
        raise NothingToAnswerFor(errors=[{"field": "on_behalf", "message": NothingToAnswerFor().sentence}])
    return False


def _in_lane(actor: Actor, row: UserTask) -> None:
    if row.role not in actor.roles:
        raise NotYourLane(user_task_id=row.id, role=row.role)
    other_hands.require(row, actor)


def _open(work: UnitOfWork, actor: Actor, user_task_id: int) -> UserTask:
    row = worklist.get(work, actor, user_task_id, lock=True)
    if row.closed_at is not None:
        raise UserTaskAlreadyCompleted(user_task_id=row.id)
    return row


def _assign(
    office: Office, work: UnitOfWork, actor: Actor, row: UserTask, assignee: str | None, transition: str
) -> UserTask:
    if row.assignee == assignee:
        return row
    row.assignee = assignee
    row.version += 1
    data = {"token": row.token_id, "assignee": assignee, "instance": row.instance_id}
    turn.finish(
        office,
        work,
        row.case_id,
        Event(row.element_id, transition, office.clock.now(), actor.id, turn.role_of(actor), data),
    )
    return row
