"""An annual report as files: every number on a line, a sheet per table, and codes for programs."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from fastapi.responses import JSONResponse, Response

from tasks.reporting.annual_report import Report
from tasks.reporting.annual_tables import Table
from web.tables import as_csv

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HIDDEN = "minder dan 5, of af te leiden"


def one_list(report: Report) -> Response:
    """Every number on a line of its own, the digest last."""
    return as_csv(_name(report), ("tabel", "code", "omschrijving", "kolom", "aantal"), _lines(report))


def sheets(report: Report) -> Response:
    """A sheet per table."""
    facts = {
        "Jaar": report.year,
        "Geteld tot": report.until.isoformat(),
        "Definitie": report.definition,
        "Controlegetal": report.digest,
    }
    content = workbook(facts, report.every_table, missing=HIDDEN)
    return Response(content, media_type=XLSX, headers=download(report, "xlsx"))


def codes(report: Report) -> Response:
    """For programs: codes, numbers, the definition and the digest; null is a number that is not public."""

    def told(table: Table) -> dict[str, object]:
        rows = [{"code": r.code, "label": r.label, "numbers": list(r.numbers)} for r in table.rows]
        return {"key": table.key, "title": table.title, "columns": list(table.columns), "rows": rows}

    content = {
        "year": report.year,
        "until": report.until.isoformat(),
        "definition": report.definition,
        "digest": report.digest,
        "tables": [told(table) for table in report.tables],
        "survey": [told(table) for table in report.survey],
    }
    return JSONResponse(content, headers=download(report, "json"))


def _name(report: Report) -> str:
    return f"jaarverslag-{report.year}" + ("-openbaar" if report.is_public else "")


def download(report: Report, kind: str, more: str = "") -> dict[str, str]:
    """The headers with which a report is kept as a file; `more` stands in its name before the kind."""
    return {"Content-Disposition": f'attachment; filename="{_name(report)}{more}.{kind}"'}


def _lines(report: Report) -> Iterator[tuple[object, ...]]:
    for table in report.every_table:
        for row in table.rows:
            for column, number in zip(table.columns, row.numbers, strict=True):
                yield table.title, row.code, row.label, column, HIDDEN if number is None else number
    yield "Controlegetal", report.definition, "", "", report.digest


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
