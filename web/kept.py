"""When something typed cannot be kept just now (database busy, disk full, logged out meanwhile): it comes back, to be sent again.

Pages that know better say so themselves; for every other form `install` sees to it.
"""

import re
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from forms.incoming import raw_answers
from forms.schema import Form
from forms.summary import Line, summary
from problems import Problem, Unavailable
from tasks.citizens import on_behalf
from tasks.forms_in_use import choices_of, remembered
from web.context import ANONYMOUS, CSRF_FIELD, FormBody, NotLoggedIn, RequestNotOurs, office_of, sent_form
from web.labels import PAGE, PageField, fields_of
from web.problems import answer, headers_of, is_program, status_of
from web.rendering import render

# No page shows a password or carries it; whoever sends again types it again.
SECRET = frozenset({"password", "present", "new", "again"})
# What comes back has a fresh token: nobody has to load anything again, as RequestNotOurs asks.
TOO_OLD = "De bladzijde was te oud, omdat u ondertussen opnieuw aangemeld bent. Er is nog niets bewaard."


# The same to a page that keeps what is typed by itself.
NOT_KEPT: dict[type[Problem], str] = {
    NotLoggedIn: "Niet bewaard: u bent ondertussen afgemeld. Meld u aan in een nieuw tabblad; wat u typte, staat hier nog.",
    RequestNotOurs: "Niet bewaard: u bent ondertussen opnieuw aangemeld. Druk zelf op Bewaren; wat u typte, blijft staan.",
}

# Where a page says which forms it shows: their words are those this process met last, or else the shipped ones; nothing is decided by them.
FORM = "_form"


def install(app: FastAPI) -> None:
    """Register the answer to whoever sends a form while the office cannot take it, or does not know them any more."""
    for refusal in (Unavailable, NotLoggedIn, RequestNotOurs):
        app.add_exception_handler(refusal, _kept)


def _kept(request: Request, problem: Exception) -> Response:
    body = sent_form(request)
    if isinstance(problem, Problem) and body is not None and _comes_back(request, body, problem):
        return kept_page(request, body, problem)
    return answer(request, problem)


def _comes_back(request: Request, body: FormBody, problem: Problem) -> bool:
    """A press of a button alone is done again after logging in. What another website sends is not offered to be sent again."""
    is_page = request.headers.get("sec-fetch-mode", "navigate") == "navigate" and not is_program(request)
    if isinstance(problem, RequestNotOurs):
        is_ours = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        return is_page and is_ours and getattr(request.state, "actor", ANONYMOUS) is not ANONYMOUS
    return is_page and bool(_typed(body) if isinstance(problem, NotLoggedIn) else body.fields)


def _typed(body: FormBody) -> list[tuple[str, str]]:
    return [(name, value) for name, value in _sent(body) if value.strip() and not name.startswith("_")]


def _sent(body: FormBody) -> list[tuple[str, str]]:
    return [(name, value) for name, value in body.pairs if name != CSRF_FIELD and name not in SECRET]


def told_to_script(refused: Problem) -> JSONResponse:
    """Why a page could not keep by itself what is typed, and what its reader can do."""
    return JSONResponse({"message": NOT_KEPT.get(type(refused), refused.sentence)}, status_of(refused))


def kept_page(request: Request, body: FormBody, refused: Problem) -> HTMLResponse:
    """The refusal with every posted field in a form that sends them again, with a token that then holds. Asks nothing of the database."""
    sent = body.fields.get(CSRF_FIELD, [""])[0]
    if isinstance(refused, Unavailable) and sent and getattr(request.state, "csrf", None) is None:
        # Whose it is could not be looked up: the same is asked again, rather than one that no session knows.
        request.state.csrf = sent
    return render(
        request,
        "user_task/kept.html",
        status=status_of(refused),
        headers=headers_of(refused),
        sentence=TOO_OLD if isinstance(refused, RequestNotOurs) else refused.sentence,
        fields=_sent(body),
        told=_in_words(request, body, _typed(body)),
        has_files=bool(body.files),
        must_log_in=isinstance(refused, NotLoggedIn),
    )


@dataclass(frozen=True)
class Typed:
    """Questions with their answers in words; what has no name; and whether something was ticked or chosen too, which goes along."""

    lines: list[Line]
    others: list[str]
    has_chosen: bool


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
    besides = [(name, value) for name, value in typed if re.sub(r"-\d+-\w+$", "", name) not in known]
    return _with_labels(lines, besides, fields_of(body.fields.get(PAGE, [])))


def _with_labels(lines: list[Line], typed: list[tuple[str, str]], page: list[PageField]) -> Typed:
    """Also the words of fields that stand in no form but on a page of their own: a code says nothing to whoever ticked it."""
    told, others, has_chosen = list(lines), list[str](), False
    for name, value in typed:
        fields = [each for each in page if each.name.fullmatch(name)]
        field = min(fields, key=lambda each: (not each.is_typed, each.kind == "hidden"), default=None)
        if field is None or (field.is_typed and not field.label):
            others.append(value)
        elif field.is_typed:
            told.append(Line(name, field.label, (value,)))
        else:
            has_chosen = has_chosen or field.kind != "hidden"
    return Typed(told, others, has_chosen)


def _forms(request: Request, body: FormBody) -> list[Form]:
    found = [remembered(office_of(request), key) for key in dict.fromkeys(body.fields.get(FORM, []))]
    forms = [each for each in found if each is not None]
    if on_behalf.CHANNEL not in body.fields:
        return forms
    return [on_behalf.with_how_it_came(each, needs_proof=True) for each in forms]
