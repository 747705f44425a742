"""Processes that run, for whoever mends them by hand: suspend, resume, terminate, move a token, correct a variable."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from problems import Conflict, Invalid, Problem
from tasks.operating import mending, processes
from tasks.studio.definition_words import load as load_words
from web.context import Act, Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render
from web.text import PageKey

router = APIRouter(default_response_class=Response)
STATES = {
    "lopend": processes.RUNNING,
    "vast": processes.STUCK,
    "opgeschort": processes.SUSPENDED,
    "voorbij": processes.ENDED,
}
DONE = {
    "opschorten": "Het proces is opgeschort.",
    "hervatten": "Het proces loopt weer.",
    "beeindigen": "Het proces is beëindigd.",
    "verplaatsen": "Het proces is verplaatst.",
    "herstellen": "De variabele heeft haar nieuwe waarde.",
}


@router.get("/beheer/processen")
def listed(
    request: Request, nummer: Annotated[str, Query(max_length=40)] = "", stand: str = "", voor: PageKey = None
) -> Response:
    """The processes, the newest first."""
    state = STATES.get(stand, "")
    with looking(request) as look:
        lines, following = processes.page(look.reading, look.actor, number=nummer.strip(), state=state, before=voor)
    return render(
        request,
        "operations/processes.html",
        lines=lines,
        next=following,
        number=nummer,
        state=state,
        states=STATES,
        tab="processen",
    )


@router.get("/beheer/processen/{instance_id}")
def process(
    request: Request,
    instance_id: int,
    gedaan: str = "",
    variabele: Annotated[str, Query(max_length=200)] = "",
    bereik: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """One process: where it stands, its variables, and what can be done. `variabele` opens the form that corrects it."""
    return _page(request, instance_id, None, FormBody({"name": [variabele], "scope": [bereik]}), DONE.get(gedaan, ""))


def _page(request: Request, instance_id: int, refused: Problem | None, typed: FormBody, done: str = "") -> Response:
    with looking(request) as look:
        found = processes.find(look.office, look.reading, look.actor, load_words(look.reading), instance_id)
    name, scope = typed.text("name"), typed.text("scope")
    chosen = next((each for each in found.variables if (each.name, each.scope) == (name, scope)), None)
    return render(
        request,
        "operations/process.html",
        status=status_of(refused) if refused else 200,
        found=found,
        refused=refused,
        typed=_typed(typed, chosen.literal if chosen else ""),
        chosen=chosen,
        done=done,
        tab="processen",
    )


def _typed(body: FormBody, literal: str) -> dict[str, Any]:
    words = {name: body.text(name) for name in ("reason", "name", "scope", "what")}
    lists = {name: body.fields.get(name, []) for name in ("cancel", "activate")}
    return {**words, **lists, "value": body.text("value") if "value" in body.fields else literal}


Command = Callable[[Act, str], object]


def _done(request: Request, instance_id: int, body: FormBody, what: str, command: Command) -> Response:
    """Do it, and show the process as it is now; or the same page with what was typed and why not."""
    try:
        with acting(request, body) as act:
            command(act, body.text("reason"))
    except (Invalid, Conflict) as refused:
        return _page(request, instance_id, refused, FormBody({**body.fields, "what": [what]}))
    return RedirectResponse(f"/beheer/processen/{instance_id}?gedaan={what}", 303)


@router.post("/beheer/processen/{instance_id}/opschorten")
def suspend(request: Request, instance_id: int, body: Body) -> Response:
    """Nothing moves it until it is resumed."""

    def command(act: Act, reason: str) -> None:
        mending.suspend(act.office, act.work, act.actor, instance_id, reason)

    return _done(request, instance_id, body, "opschorten", command)


@router.post("/beheer/processen/{instance_id}/hervatten")
def resume(request: Request, instance_id: int, body: Body) -> Response:
    """It goes on."""

    def command(act: Act, reason: str) -> None:
        mending.resume(act.office, act.work, act.actor, instance_id, reason)

    return _done(request, instance_id, body, "hervatten", command)


@router.post("/beheer/processen/{instance_id}/beeindigen")
def terminate(request: Request, instance_id: int, body: Body) -> Response:
    """Everything in it stops for good."""

    def command(act: Act, reason: str) -> object:
        return mending.terminate(act.office, act.work, act.actor, instance_id, reason)

    return _done(request, instance_id, body, "beeindigen", command)


@router.post("/beheer/processen/{instance_id}/verplaatsen")
def move(request: Request, instance_id: int, body: Body) -> Response:
    """Steps are withdrawn here and begun there."""
    cancel = body.fields.get("cancel", [])
    activate = [each for each in body.fields.get("activate", []) if each]

    def command(act: Act, reason: str) -> object:
        return mending.move(
            act.office, act.work, act.actor, instance_id, cancel=cancel, activate=activate, reason=reason
        )

    return _done(request, instance_id, body, "verplaatsen", command)


@router.post("/beheer/processen/{instance_id}/herstellen")
def correct(request: Request, instance_id: int, body: Body) -> Response:
    """A variable gets another value."""
    name, seen = body.text("name"), body.text("was")

    def command(act: Act, reason: str) -> object:
        return mending.correct(
            act.office,
            act.work,
            act.actor,
            instance_id,
            {name: body.text("value")},
            scope=body.text("scope") or None,
            seen={name: seen} if seen else None,
            reason=reason,
        )

    return _done(request, instance_id, body, "herstellen", command)
