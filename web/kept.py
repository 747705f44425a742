"""When something typed cannot be kept just now (database busy, disk full, logged out): it comes back, ready to be sent again.

Pages that know better say so themselves; for every other form `install` sees to it.
"""

import re
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from forms.incoming import raw_answers
from forms.schema import Form
from forms.summary import Line, summary
from problems import Problem, Unavailable
from tasks.citizens import on_behalf
from tasks.forms_in_use import choices_of, remembered
from web.context import CSRF_FIELD, FormBody, NotLoggedIn, office_of, sent_form
from web.problems import answer, is_program, status_of
from web.rendering import render

# Where a page says which forms it shows: their words are those this process met last, or else the shipped ones; nothing is decided by them.
FORM = "_form"


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
        told=_in_words(request, body, typed),
        has_files=bool(body.files),
        must_log_in=isinstance(refused, NotLoggedIn),
    )


@dataclass(frozen=True)
class Typed:
    """Questions with their answers in words; and what belongs to no form, as it was typed."""

    lines: list[Line]
    others: list[str]


def _in_words(request: Request, body: FormBody, typed: list[tuple[str, str]]) -> Typed:
    """The words of what was typed. `typed` are the fields a person filled in."""
    forms = _forms(request, body)
    choices = choices_of(office_of(request))
    lines = [
        line
        for form in forms
        for part in summary(form, raw_answers(form, body.pairs), codelists=choices)
        for line in part.lines
        if line.answers
    ]
    known = {each.key for form in forms for each in form.inputs()}
    return Typed(lines, [value for name, value in typed if re.sub(r"-\d+-\w+$", "", name) not in known])


def _forms(request: Request, body: FormBody) -> list[Form]:
    found = [remembered(office_of(request), key) for key in dict.fromkeys(body.fields.get(FORM, []))]
    forms = [each for each in found if each is not None]
    if on_behalf.CHANNEL not in body.fields:
        return forms
    return [on_behalf.with_how_it_came(each, needs_proof=True) for each in forms]
