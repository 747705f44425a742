"""Taking running cases along to another version: the plan, what it would do, carrying it out, and back. Works without JavaScript.

One page per plan, which shows what its state asks: choices and a rehearsal, then progress, then what became of each case.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from engine import definitions
from identity.permissions import require
from problems import Invalid, Problem
from tasks.models import MigrationPlan
from tasks.studio import definition_usage, migrating, migration_rehearsal, migration_results
from tasks.studio.migrating import DRAFT, Plan
from web.context import Act, Body, FormBody, Look, acting, looking
from web.rendering import render
from web.studio.plans import done_or_again, frame
from web.studio.studio_views import Kind, address, kind_by_code
from web.text import AfterKey, number_of, numbers_of

router = APIRouter(prefix="/studio", default_response_class=Response)
PAGE = "/studio/overzetten"
CHOICE = "naar."


class NoVersionChosen(Invalid):
    """Kies van welke versie de dossiers komen."""


@dataclass(frozen=True)
class Running:
    """What a version's page says of cases on other versions: (version, open cases), and the plans there are (plan, from, to)."""

    versions: list[tuple[int, int]]
    plans: list[tuple[MigrationPlan, int, int]]


def running(look: Look, kind: Kind, key: str, number: int) -> Running | None:
    """For the page of a version; None when cases cannot come to it."""
    rows = definitions.listed(look.reading, kind.code, key)
    own = next((row for row in rows if row.version == number), None)
    if kind.code != "process" or own is None or own.state == "draft":
        return None
    counts, numbers = definition_usage.open_cases(look.reading, rows), {row.id: row.version for row in rows}
    others = [(row.version, counts[row.id]) for row in rows if row.id != own.id and counts[row.id]]
    plans = [each for each in migrating.of_process(look.reading, key) if own.id in (each.source_id, each.target_id)]
    return Running(others, [(each, numbers[each.source_id], numbers[each.target_id]) for each in plans])


@router.post("/{plural}/{key}/versies/{number}/meenemen")
def make(request: Request, plural: str, key: str, number: int, body: Body) -> Response:
    """A plan that takes the cases of another version (`van`) to this one."""
    with acting(request, body) as act:
        require(act.actor, "migration.plan")
        source = number_of(body.text("van"))
        if source is None:
            raise NoVersionChosen
        row = migrating.make(act.office, act.work, act.actor, key, source, number)
        there = f"{PAGE}/{row.id}"
    return RedirectResponse(there, 303)


@router.get("/overzetten/{plan_id}")
def plan_page(request: Request, plan_id: int, na: AfterKey = 0) -> Response:
    return _page(request, plan_id, after=na)


def _page(
    request: Request, plan_id: int, *, after: int = 0, refused: Problem | None = None, typed: FormBody | None = None
) -> Response:
    with looking(request) as look:
        require(look.actor, "studio.read")
        plan = migrating.find(look.reading, plan_id)
        shown = _draft(look, plan, after) if plan.row.state == DRAFT else _result(look, plan)
        return render(
            request,
            "studio/migration.html",
            kind=kind_by_code("process"),
            plan=plan,
            name=plan.target.name or plan.row.key,
            typed=typed,
            **frame(look, plan.row, refused),
            **shown,
        )


def _draft(look: Look, plan: Plan, after: int) -> dict[str, Any]:
    rehearsal = migration_rehearsal.rehearse(look.office, look.reading, look.actor, plan, after=after)
    return {"rehearsal": rehearsal, "lines": migration_rehearsal.lines(plan, rehearsal.standing), "after": after}


def _result(look: Look, plan: Plan) -> dict[str, Any]:
    counts = migrating.counts(look.reading, plan.row.id)
    total, cases = migration_results.returnable(look.reading, plan.row.id)
    waiting = counts["waiting"] + counts["undoing"]
    return {
        "counts": counts,
        "total": counts.total(),
        "done": counts.total() - waiting,
        "groups": migration_results.reasons(look.reading, plan.row.id),
        "returnable": total,
        "cases": cases,
    }


@router.post("/overzetten/{plan_id}")
def change(request: Request, plan_id: int, body: Body) -> Response:
    """Other choices or another reason; the rehearsal is done again."""

    def command(act: Act) -> str:
        mapping = {name.removeprefix(CHOICE): body.text(name) for name in body.fields if name.startswith(CHOICE)}
        takes, reason = bool(body.text("takes_decisions")), body.text("reason")
        who = act.office, act.work, act.actor
        migrating.change(*who, plan_id, mapping=mapping, reason=reason, takes_decisions=takes)
        return f"{PAGE}/{plan_id}"

    return done_or_again(request, body, command, lambda refused: _page(request, plan_id, refused=refused, typed=body))


@router.post("/overzetten/{plan_id}/uitvoeren")
def begin(request: Request, plan_id: int, body: Body) -> Response:
    """A second person has the plan carried out; from the next second on, time does it."""

    def command(act: Act) -> str:
        migrating.begin(act.office, act.work, act.actor, plan_id)
        return f"{PAGE}/{plan_id}"

    return done_or_again(request, body, command, lambda refused: _page(request, plan_id, refused=refused))


@router.post("/overzetten/{plan_id}/terug")
def take_back(request: Request, plan_id: int, body: Body) -> Response:
    """Back to how they were: all that took no step since, or the chosen ones (`dossier`)."""
    chosen = numbers_of(body.fields.get("dossier", []))

    def command(act: Act) -> str:
        require(act.actor, "migration.run")
        migrating.undo(act.office, act.work, act.actor, plan_id, None if body.text("alles") else chosen)
        return f"{PAGE}/{plan_id}"

    return done_or_again(request, body, command, lambda refused: _page(request, plan_id, refused=refused))


@router.post("/overzetten/{plan_id}/weggooien")
def discard(request: Request, plan_id: int, body: Body) -> Response:
    """The plan goes; no case noticed it."""

    def command(act: Act) -> str:
        plan = migrating.discard(act.office, act.work, act.actor, plan_id)
        return address(kind_by_code("process"), plan.row.key, "versies", plan.target.version)

    return done_or_again(request, body, command, lambda refused: _page(request, plan_id, refused=refused))
