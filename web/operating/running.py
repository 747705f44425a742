"""Which steps of the diagrams take longest, for whoever runs the office."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tasks.operating import slow_steps
from tasks.studio import definition_words
from web import dates
from web.context import looking
from web.rendering import language_of, render

router = APIRouter(default_response_class=Response)


@router.get("/beheer/traagste-stappen")
def slowest(request: Request) -> Response:
    """The slowest steps of the last weeks. Counted when it is asked for: it costs more than the overview."""
    with looking(request) as look:
        lines = slow_steps.slowest(look.office, look.reading, look.actor, definition_words.load(look.reading))
    language = language_of(request)
    shown = [(each, dates.length(each.half, language), dates.length(each.longest, language)) for each in lines]
    return render(
        request,
        "operations/slow.html",
        lines=shown,
        days=slow_steps.DAYS,
        sample=slow_steps.SAMPLE,
        tab="traagste-stappen",
    )
