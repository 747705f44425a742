"""An annual report as files: every number on a line, a sheet per table, and codes for programs.

Names of columns and codes are English or those of the code lists, and never change; beside them stand their words, in the language that
was asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from fastapi.responses import JSONResponse, Response

from tasks.reporting.annual_report import Report
from tasks.reporting.annual_tables import Table
from web.reporting.public_words import Words
from web.tables import as_csv

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HIDDEN = "minder dan 5, of af te leiden"
COLUMNS = ("table", "table_label", "code", "label", "column", "column_label", "number")
YEAR, UNTIL, DEFINITION, DIGEST, SHEET = ABOUT = ("Jaar", "Geteld tot", "Definitie", "Controlegetal", "Verslag")


def one_list(report: Report, words: Words) -> Response:
    """Every number on a line of its own, the digest last."""
    return as_csv(_name(report) + words.suffix, COLUMNS, _lines(report, words))


def sheets(report: Report, words: Words) -> Response:
    """A sheet per table."""
    facts = {
        words(YEAR): report.year,
        words(UNTIL): report.until.isoformat(),
        words(DEFINITION): report.definition,
        words(DIGEST): report.digest,
    }
    content = workbook(facts, report.every_table, missing=words(HIDDEN), first=words(SHEET), words=words)
    return Response(content, media_type=XLSX, headers=download(report, "xlsx", words.suffix))


def codes(report: Report, words: Words) -> Response:
    """For programs: codes, numbers, the definition and the digest; null is a number that is not public."""
    content = {
        "year": report.year,
        "until": report.until.isoformat(),
        "definition": report.definition,
        "digest": report.digest,
        "language": words.language,
        "tables": [_told(table, words) for table in report.tables],
        "survey": [_told(table, words) for table in report.survey],
    }
    return JSONResponse(content, headers=download(report, "json", words.suffix))


def _told(table: Table, words: Words) -> dict[str, object]:
    columns = zip(table.codes, table.columns, strict=True)
    return {
        "key": table.key,
        "title": words(table.title),
        "columns": [{"code": code, "label": words(column)} for code, column in columns],
        "rows": [{"code": r.code, "label": words(r.label), "numbers": list(r.numbers)} for r in table.rows],
    }


def _name(report: Report) -> str:
    return f"jaarverslag-{report.year}" + ("-openbaar" if report.is_public else "")


def download(report: Report, kind: str, more: str = "") -> dict[str, str]:
    """The headers with which a report is kept as a file; `more` stands in its name before the kind."""
    return {"Content-Disposition": f'attachment; filename="{_name(report)}{more}.{kind}"'}


def _lines(report: Report, words: Words) -> Iterator[tuple[object, ...]]:
    for table in report.every_table:
        columns = [(code, words(column)) for code, column in zip(table.codes, table.columns, strict=True)]
        for row in table.rows:
            for (code, column), number in zip(columns, row.numbers, strict=True):
                shown = words(HIDDEN) if number is None else number
                yield table.key, words(table.title), row.code, words(row.label), code, column, shown
    yield "digest", words(DIGEST), report.definition, "", "", "", report.digest


def workbook(
    facts: Mapping[str, object],
    tables: Sequence[Table],
    *,
    missing: str,
    first: str = SHEET,
    words: Words | None = None,
) -> bytes:
    """A first sheet that says what it is, and one per table. Text stays text: no cell is ever calculated."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # costs every start of every command a tenth of a second

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        about = book.add_worksheet(first)
        for line, (name, value) in enumerate(facts.items()):
            about.write_row(line, 0, (name, value))
        for table in tables:
            _sheet(book, table, bold, missing, words or str)
    return buffer.getvalue()


def _sheet(book: Any, table: Table, bold: object, missing: str, words: Any) -> None:
    """Words on the first line; on the second the names that never change."""
    sheet = book.add_worksheet(table.key)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 48)
    sheet.write_row(0, 0, ("", words(table.title), *map(words, table.columns)), bold)
    sheet.write_row(1, 0, ("code", "label", *table.codes))
    for line, row in enumerate(table.rows, start=2):
        numbers = (missing if number is None else number for number in row.numbers)
        sheet.write_row(line, 0, (row.code, words(row.label), *numbers))
