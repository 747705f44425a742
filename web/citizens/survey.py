"""What did you think of us? By the secret link of a letter, without an account or a script, once; and what everybody said, in figures."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from forms.incoming import raw_answers
from forms.rendering import render as render_fields
from forms.schema import Form
from problems import Invalid, Unavailable
from tasks.reporting import survey_results, surveys
from web.context import Body, FormBody, RequestNotOurs, looking, office_of, posting, visiting
from web.dates import as_day
from web.kept import kept_page
from web.problems import status_of
from web.rendering import language_of, render, translator

router = APIRouter(default_response_class=Response)


@router.get("/enquete/{secret}")
def questions(request: Request, secret: str) -> Response:
    """The questions; 404 with a sentence for a link that is wrong or too old."""
    return _page(request, secret)


def _page(request: Request, secret: str, body: FormBody | None = None, refused: Invalid | None = None) -> Response:
    with visiting(request) as look:
        invitation = surveys.find(look.reading, secret, look.office.clock.now())
        form = surveys.form_of(look.reading, invitation)
        request.state.language = invitation.language
        state = invitation.state
    return render(
        request,
        "survey/questions.html",
        status=status_of(refused) if refused else 200,
        state=state,
        fields=_fields(request, form, body, refused),
        address=request.url.path,
        refused=refused,
    )


def _fields(request: Request, form: Form, body: FormBody | None, refused: Invalid | None) -> Markup:
    raw = raw_answers(form, body.pairs) if body else {}
    errors = {each["field"]: each["message"] for each in refused.errors} if refused else {}
    return render_fields(form, raw, errors, translate=translator(language_of(request)))


@router.post("/enquete/{secret}")
def answer(request: Request, secret: str, body: Body) -> Response:
    """Answer, or decline: once. Afterwards the same address says thank you."""
    office = office_of(request)
    try:
        with posting(request, body) as act:
            if body.text("_decline"):
                surveys.decline(office, act.work, secret)
            else:
                surveys.answer(office, act.work, secret, lambda form: raw_answers(form, body.pairs))
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except Invalid as refused:
        return _page(request, secret, body, refused)
    return RedirectResponse(request.url.path, 303)


@router.get("/tevredenheid")
def newest(request: Request) -> Response:
    """The results of this year so far."""
    with looking(request) as look:
        year = as_day(look.office.clock.now()).year
    return RedirectResponse(f"/tevredenheid/{year}", 303)


@router.get("/tevredenheid/{year}")
def results(request: Request, year: int) -> Response:
    """What both sides answered, side by side. Few answers are not shown: one would know whose they are."""
    with looking(request) as look:
        found = survey_results.of(look.reading, look.actor, year)
    return render(request, "survey/results.html", results=found)
