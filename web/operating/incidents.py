"""Steps that cannot go on: which, who can mend them and how; a variable mended and tried again, one or many."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity.permissions import require
from problems import Conflict, Invalid, Problem
from tasks.operating import incidents, skipping
from tasks.studio.definition_words import load as load_words
from web.context import Body, FormBody, acting, looking
from web.operating.ticked import some_ticked, ticked
from web.problems import status_of
from web.rendering import render
from web.text import LARGEST, AfterKey

router = APIRouter(default_response_class=Response)
# A variable's field and the value it had on the page; what was not touched is not mended.
VALUE, WAS = "value.", "was."
BOX = "incident_id"


@dataclass(frozen=True)
class Typed:
    """What somebody typed and is not done yet."""

    values: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    value: str = ""
    reason: str = ""
    chosen: frozenset[int] = frozenset()


@router.get("/beheer/vastgelopen")
def stuck(request: Request, na: AfterKey = 0, verder: AfterKey = 0, vast: AfterKey = 0, niet: AfterKey = 0) -> Response:
    """Steps that cannot go on, with the reason. After trying again the address says what came of it."""
    return _listed(request, na, incidents.Retried(verder, vast, niet))


def _listed(
    request: Request, after: int, tried: incidents.Retried, refused: Problem | None = None, typed: Typed | None = None
) -> Response:
    with looking(request) as look:
        lines, following = incidents.page(look.reading, look.actor, load_words(look.reading), after)
    return render(
        request,
        "operations/incidents.html",
        status=status_of(refused) if refused else 200,
        lines=lines,
        next=following,
        tried=tried,
        refused=refused,
        typed=typed or Typed(),
        tab="vastgelopen",
    )


@router.post("/beheer/vastgelopen")
def retry_many(request: Request, body: Body) -> Response:
    """Try the chosen ones again, each in a turn of its own."""
    with acting(request, body) as act:
        require(act.actor, "incident.resolve")
    try:
        return _told(incidents.retry_all(act.office, act.actor, some_ticked(body, BOX)[: incidents.PAGE]))
    except Invalid as refused:
        return _listed(request, 0, incidents.Retried(0, 0, 0), refused)


@router.post("/beheer/vastgelopen/overslaan")
def skip_many(request: Request, body: Body) -> Response:
    """Skip the chosen ones, each in a turn of its own; one reason for all."""
    with acting(request, body) as act:
        require(act.actor, "incident.skip")
    try:
        chosen = some_ticked(body, BOX)[: incidents.PAGE]
        return _told(skipping.skip_all(act.office, act.actor, chosen, body.text("reason")))
    except Invalid as refused:
        typed = Typed(reason=body.text("reason"), chosen=frozenset(ticked(body, BOX)))
        return _listed(request, 0, incidents.Retried(0, 0, 0), refused, typed)


def _told(tried: incidents.Retried) -> Response:
    query = f"verder={tried.went_on}&vast={tried.stuck}&niet={tried.refused}"
    return RedirectResponse(f"/beheer/vastgelopen?{query}", 303)


@router.get("/beheer/vastgelopen/{incident_id}")
def incident(request: Request, incident_id: int) -> Response:
    """One step that cannot go on: why, who can mend it, what to do, and the variables of that place."""
    return _page(request, incident_id, None, Typed())


def _page(request: Request, incident_id: int, refused: Problem | None, typed: Typed) -> Response:
    with looking(request) as look:
        found = incidents.find(look.office, look.reading, look.actor, load_words(look.reading), incident_id)
    return render(
        request,
        "operations/incident.html",
        status=status_of(refused) if refused else 200,
        found=found,
        refused=refused,
        typed=typed,
        tab="vastgelopen",
    )


@router.post("/beheer/vastgelopen/{incident_id}")
def retry(request: Request, incident_id: int, body: Body) -> Response:
    """Try again, perhaps with variables mended."""
    try:
        mended = _mended(body)
        with acting(request, body) as act:
            step = incidents.retry(act.office, act.work, act.actor, min(incident_id, LARGEST), mended)
            is_stuck = bool(step.incidents)
    except (Invalid, Conflict) as refused:
        values = {name.removeprefix(VALUE): body.text(name) for name in body.fields if name.startswith(VALUE)}
        return _again(request, incident_id, refused, Typed(values, body.text("name"), body.text("value")))
    return _told(incidents.Retried(int(not is_stuck), int(is_stuck), 0))


@router.post("/beheer/vastgelopen/{incident_id}/overslaan")
def skip(request: Request, incident_id: int, body: Body) -> Response:
    """This step counts as done without its effect; the reason stays with the case."""
    try:
        with acting(request, body) as act:
            step = skipping.skip(act.office, act.work, act.actor, min(incident_id, LARGEST), body.text("reason"))
            is_stuck = bool(step.incidents)
    except (Invalid, Conflict) as refused:
        return _again(request, incident_id, refused, Typed(reason=body.text("reason")))
    return _told(incidents.Retried(int(not is_stuck), int(is_stuck), 0))


def _again(request: Request, incident_id: int, refused: Problem, typed: Typed) -> Response:
    """The same page with what was typed; the list when the step went on meanwhile."""
    try:
        return _page(request, incident_id, refused, typed)
    except incidents.IncidentNotFound:
        return _listed(request, 0, incidents.Retried(0, 0, 0), refused)


def _mended(body: FormBody) -> dict[str, str]:
    """The variables whose value was changed on the page, and the one that was named besides."""
    found = {
        name.removeprefix(VALUE): body.text(name)
        for name in body.fields
        if name.startswith(VALUE) and body.text(name) != body.text(WAS + name.removeprefix(VALUE))
    }
    return found | ({body.text("name"): body.text("value")} if body.text("name") else {})
