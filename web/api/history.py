"""The history of a case for auditors: its events, whether its chain holds, and exports. Every look is itself an event."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from history import exports
from identity import people
from identity.permissions import require
from tasks.case_file import case_view, looks
from tasks.turn import stream_of
from web.api import office_views as views
from web.api.asked import CaseNumber
from web.api.described import READS, refusals
from web.api.frame import PREFIX, answer, reading_case

router = APIRouter(prefix=PREFIX, tags=["history"])
MEDIA = {"json": "application/json", "xes": "application/xml"}


@router.get("/cases/{number}/history", response_model=views.HistoryPage, responses=refusals(READS))
def read_history(
    request: Request,
    number: CaseNumber,
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="`next` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """Events in order, with the personal values the case's key still opens."""
    with reading_case(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        require(look.actor, "history.read")
        looks.keep(look.office, look.reading, look.actor, case.id, "history")
        events = look.office.log.read(look.reading, stream_of(case.id), after=after, limit=limit + 1)
    page = views.HistoryPage(
        number=number,
        events=[views.EventShape.model_validate(event) for event in events[:limit]],
        next=events[limit - 1].seq if len(events) > limit else None,
    )
    return answer(page)


@router.get("/cases/{number}/verify", response_model=views.VerdictShape, responses=refusals(READS))
def verify_history(request: Request, number: CaseNumber) -> Response:
    """Walk the chain; the first event that does not hold is named."""
    with reading_case(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        require(look.actor, "history.verify")
        found = look.office.log.verify(look.reading, stream_of(case.id))
    return answer(
        views.VerdictShape(
            number=number, ok=found.ok, events=found.events, first_bad_seq=found.first_bad_seq, reason=found.reason
        )
    )


@router.get(
    "/cases/{number}/export",
    response_class=Response,
    responses={
        **refusals(READS),
        200: {"content": {kind: {} for kind in MEDIA.values()}, "description": "One case, with or without its people."},
    },
)
def export_history(
    request: Request,
    number: CaseNumber,
    format: Literal["xes", "json"] = "json",
    with_personal: Annotated[bool, Query(description="Names and personal values too.")] = False,
) -> Response:
    """One case for others: XES (IEEE 1849-2016), or JSON whose chain anyone can recompute."""
    with reading_case(request) as look:
        office = look.office
        case = case_view.find(look.reading, look.actor, number)
        require(look.actor, "history.export")
        looks.keep(office, look.reading, look.actor, case.id, f"export:{format}{':personal' if with_personal else ''}")
        stream = stream_of(case.id)
        if format == "xes":
            names = people.names(look.reading) if with_personal else None
            content = exports.as_xes(office.log.read(look.reading, stream), number, names=names)
        else:
            parts = exports.as_json(
                look.reading, office.log, stream, number, office.clock.now(), with_personal=with_personal
            )
            content = "".join(parts).encode()
    named = {"Content-Disposition": f'attachment; filename="{case.number}.{format}"'}
    return Response(content, 200, named, MEDIA[format])
