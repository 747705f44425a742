"""The scenario tests of a decision in the studio: what goes in, what must come out, and whether it does, with the row lit.

They are tried on one's working copy, else on the newest version, so that a process manager sees before publishing what publishing
will say. Values are typed as in a table's cells; quotes around a text may be left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from engine import decision_imports, definitions
from engine.decisions import DecisionModel
from engine.dmn import asked
from engine.dmn.graph import Graph
from engine.dmn.scenario_values import from_text, to_field, to_text
from engine.dmn.scenarios import Outcome, Scenario, ScenarioFile, ScenariosRefused
from engine.errors import XmlRefused
from engine.parsing import dmn
from engine.parsing.xml import SIZE_LIMIT
from identity.permissions import require
from problems import Conflict, Problem
from tasks.studio import decision_scenarios, decision_tables, working_copies
from tasks.studio.decision_scenarios import Kept
from tasks.studio.decision_tables import TableView
from web.context import Act, Body, FormBody, Look, acting, looking
from web.problems import status_of
from web.rendering import render
from web.studio.studio_views import address, definition_or_copy, kind_by_code
from web.text import number_of, numbers_of

router = APIRouter(prefix="/studio/beslissingen", default_response_class=Response)
INPUT, ANSWER, WHOLE = "in.", "out.", "answer"


class ScenarioGone(Conflict):
    """Iemand verwijderde intussen dit proefgeval. Bewaart u nu toch, dan komt het er opnieuw bij."""


@dataclass(frozen=True)
class Tried:
    """What the scenarios are tried on: a working copy (version None) or a version; no model when it cannot be read."""

    content: bytes
    version: int | None
    model: DecisionModel | None


@dataclass(frozen=True)
class Line:
    """One scenario in the list."""

    number: int
    name: str
    inputs: list[tuple[str, str]]
    expected: str
    found: str
    rows: str
    why: str


@dataclass(frozen=True)
class Fields:
    """The form of one scenario: a field per input and per answer, as (field name, label, what stands in it).

    `was` is the name it is kept under, by which it is found again whatever others add or remove; empty for a new one.
    """

    was: str
    name: str
    inputs: list[tuple[str, str, str]]
    answers: list[tuple[str, str, str]]
    rows: str


@router.get("/{key}/proefgevallen")
def scenarios_page(request: Request, key: str, geval: str = "") -> Response:
    return _page(request, key, number_of(geval) or 0)


def _page(
    request: Request, key: str, chosen: int, typed: Fields | None = None, refused: Problem | None = None
) -> Response:
    kind = kind_by_code("decision")
    with looking(request) as look:
        require(look.actor, "studio.read")
        name, _ = definition_or_copy(look.reading, look.actor, kind, key)
        kept, tried = decision_scenarios.of(look.reading, key), _tried(look, key)
        if typed is not None:
            chosen = kept.file.number_of(typed.was)
            typed = typed if chosen else replace(typed, was="")
        model = tried.model or DecisionModel(Graph())
        labels = asked.labels(model.graph)
        outcomes = decision_scenarios.run(look.office, look.reading, key, model) if tried.model else []
        shown = outcomes[chosen - 1] if 0 < chosen <= len(outcomes) else None
        return render(
            request,
            "studio/scenarios.html",
            status=status_of(refused) if refused else 200,
            kind=kind,
            key=key,
            name=name,
            kept=kept,
            tried=tried,
            lines=[_line(number, each, labels) for number, each in enumerate(outcomes, start=1)],
            right=sum(each.is_right for each in outcomes),
            chosen=chosen if shown else 0,
            fields=_labelled(typed or _fields(model, key, kept, chosen if shown else 0), labels),
            shown=shown,
            tables=_lit(tried.content, shown),
            unused=_unused(tried.content, outcomes) if outcomes else [],
            refused=refused,
        )


def _tried(look: Look, key: str) -> Tried:
    copy = working_copies.find(look.reading, look.actor, "decision", key)
    rows = [] if copy else definitions.listed(look.reading, "decision", key)
    content, version = (copy.content, None) if copy else (rows[0].content, rows[0].version)
    try:
        return Tried(content, version, dmn.load(content, decision_imports.in_use(look.reading)))
    except (dmn.DecisionRefused, XmlRefused):
        return Tried(content, version, None)


def _labelled(fields: Fields, labels: Mapping[str, str]) -> Fields:
    """Each input under the heading that its column has in the table."""
    return replace(fields, inputs=[(field, labels.get(name, name), value) for field, name, value in fields.inputs])


def _line(number: int, outcome: Outcome, labels: Mapping[str, str]) -> Line:
    told = outcome.scenario
    return Line(
        number=number,
        name=told.name,
        inputs=[(labels.get(name, name), to_field(value)) for name, value in told.inputs.items()],
        expected=to_text(told.expected),
        found=to_text(outcome.found),
        rows=", ".join(str(row) for _, row in outcome.rows),
        why=outcome.why,
    )


def _fields(model: DecisionModel, key: str, kept: Kept, number: int) -> Fields:
    """The form for a scenario; number 0 is a new one."""
    told = kept.file.scenarios[number - 1] if number else Scenario("", {}, None)
    known = asked.names(model.graph, key)
    names = [*known, *(name for name in told.inputs if name not in known)]
    outputs = asked.outputs(model.graph, key)
    parts = told.expected if isinstance(told.expected, dict) else {}
    if outputs and (not number or parts.keys() == set(outputs)):
        answers = [(ANSWER + name, name, to_field(parts.get(name))) for name in outputs]
    else:
        answers = [(WHOLE, "", to_field(told.expected))]
    rows = ", ".join(map(str, told.rows)) if told.rows is not None else ""
    return Fields(
        told.name, told.name, [(INPUT + name, name, to_field(told.inputs.get(name))) for name in names], answers, rows
    )


def _lit(content: bytes, shown: Outcome | None) -> Sequence[tuple[TableView, frozenset[int]]]:
    """The tables of the file, each with the numbers of the rows that fired in the scenario shown."""
    if shown is None:
        return []
    tables = decision_tables.tables_in(content)
    return [(each, frozenset(row for table, row in shown.rows if table == each.decision)) for each in tables]


def _unused(content: bytes, outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Per table the rows that no scenario uses: nothing watches over them."""
    used = {row for each in outcomes for row in each.rows}
    found = []
    for table in decision_tables.tables_in(content):
        rows = [str(rule.number) for rule in table.rules if (table.decision, rule.number) not in used]
        if rows:
            found.append((table.name, ", ".join(rows)))
    return found


# -- changing -----------------------------------------------------------------------------------------------------------


@router.post("/{key}/proefgevallen")
def change(request: Request, key: str, body: Body) -> Response:
    """Keep one scenario, or remove it; without `was` it is a new one."""
    was = body.text("was")
    try:
        with acting(request, body) as act:
            require(act.actor, "studio.edit")
            definition_or_copy(act.work, act.actor, kind_by_code("decision"), key)
            file = decision_scenarios.of(act.work, key).file
            number = file.number_of(was)
            if was and not number:
                raise ScenarioGone(key=key)
            instead = [] if body.text("action") == "remove" else [_typed(body)]
            before, after = file.scenarios[: number - 1], file.scenarios[number:]
            scenarios = (*before, *instead, *after) if number else (*file.scenarios, *instead)
            changed = replace(file, scenarios=scenarios)
            decision_scenarios.keep(act.office, act.work, act.actor, changed, number_of(body.text("revision")) or 0)
    except (ScenariosRefused, decision_scenarios.ScenariosChanged, ScenarioGone) as refused:
        return _page(request, key, 0, _as_typed(body, was), refused)
    there = address(kind_by_code("decision"), key, "proefgevallen")
    shown = f"?geval={number}" if number and instead else ""
    return RedirectResponse(f"{there}{shown}#gevallen", 303)


def _typed(body: FormBody) -> Scenario:
    """The scenario as the form has it. Empty inputs are not given. Raises ScenariosRefused."""
    inputs = {
        name.removeprefix(INPUT): from_text(body.text(name))
        for name in body.fields
        if name.startswith(INPUT) and body.text(name)
    }
    parts = {name.removeprefix(ANSWER): from_text(body.text(name)) for name in body.fields if name.startswith(ANSWER)}
    rows = [each.strip() for each in body.text("rows").split(",") if each.strip()]
    numbers = numbers_of(rows)
    if len(numbers) < len(rows):
        sentence = "Schrijf rijnummers met een komma ertussen, bijvoorbeeld 2, 3."
        raise ScenariosRefused(errors=[{"field": "rows", "message": sentence}])
    return Scenario(body.text("name"), inputs, parts or from_text(body.text(WHOLE)), tuple(numbers) if rows else None)


def _as_typed(body: FormBody, was: str) -> Fields:
    """What was typed, to show it again."""

    def those(prefix: str) -> list[tuple[str, str, str]]:
        return [(name, name.removeprefix(prefix), body.text(name)) for name in body.fields if name.startswith(prefix)]

    answers = those(ANSWER) or [(WHOLE, "", body.text(WHOLE))]
    return Fields(was, body.text("name"), those(INPUT), answers, body.text("rows"))


@router.get("/{key}/proefgevallen/bestand")
def scenarios_file(request: Request, key: str) -> Response:
    """The scenarios as a file, to keep or to change elsewhere."""
    with looking(request) as look:
        require(look.actor, "studio.read")
        content = decision_scenarios.of(look.reading, key).file.as_bytes()
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(key)}.json"}
    return Response(content, media_type="application/json", headers=headers)


@router.post("/{key}/proefgevallen/opladen")
def upload(request: Request, key: str, body: Body) -> Response:
    """Replace all scenarios by those of a file."""
    try:
        with acting(request, body) as act:
            require(act.actor, "studio.edit")
            definition_or_copy(act.work, act.actor, kind_by_code("decision"), key)
            decision_scenarios.keep(
                act.office, act.work, act.actor, _uploaded(act, body, key), number_of(body.text("revision")) or 0
            )
    except (ScenariosRefused, decision_scenarios.ScenariosChanged) as refused:
        return _page(request, key, 0, None, refused)
    return RedirectResponse(address(kind_by_code("decision"), key, "proefgevallen"), 303)


def _uploaded(act: Act, body: FormBody, key: str) -> ScenarioFile:
    content = body.files[0].stream.read(SIZE_LIMIT + 1) if body.files else b""
    return decision_scenarios.read_typed(content[:SIZE_LIMIT], key)
