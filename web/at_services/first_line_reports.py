"""The yearly figures of the services: whom we asked and who answered, a file that brings many answers at once, and the books."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity.permissions import require
from problems import Problem
from tasks.at_services import first_line_books, first_line_campaign, first_line_files
from tasks.at_services.first_line_books import BOOKS, Book
from tasks.at_services.first_line_campaign import AlreadyAsked
from tasks.forms_in_use import form_in_use
from web.context import Body, acting, looking
from web.problems import status_of
from web.rendering import render
from web.reporting.report_files import XLSX, workbook
from web.tables import as_csv

router = APIRouter(default_response_class=Response)
PAGE = "/jaarcijfers"
STATES = {"asked": "gevraagd", "to_check": "na te kijken", "received": "ontvangen"}


@router.get(PAGE)
def newest(request: Request) -> Response:
    """The last year that is over."""
    with looking(request) as look:
        year = first_line_campaign.years(look.office)[0]
    return RedirectResponse(f"{PAGE}/{year}", 303)


@router.get(PAGE + "/{year}")
def campaign(request: Request, year: int, gevraagd: int = 0, ontvangen: int = 0) -> Response:
    """Whom we asked, and where each stands."""
    return _campaign(request, year, asked=gevraagd, taken=ontvangen)


def _campaign(
    request: Request,
    year: int,
    *,
    asked: int = 0,
    taken: int = 0,
    refused: Problem | None = None,
    wrong: list[str] | None = None,
) -> Response:
    with looking(request) as look:
        reports = first_line_campaign.reports(look.office, look.reading, look.actor, year)
        services = first_line_campaign.services(look.office)
        years = list(first_line_campaign.years(look.office))
    there = {each.authority.key for each in reports}
    return render(
        request,
        "report/figures.html",
        status=status_of(refused) if refused else 422 if wrong else 200,
        year=year,
        years=years,
        reports=reports,
        states=STATES,
        others=[each for each in services if each.key not in there],
        counts={state: sum(each.state == state for each in reports) for state in STATES},
        late=sum(each.is_late for each in reports),
        books={key: title for key, (title, _) in BOOKS.items()},
        asked=asked,
        taken=taken,
        refused=refused,
        wrong=wrong or [],
    )


@router.post(PAGE + "/{year}")
def ask(request: Request, year: int, body: Body) -> Response:
    """Ask the chosen services, each in a turn of its own: what was asked stays asked, whoever was asked already is passed by."""
    with looking(request) as look:
        require(look.actor, "first_line_report.ask")
    done = 0
    for key in body.fields.get("service", []):
        try:
            with acting(request, body) as act:
                first_line_campaign.ask(act.office, act.work, act.actor, year, key)
            done += 1
        except AlreadyAsked:  # a second click, or a colleague
            continue
        except Problem as problem:
            return _campaign(request, year, asked=done, refused=problem)
    return RedirectResponse(f"{PAGE}/{year}?gevraagd={done}", 303)


@router.get(PAGE + "/{year}/voorbeeld")
def example(request: Request, year: int) -> Response:
    """A file to fill in: the questions as columns, a line for each service that has not answered."""
    with looking(request) as look:
        form, _ = form_in_use(look.reading, first_line_campaign.PROCESS)
        reports = first_line_campaign.reports(look.office, look.reading, look.actor, year)
    waiting = [[each.authority.key] for each in reports if each.state == first_line_campaign.ASKED]
    return as_csv(f"jaarcijfers-{year}", first_line_files.head(form), waiting)


@router.post(PAGE + "/{year}/bestand")
def take(request: Request, year: int, body: Body) -> Response:
    """Take in the lines that are right, each in a turn of its own, and say of the others what is wrong."""
    with looking(request) as look:
        require(look.actor, "first_line_report.take")
        form, _ = form_in_use(look.reading, first_line_campaign.PROCESS)
    try:
        content = body.files[0].stream.read(first_line_files.LARGEST + 1) if body.files else b""
        lines = list(first_line_files.lines(form, content))
    except Problem as problem:
        return _campaign(request, year, refused=problem)
    done, wrong = 0, []
    for line in lines:
        try:
            with acting(request, body) as act:
                first_line_files.take(act.office, act.work, act.actor, year, line)
            done += 1
        except Problem as problem:
            wrong.append(f"Lijn {line.number} ({line.service}): {first_line_files.told(problem, form)}")
    if wrong:
        return _campaign(request, year, taken=done, wrong=wrong)
    return RedirectResponse(f"{PAGE}/{year}?ontvangen={done}", 303)


def _book(request: Request, year: int, key: str) -> Book:
    with looking(request) as look:
        reports = first_line_campaign.reports(look.office, look.reading, look.actor, year)
        return first_line_books.make(look.reading, reports, key, year)


@router.get(PAGE + "/{year}/boek/{key}")
def book(request: Request, year: int, key: str) -> Response:
    """One book: a table per group of questions, a line per service."""
    return render(request, "report/book.html", book=_book(request, year, key))


@router.get(PAGE + "/{year}/boek/{key}/csv")
def book_as_list(request: Request, year: int, key: str) -> Response:
    """Every number on a line of its own."""
    made = _book(request, year, key)
    rows = (
        (table.title, row.code, row.label, column, "" if number is None else str(number).replace(".", ","))
        for table in made.tables
        for row in table.rows
        for column, number in zip(table.columns, row.numbers, strict=True)
    )
    return as_csv(f"{key}-{year}", ("tabel", "dienst", "naam", "kolom", "aantal"), rows)


@router.get(PAGE + "/{year}/boek/{key}/xlsx")
def book_as_workbook(request: Request, year: int, key: str) -> Response:
    """A sheet per group of questions."""
    made = _book(request, year, key)
    headers = {"Content-Disposition": f'attachment; filename="{key}-{year}.xlsx"'}
    facts = {"Boek": made.title, "Jaar": made.year, "Nog niet ontvangen": ", ".join(made.missing)}
    return Response(workbook(facts, made.tables, missing=""), media_type=XLSX, headers=headers)
