"""The complaint form: one step per page, kept by the server after each, read back, and sent once.

Each button is an ordinary submit, so everything works without JavaScript: next, back, save, search a service, add or remove a
file, mail me a link. Whatever the button, what was typed is kept first. The draft is found by the secret in a cookie.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from forms.incoming import raw_answers
from forms.rendering import render_group
from forms.steps import Step, declarations
from forms.summary import summary
from problems import Invalid, Problem, Sentence, TooOften, Unavailable
from storage.unit_of_work import UnitOfWork
from tasks.citizens import drafts, suggestions
from tasks.errors import FormNotAccepted
from tasks.forms_in_use import choices_of
from web.citizens import per_address
from web.citizens.complaint_draft import COOKIE, LANGUAGE, SERVICES, Writing, secret_of, with_cookie, writing
from web.context import Body, FormBody, RequestNotOurs, office_of, posting, visiting
from web.dates import clock_time
from web.kept import kept_page
from web.problems import HTTP_SENTENCES, error_page, headers_of, status_of
from web.rendering import language_of, render, translator
from web.text import number_of, unfit

router = APIRouter(default_response_class=Response)
START, REVIEW = "/klacht", "/klacht/nakijken"
UNTICKED = "Vink dit aan. Zonder uw akkoord kunnen wij niets doen."
NEXT, MAIL_FIELD = "verder", "_mail"


@router.get(START)
def begin(request: Request) -> Response:
    """The first step; or, for who was already writing, the choice to go on or to start anew."""
    with visiting(request) as look:
        found = writing(look.office, look.reading, request)
    if found.draft is None:
        return _step_page(request, found, found.steps[0])
    return render(
        request,
        "citizen/resume.html",
        address=_address(found.first_unfinished()) if found.first_unfinished() else REVIEW,
        saved_at=found.draft.saved_at,
        services=found.services,
    )


@router.get("/klacht/stap/{number}")
def step_page(request: Request, number: int, zoek: int = 0, link: str = "", fout: str = "") -> Response:
    """One step, with what was answered before, and what is still wrong of the questions named in `fout`."""
    with visiting(request) as look:
        found = writing(look.office, look.reading, request)
        step = found.step(number)
        matches = suggestions.of(look.office, look.reading, found.services) if zoek else None
    if step is None:
        return error_page(request, 404, HTTP_SENTENCES[404])
    if found.draft is None and number > 1:
        return RedirectResponse(START, 303)
    errors = {key: told for key, told in found.checked.errors.items() if key in fout.split()}
    return _step_page(request, found, step, errors=errors, matches=matches, mailed_to=link)


@router.post("/klacht/stap/{number}")
def keep_step(request: Request, number: int, body: Body) -> Response:
    """Keep what was typed, then do what the button says."""
    office = office_of(request)
    with visiting(request) as look:
        before = writing(office, look.reading, request)
    step = before.step(number)
    if step is None:
        return error_page(request, 404, HTTP_SENTENCES[404])
    answers, errors = _answered(step, body)
    secret = secret_of(request)
    try:
        with posting(request, body) as act:
            if drafts.find(office, act.work, secret) is None:
                per_address.begins(request)
                secret = drafts.begin(office, act.work)
            drafts.save(office, act.work, secret, answers)
            sentence = _press(request, act.work, before.field_of(SERVICES), secret, body)
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except Invalid as refused:
        return with_cookie(
            request, _again(request, step, answers, {**errors, "": refused.sentence}), secret_of(request)
        )
    of_files, too_much = _attach(request, body, secret)
    errors |= of_files
    if sentence:
        errors[MAIL_FIELD] = sentence
    with visiting(request) as look:
        found = writing(office, look.reading, request, secret)
    return with_cookie(request, _told(_after(request, found, step, body, errors), too_much), secret)


def _told(answer: Response, too_much: TooOften | None) -> Response:
    """The answer, with when to come back when something of it was too much."""
    if too_much is not None:
        answer.status_code = status_of(too_much)
        answer.headers.update(headers_of(too_much))
    return answer


def _answered(step: Step, body: FormBody) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers to the questions that were on the page: nothing ticked is an answer too."""
    shown = step.keys & set(body.text("_shown").split())
    pairs = [(name, value) for name, values in body.fields.items() for value in values]
    raw = raw_answers(step.as_form(), pairs)
    unreadable = {key: unfit(str(raw.get(key) or "")) for key in shown}
    errors = {key: sentence for key, sentence in unreadable.items() if sentence}
    return {key: raw.get(key) for key in shown if key not in errors}, errors


def _press(request: Request, work: UnitOfWork, service_field: str, secret: str, body: FormBody) -> str:
    """The buttons that change the draft itself. A mail that cannot be sent must not undo what was typed: its sentence."""
    office = office_of(request)
    verb, _, what = body.text("_do").partition(":")
    if verb == "kies" and service_field:
        chosen = suggestions.completed(office, body.text(service_field), what)
        drafts.save(office, work, secret, {service_field: chosen})
    elif verb == "weg":
        drafts.detach(office, work, secret, number_of(what) or 0)
    elif verb == "link":
        try:
            drafts.mail_link(office, work, secret, body.text(MAIL_FIELD), language_of(request))
        except Problem as refused:
            return refused.sentence
    return ""


def _attach(request: Request, body: FormBody, secret: str) -> tuple[dict[str, str], TooOften | None]:
    """Each file is kept or refused by itself: one that is too large does not undo the others. What is wrong, and whether it was too much."""
    sentences: list[str] = []
    too_much: TooOften | None = None
    for upload in body.files:
        try:
            per_address.sends(request, upload)
            with posting(request, body) as act:
                drafts.attach(act.office, act.work, secret, upload)
        except Problem as refused:
            too_much = refused if isinstance(refused, TooOften) else too_much
            told = refused.errors if isinstance(refused, Invalid) else []
            sentences += [error["message"] for error in told] or [refused.sentence]
    return {"files": Sentence.joined(sentences)} if sentences else {}, too_much


def _after(request: Request, found: Writing, step: Step, body: FormBody, errors: Mapping[str, str]) -> Response:
    """Where the button leads; the same page when something on it must be mended first.

    What was typed is kept by now, so a mistake in it is told on a page that can be loaded again, and come back to: browsers ask whether
    to send anew what a page without an address of its own was made from.
    """
    verb = body.text("_do").partition(":")[0] or NEXT
    asked_now = step.shown(found.checked.values)
    new = asked_now - set(body.text("_shown").split())
    wrong = {key: told for key, told in found.checked.errors.items() if key in asked_now and key not in new}
    wrong = wrong if verb == NEXT else {}
    if errors:
        return _step_page(request, found, step, errors={**wrong, **errors}, status=422)
    asked = {"nakijken": "1"} if _to_review(request) else {}
    if wrong:
        return RedirectResponse(f"{_address(step, **asked, fout=' '.join(wrong))}#error-summary", 303)
    address = _address(step, **asked)
    if verb == NEXT and not new:
        following = None if _to_review(request) else found.step(step.number + 1)
        address = _address(following) if following else REVIEW
    elif verb == NEXT:
        address += "#" + next(each.key for each in step.as_form().inputs() if each.key in new)
    elif verb == "terug":
        address = _address(found.step(step.number - 1)) if step.number > 1 else START
    elif verb == "zoek":
        address = f"{_address(step, zoek='1')}#diensten"
    elif verb == "link":
        address = _address(step, link=body.text(MAIL_FIELD))
    return RedirectResponse(address, 303)


def _address(step: Step | None, **asked: str) -> str:
    query = f"?{urlencode(asked)}" if asked else ""
    return f"/klacht/stap/{step.number if step else 1}{query}"


def _to_review(request: Request) -> bool:
    """True when the writer came to this step to change one thing, and goes back to the overview."""
    return bool(request.query_params.get("nakijken"))


def _again(request: Request, step: Step, answers: Mapping[str, Any], errors: Mapping[str, str]) -> Response:
    """Nothing could be kept: the page again with everything that was typed."""
    with visiting(request) as look:
        found = writing(look.office, look.reading, request)
    return _step_page(request, found, step, errors=errors, typed=answers, status=422)


def _step_page(
    request: Request,
    found: Writing,
    step: Step,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
    matches: list[suggestions.Suggestion] | None = None,
    mailed_to: str = "",
    status: int = 200,
) -> Response:
    # Who reads the page in French is likely to want our letters in French too; they may choose another.
    values = {found.field_of(LANGUAGE): language_of(request), **found.answers, **(typed or {})}
    told = {name: sentence for name, sentence in (errors or {}).items() if name}
    fields = render_group(
        found.form, step.group, values, told, codelists=choices_of(office_of(request)), translate=_words(request)
    )
    return render(
        request,
        "citizen/step.html",
        status=status,
        step=step,
        total=len(found.steps) + 1,
        fields=fields,
        refused=(errors or {}).get("", ""),
        errors_shown=told,
        shown=" ".join(sorted(step.shown({**found.checked.values, **(typed or {})}))),
        service_field=found.field_of(SERVICES) if found.field_of(SERVICES) in step.keys else "",
        matches=matches,
        files=found.draft.files if found.draft else (),
        saved=clock_time(found.draft.saved_at) if found.draft else "",
        mailed_to=mailed_to,
        to_review=_to_review(request),
    )


@router.get("/klacht/diensten")
def services(request: Request, q: str = "") -> Response:
    """The part of the first step that changes while one types."""
    with visiting(request) as look:
        matches = suggestions.of(look.office, look.reading, q[:200])
    return render(request, "citizen/matches.html", matches=matches)


@router.get(REVIEW)
def review(request: Request, fout: str = "") -> Response:
    """Everything read back, with what will happen, before it is sent; `fout` names what was not ticked."""
    with visiting(request) as look:
        found = writing(look.office, look.reading, request)
        named = suggestions.named(look.office, look.reading, found.services)
    if found.draft is None:
        return RedirectResponse(START, 303)
    parts = {part.label: part for part in summary(found.form, found.checked.values, codelists=choices_of(look.office))}
    asked = {key for step in found.steps for key in step.shown(found.checked.values)}
    missing = [(found.step_of(key), key, told) for key, told in found.checked.errors.items() if key in asked]
    return render(
        request,
        "citizen/review.html",
        steps=found.steps,
        parts=parts,
        total=len(found.steps) + 1,
        missing=missing,
        files=found.draft.files,
        named=named,
        not_contacted=found.is_first_line_skipped,
        out_of_reach=found.is_out_of_reach,
        declarations=declarations(found.form),
        errors={each.key: UNTICKED for each in declarations(found.form) if each.key in fout.split()},
        saved=clock_time(found.draft.saved_at),
    )


@router.post("/klacht/versturen")
def send(request: Request, body: Body) -> Response:
    """Send the complaint; pressing twice gives one complaint."""
    office, secret = office_of(request), secret_of(request)
    with visiting(request) as look:
        found = writing(office, look.reading, request)
    declared = {each.key: body.text(each.key) for each in declarations(found.form)}
    unticked = [key for key, said in declared.items() if not said]
    if unticked and found.draft is not None:
        return RedirectResponse(f"{REVIEW}?{urlencode({'fout': ' '.join(unticked)})}#error-summary", 303)
    try:
        with posting(request, body) as act:
            sent = drafts.send(office, act.work, secret, declared)
    except FormNotAccepted:  # what is missing stands on the overview
        return RedirectResponse(f"{REVIEW}#error-summary", 303)
    return RedirectResponse(f"/volg/{sent.secret}?nieuw=1", 303)


@router.get("/klacht/verder/{secret}")
def resume(request: Request, secret: str) -> Response:
    """The mailed link: back to the draft, or to the case it became."""
    with visiting(request) as look:
        became = drafts.sent(look.reading, secret)
        if became is None and drafts.find(look.office, look.reading, secret) is None:
            raise drafts.DraftNotFound
    return with_cookie(request, RedirectResponse(f"/volg/{became.secret}" if became else START, 303), secret)


@router.post("/klacht/wissen")
def discard(request: Request, body: Body) -> Response:
    """Remove everything that was typed."""
    with posting(request, body) as act:
        drafts.discard(act.office, act.work, secret_of(request))
    answer = RedirectResponse("/?gewist=1", 303)
    answer.delete_cookie(COOKIE, path=START)
    return answer


def _words(request: Request) -> Callable[[str], str]:
    return translator(language_of(request))
