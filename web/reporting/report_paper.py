"""An annual report on paper, in the reader's language: the same tables as the page, each with its bars, and the digest."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from fastapi.responses import Response

from tasks.letters import printing
from tasks.reporting.annual_report import Report
from tasks.reporting.annual_tables import Table
from web import dates
from web.reporting.report_files import HIDDEN, download

Told = Callable[[str], str]
# What stands on paper beside the tables, all of it Dutch to begin with: the page has most of it too.
TITLE = "Jaarverslag %(year)s"
UNTIL = "Dit jaar is nog niet voorbij. Geteld tot en met %(moment)s."
LEFT_OUT = "Een streepje betekent: %(hidden)s. Zulke aantallen laten wij weg, want ze kunnen iemand aanwijzen."
COUNTED = "Geteld uit het verloop van de dossiers, volgens definitie %(definition)s."
DIGEST, AGAIN = "Controlegetal:", "Wie dit verslag opnieuw maakt, vindt hetzelfde getal."
FIGURES = ("ontvangen", "afgesloten", "dagen per dossier (mediaan)")
NOTHING = "In dit jaar is er niets ontvangen en niets afgesloten."
HEADS = {"description": "Omschrijving", "share": "Aandeel", "total": "Totaal"}
# Only the year so far has UNTIL: that is for the office itself.
WORDS = (TITLE, LEFT_OUT, COUNTED, DIGEST, AGAIN, NOTHING, *FIGURES, *HEADS.values())
NONE = "–"


def paper(office: str, report: Report, told: Told, language: str = "nl") -> Response:
    """A tagged PDF. `told` turns what stands in Dutch into the language. To be called outside a transaction."""
    name = download(report, "pdf", "" if language == "nl" else f"-{language}")
    content = json.dumps(_told(office, report, told, language), ensure_ascii=False)
    return Response(_pdf(content, report.until), media_type="application/pdf", headers=name)


@lru_cache(maxsize=16)
def _pdf(content: str, at: datetime) -> bytes:
    """Anybody may ask for a public report; the same words and figures are typeset once."""
    return printing.pdf("report", json.loads(content), at)


def _told(office: str, report: Report, told: Told, language: str) -> dict[str, object]:
    """The report as the sheet tells it, number by number; a number that is not public is a dash."""
    days = None if report.median_days is None else round(report.median_days)
    until = {"moment": dates.moment(report.until, language)}
    return {
        "office": office,
        "language": language,
        "title": told(TITLE) % {"year": report.year},
        "until": "" if report.is_over else told(UNTIL) % until,
        "public": told(LEFT_OUT) % {"hidden": told(HIDDEN)} if report.is_public else "",
        "nothing": told(NOTHING) if report.is_empty else "",
        "figures": list(zip(map(told, FIGURES), _cells([report.received, report.closed, days]), strict=True)),
        "heads": {name: told(words) for name, words in HEADS.items()},
        "tables": [_table(table, told) for table in report.every_table if table.has_numbers],
        "counted": f"{told(COUNTED) % {'definition': report.definition}} {told(DIGEST)}",
        "digest": report.digest,
        "again": told(AGAIN),
    }


def _table(table: Table, told: Told) -> dict[str, object]:
    rows = [
        {
            "label": told(row.label),
            "cells": _cells(row.numbers),
            "share": (row.numbers[0] or 0) / (table.largest or 1),
        }
        for row in table.rows
    ]
    return {
        "title": told(table.title),
        "note": told(table.note),
        "columns": [told(column) for column in table.columns],
        "rows": rows,
        "totals": _cells(table.totals) if table.has_totals and len(table.rows) > 1 else [],
    }


def _cells(numbers: Sequence[float | None]) -> list[str]:
    return [NONE if number is None else str(number) for number in numbers]
