"""Terms in the studio: the rules with their versions and sources, the office's closing days, and changes with what they would move.

Works without JavaScript; a change under way keeps its page up to date by itself where there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy import select

from cases import deadline_rules
from cases.calendars import public_holidays
from cases.counting import UNITS
from cases.deadline_rules import PAUSES, Rule
from cases.deadlines import local_day
from cases.models import ClosingDay
from identity import people
from identity.permissions import require
from problems import Invalid, NotFound, Problem
from tasks.deadlines import deadline_plans, deadline_preview, deadline_results
from tasks.deadlines.deadline_plans import DRAFT
from tasks.models import DeadlinePlan
from web.context import Act, Body, FormBody, Look, looking
from web.problems import status_of
from web.rendering import render
from web.studio.plans import done_or_again, frame
from web.studio.studio_views import name_of
from web.text import AfterKey

HERE = "/studio/termijnen"
router = APIRouter(prefix=HERE, default_response_class=Response)
Year = Annotated[int, Path(ge=2000, le=2199)]
STILL = tuple(f"pauses_for_{kind}" for kind in PAUSES)
FIELDS = ("value", "unit", "valid_from", "source", *STILL, "is_verified")
DAY_FIELDS = ("on", "name", "is_yearly", "source")


class RuleNotFound(NotFound):
    """Deze termijnregel bestaat niet."""


@dataclass(frozen=True)
class DayOff:
    """A day of a year on which nobody works. `key` is the closing day's own date, by which it can go; empty for a public holiday."""

    on: date
    name: str
    key: str = ""
    is_yearly: bool = False
    source: str = ""


@router.get("")
def rules_page(request: Request) -> Response:
    with looking(request) as look:
        require(look.actor, "studio.read")
        rules = deadline_rules.in_force(look.reading)
        today = local_day(look.office.clock.now())
        shown = [(rules.get(name, today), found) for name, found in rules.versions.items()]
        plans, names = deadline_plans.latest(look.reading), people.names(look.reading)
        return render(
            request,
            "studio/deadlines.html",
            rules=sorted(shown, key=lambda each: each[0].label.casefold()),
            plans=[(row, title_of(row), name_of(names, row.created_by)) for row in plans],
            year=today.year,
        )


def title_of(row: DeadlinePlan) -> str:
    """What a plan is about, in words."""
    if row.kind == deadline_plans.RULE:
        return str(row.content["label"])
    return "Sluitingsdagen"


@router.get("/regels/{rule}")
def rule_page(request: Request, rule: str) -> Response:
    return _rule_page(request, rule)


def _rule_page(
    request: Request, name: str, *, refused: Problem | None = None, typed: FormBody | None = None
) -> Response:
    with looking(request) as look:
        require(look.actor, "studio.read")
        rules = deadline_rules.in_force(look.reading)
        if name not in rules.versions:
            raise RuleNotFound(rule=name)
        today = local_day(look.office.clock.now())
        newest = rules.get(name)
        return render(
            request,
            "studio/deadline_rule.html",
            status=status_of(refused) if refused else 200,
            rule=newest,
            versions=list(reversed(rules.versions[name])),
            current=rules.get(name, today),
            units=UNITS,
            refused=refused,
            wrong=_wrong(refused),
            given=_given(newest, typed, today),
        )


def _given(rule: Rule, typed: FormBody | None, today: date) -> Mapping[str, str]:
    """What the form shows: what was typed, else the newest version, from today on."""
    if typed is not None:
        return {name: (typed.fields.get(name) or [""])[0] for name in (*FIELDS, "reason")}
    return {
        "value": str(rule.value),
        "unit": rule.unit,
        "valid_from": today.isoformat(),
        "source": rule.source,
        **{f"pauses_for_{kind}": deadline_plans.YES if kind in rule.pauses_for else "" for kind in PAUSES},
        "is_verified": "",  # somebody looked at the source of the version before, not of this one
        "reason": "",
    }


def _wrong(refused: Problem | None) -> dict[str, str]:
    errors = refused.errors if isinstance(refused, Invalid) else []
    return {str(each["field"]): str(each["message"]) for each in errors}


@router.post("/regels/{rule}")
def new_version(request: Request, rule: str, body: Body) -> Response:
    """A new version, as a plan that a colleague carries out."""

    def command(act: Act) -> str:
        given = {name: body.text(name) for name in FIELDS}
        made = deadline_plans.propose_rule(act.office, act.work, act.actor, rule, given, body.text("reason"))
        return f"{HERE}/wijzigingen/{made.id}"

    return done_or_again(request, body, command, lambda refused: _rule_page(request, rule, refused=refused, typed=body))


@router.get("/dagen/{year}")
def days_page(request: Request, year: Year) -> Response:
    return _days_page(request, year)


def _days_page(
    request: Request, year: int, *, refused: Problem | None = None, typed: FormBody | None = None
) -> Response:
    with looking(request) as look:
        require(look.actor, "studio.read")
        return render(
            request,
            "studio/closing_days.html",
            status=status_of(refused) if refused else 200,
            year=year,
            days=_days_off(look, year),
            refused=refused,
            wrong=_wrong(refused),
            given={name: (typed.fields.get(name) or [""])[0] if typed else "" for name in (*DAY_FIELDS, "reason")},
            going=set(typed.fields.get("remove", [])) if typed else set(),
        )


def _days_off(look: Look, year: int) -> list[DayOff]:
    """The public holidays and closing days of a year, by date."""
    found = [DayOff(on, name) for on, name in public_holidays(year).items()]
    for row in look.reading.session.scalars(select(ClosingDay)):
        on = _in_year(row.closed_on, year) if row.is_yearly and row.closed_on.year <= year else row.closed_on
        if on is not None and on.year == year:
            found.append(DayOff(on, row.name, row.closed_on.isoformat(), row.is_yearly, row.source))
    return sorted(found, key=lambda each: each.on)


def _in_year(on: date, year: int) -> date | None:
    """The same day of another year; 29 February is not in each."""
    try:
        return on.replace(year=year)
    except ValueError:
        return None


@router.post("/dagen/{year}")
def change_days(request: Request, year: Year, body: Body) -> Response:
    """Closing days that come and go, as a plan that a colleague carries out."""

    def command(act: Act) -> str:
        day = {name: body.text(name) for name in DAY_FIELDS}
        made = deadline_plans.propose_days(
            act.office,
            act.work,
            act.actor,
            add=[day] if day["on"] or day["name"] else [],
            remove=body.fields.get("remove", []),
            reason=body.text("reason"),
        )
        return f"{HERE}/wijzigingen/{made.id}"

    return done_or_again(request, body, command, lambda refused: _days_page(request, year, refused=refused, typed=body))


@router.get("/wijzigingen/{plan_id}")
def plan_page(request: Request, plan_id: int, na: AfterKey = 0) -> Response:
    return _plan_page(request, plan_id, after=na)


def _plan_page(request: Request, plan_id: int, *, after: int = 0, refused: Problem | None = None) -> Response:
    with looking(request) as look:
        require(look.actor, "studio.read")
        row = deadline_plans.find(look.reading, plan_id)
        return render(
            request,
            "studio/deadline_plan.html",
            plan=row,
            title=title_of(row),
            after=after,
            labels={name: rule.label for name, rule in deadline_rules.in_force(look.reading).rules.items()},
            **frame(look, row, refused),
            **_content(look, row),
            **_shown(look, row, after),
        )


def _content(look: Look, row: DeadlinePlan) -> dict[str, Any]:
    """What changes: the rule as it would be beside the one before it, or the days."""
    if row.kind != deadline_plans.RULE:
        return {"rule": None, "before": None}
    rule = deadline_rules.rule_of(row.content)
    versions = deadline_rules.in_force(look.reading).versions.get(rule.name, ())
    others = [each for each in versions if _same(each) != _same(rule)]
    return {"rule": rule, "before": others[-1] if others else None}


def _same(rule: Rule) -> tuple[object, ...]:
    return (rule.valid_from, rule.value, rule.unit, rule.pauses_for)


def _shown(look: Look, row: DeadlinePlan, after: int) -> dict[str, Any]:
    if row.state == DRAFT:
        return {"preview": deadline_preview.of(look.office, look.reading, row, after), "result": None}
    return {"preview": None, "result": deadline_results.of(look.reading, row.id, after)}


@router.post("/wijzigingen/{plan_id}/doorvoeren")
def begin(request: Request, plan_id: int, body: Body) -> Response:
    """A second person has it carried out; from the next second on, time does it."""

    def command(act: Act) -> str:
        deadline_plans.begin(act.office, act.work, act.actor, plan_id)
        return f"{HERE}/wijzigingen/{plan_id}"

    return done_or_again(request, body, command, lambda refused: _plan_page(request, plan_id, refused=refused))


@router.post("/wijzigingen/{plan_id}/weggooien")
def discard(request: Request, plan_id: int, body: Body) -> Response:
    """The plan goes; no case noticed it."""

    def command(act: Act) -> str:
        deadline_plans.discard(act.office, act.work, act.actor, plan_id)
        return HERE

    return done_or_again(request, body, command, lambda refused: _plan_page(request, plan_id, refused=refused))
