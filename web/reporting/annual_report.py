"""The annual report for the office itself: a page that reads and prints well, the same figures as files, having a year counted, and
making it public.

A page shows what was counted last, so it costs the same however many cases there are.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from problems import Problem
from tasks.reporting import annual_counting, annual_report, published_reports
from tasks.reporting.annual_report import NotCounted, Report
from tasks.reporting.published_reports import Version
from web.context import Body, FormBody, Look, acting, looking, office_of
from web.dates import as_day
from web.problems import status_of
from web.rendering import render
from web.reporting import report_files, report_paper
from web.reporting.public_words import in_language

router = APIRouter(default_response_class=Response)


@dataclass(frozen=True)
class Shown:
    """What is known of a year: its figures, None before it was counted, and how far a count is that goes on, in percent."""

    report: Report | None
    progress: int | None
    versions: list[Version]
    is_over: bool


@router.get("/verslag")
def newest(request: Request) -> Response:
    """The report of this year so far."""
    with looking(request) as look:
        year = as_day(look.office.clock.now()).year
    return RedirectResponse(f"/verslag/{year}", 303)


def _made(look: Look, year: int, openbaar: int) -> Report:
    report = annual_report.make(look.office, look.reading, look.actor, year)
    return published_reports.as_public(look.reading, report) if openbaar else report


def _report(request: Request, year: int, openbaar: int = 0) -> Report:
    with looking(request) as look:
        return _made(look, year, openbaar)


@router.get("/verslag/{year}")
def page(request: Request, year: int, openbaar: int = 0) -> Response:
    """Every table with its bars. `openbaar`: as it may be published."""
    return _page(request, year, openbaar)


def _shown(look: Look, year: int, openbaar: int) -> Shown:
    try:
        report = _made(look, year, openbaar)
    except NotCounted:
        report = None
    counting = annual_counting.under_way(look.reading, year)
    return Shown(
        report,
        None if counting is None else annual_counting.progress(counting),
        list(published_reports.versions(look.reading, year)),
        is_over=annual_counting.end_of(year) <= look.office.clock.now(),
    )


def _page(
    request: Request, year: int, openbaar: int = 0, typed: FormBody | None = None, refused: Problem | None = None
) -> Response:
    with looking(request) as look:
        shown = _shown(look, year, openbaar)
        years = list(annual_report.years(look.office))
    holds = shown.versions[-1].report if shown.versions else None
    return render(
        request,
        "report/annual.html",
        status=status_of(refused) if refused else 200,
        year=year,
        report=shown.report,
        progress=shown.progress,
        is_over=shown.is_over,
        years=years if year in years else [*years, year],
        hidden=report_files.HIDDEN,
        is_published=bool(shown.versions),
        # What a new version would say that changed, before it is made.
        changes=list(published_reports.changes(holds, shown.report)) if holds and shown.report and openbaar else [],
        refused=refused,
        typed=typed.text("reason") if typed else "",
        told=str,
    )


@router.post("/verslag/{year}/tellen")
def count(request: Request, year: int, body: Body) -> Response:
    """Have the year counted, or counted again, behind the page."""
    with acting(request, body) as act:
        annual_counting.ask(act.office, act.work, act.actor, year)
    return RedirectResponse(f"/verslag/{year}", 303)


@router.post("/verslag/{year}")
def publish(request: Request, year: int, body: Body) -> Response:
    """Make the figures of a year that is over public; once more only with a reason."""
    try:
        with acting(request, body) as act:
            published_reports.publish(act.office, act.work, act.actor, year, body.text("reason"))
    except (published_reports.YearNotOver, published_reports.CountFirst, published_reports.WhyAgain) as refused:
        return _page(request, year, 1, body, refused)
    return RedirectResponse(f"/jaarverslag/{year}", 303)


@router.get("/verslag/{year}/csv")
def as_one_list(request: Request, year: int, openbaar: int = 0, taal: str = "nl") -> Response:
    """Every number on a line of its own."""
    return report_files.one_list(_report(request, year, openbaar), in_language(office_of(request), taal))


@router.get("/verslag/{year}/xlsx")
def as_workbook(request: Request, year: int, openbaar: int = 0, taal: str = "nl") -> Response:
    """A sheet per table."""
    return report_files.sheets(_report(request, year, openbaar), in_language(office_of(request), taal))


@router.get("/verslag/{year}/json")
def as_open_data(request: Request, year: int, taal: str = "nl") -> Response:
    """What may be published, for programs."""
    return report_files.codes(_report(request, year, 1), in_language(office_of(request), taal))


@router.get("/verslag/{year}/pdf")
def on_paper(request: Request, year: int, openbaar: int = 0) -> Response:
    """The same tables on paper. Made after the transaction."""
    report = _report(request, year, openbaar)
    return report_paper.paper(office_of(request).settings.office_name, report, str)
