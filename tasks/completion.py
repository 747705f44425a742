"""Completing a user task: the one place where a person moves a case forward.

In: an actor, a user task id, raw answers. Out: the step the engine took, and the user task to do next.
Promise: answers, token, history and worklist change together or not at all.
Refuses with UserTaskAlreadyCompleted, UserTaskChanged, NotYourLane, FormNotAccepted.
Words follow WS-HumanTask (claim, release, delegate, complete) and BPMN 2.0 (user task).
"""

from dataclasses import dataclass

from engine.instances import Step


@dataclass(frozen=True)
class Completed:
    """What completing brought about."""

    step: Step
    case_id: int
    next_user_task_id: int | None
