"""The annual report for the office itself: a page that reads and prints well, the same figures as files, and making them public."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from problems import Problem
from tasks.reporting import annual_report, published_reports
from tasks.reporting.annual_report import Report
from web.context import Body, FormBody, Look, acting, looking, office_of
from web.dates import as_day
from web.problems import status_of
from web.rendering import render
from web.reporting import report_files, report_paper

router = APIRouter(default_response_class=Response)


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


def _page(
    request: Request, year: int, openbaar: int = 0, typed: FormBody | None = None, refused: Problem | None = None
) -> Response:
    with looking(request) as look:
        shown = _made(look, year, openbaar)
        versions = published_reports.versions(look.reading, year)
        years = list(annual_report.years(look.office))
    holds = versions[-1].report if versions else None
    return render(
        request,
        "report/annual.html",
        status=status_of(refused) if refused else 200,
        report=shown,
        years=years if year in years else [*years, year],
        hidden=report_files.HIDDEN,
        is_published=bool(versions),
        # What a new version would say that changed, before it is made.
        changes=list(published_reports.changes(holds, shown)) if holds and openbaar else [],
        refused=refused,
        typed=typed.text("reason") if typed else "",
        told=str,
    )


@router.post("/verslag/{year}")
def publish(request: Request, year: int, body: Body) -> Response:
    """Make the figures of a year that is over public; once more only with a reason."""
    try:
        with acting(request, body) as act:
            published_reports.publish(act.office, act.work, act.actor, year, body.text("reason"))
    except (published_reports.YearNotOver, published_reports.WhyAgain) as refused:
        return _page(request, year, 1, body, refused)
    return RedirectResponse(f"/jaarverslag/{year}", 303)


@router.get("/verslag/{year}/csv")
def as_one_list(request: Request, year: int, openbaar: int = 0) -> Response:
    """Every number on a line of its own."""
    return report_files.one_list(_report(request, year, openbaar))


@router.get("/verslag/{year}/xlsx")
def as_workbook(request: Request, year: int, openbaar: int = 0) -> Response:
    """A sheet per table."""
    return report_files.sheets(_report(request, year, openbaar))


@router.get("/verslag/{year}/json")
def as_open_data(request: Request, year: int) -> Response:
    """What may be published, for programs."""
    return report_files.codes(_report(request, year, 1))


@router.get("/verslag/{year}/pdf")
def on_paper(request: Request, year: int, openbaar: int = 0) -> Response:
    """The same tables on paper. Made after the transaction."""
    report = _report(request, year, openbaar)
    return report_paper.paper(office_of(request).settings.office_name, report, str)
