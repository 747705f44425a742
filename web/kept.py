"""When something typed cannot be kept just now (database busy, disk full, logged out): it comes back, ready to be sent again."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from problems import Problem
from web.context import CSRF_FIELD, FormBody, NotLoggedIn
from web.problems import status_of
from web.rendering import render


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
