"""Logging in and out, and one's own account."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity import people, sessions
from identity.models import Person
from identity.people import Actor, LoginRefused, LoginsBusy
from problems import Invalid, Problem, TooOften
from tasks import accounts
from web.citizens import per_address
from web.context import SESSION_COOKIE, Body, acting, looking, office_of, posting, visiting
from web.problems import headers_of, status_of
from web.rendering import LANGUAGE_COOKIE, LANGUAGES, render
from web.security import keep_cookie

router = APIRouter(default_response_class=Response)
A_YEAR = 366 * 24 * 3600  # seconds


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
        per_address.tries_to_log_in(request)
        with office.database.reading() as reading:
            person = people.recognise(reading, login, body.text("password"), now)
    except (TooOften, LoginsBusy) as refused:
        return _again(request, login, back, refused)
    with posting(request, body) as act:
        if person is None:
            people.note_failure(act.work, login, now)
        else:
            people.forget_failures(act.work, login)
            secret = sessions.open_for(act.work, person, now)
    if person is None:
        per_address.failed_to_log_in(request)
        return _again(request, login, back, LoginRefused())
    there = back if back != "/" else home_of(person.roles)
    answer = RedirectResponse(there if person.has_own_password else "/account", 303)
    keep_cookie(request, answer, SESSION_COOKIE, secret)
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
        request,
        "account/login.html",
        status=status_of(refused),
        headers=headers_of(refused),
        next=back,
        login=login,
        refused=refused.sentence,
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
        keep_cookie(request, answer, LANGUAGE_COOKIE, chosen, seconds=A_YEAR)
    return answer


class PasswordsDiffer(Invalid):
    """De twee nieuwe wachtwoorden zijn niet gelijk. Typ ze opnieuw."""


@router.get("/account")
def account_page(request: Request, gewijzigd: str = "") -> Response:
    """One's own account: roles, password, and where one is logged in."""
    return _account(request, None, bool(gewijzigd))


def _account(request: Request, refused: Problem | None, is_changed: bool = False) -> Response:
    with looking(request) as look:
        person = look.reading.session.get_one(Person, _person_id(look.actor))
        open_now = sessions.of_person(look.reading, person.id, look.office.clock.now())
    here = sessions.hash_of(request.cookies.get(SESSION_COOKIE, ""))
    return render(
        request,
        "account/account.html",
        status=status_of(refused) if refused else 200,
        person=person,
        sessions=open_now,
        here=here,
        refused=refused.sentence if refused else "",
        is_changed=is_changed,
        work=home_of(person.roles),
    )


def _person_id(actor: Actor) -> int:
    return int(actor.id.partition(":")[2])


@router.post("/account/wachtwoord")
def change_password(request: Request, body: Body) -> Response:
    """A new password: the present one is asked again, and every other session ends."""
    present, new, again = ((body.fields.get(name) or [""])[0] for name in ("present", "new", "again"))
    office = office_of(request)
    now = office.clock.now()
    try:
        with looking(request) as look:
            login = look.reading.session.get_one(Person, _person_id(look.actor)).login
            known = people.recognise(look.reading, login, present, now)
        with acting(request, body) as act:
            if known is None:
                people.note_failure(act.work, login, now)
            elif new == again:
                accounts.change_password(office, act.work, act.actor, login, new)
                secret = sessions.open_for(act.work, known, now)
        if known is None:
            raise LoginRefused
        if new != again:
            raise PasswordsDiffer
    except (Invalid, LoginRefused, TooOften, LoginsBusy) as refused:
        return _account(request, refused)
    answer = RedirectResponse("/account?gewijzigd=1", 303)
    keep_cookie(request, answer, SESSION_COOKIE, secret)
    return answer


@router.post("/account/sessies")
def close_other_sessions(request: Request, body: Body) -> Response:
    """Log out everywhere but here."""
    with acting(request, body) as act:
        sessions.close_others(act.work, _person_id(act.actor), request.cookies.get(SESSION_COOKIE, ""))
    return RedirectResponse("/account", 303)
