"""Logging in and out, and one's own account."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity import people, sessions
from identity.people import LoginRefused, TooManyLogins
from problems import Problem
from web.context import SESSION_COOKIE, Body, acting, office_of, posting, visiting
from web.problems import status_of
from web.rendering import LANGUAGE_COOKIE, LANGUAGES, render

router = APIRouter(default_response_class=Response)


def safe_path(given: str, otherwise: str = "/") -> str:
    """A path on this site, and nothing else: no other host, no scheme."""
    parts = urlsplit(given)
    is_ours = not parts.scheme and not parts.netloc and given.startswith("/") and not given.startswith(("//", "/\\"))
    return given if is_ours else otherwise


@router.get("/aanmelden")
def login_page(request: Request, next: str = "/") -> Response:
    with visiting(request):
        return render(request, "account/login.html", next=safe_path(next), login="", refused="")


@router.post("/aanmelden")
def log_in(request: Request, body: Body) -> Response:
    """Check the password while only reading, then write what came of it."""
    office, login, back = office_of(request), body.text("login"), safe_path(body.text("next"))
    now = office.clock.now()
    try:
        with office.database.reading() as reading:
            person = people.recognise(reading, login, body.text("password"), now)
    except TooManyLogins as refused:
        return _again(request, login, back, refused)
    with posting(request, body) as act:
        if person is None:
            people.note_failure(act.work, login, now)
        else:
            people.forget_failures(act.work, login)
            secret = sessions.open_for(act.work, person, now)
    if person is None:
        return _again(request, login, back, LoginRefused())
    answer = RedirectResponse(back if back != "/" else home_of(person.roles), 303)
    is_secure = request.url.scheme == "https"
    answer.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="lax", secure=is_secure)
    return answer


def home_of(roles: list[str]) -> str:
    """Where somebody of these roles starts the day."""
    if "process_manager" in roles:
        return "/studio"
    if "auditor" in roles:
        return "/herbeleven"
    return "/beheer" if roles == ["admin"] else "/werklijst"


def _again(request: Request, login: str, back: str, refused: Problem) -> Response:
    return render(
        request, "account/login.html", status=status_of(refused), next=back, login=login, refused=refused.sentence
    )


@router.post("/afmelden")
def log_out(request: Request, body: Body) -> Response:
    with acting(request, body) as act:
        sessions.close(act.work, request.cookies.get(SESSION_COOKIE, ""))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.post("/taal")
def choose_language(request: Request, body: Body) -> Response:
    """Remember the language of the pages; back to where one was."""
    with posting(request, body):
        chosen = body.text("language")
    answer = RedirectResponse(safe_path(body.text("next")), 303)
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, samesite="lax", httponly=True)
    return answer
