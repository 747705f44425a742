"""Running processes: where each stands, and mending them: suspend, resume, terminate, move a token, correct variables.

Every change takes a reason, which stays in the case's history. Values of variables are FEEL literals, read and written alike.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from engine.models import ProcessInstance
from tasks.forms_in_use import plain
from tasks.operating import mending, processes
from tasks.studio import definition_words
from web.api import process_views as views
from web.api.asked import ROW_LIMIT, Asked, RowId
from web.api.described import READS, WRITES, refusals, takes
from web.api.frame import PREFIX, answer, change, reading
from web.api.sent import Call, Sent
from web.context import Act

router = APIRouter(prefix=PREFIX, tags=["processes"])


class Reason(Asked):
    """Why. It stays in the history of the case, so it names nobody."""

    reason: str = Field(max_length=1000)


class Move(Reason):
    """Tokens to withdraw (`token_id` of places) and elements to begin (`element_id` of targets)."""

    cancel: list[Annotated[str, Field(max_length=64)]] = Field(default=[], max_length=200)
    activate: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=200)


class Correction(Reason):
    """New values by name, as FEEL literals, in the process itself or in the scope of a token. `seen`: the literals they replace."""

    variables: dict[str, str] = Field(min_length=1, max_length=100)
    scope: str | None = Field(default=None, max_length=64)
    seen: dict[str, str] = Field(default={}, max_length=100)


@router.get("/processes", response_model=views.ProcessPage, responses=refusals(READS))
def list_processes(
    request: Request,
    case: Annotated[str, Query(max_length=40, description="The number of a case.")] = "",
    state: Literal["", "running", "stuck", "suspended", "ended"] = "",
    before: Annotated[int | None, Query(ge=1, le=ROW_LIMIT, description="`next` of the page before.")] = None,
) -> Response:
    """Processes, the newest first."""
    with reading(request, "process.read") as look:
        lines, following = processes.page(look.reading, look.actor, number=case, state=state, before=before)
    return answer(views.ProcessPage(items=[views.ProcessLine.model_validate(line) for line in lines], next=following))


@router.get("/processes/{instance_id}", response_model=views.ProcessShape, responses=refusals(READS))
def read_process(request: Request, instance_id: RowId) -> Response:
    """Where a process stands, its variables, and the steps that could be begun. The look is recorded in its case."""
    with reading(request, "process.read") as look:
        words = definition_words.load(look.reading)
        found = processes.find(look.office, look.reading, look.actor, words, instance_id)
    return answer(
        views.ProcessShape(
            process=views.ProcessLine.model_validate(found.line),
            places=[views.PlaceShape.model_validate(each) for each in found.places],
            variables=[views.VariableShape.model_validate(each) for each in found.variables],
            targets=[views.TargetShape.model_validate(each) for each in found.targets],
        )
    )


def _mended(request: Request, sent: Sent, instance_id: int, action: str, command: Callable[[Act], object]) -> Response:
    def turn(act: Act) -> views.Mended:
        command(act)
        act.work.session.flush()
        row = act.work.session.get_one(ProcessInstance, instance_id, populate_existing=True)
        return views.Mended(id=row.id, is_suspended=row.is_suspended, outcome=row.outcome)

    return change(request, sent, action, turn)


@router.post(
    "/processes/{instance_id}/suspend",
    response_model=views.Mended,
    responses=refusals(WRITES),
    openapi_extra=takes(Reason),
)
def suspend_process(request: Request, sent: Call, instance_id: RowId) -> Response:
    """Nothing moves it until it is resumed."""

    def command(act: Act) -> None:
        mending.suspend(act.office, act.work, act.actor, instance_id, sent.as_a(Reason).reason)

    return _mended(request, sent, instance_id, "process.suspend", command)


@router.post(
    "/processes/{instance_id}/resume",
    response_model=views.Mended,
    responses=refusals(WRITES),
    openapi_extra=takes(Reason),
)
def resume_process(request: Request, sent: Call, instance_id: RowId) -> Response:
    """It goes on; what fell due meanwhile happens at the next tick."""

    def command(act: Act) -> None:
        mending.resume(act.office, act.work, act.actor, instance_id, sent.as_a(Reason).reason)

    return _mended(request, sent, instance_id, "process.suspend", command)


@router.post(
    "/processes/{instance_id}/terminate",
    response_model=views.Mended,
    responses=refusals(WRITES),
    openapi_extra=takes(Reason),
)
def terminate_process(request: Request, sent: Call, instance_id: RowId) -> Response:
    """Everything in it stops, for good."""

    def command(act: Act) -> object:
        return mending.terminate(act.office, act.work, act.actor, instance_id, sent.as_a(Reason).reason)

    return _mended(request, sent, instance_id, "process.terminate", command)


@router.post(
    "/processes/{instance_id}/move",
    response_model=views.Mended,
    responses=refusals(WRITES),
    openapi_extra=takes(Move),
)
def move_process(request: Request, sent: Call, instance_id: RowId) -> Response:
    """Withdraw tokens here and begin elements there; the process then runs to its next wait."""

    def command(act: Act) -> object:
        asked = sent.as_a(Move)
        return mending.move(
            act.office,
            act.work,
            act.actor,
            instance_id,
            cancel=asked.cancel,
            activate=asked.activate,
            reason=asked.reason,
        )

    return _mended(request, sent, instance_id, "process.move", command)


@router.post(
    "/processes/{instance_id}/correct",
    response_model=views.Corrections,
    responses=refusals(WRITES),
    openapi_extra=takes(Correction),
)
def correct_variables(request: Request, sent: Call, instance_id: RowId) -> Response:
    """Give variables another value. With `seen`, only when they still hold what was seen."""

    def turn(act: Act) -> views.Corrections:
        asked = sent.as_a(Correction)
        changed = mending.correct(
            act.office,
            act.work,
            act.actor,
            instance_id,
            asked.variables,
            scope=asked.scope,
            seen=asked.seen,
            reason=asked.reason,
        )
        return views.Corrections(id=instance_id, old={each.name: plain(each.old) for each in changed})

    return change(request, sent, "process.correct", turn)
