"""When something typed cannot be kept just now (database busy, disk full, logged out): it comes back, ready to be sent again.

Pages that know better say so themselves; for every other form `install` sees to it.
"""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from problems import Problem, Unavailable
from web.context import CSRF_FIELD, FormBody, NotLoggedIn, sent_form
from web.problems import answer, is_program, status_of
from web.rendering import render


def install(app: FastAPI) -> None:
    """Register the answer to whoever sends a form while the office cannot take it."""
    app.add_exception_handler(Unavailable, _unavailable)


def _unavailable(request: Request, problem: Exception) -> Response:
    body = sent_form(request)
    if isinstance(problem, Problem) and body is not None and body.fields and not is_program(request):
        return kept_page(request, body, problem)
    return answer(request, problem)


def kept_page(request: Request, body: FormBody, refused: Problem) -> HTMLResponse:
    """The refusal with every posted field in a form that sends them again, with a fresh token. Asks nothing of the database."""
    fields = [(name, value) for name, values in body.fields.items() for value in values if name != CSRF_FIELD]
    typed = [(name, value) for name, value in fields if value.strip() and not name.startswith("_")]
    return render(
        request,
        "user_task/kept.html",
        status=status_of(refused),
        sentence=refused.sentence,
        fields=fields,
        typed=typed,
        has_files=bool(body.files),
        must_log_in=isinstance(refused, NotLoggedIn),
    )
