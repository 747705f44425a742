"""Cases told for anybody: a list to search, each with an address of its own, and the same as feed and open data."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from cases.publications import CaseSummary
from tasks.reporting import summaries
from tasks.reporting.summaries import MOST_OPEN_DATA, Filters, Page
from web.context import Look, office_of, visiting
from web.rendering import language_of, render
from web.reporting import feeds
from web.reporting.public_words import codes_in
from web.tables import as_csv
from web.text import LARGEST, AfterKey

router = APIRouter(default_response_class=Response)
PUBLIC = "/samenvattingen"
FEED_TITLE = "Samenvattingen van dossiers"
Norm = Annotated[int, Query(ge=0, le=9999)]
OPEN_DATA = (
    "number year published_on language title text authority theme theme_label norms norm_labels finding finding_label "
    "remedy remedy_label"
).split()
# Codes that have words, and the list these are in.
LABELLED = {"theme": "themes", "finding": "findings", "remedy": "remedies"}


@router.get(PUBLIC)
def everything(
    request: Request, q: str = "", thema: str = "", dienst: str = "", norm: Norm = 0, na: AfterKey = 0
) -> Response:
    """What anybody may read."""
    asked = Filters(q[:200], thema, dienst, norm)
    with visiting(request) as look:
        page = summaries.public(look.reading, asked, after=na)
        code = codes_in(look.office, language_of(request))
    return render(request, "summaries/public.html", page=page, asked=asked, after=na, code=code)


@router.get(f"{PUBLIC}.atom")
def feed(request: Request) -> Response:
    """The newest, for who wants to be told."""
    with visiting(request) as look:
        rows = summaries.public(look.reading, Filters(), limit=feeds.MOST_ENTRIES).rows
        settings = look.office.settings
    entries = [feeds.Entry(f"{PUBLIC}/{row.id}", row.title, row.text, row.published_at, row.language) for row in rows]
    return feeds.atom(request, settings.base_url, settings.office_name, FEED_TITLE, f"{PUBLIC}.atom", entries)


@router.get(f"{PUBLIC}.json")
def open_data(request: Request, taal: str = "nl") -> Response:
    """Everything public, for programs; the words of codes are in the language of the address."""
    return feeds.unchanged(request, JSONResponse({"summaries": _lines(request, taal)}))


@router.get(f"{PUBLIC}.csv")
def open_data_file(request: Request, taal: str = "nl") -> Response:
    """The same for a spreadsheet."""
    lines = ([_cell(line[name]) for name in OPEN_DATA] for line in _lines(request, taal))
    return feeds.unchanged(request, as_csv("samenvattingen", OPEN_DATA, lines))


def _cell(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _lines(request: Request, language: str) -> list[dict[str, Any]]:
    with visiting(request) as look:
        page: Page = summaries.public(look.reading, Filters(), limit=MOST_OPEN_DATA)
    code = codes_in(office_of(request), language)
    return [_line(row, page, code) for row in page.rows]


def _line(row: CaseSummary, page: Page, code: Callable[[str, object], str]) -> dict[str, Any]:
    """One summary: nothing of the case it comes from."""
    names = ("number", "year", "language", "title", "text", "authority", "theme", "finding", "remedy")
    norms = list(page.norms[row.id])
    return {
        **{name: getattr(row, name) for name in names},
        **{f"{name}_label": code(codes, getattr(row, name)) for name, codes in LABELLED.items()},
        "norms": norms,
        "norm_labels": [code("norms", norm) for norm in norms],
        "published_on": row.published_at.date().isoformat(),
    }


@router.get(f"{PUBLIC}/{{summary_id}}")
def one(request: Request, summary_id: int) -> Response:
    """One summary, at its own address."""
    with visiting(request) as look:
        row = summaries.find(look.reading, min(summary_id, LARGEST))
        return render(request, "summaries/one.html", row=row, **_about(look, row, language_of(request)))


def _about(look: Look, row: CaseSummary, language: str) -> dict[str, Any]:
    return {
        "norms": summaries.norms_of(look.reading, [row.id])[row.id],
        "code": codes_in(look.office, language),
        "number": summaries.case_of(look.reading, look.actor, row),
        "address": f"{look.office.settings.base_url}{PUBLIC}/{row.id}",
    }
