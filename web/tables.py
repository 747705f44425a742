"""A list as a file for a spreadsheet: UTF-8 with its mark, semicolons as Belgian spreadsheets expect, and no formulas.

A cell that a spreadsheet would read as a formula gets an apostrophe before it: what a complainant types must not run on the
desk of whoever opens the file. (OWASP: CSV injection.)
"""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: object) -> str:
    """The value as text that no spreadsheet calculates."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_FORMULA) else text


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The answer that downloads as `name`.csv."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(head)
    writer.writerows([harmless(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(buffer.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)
