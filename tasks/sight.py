"""Who may see which case: the one place. `identity.permissions` says what a role may do; this says with which cases.

Shape: `limits(actor)` are conditions on Case, for every list, search and look-up; `task_limits(actor)` the same on UserTask, whose
case is not read beside it; `sees(reading, actor, case_id)` the check on one case. No conditions means: every case there is.
A restriction is written here once and holds for pages, the API, letters, documents and exports alike, since all of these come to
a case by `case_view.find` or by its user task (`worklist.get`). What somebody may not see does not exist for them (404).
Link holders are no staff: they see what is addressed to them (`worklist.may_see`, `complainant`), and are not limited here.
"""

from typing import Any

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import aliased

from cases.interests import barred
from cases.models import Case
from identity.people import Actor
from identity.roles import FIRST_LINE
from storage.unit_of_work import Reading
from tasks.models import UserTask

FIRST_LINE_MATTER = "first_line"


def limits(actor: Actor, case: type[Case] = Case) -> list[ColumnElement[bool]]:
    """What must hold of a case for this actor to see it. `case` is the alias to speak of, when a statement has several."""
    found = _by_case(actor, case)
    if _may_be_barred(actor):
        found.append(case.id.not_in(barred(actor.id)))
    return found


def _by_case(actor: Actor, case: type[Case]) -> list[ColumnElement[bool]]:
    """What must be read of the case itself."""
    found: list[ColumnElement[bool]] = []
    if FIRST_LINE in actor.roles:
        found += _own_service(actor, case)
    return found


def _may_be_barred(actor: Actor) -> bool:
    """True for people: only they have a conflict of interest (`tasks.conflicts`)."""
    return actor.id.startswith("person:")


def _own_service(actor: Actor, case: type[Case]) -> list[ColumnElement[bool]]:
    """A complaint handler of a service sees the first-line files of that service: never the ombudsman's own, nor another's."""
    if actor.authority_key is None:  # bound to no service: none of the files is theirs
        return [false()]
    return [case.matter == FIRST_LINE_MATTER, case.authority_key == actor.authority_key]


def task_limits(actor: Actor) -> list[ColumnElement[bool]]:
    """The same for user tasks, by their case. It speaks of the case under a name of its own, so that the statement may read cases too."""
    found: list[ColumnElement[bool]] = []
    seen: Any = aliased(Case)
    of_case = _by_case(actor, seen)
    if of_case:
        found.append(select(seen.id).where(seen.id == UserTask.case_id, *of_case).correlate(UserTask).exists())
    if _may_be_barred(actor):  # asked once for the whole list: the case is not looked at for it
        found.append(UserTask.case_id.not_in(barred(actor.id)))
    return found


def sees(reading: Reading, actor: Actor, case_id: int) -> bool:
    """True when this actor sees this case. No statement for who sees every case."""
    found = limits(actor)
    return not found or reading.session.scalar(select(Case.id).where(Case.id == case_id, *found)) is not None
