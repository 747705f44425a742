"""Recommendations: the register anybody may read, and the office's own list, where the ombudsman makes one public.

The public pages keep nothing of who reads them, and show only what was approved.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from cases.recommendations import Recommendation
from identity import people
from problems import Invalid, Problem
from tasks.case_file import looks
from tasks.reporting import recommendations
from tasks.reporting.recommendations import MOST_OPEN_DATA, Filters, Wording
from web.context import Body, FormBody, acting, looking, office_of, visiting
from web.dates import as_day
from web.problems import status_of
from web.rendering import render
from web.reporting import feeds
from web.reporting.public_words import Words, in_language
from web.tables import as_csv
from web.text import LARGEST, AfterKey

router = APIRouter(default_response_class=Response)
PUBLIC, OWN = "/aanbevelingen", "/opvolging"
FEED_TITLE = "Aanbevelingen"
SOON = timedelta(days=30)
Year = Annotated[int, Query(ge=0, le=9999)]
OPEN_DATA = (
    "number year kind kind_label addressee title text follow_up language issued_on due_on answer answer_label status status_label "
    "to_parliament_on"
).split()
# Words for codes; both pages and the file show them.
KINDS = {"individual": "Voor één dossier", "general": "Voor de werking", "regulation": "Over regelgeving"}
STATUSES = {"open": "loopt", "done": "uitgevoerd", "partly_done": "deels uitgevoerd", "not_done": "niet uitgevoerd"}
ANSWERS = {"accepted": "aanvaard", "partly": "deels aanvaard", "refused": "geweigerd", "silent": "geen antwoord"}
# What the diagram notes of one, and what people do in the register.
STEPS = {
    "issued": "Gedaan",
    "answered": "De dienst antwoordde",
    "unanswered": "De dienst antwoordde niet",
    "checked": "Nagekeken",
    "minister": "Verslag aan de minister",
    "parliament": "Aan het Vlaams Parlement",
    "published": "Openbaar gemaakt",
    "withdrawn": "Niet langer openbaar",
    "source_added": "Steunt ook op",
}
PRIORITIES = {"high": "dringend", "normal": "gewoon", "low": "minder dringend"}
WORDS: dict[str, Any] = {"kinds": KINDS, "statuses": STATUSES, "answers": ANSWERS, "priorities": PRIORITIES}


def _filters(jaar: int, stand: str, soort: str, dienst: str) -> Filters:
    return Filters(jaar, stand if stand in STATUSES else "", soort if soort in KINDS else "", dienst)


@router.get(PUBLIC)
def register(
    request: Request, jaar: Year = 0, stand: str = "", soort: str = "", dienst: str = "", na: AfterKey = 0
) -> Response:
    """What anybody may read."""
    asked = _filters(jaar, stand, soort, dienst)
    with visiting(request) as look:
        page = recommendations.public(look.reading, asked, after=na)
    return render(request, "recommendations/public.html", page=page, asked=asked, after=na, **WORDS)


@router.get(f"{PUBLIC}.json")
def open_data(request: Request, taal: str = "nl") -> Response:
    """Everything public, for programs; the words of codes are in the language of the address."""
    return feeds.unchanged(request, JSONResponse({"recommendations": _lines(request, taal)}))


@router.get(f"{PUBLIC}.atom")
def feed(request: Request) -> Response:
    """The newest, for who wants to be told; again when what became of one changes."""
    with visiting(request) as look:
        rows = recommendations.public(look.reading, Filters(), limit=feeds.MOST_ENTRIES).rows
        settings = look.office.settings
    entries = [_entry(row) for row, _ in rows]
    return feeds.atom(request, settings.base_url, settings.office_name, FEED_TITLE, f"{PUBLIC}.atom", entries)


def _entry(row: Recommendation) -> feeds.Entry:
    assert row.approved_at is not None  # noqa: S101  # only these are public
    text = "\n\n".join(filter(None, (row.addressee, row.public_text, row.public_follow_up)))
    return feeds.Entry(f"{PUBLIC}#r{row.id}", row.public_title, text, row.approved_at, row.language)


@router.get(f"{PUBLIC}.csv")
def open_data_file(request: Request, taal: str = "nl") -> Response:
    """The same for a spreadsheet."""
    rows = ([line[name] for name in OPEN_DATA] for line in _lines(request, taal))
    return feeds.unchanged(request, as_csv("aanbevelingen", OPEN_DATA, rows))


def _lines(request: Request, language: str) -> list[dict[str, Any]]:
    with visiting(request) as look:
        page = recommendations.public(look.reading, Filters(), limit=MOST_OPEN_DATA)
    words = in_language(office_of(request), language)
    return [_line(row, words) for row, _ in page.rows]


def _line(row: Recommendation, words: Words) -> dict[str, Any]:
    """One public recommendation: nothing of the case it comes from."""
    days = {name: getattr(row, name) for name in ("issued_on", "due_on", "to_parliament_on")}
    return {
        "number": row.number,
        "year": row.year,
        "kind": row.kind,
        "kind_label": words(KINDS[row.kind]),
        "addressee": row.addressee,
        "title": row.public_title,
        "text": row.public_text,
        "follow_up": row.public_follow_up,
        "language": row.language,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "answer": row.answer,
        "answer_label": words(ANSWERS[row.answer]) if row.answer else None,
        "status": row.status,
        "status_label": words(STATUSES[row.status]),
    }


@router.get(OWN)
def own_list(
    request: Request,
    jaar: Year = 0,
    stand: str = "",
    soort: str = "",
    dienst: str = "",
    kijk: int = 0,
    na: AfterKey = 0,
) -> Response:
    """The office's own list; with `kijk` only what is to be looked at again within SOON."""
    with looking(request) as look:
        soon = as_day(look.office.clock.now()) + SOON if kijk else None
        asked = replace(_filters(jaar, stand, soort, dienst), due_before=soon)
        page = recommendations.page(look.reading, look.actor, asked, after=na)
    return render(request, "recommendations/list.html", page=page, asked=asked, after=na, **WORDS)


@router.get(f"{OWN}/{{recommendation_id}}")
def one(request: Request, recommendation_id: int) -> Response:
    """One recommendation, with what would be public of it."""
    return _one(request, recommendation_id)


def _one(
    request: Request,
    recommendation_id: int,
    body: FormBody | None = None,
    refused: Problem | None = None,
    doubtful: list[str] | None = None,
) -> Response:
    with looking(request) as look:
        row = recommendations.find(look.reading, look.actor, min(recommendation_id, LARGEST))
        looks.keep(look.office, look.reading, look.actor, row.case_id, f"recommendation:{row.id}")
        numbers, course = recommendations.sources(look.reading, row), recommendations.course(look.reading, row)
        names = people.names(look.reading)
    return render(
        request,
        "recommendations/one.html",
        status=status_of(refused) if refused else 200,
        row=row,
        sources=numbers,
        course=course,
        steps=STEPS,
        names=names,
        typed=_wording(body) if body and body.text("what") == "publish" else _first_wording(row),
        errors={e["field"]: e["message"] for e in refused.errors} if isinstance(refused, Invalid) else {},
        refused=refused,
        doubtful=doubtful or [],
        **WORDS,
    )


def _first_wording(row: Recommendation) -> Wording:
    """What stands in the fields: what was public, else the recommendation as it was sent."""
    return Wording(row.public_title, row.public_text or row.text, row.public_follow_up, row.language)


def _wording(body: FormBody) -> Wording:
    return Wording(body.text("title"), body.text("text"), body.text("follow_up"), body.text("language"))


@router.post(f"{OWN}/{{recommendation_id}}")
def change(request: Request, recommendation_id: int, body: Body) -> Response:
    """Make it public, take that back, or say on which case it rests as well."""
    what, number, doubtful = body.text("what"), min(recommendation_id, LARGEST), []
    try:
        with acting(request, body) as act:
            if what == "publish":
                doubtful = recommendations.publish(
                    act.office, act.work, act.actor, number, _wording(body), is_looked_at=bool(body.text("looked_at"))
                )
            elif what == "withdraw":
                recommendations.withdraw(act.office, act.work, act.actor, number)
            else:
                recommendations.add_source(act.office, act.work, act.actor, number, body.text("number"))
    except Invalid as refused:
        return _one(request, number, body, refused)
    if doubtful:
        return _one(request, number, body, doubtful=doubtful)
    return RedirectResponse(f"{OWN}/{number}", 303)
