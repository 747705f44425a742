"""Completing a user task: the one place where a person moves a case forward.

In: an actor, a user task id, raw answers. Out: the step the engine took, and the user task to do next.
Promise: answers, token, history and worklist change together or not at all.
Refuses with UserTaskAlreadyCompleted, UserTaskChanged, NotYourLane, FormNotAccepted.
Words follow WS-HumanTask (claim, release, delegate, complete) and BPMN 2.0 (user task).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from cases import documents, facts
from cases.documents import Upload
from engine.errors import TokenNotWaiting
from engine.instances import Step
from forms.validation import validate
from forms.schema import split
from history.log import Event
from identity.people import Actor, person_roles
from identity.permissions import require
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.errors import (
    FormNotAccepted,
    NotYourLane,
    PersonCannotTakeUserTask,
    UserTaskAlreadyCompleted,
    UserTaskChanged,
    UserTaskClaimedByOther,
    UserTaskNotClaimed,
    UserTaskNotFound,
)
from tasks.forms_in_use import form_context, form_of
from tasks.models import UserTask
from tasks.office import Office


@dataclass(frozen=True)
class Completed:
    """What completing brought about."""

    step: Step
    case_id: int
    next_user_task_id: int | None
