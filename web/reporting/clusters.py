"""Early warning: which services get strikingly many complaints now, an inquiry that begins from there, and what was put aside with a reason."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity import people
from problems import Problem
from tasks.joined import clusters
from web.context import Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render
from web.text import number_of

router = APIRouter(default_response_class=Response)
PAGE = "/signalen"


@router.get(PAGE)
def signals(request: Request) -> Response:
    """What stands out."""
    return _page(request)


def _page(request: Request, typed: FormBody | None = None, refused: Problem | None = None) -> Response:
    with looking(request) as look:
        found = clusters.found(look.office, look.reading, look.actor)
        aside = clusters.aside(look.reading, look.actor, look.office.clock.now())
        themes, names = look.office.codelists[clusters.THEMES], people.names(look.reading)
    return render(
        request,
        "report/signals.html",
        status=status_of(refused) if refused else 200,
        found=found,
        aside=aside,
        theme=lambda code: themes.words(code, "nl"),
        names=names,
        refused=refused,
        typed=typed.text("reason") if typed else "",
        about=(typed.text("service"), typed.text("theme")) if typed else None,
    )


@router.post(PAGE)
def inquire(request: Request, body: Body) -> Response:
    """Begin an inquiry, and go to its file."""
    try:
        with acting(request, body) as act:
            number = clusters.inquire(act.office, act.work, act.actor, body.text("service"), body.text("theme"))
    except clusters.InquiryIsOpen as problem:
        return _page(request, refused=problem)
    return RedirectResponse(f"/dossiers/{number}", 303)


@router.post(f"{PAGE}/wegzetten")
def put_aside(request: Request, body: Body) -> Response:
    """Say why what came in until now asks for no inquiry."""
    service, theme, reason = (body.text(name) for name in ("service", "theme", "reason"))
    try:
        with acting(request, body) as act:
            clusters.put_aside(act.office, act.work, act.actor, service, theme, reason)
    except clusters.WhyAside as problem:
        return _page(request, body, problem)
    return RedirectResponse(PAGE, 303)


@router.post(f"{PAGE}/terug")
def take_back(request: Request, body: Body) -> Response:
    """Let what was put aside count again."""
    with acting(request, body) as act:
        clusters.take_back(act.office, act.work, act.actor, number_of(body.text("signal")) or 0)
    return RedirectResponse(PAGE, 303)
