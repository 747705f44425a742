"""Who works here, in which roles, and which programs hold a key: for the administrator.

A new password and a key are shown or typed once and never again. Every change is noted in the office's own history.
"""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity import people, sessions
from identity.permissions import require
from identity.roles import PROGRAM_ROLES
from problems import Conflict, Invalid, Problem
from tasks import accounts
from tasks.office import Office
from web.context import Act, Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render
from web.words import ROLES as ROLE_WORDS

router = APIRouter(default_response_class=Response)
TOKEN_ROLES = [role for role in ROLE_WORDS if role in PROGRAM_ROLES]


def _roles(office: Office) -> list[str]:
    """The roles of this house, in the order in which they are told."""
    return [role for role in ROLE_WORDS if role in office.house.staff]


class LastAdministrator(Conflict):
    """U bent zelf ingelogd met deze rechten. Vraag een andere beheerder om dit te doen, dan blijft er altijd een over."""


@router.get("/beheer/mensen")
def people_page(request: Request, bewaard: str = "") -> Response:
    """Everybody, and the form for somebody new. After a change the address says whose was kept."""
    return _people(request, None, FormBody(), bewaard)


def _people(request: Request, refused: Problem | None, body: FormBody, kept: str = "") -> Response:
    with looking(request) as look:
        require(look.actor, "people.manage")
        everyone = people.everyone(look.reading)
    fields = ("login", "name", "email", "authority")
    typed = {name: body.text(name) for name in fields} | {"roles": body.fields.get("roles", [])}
    services = sorted(
        (each for each in look.office.register.authorities if not each.is_kind), key=lambda each: each.name
    )
    return render(
        request,
        "operations/people.html",
        status=status_of(refused) if refused else 200,
        people=everyone,
        kept=next((each.name for each in everyone if each.login == kept), ""),
        services=services,
        service_names={each.key: each.name for each in services},
        roles=_roles(look.office),
        refused=refused,
        typed=typed,
        tab="mensen",
    )


@router.post("/beheer/mensen")
def hire(request: Request, body: Body) -> Response:
    """A new account."""
    try:
        with acting(request, body) as act:
            require(act.actor, "people.manage")
            _check_name(body)
            accounts.hire(
                act.office,
                act.work,
                act.actor,
                login=body.text("login"),
                name=body.text("name"),
                email=body.text("email") or None,
                password=_password(body),
                roles=body.fields.get("roles", []),
                authority_key=body.text("authority") or None,
                has_own_password=False,
            )
    except (Invalid, Conflict) as refused:
        return _people(request, refused, body)
    login = quote(body.text("login").lower())
    return RedirectResponse(f"/beheer/mensen?bewaard={login}", 303)


def _password(body: FormBody) -> str:
    """As it was typed: spaces may be part of it."""
    return (body.fields.get("password") or [""])[0]


def _check_name(body: FormBody) -> None:
    missing = [
        {"field": field, "message": f"Vul '{label}' in."}
        for field, label in (("login", "Aanmeldnaam"), ("name", "Naam"))
        if not body.text(field)
    ]
    if missing:
        raise Invalid(errors=missing)


@router.get("/beheer/mensen/{login}")
def person_page(request: Request, login: str) -> Response:
    return _person(request, login, None)


def _person(request: Request, login: str, refused: Problem | None, typed: FormBody | None = None) -> Response:
    with looking(request) as look:
        require(look.actor, "people.manage")
        person = people.by_login(look.reading, login)
        leaving = accounts.leaving(look.reading, person)
    return render(
        request,
        "operations/person.html",
        status=status_of(refused) if refused else 200,
        person=person,
        leaving=leaving,
        held=typed.fields.get("roles", []) if typed and typed.text("action") == "roles" else person.roles,
        roles=_roles(look.office),
        refused=refused,
        tab="mensen",
    )


@router.post("/beheer/mensen/{login}")
def change_person(request: Request, login: str, body: Body) -> Response:
    """New roles, a new password, closed or opened again."""
    try:
        with acting(request, body) as act:
            require(act.actor, "people.manage")
            _change(act.office, act, login, body)
    except (Invalid, Conflict) as refused:
        return _person(request, login, refused, body)
    return RedirectResponse(f"/beheer/mensen?bewaard={quote(login)}", 303)


def _change(office: Office, act: Act, login: str, body: FormBody) -> None:
    action = body.text("action")
    is_self = people.actor_of(people.by_login(act.work, login)).id == act.actor.id
    if is_self and action in ("roles", "close"):
        raise LastAdministrator
    if action == "roles":
        accounts.change_roles(office, act.work, act.actor, login, body.fields.get("roles", []))
    elif action == "password":
        accounts.change_password(office, act.work, act.actor, login, _password(body))
    elif action in ("close", "open"):
        accounts.set_active(office, act.work, act.actor, login, action == "open")


@router.get("/beheer/sleutels")
def tokens_page(request: Request) -> Response:
    return _tokens(request, None, "")


def _tokens(request: Request, refused: Problem | None, secret: str, typed: FormBody | None = None) -> Response:
    given = typed or FormBody()
    with looking(request) as look:
        require(look.actor, "people.manage")
        tokens, names = sessions.tokens(look.reading), people.names(look.reading)
    return render(
        request,
        "operations/tokens.html",
        status=status_of(refused) if refused else 200,
        tokens=tokens,
        names=names,
        roles=TOKEN_ROLES,
        refused=refused,
        secret=secret,
        typed={"name": given.text("name"), "roles": given.fields.get("roles", [])},
        tab="sleutels",
    )


@router.post("/beheer/sleutels")
def issue_token(request: Request, body: Body) -> Response:
    """A new key; it stands on this one answer and nowhere else."""
    try:
        with acting(request, body) as act:
            require(act.actor, "people.manage")
            if not body.text("name") or not body.fields.get("roles"):
                sentence = "Geef de sleutel een naam en minstens één rol."
                raise Invalid(errors=[{"field": "name", "message": sentence}])
            roles = body.fields.get("roles", [])
            secret = accounts.issue_token(act.office, act.work, act.actor, name=body.text("name")[:200], roles=roles)
    except Invalid as refused:
        return _tokens(request, refused, "", body)
    return _tokens(request, None, secret)


@router.post("/beheer/sleutels/{token_id}")
def revoke_token(request: Request, token_id: int, body: Body) -> Response:
    """The key opens nothing any more."""
    with acting(request, body) as act:
        require(act.actor, "people.manage")
        accounts.revoke_token(act.office, act.work, act.actor, token_id)
    return RedirectResponse("/beheer/sleutels", 303)
