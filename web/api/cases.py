"""Cases: the list, the whole file, its documents, and messages that arrive at it. Who may not see cases is told there is none."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response

from cases.documents import DocumentNotFound
from cases.models import Document
from tasks import inbox
from tasks.case_file import case_list, case_view, looks
from tasks.case_file import case_parts as parts
from tasks.treatment import choosing
from web.api import case_views as views
from web.api.asked import Answers, CaseNumber, ChosenSteps, Name, RowId
from web.api.described import READS, WRITES, refusals, takes
from web.api.frame import PREFIX, answer, change, reading, reading_case
from web.api.sent import Call
from web.api.shapes import Labelled
from web.context import Act

router = APIRouter(prefix=PREFIX, tags=["cases"])
Text = Annotated[str, Query(max_length=200)]


@router.get("/cases", response_model=views.CasePage, responses=refusals(READS))
def list_cases(
    request: Request,
    query: Text = "",
    state: Literal["", "open", "closed"] = "",
    authority: Text = "",
    is_urgent: bool = False,
    after: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Cases by number, name, authority or text, the newest first."""
    filters = case_list.CaseFilters(query, state, authority, is_urgent)
    with reading(request, "case.read") as look:
        page = case_list.page(look.reading, look.actor, filters, after=after, limit=limit)
    items = [views.CaseLine.model_validate(item) for item in page.items]
    return answer(views.CasePage(items=items, total=page.total, is_more=page.is_more, next=page.next))


@router.get("/cases/{number}", response_model=views.CaseShape, responses=refusals(READS))
def read_case(request: Request, number: CaseNumber) -> Response:
    """The whole file. The look is recorded in its history."""
    with reading_case(request) as look:
        found = case_view.of(look.office, look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, found.summary.id)
    return answer(_view(found))


def _view(found: parts.CaseView) -> views.CaseShape:
    return views.CaseShape(
        case=_head(found.summary),
        facts=[views.FactShape.model_validate(each) for each in found.facts],
        parties=[views.PartyShape.model_validate(each) for each in found.parties],
        grievances=[_grievance(each) for each in found.grievances],
        letters=[views.LetterShape.model_validate(each) for each in found.letters],
        documents=[views.DocumentShape.model_validate(each) for each in found.documents],
        deadlines=[views.DeadlineShape.model_validate(each) for each in found.deadlines],
        pauses=[views.PauseShape.model_validate(each) for each in found.pauses],
        messages=[views.MessageShape.model_validate(each) for each in found.messages],
        open_user_tasks=[views.OpenUserTask.model_validate(each) for each in found.open_tasks],
        incidents=[views.IncidentShape.model_validate(each) for each in found.incidents],
    )


def _head(summary: parts.Summary) -> views.CaseHead:
    named = {name: getattr(summary, name) for name in views.CaseHead.model_fields if name != "outcome"}
    return views.CaseHead(**named, outcome=[Labelled(value=name, words=words) for name, words in summary.outcome])


def _grievance(found: parts.GrievanceView) -> views.GrievanceShape:
    named = {name: getattr(found, name) for name in views.GrievanceShape.model_fields if name != "norms"}
    return views.GrievanceShape(**named, norms=[Labelled(value=norm, words=words) for norm, words in found.norms])


@router.get(
    "/cases/{number}/documents/{document_id}",
    response_class=FileResponse,
    responses={**refusals(READS), 200: {"content": {"application/octet-stream": {}}, "description": "The bytes."}},
)
def read_document(request: Request, number: CaseNumber, document_id: RowId) -> Response:
    """The bytes of a document, as they came in. The look is recorded."""
    with reading_case(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        row = look.reading.session.get(Document, document_id)
        if row is None or row.case_id != case.id:
            raise DocumentNotFound(document_id=document_id)
        looks.keep(look.office, look.reading, look.actor, case.id, f"document:{row.id}")
        path = look.office.documents.path(row.digest)
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name)}"}
    return FileResponse(path, headers=named, media_type="application/octet-stream")


@router.post(
    "/cases/{number}/messages/{name}",
    response_model=views.Delivered,
    responses=refusals(WRITES),
    openapi_extra=takes(Answers, files=True),
)
def deliver_message(request: Request, sent: Call, number: CaseNumber, name: Name) -> Response:
    """A message for a case, by its name: `complaint_withdrawn`, `information_added`, `court_case_started`, … Its form: /forms/{name}."""

    def turn(act: Act) -> views.Delivered:
        asked = sent.as_a(Answers)
        case = case_view.find(act.work, act.actor, number)
        step = inbox.deliver(act.office, act.work, act.actor, case.id, name, asked.answers, files=sent.files)
        return views.Delivered(number=number, message=name, moved=step is not None)

    return change(request, sent, "case.act", turn)


@router.get("/cases/{number}/choices", response_model=views.ChoicePage, responses=refusals(READS))
def list_choices(request: Request, number: CaseNumber) -> Response:
    """What somebody may choose to do next, where the diagram leaves that to people. The look is recorded."""
    with reading_case(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, case.id)
        found = choosing.of_case(look.office, look.reading, look.actor, case.id)
    return answer(views.ChoicePage(items=[views.ChoiceShape.model_validate(each) for each in found]))


@router.post(
    "/cases/{number}/choices/{choice_id}",
    response_model=views.Chosen,
    responses=refusals(WRITES),
    openapi_extra=takes(ChosenSteps),
)
def choose_steps(request: Request, sent: Call, number: CaseNumber, choice_id: RowId) -> Response:
    """Begin one or more of the steps of a choice; where they go one by one, they wait their turn."""

    def turn(act: Act) -> views.Chosen:
        asked = sent.as_a(ChosenSteps)
        case = case_view.find(act.work, act.actor, number)
        choosing.choose(act.office, act.work, act.actor, case.id, choice_id, asked.steps, version=asked.version)
        return views.Chosen(number=number, steps=asked.steps)

    return change(request, sent, "step.choose", turn)
