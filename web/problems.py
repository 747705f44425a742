"""How a refusal is answered over HTTP: the only table of status codes, RFC 9457 for programs, a page for people.

A person who is not logged in is sent to the login page and back. What is not foreseen answers 500 with a reference number and
no detail; the detail is in the log under that number.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from problems import Conflict, Forbidden, Gone, Invalid, NotFound, Problem, Sentence, TooOften, Unavailable
from storage import watching
from web.api.sent import BodyTooLarge, ContentTypeNotKnown, sentence_of
from web.context import NotLoggedIn, visiting
from web.credentials import TokenRefused
from web.rendering import render

STATUS: dict[type[Problem], int] = {
    Invalid: 422,
    NotLoggedIn: 401,
    TokenRefused: 401,
    BodyTooLarge: 413,
    ContentTypeNotKnown: 415,
    Forbidden: 403,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    TooOften: 429,
    Unavailable: 503,
}
LARGEST_MB = 128  # of one request, files included
TOO_LARGE = "Wat u stuurt, is samen groter dan %(limit)s MB. Stuur kleinere bestanden, of minder tegelijk."
HTTP_SENTENCES = {
    404: "Deze pagina bestaat niet, of u mag ze niet zien.",
    400: "Dit verzoek kan niet gelezen worden. Herlaad de bladzijde en probeer opnieuw.",
    405: "Dit kan niet op deze manier.",
    408: "Een minuut lang kwam er niets meer binnen van wat u stuurt. Er is niets van bewaard. Probeer het opnieuw.",
    415: "Dit soort inhoud kunnen we niet lezen.",
    431: "Uw browser stuurt meer mee dan we kunnen lezen. Verwijder de cookies van deze website en probeer opnieuw.",
}
UNFORESEEN = "Er ging iets mis in het systeem. Meld dit met nummer %(reference)s; er is niets half gebeurd."
_log = watching.logger("ombudsflow.web")


def status_of(problem: Problem) -> int:
    """The most specific status of the table."""
    for kind in type(problem).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def headers_of(problem: Problem) -> dict[str, str]:
    """When to come back, for who came too often. Whoever meets something that is away is told by `web.security`."""
    return {"Retry-After": str(problem.after)} if isinstance(problem, TooOften) else {}


def is_program(request: Request) -> bool:
    """True when the answer must be JSON."""
    return request.url.path.startswith("/api/")


def as_json(status: int, code: str, sentence: str, **more: object) -> Response:
    """An RFC 9457 problem. `code` is stable; `detail` is for people."""
    body = {"type": f"urn:ombudsflow:problem:{code}", "title": code, "status": status, "detail": sentence, **more}
    return Response(json.dumps(body, ensure_ascii=False, default=str), status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Register the answers."""
    app.add_exception_handler(Problem, answer)
    app.add_exception_handler(HTTPException, by_status)
    app.add_exception_handler(RequestValidationError, _validation)


def answer(request: Request, problem: Exception) -> Response:
    """A refusal as a problem for programs, a page for people, or the way to the login page."""
    if not isinstance(problem, Problem):
        raise problem
    status = status_of(problem)
    if status >= 500:
        _log.warning("the office cannot do this now", problem=problem.code, exc_info=problem)
    if is_program(request):
        more = {k: v for k, v in problem.fields.items() if k not in ("errors", "findings")}
        errors = {"errors": problem.errors} if isinstance(problem, Invalid) else {}
        told = as_json(status, problem.code, problem.sentence, **more, **errors)
        told.headers.update(headers_of(problem))
        if status == 401:
            told.headers["WWW-Authenticate"] = "Bearer"
        return told
    if isinstance(problem, NotLoggedIn):
        return RedirectResponse(f"/aanmelden?next={problem.fields.get('next', '/')}", 303)
    errors_shown = problem.errors if isinstance(problem, Invalid) else []
    return error_page(request, status, problem.sentence, errors=errors_shown, headers=headers_of(problem))


def error_page(
    request: Request,
    status: int,
    sentence: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A plain page that says what is wrong and where to go."""
    return render(
        request,
        "problem.html",
        status=status,
        headers=headers,
        sentence=sentence,
        errors=errors,
        is_sent=request.method == "POST",
    )


def by_status(request: Request, problem: Exception) -> Response:
    """What is refused by its status alone, before any room was asked: no such address, a body that is too large."""
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    sentence = Sentence(TOO_LARGE, limit=LARGEST_MB) if status == 413 else HTTP_SENTENCES.get(status, "Dit lukt niet.")
    if is_program(request):
        return as_json(status, f"Http{status}", sentence)
    # No route asked who this is; the header of the page says it, where it can be known.
    with suppress(Unavailable), visiting(request):
        pass
    return error_page(request, status, sentence)


def _validation(request: Request, problem: Exception) -> Response:
    found = problem.errors() if isinstance(problem, RequestValidationError) else []
    errors = [
        {"field": ".".join(str(p) for p in e["loc"][1:]), "message": sentence_of(e["type"], e.get("ctx", {}))}
        for e in found
    ]
    if is_program(request) and any(e["loc"][0] == "path" for e in found):
        return as_json(404, "NotFound", NotFound().sentence)  # no row can have such a number
    if is_program(request):
        return as_json(422, "Invalid", Invalid().sentence, errors=errors)
    return error_page(request, 404 if request.method == "GET" else 422, HTTP_SENTENCES[404])


def unforeseen(request: Request, problem: Exception) -> Response:
    """500 with the request's id as its reference number; the log has the places it passed under that number, without its words."""
    watched = watching.current()
    reference = str(watched.about["request"]) if watched is not None else watching.new_id()
    _log.error("unforeseen problem", exc_info=problem, route=getattr(request.scope.get("route"), "path", "/"))
    sentence = Sentence(UNFORESEEN, reference=reference)
    if is_program(request):
        return as_json(500, "Unforeseen", sentence, reference=reference)
    return error_page(request, 500, sentence)
