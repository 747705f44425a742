"""The page on which somebody without an account answers one user task: by its own link, or from the page of their case.

What was typed is never lost: a refusal shows the page again with every answer. Who comes after it was answered reads that it
was, and what was sent, ready to print.
"""

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from forms.incoming import raw_answers, with_row_buttons
from forms.rendering import render as render_fields
from identity.people import Actor
from problems import Conflict, Forbidden, Invalid, Problem, TooOften, Unavailable
from storage.unit_of_work import Reading
from tasks import completion, form_values
from tasks.case_file import looks
from tasks.citizens import more_time, question
from tasks.citizens.question import Question
from tasks.forms_in_use import choices_of, form_version
from tasks.models import UserTask
from web.context import FormBody, RequestNotOurs, office_of, posting, visiting
from web.dates import clock_time
from web.kept import kept_page
from web.problems import headers_of, status_of
from web.rendering import language_of, render, translator
from web.text import number_of

# Finds the user task and its holder by whatever secret the address carries; raises when the secret is wrong or too old.
Find = Callable[[Reading], tuple[UserTask, Actor]]


def show(
    request: Request,
    find: Find,
    *,
    back: str = "",
    body: FormBody | None = None,
    refused: Problem | None = None,
    saved_at: str = "",
    more: FormBody | None = None,
    more_refused: Problem | None = None,
    address: str = "",
) -> Response:
    """The question with its form; or, when it was answered, what was sent. `back` is the page of the case, for who has one; `more` what was
    typed to ask more time, and why that is refused.
    """
    with visiting(request) as look:
        row, holder = find(look.reading)
        looks.keep(look.office, look.reading, holder, row.case_id, f"question:{row.id}")
        seen = question.of(look.office, look.reading, row, holder)
        request.state.language = seen.language
    wrong = refused or more_refused
    if seen.state != "open" and refused is None:
        status = status_of(wrong) if wrong else 200
        return render(request, "links/answered.html", status=status, question=seen, back=back)
    return render(
        request,
        "links/question.html",
        status=status_of(wrong) if wrong else 200,
        headers=headers_of(wrong) if wrong else None,
        question=seen,
        fields=_fields(request, seen, body, refused),
        back=back,
        address=address or request.url.path,
        more_fields=_more_fields(request, seen, more, more_refused),
        more_refused=more_refused.sentence if more_refused and not _has_errors(more_refused) else "",
        is_asking=more is not None,
        refused=refused.sentence if refused else "",
        has_errors=_has_errors(refused),  # the form says them itself, with links
        lost_files=bool(body and body.files),
        saved_at=saved_at,
    )


def submit(request: Request, find: Find, body: FormBody, *, back: str = "") -> Response:
    """Keep a draft, or answer: once. Afterwards the same address shows what was sent."""
    office = office_of(request)
    is_draft = any(name in body.fields for name in ("_add", "_remove", "_save"))
    try:
        with posting(request, body) as act:
            row, holder = find(act.work)
            if is_draft:
                form = form_version(act.work, row.form_key or "", row.form_version)
                raw = raw_answers(form, body.pairs)
                raw = with_row_buttons(form, raw, body.pairs) or raw
                completion.save_draft(office, act.work, holder, row.id, raw)
            else:
                completion.complete(
                    office,
                    act.work,
                    holder,
                    row.id,
                    lambda form: raw_answers(form, body.pairs),
                    version=number_of(body.text("_version")),
                    files=body.files,
                )
    except TooOften as refused:
        return show(request, find, back=back, body=body, refused=refused)
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return show(request, find, back=back, body=body, refused=refused)
    if is_draft:
        return show(request, find, back=back, saved_at=clock_time(office.clock.now()))
    return RedirectResponse(request.url.path, 303)


def _fields(request: Request, seen: Question, body: FormBody | None, refused: Problem | None) -> Markup:
    """The form with what was typed just now, else with the draft, else as it starts."""
    if seen.form is None:
        return Markup("")
    office = office_of(request)
    raw: dict[str, Any] = raw_answers(seen.form, body.pairs) if body else dict(seen.values)
    values = form_values.shown(office, seen.form, raw, seen.inputs)
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    return render_fields(
        seen.form,
        values,
        errors,
        codelists=choices_of(office),
        context=seen.inputs,
        translate=translator(language_of(request)),
    )


def ask_more_time(request: Request, find: Find, body: FormBody, *, address: str) -> Response:
    """Ask more time to answer; a refusal shows the question again, with what was typed."""
    try:
        with posting(request, body) as act:
            row, holder = find(act.work)
            more_time.ask(office_of(request), act.work, holder, row, lambda form: raw_answers(form, body.pairs))
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return show(request, find, more=body, more_refused=refused, address=address)
    return RedirectResponse(f"{address}#meer-tijd", 303)


def _has_errors(refused: Problem | None) -> bool:
    return isinstance(refused, Invalid) and bool(refused.errors)


def _more_fields(request: Request, seen: Question, body: FormBody | None, refused: Problem | None) -> Markup:
    """The form that asks more time, with what was typed; nothing where there is none to ask."""
    if seen.more_time is None or seen.more_time.asked_at is not None:
        return Markup("")
    form, office = seen.more_time.form, office_of(request)
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    return render_fields(
        form,
        form_values.shown(office, form, raw_answers(form, body.pairs) if body else {}, seen.more_time.known),
        errors,
        codelists=choices_of(office),
        context=seen.more_time.known,
        translate=translator(language_of(request)),
    )
