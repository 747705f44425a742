"""Who may see which case, and do what in it: the one place. `identity.permissions` says what a role may do; this says with which cases.

Shape: `limits(actor)` are conditions on Case, for every list, search and look-up; `task_limits(actor)` the same on UserTask, whose
case is not read beside it; `sees(reading, actor, case_id)` the check on one case. No conditions means: every case there is.
`known(actor)` is wider: the files of which this actor may know that they are there, by number and term, and may count. Nothing told
in a file may be shown by it. `own(actor)` is narrower: the files this actor may work in. `permits(actor, case)` says which actions one
sees a file for; a room that changes something in a case asks `require(actor, action, case)`, not the table alone.
A restriction is written here once and holds for pages, the API, letters, documents and exports alike, since all of these come to
a case by `case_view.find` or by its user task (`worklist.get`). What somebody may not see does not exist for them (404).
Link holders are no staff: they see what is addressed to them (`worklist.may_see`, `complainant`), and are not limited here.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import aliased

from cases.continuing import GOES_ON
from cases.interests import barred
from cases.models import Case, Fact
from cases.openings import opened_by
from identity import permissions
from identity.people import Actor
from identity.roles import AUDITOR, CASE_STAFF, FIRST_LINE, PROCESS_MANAGER
from problems import Forbidden
from storage.unit_of_work import Reading
from tasks.models import UserTask

FIRST_LINE_MATTER = "first_line"
# What the office's people do in a file of a service that they see (decisions/0024): read it; say that they must stay out of it; and keep it
# from being destroyed, destroy it or give somebody their own data, for which a service has nobody. What they do about the complaint itself,
# they do in the case in which it came to them.
IN_FILES_OF_SERVICES = frozenset(
    {
        "case.read",
        "letter.read",
        "document.read",
        "user_task.read",
        "evidence.read",
        "mediation.read",
        "transfer.read",
        "process.read",
        "conflict.read",
        "conflict.declare",
        "conflict.lift",
        "retention.read",
        "retention.hold",
        "retention.erase",
        "retention.export",
        # an auditor who works on cases too
        "history.read",
        "history.verify",
        "history.export",
        "access_log.read",
    }
)


_OPEN: Any = aliased(Case)
_OPEN_OF_OFFICE = select(_OPEN.id).where(_OPEN.closed_at.is_(None), _OPEN.matter != FIRST_LINE_MATTER).correlate(None)


class FileOfTheService(Forbidden):
    """Dit dossier is van de dienst zelf: u kunt het lezen, maar er niets in doen. Wat u doet, doet u in het dossier bij de ombudsman."""


class CaseErased(Forbidden):
    """Dit dossier is vernietigd: er kan niets meer in gebeuren. Wat ervan overblijft, is het bewijs, bij Bewaring."""


def limits(actor: Actor, case: type[Case] = Case) -> list[ColumnElement[bool]]:
    """What must hold of a case for this actor to see it. `case` is the alias to speak of, when a statement has several."""
    return [*known(actor, case), *_beyond_the_office(actor, case)]


def known(actor: Actor, case: type[Case] = Case) -> list[ColumnElement[bool]]:
    """What must hold of a case for this actor to know that it is there: for counts, terms, and what is kept how long."""
    found = _own_service(actor, case)
    if _may_be_barred(actor):
        found.append(case.id.not_in(barred(actor.id)))
    return found


def _by_case(actor: Actor, case: type[Case]) -> list[ColumnElement[bool]]:
    """What must be read of the case itself."""
    return [*_own_service(actor, case), *_beyond_the_office(actor, case)]


def _may_be_barred(actor: Actor) -> bool:
    """True for people: only they have a conflict of interest (`tasks.treatment.conflicts`)."""
    return actor.id.startswith("person:")


def _own_service(actor: Actor, case: type[Case]) -> list[ColumnElement[bool]]:
    """A complaint handler of a service sees the first-line files of that service: never the ombudsman's own, nor another's."""
    if FIRST_LINE not in actor.roles:
        return []
    if actor.authority_key is None:  # bound to no service: none of the files is theirs
        return [false()]
    return [case.matter == FIRST_LINE_MATTER, case.authority_key == actor.authority_key]


def _is_of_the_office(actor: Actor) -> bool:
    """Whoever works on the office's own files. An auditor sees everything and changes nothing."""
    return AUDITOR not in actor.roles and not CASE_STAFF.isdisjoint(actor.roles)


def _beyond_the_office(actor: Actor, case: type[Case]) -> list[ColumnElement[bool]]:
    """A file of a service is the service's (decisions/0024): the office's people see it once the complainant handed it over to them,
    or they opened it themselves with a reason (`tasks.at_services.openings`)."""
    if not _is_of_the_office(actor):
        return []
    handed_over = select(Fact.id).where(Fact.case_id == case.id, Fact.name == GOES_ON, Fact.replaced_at.is_(None))
    return [
        or_(
            case.matter != FIRST_LINE_MATTER,
            case.id.in_(opened_by(actor.id)),
            handed_over.correlate(case).exists(),
        )
    ]


def task_limits(actor: Actor) -> list[ColumnElement[bool]]:
    """The same for user tasks, by their case. It speaks of the case under a name of its own, so that the statement may read cases too."""
    found: list[ColumnElement[bool]] = []
    seen: Any = aliased(Case)
    of_case = _by_case(actor, seen)
    if of_case:
        is_seen = select(seen.id).where(seen.id == UserTask.case_id, *of_case).correlate(UserTask).exists()
        # A task in a lane of the office is in a file it may see, and so is one of an open case that is no service's: these are nearly all, and
        # the few others are looked at one by one.
        quick = or_(UserTask.role.in_(sorted(CASE_STAFF)), UserTask.case_id.in_(_OPEN_OF_OFFICE))
        found.append(or_(quick, is_seen) if _is_of_the_office(actor) else is_seen)
    if _may_be_barred(actor):  # asked once for the whole list: the case is not looked at for it
        found.append(UserTask.case_id.not_in(barred(actor.id)))
    return found


def sees(reading: Reading, actor: Actor, case_id: int) -> bool:
    """True when this actor sees this case. No statement for who sees every case."""
    found = limits(actor)
    return not found or reading.session.scalar(select(Case.id).where(Case.id == case_id, *found)) is not None


def own(actor: Actor, case: type[Case] = Case) -> list[ColumnElement[bool]]:
    """What must hold of a case, beside `limits`, for this actor to work in it: the office's people do not in the file of a service."""
    return [] if CASE_STAFF.isdisjoint(actor.roles) else [case.matter != FIRST_LINE_MATTER]


def is_read_only(actor: Actor, case: Case) -> bool:
    """True for a file of a service before the office's people: they see it, and work in the complaint that came to them."""
    return case.matter == FIRST_LINE_MATTER and not CASE_STAFF.isdisjoint(actor.roles)


def permits(actor: Actor, case: Case) -> Callable[[str], bool]:
    """Which actions, by their names in the table, this actor may do in this case, which they see."""
    only_reads = is_read_only(actor, case)

    def may(action: str) -> bool:
        is_there = case.erased_at is None or _only_looks(action)
        return (
            is_there
            and permissions.allows(actor, action)
            and (not only_reads or _in_a_file_of_a_service(actor, action))
        )

    return may


def require(actor: Actor, action: str, case: Case) -> None:
    """Refuse with NotAllowed unless the table allows it, with CaseErased where nothing is left to work on, with FileOfTheService where the
    file is there to be read.
    """
    permissions.require(actor, action)
    if case.erased_at is not None and not _only_looks(action):
        raise CaseErased(action=action)
    if not permits(actor, case)(action):
        raise FileOfTheService(action=action)


def _only_looks(action: str) -> bool:
    """What one may still do with a case that was destroyed; how it was kept and destroyed has rules of its own (`tasks.retention`)."""
    return action.endswith(".read") or action.startswith(("history.", "retention."))


def process_limits(actor: Actor) -> list[ColumnElement[bool]]:
    """What must hold of the case of a process for this actor to look into it. There are steps and variables in it and no names: who mends
    processes may look into that of every file there is, others into those of files they see."""
    return known(actor) if PROCESS_MANAGER in actor.roles else limits(actor)


def _in_a_file_of_a_service(actor: Actor, action: str) -> bool:
    """What stands in the list; and whoever mends processes mends those of services too."""
    return action in IN_FILES_OF_SERVICES or (action.startswith("process.") and PROCESS_MANAGER in actor.roles)
