"""The annual reports that were made public, in the reader's language, as files for programs, and as a feed."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from tasks.reporting import published_reports
from web.context import office_of, visiting
from web.rendering import language_of, render
from web.reporting import feeds, report_files
from web.reporting.public_words import texts_in

router = APIRouter(default_response_class=Response)
PUBLIC = "/jaarverslag"
FEED_TITLE = "Jaarverslagen"
Year = Annotated[int, Path(ge=1, le=9999)]


@router.get(PUBLIC)
def newest(request: Request) -> Response:
    """The years that are public, newest first."""
    with visiting(request) as look:
        rows = published_reports.newest(look.reading)
    return render(request, "report/published.html", rows=rows)


@router.get(f"{PUBLIC}.atom")
def feed(request: Request) -> Response:
    """A new year, for who wants to be told."""
    with visiting(request) as look:
        rows, settings = published_reports.newest(look.reading), look.office.settings
    entries = [
        feeds.Entry(f"{PUBLIC}/{row.year}", f"Jaarverslag {row.year}", f"Controlegetal: {row.digest}", row.published_at)
        for row in rows
    ]
    return feeds.atom(request, settings.base_url, settings.office_name, FEED_TITLE, f"{PUBLIC}.atom", entries)


@router.get(f"{PUBLIC}/{{year}}")
def page(request: Request, year: Year) -> Response:
    """The figures of a year."""
    with visiting(request) as look:
        report, years = published_reports.find(look.reading, year), published_reports.years(look.reading)
        settings = look.office.settings
    return render(
        request,
        "report/public.html",
        report=report,
        years=years,
        hidden=report_files.HIDDEN,
        told=texts_in(office_of(request), language_of(request)),
        address=f"{settings.base_url}{PUBLIC}/{year}",
    )


@router.get(f"{PUBLIC}/{{year}}/csv")
def as_one_list(request: Request, year: Year) -> Response:
    """Every number on a line of its own."""
    with visiting(request) as look:
        report = published_reports.find(look.reading, year)
    return feeds.unchanged(request, report_files.one_list(report), feeds.KEPT)


@router.get(f"{PUBLIC}/{{year}}/json")
def as_open_data(request: Request, year: Year) -> Response:
    """For programs."""
    with visiting(request) as look:
        report = published_reports.find(look.reading, year)
    return feeds.unchanged(request, report_files.codes(report), feeds.KEPT)


@router.get(f"{PUBLIC}/{{year}}/pdf")
def on_paper(request: Request, year: Year) -> Response:
    """On paper; typeset outside the transaction, and once."""
    with visiting(request) as look:
        report = published_reports.find(look.reading, year)
    return feeds.unchanged(request, report_files.paper(office_of(request).settings.office_name, report))
