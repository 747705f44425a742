"""The annual reports that were made public, in the reader's language, as files for programs, and as a feed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from tasks.reporting import published_reports
from web.context import office_of, visiting
from web.rendering import language_of, render
from web.reporting import feeds, report_files, report_paper
from web.reporting.public_words import in_language, texts_in

router = APIRouter(default_response_class=Response)
PUBLIC = "/jaarverslag"
FEED_TITLE = "Jaarverslagen"
Year = Annotated[int, Path(ge=1, le=9999)]
Version = Annotated[int, Query(ge=0, le=9999)]


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
def page(request: Request, year: Year, versie: Version = 0) -> Response:
    """The figures of a year, which version they are, and what changed in it."""
    with visiting(request) as look:
        versions, years = published_reports.versions(look.reading, year), published_reports.years(look.reading)
        settings = look.office.settings
    shown = published_reports.chosen(versions, year, versie)
    before = versions[shown.number - 2].report if shown.number > 1 else None
    return render(
        request,
        "report/public.html",
        report=shown.report,
        shown=shown,
        versions=versions,
        changes=list(published_reports.changes(before, shown.report)) if before else [],
        years=years,
        hidden=report_files.HIDDEN,
        told=texts_in(office_of(request), language_of(request)),
        address=f"{settings.base_url}{PUBLIC}/{year}",
    )


@router.get(f"{PUBLIC}/{{year}}/csv")
def as_one_list(request: Request, year: Year, versie: Version = 0, taal: str = "nl") -> Response:
    """Every number on a line of its own. The address names the language, as that of the paper does."""
    with visiting(request) as look:
        report = published_reports.find(look.reading, year, versie)
    return feeds.unchanged(request, report_files.one_list(report, in_language(office_of(request), taal)), feeds.KEPT)


@router.get(f"{PUBLIC}/{{year}}/json")
def as_open_data(request: Request, year: Year, versie: Version = 0, taal: str = "nl") -> Response:
    """For programs."""
    with visiting(request) as look:
        report = published_reports.find(look.reading, year, versie)
    return feeds.unchanged(request, report_files.codes(report, in_language(office_of(request), taal)), feeds.KEPT)


@router.get(f"{PUBLIC}/{{year}}/pdf")
def on_paper(request: Request, year: Year, versie: Version = 0, taal: str = "nl") -> Response:
    """On paper; typeset outside the transaction, and once. The address names the language, since it may be kept along the way."""
    with visiting(request) as look:
        report = published_reports.find(look.reading, year, versie)
    office, words = office_of(request), in_language(office_of(request), taal)
    paper = report_paper.paper(office.settings.office_name, report, words.told, words.language)
    return feeds.unchanged(request, paper, feeds.KEPT)
