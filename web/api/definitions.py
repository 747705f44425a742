"""Diagrams, decisions and forms: their versions, publishing a next one, taking it into use, and trying a decision out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from engine import definitions
from tasks.forms_in_use import plain
from tasks.studio import deciding, publishing
from web.api import office_views as views
from web.api.asked import DecisionContext, DefinitionKind, Name, Nothing, RowId
from web.api.described import READS, WRITES, refusals, takes, takes_file
from web.api.frame import PREFIX, answer, change, reading
from web.api.sent import Call, FileCall
from web.context import Act

router = APIRouter(prefix=PREFIX, tags=["definitions"])
KEY = Query(max_length=200, description="With `kind`: all versions of this one, the newest first.")


@router.get("/definitions", response_model=views.DefinitionList, responses=refusals(READS))
def list_definitions(
    request: Request, kind: DefinitionKind | None = None, key: Annotated[str | None, KEY] = None
) -> Response:
    """The newest version of each definition, or all versions of one."""
    with reading(request, "studio.read") as look:
        if kind and key:
            rows = definitions.versions(look.reading, kind, key)
        else:
            rows = [row for row in definitions.newest(look.reading) if kind in (None, row.kind)]
        items = [views.DefinitionShape.model_validate(row) for row in rows]
    return answer(views.DefinitionList(items=items))


@router.get(
    "/definitions/{definition_id}/content",
    response_class=Response,
    responses={**refusals(READS), 200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
)
def read_definition(request: Request, definition_id: RowId) -> Response:
    """The file as it was published, byte for byte."""
    with reading(request, "studio.read") as look:
        row = definitions.get(look.reading, definition_id)
    return Response(row.content, 200, media_type="application/octet-stream")


@router.post(
    "/definitions",
    status_code=201,
    response_model=views.PublishedShape,
    responses=refusals(WRITES),
    openapi_extra=takes_file("The .bpmn, .dmn or .form file itself."),
)
def publish_definition(request: Request, sent: FileCall, kind: DefinitionKind) -> Response:
    """Check a file and keep it as the next draft version. Refused whole when anything in it cannot run exactly right."""

    def turn(act: Act) -> views.PublishedShape:
        made = publishing.publish(act.office, act.work, act.actor, kind, sent.raw)
        return views.PublishedShape(
            definition=views.DefinitionShape.model_validate(made.definition),
            findings=[views.FindingShape.model_validate(finding) for finding in made.findings],
        )

    return change(request, sent, "studio.publish", turn, status=201)


@router.post(
    "/definitions/{definition_id}/activate",
    response_model=views.DefinitionShape,
    responses=refusals(WRITES),
    openapi_extra=takes(Nothing),
)
def activate_definition(request: Request, sent: Call, definition_id: RowId) -> Response:
    """Take a draft into use for new cases. Somebody else than its author does this."""

    def turn(act: Act) -> views.DefinitionShape:
        sent.as_a(Nothing)
        return views.DefinitionShape.model_validate(publishing.activate(act.office, act.work, act.actor, definition_id))

    return change(request, sent, "studio.activate", turn)


@router.post(
    "/decisions/{key}/evaluate",
    response_model=views.DecisionTaken,
    responses=refusals((*READS, 413, 415)),
    openapi_extra=takes(DecisionContext, writes=False),
)
def evaluate_decision(request: Request, sent: Call, key: Name) -> Response:
    """Try a decision in use with these inputs. Nothing is kept."""
    with reading(request, "decision.evaluate") as look:
        asked = sent.as_a(DecisionContext)
        tried = deciding.evaluate(look.office, look.reading, look.actor, key, asked.inputs)
    result = tried.result
    return answer(
        views.DecisionTaken(
            key=tried.key,
            version=tried.version,
            value=plain(result.value),
            inputs=plain(result.inputs),
            matched=[
                views.MatchedRow(decision=decision, rule=rule, row=row, notes=list(notes))
                for decision, rule, row, notes in result.matched
            ],
            warnings=result.warnings,
            decisions=[
                views.StepTaken(decision=each.decision, inputs=plain(each.inputs), value=plain(each.value))
                for each in result.taken
            ],
        )
    )
