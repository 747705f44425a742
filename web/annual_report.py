"""The annual report: a page that reads and prints well, the same figures as files, and what may be published of them."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tasks import annual_report, printing
from tasks.annual_report import Report
from tasks.annual_tables import Table
from web.context import looking, office_of
from web.dates import as_day
from web.rendering import render
from web.tables import as_csv

router = APIRouter(default_response_class=Response)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HIDDEN = "minder dan 5, of af te leiden"


@router.get("/verslag")
def newest(request: Request) -> Response:
    """The report of this year so far."""
    with looking(request) as look:
        year = as_day(look.office.clock.now()).year
    return RedirectResponse(f"/verslag/{year}", 303)


def _report(request: Request, year: int, openbaar: int = 0) -> tuple[Report, list[int]]:
    with looking(request) as look:
        report = annual_report.make(look.office, look.reading, look.actor, year)
        return annual_report.open_data(report) if openbaar else report, list(annual_report.years(look.office))


@router.get("/verslag/{year}")
def page(request: Request, year: int, openbaar: int = 0) -> Response:
    """Every table with its bars. `openbaar`: as it may be published."""
    report, years = _report(request, year, openbaar)
    return render(request, "report/annual.html", report=report, years=years, hidden=HIDDEN)


@router.get("/verslag/{year}/csv")
def as_one_list(request: Request, year: int, openbaar: int = 0) -> Response:
    """Every number on a line of its own."""
    report, _ = _report(request, year, openbaar)
    return as_csv(_name(report), ("tabel", "code", "omschrijving", "kolom", "aantal"), _lines(report))


@router.get("/verslag/{year}/xlsx")
def as_workbook(request: Request, year: int, openbaar: int = 0) -> Response:
    """A sheet per table."""
    report, _ = _report(request, year, openbaar)
    headers = {"Content-Disposition": f'attachment; filename="{_name(report)}.xlsx"'}
    return Response(_workbook(report), media_type=XLSX, headers=headers)


@router.get("/verslag/{year}/json")
def as_open_data(request: Request, year: int) -> Response:
    """What may be published, for programs: codes, numbers, the definition and the digest; null is a number that is not public."""
    report, _ = _report(request, year, 1)
    return JSONResponse(
        {
            "year": report.year,
            "until": report.until.isoformat(),
            "definition": report.definition,
            "digest": report.digest,
            "tables": [
                {
                    "key": table.key,
                    "title": table.title,
                    "columns": list(table.columns),
                    "rows": [{"code": r.code, "label": r.label, "numbers": list(r.numbers)} for r in table.rows],
                }
                for table in report.tables
            ],
        },
        headers={"Content-Disposition": f'attachment; filename="{_name(report)}.json"'},
    )


@router.get("/verslag/{year}/pdf")
def on_paper(request: Request, year: int, openbaar: int = 0) -> Response:
    """The same tables on paper: tagged, each with its bars, with the digest. Made after the transaction."""
    report, _ = _report(request, year, openbaar)
    content = printing.pdf("report", _told(request, report), report.until)
    headers = {"Content-Disposition": f'attachment; filename="{_name(report)}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _told(request: Request, report: Report) -> dict[str, object]:
    """The report as the sheet tells it, number by number; a number that is not public is a dash."""

    def cells(numbers: Sequence[int | None]) -> list[str]:
        return ["–" if number is None else str(number) for number in numbers]

    return {
        "office": office_of(request).settings.office_name,
        "title": f"Jaarverslag {report.year}",
        "until": "" if report.is_over else f"Geteld tot en met {report.until:%d/%m/%Y %H:%M}",
        "public": f"Kleine aantallen ({HIDDEN}) zijn weggelaten." if report.is_public else "",
        "figures": [
            ["ontvangen", str(report.received)],
            ["afgesloten", str(report.closed)],
            ["dagen per dossier (mediaan)", "–" if report.median_days is None else str(round(report.median_days))],
        ],
        "tables": [
            {
                "title": table.title,
                "note": table.note,
                "columns": list(table.columns),
                "rows": [
                    {
                        "label": row.label,
                        "cells": cells(row.numbers),
                        "share": (row.numbers[0] or 0) / (table.largest or 1),
                    }
                    for row in table.rows
                ],
                "totals": cells(table.totals) if len(table.rows) > 1 else [],
            }
            for table in report.tables
            if table.has_numbers
        ],
        "definition": report.definition,
        "digest": report.digest,
    }


def _name(report: Report) -> str:
    return f"jaarverslag-{report.year}" + ("-openbaar" if report.is_public else "")


def _lines(report: Report) -> Iterator[tuple[object, ...]]:
    for table in report.tables:
        for row in table.rows:
            for column, number in zip(table.columns, row.numbers, strict=True):
                yield table.title, row.code, row.label, column, HIDDEN if number is None else number
    yield "Controlegetal", report.definition, "", "", report.digest


def _workbook(report: Report) -> bytes:
    facts = {
        "Jaar": report.year,
        "Geteld tot": report.until.isoformat(),
        "Definitie": report.definition,
        "Controlegetal": report.digest,
    }
    return workbook(facts, report.tables, missing=HIDDEN)


def workbook(facts: Mapping[str, object], tables: Sequence[Table], *, missing: str) -> bytes:
    """A first sheet that says what it is, and one per table. Text stays text: no cell is ever calculated."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # costs every start of every command a tenth of a second

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        about = book.add_worksheet("Verslag")
        for line, (name, value) in enumerate(facts.items()):
            about.write_row(line, 0, (name, value))
        for table in tables:
            _sheet(book, table, bold, missing)
    return buffer.getvalue()


def _sheet(book: Any, table: Table, bold: object, missing: str) -> None:
    sheet = book.add_worksheet(table.key)
    sheet.set_column(0, 0, 48)
    sheet.write_row(0, 0, (table.title, *table.columns), bold)
    for line, row in enumerate(table.rows, start=1):
        sheet.write_row(line, 0, (row.label, *(missing if number is None else number for number in row.numbers)))
