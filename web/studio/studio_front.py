"""The studio's front page: every diagram, decision table and form with its versions; new ones, and files that come from elsewhere."""

import re
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from engine.parsing.xml import SIZE_LIMIT
from identity.permissions import require
from problems import Invalid, Problem
from tasks.models import WorkingCopy
from tasks.studio import working_copies
from web.context import Act, Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render
from web.studio import studio_skeletons, waiting
from web.studio.studio_views import KINDS, Kind, address, asked_for, kind_by_code, overview, portion

router = APIRouter(prefix="/studio", default_response_class=Response)
_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
PORTION, FIRST = 50, 10


class NoFileChosen(Invalid):
    """Kies eerst een bestand."""


class NameNeeded(Invalid):
    """Geef een naam, en een id van kleine letters, cijfers en liggende streepjes (begin met een letter)."""


@router.get("")
def front_page(request: Request, zoek: str = "") -> Response:
    return shown(request, KINDS, words=zoek)


def shown(
    request: Request, kinds: Sequence[Kind], refused: Problem | None = None, *, words: str = "", after: str = ""
) -> Response:
    """What the studio has of these kinds, with its versions: of several kinds the first of each."""
    with looking(request) as look:
        require(look.actor, "studio.read")
        found = overview(look.reading, look.actor)
        size = PORTION if len(kinds) == 1 else FIRST
        asked = {kind.code: asked_for(found[kind.code], words) for kind in kinds}
        return render(
            request,
            "studio/overview.html",
            status=status_of(refused) if refused else 200,
            kinds=KINDS,
            shown=kinds,
            portions={code: (*portion(listed, after, size), len(listed)) for code, listed in asked.items()},
            words=words,
            after=after,
            found=found,
            waiting=waiting.of(look, found) if len(kinds) > 1 and not words else [],
            refused=refused,
        )


@router.post("/opladen")
def upload(request: Request, body: Body) -> Response:
    """A file becomes one's working copy, so that what is wrong with it can be seen and mended before publishing."""
    try:
        with acting(request, body) as act:
            require(act.actor, "studio.edit")
            copy = _uploaded(act, body)
            there = address(kind_by_code(copy.kind), copy.key, "bewerken")
    except Problem as refused:
        return _refusal(request, refused)
    return RedirectResponse(f"{there}?controleren=ja#bevindingen", 303)


def _uploaded(act: Act, body: FormBody) -> WorkingCopy:
    if not body.files:
        raise NoFileChosen
    file = body.files[0]
    content = file.stream.read(SIZE_LIMIT + 1)
    return working_copies.upload(act.office, act.work, act.actor, file.name, content)


@router.post("/nieuw")
def begin(request: Request, body: Body) -> Response:
    """Something new, from a skeleton that can be published as it is drawn."""
    code, key, name = body.text("kind"), body.text("key"), body.text("name")
    try:
        with acting(request, body) as act:
            require(act.actor, "studio.edit")
            if code not in studio_skeletons.SKELETONS or not name or not _KEY.fullmatch(key):
                raise NameNeeded
            content = studio_skeletons.make(code, key, name)
            working_copies.begin_new(act.office, act.work, act.actor, kind=code, key=key, content=content)
    except Problem as refused:
        return _refusal(request, refused)
    return RedirectResponse(address(kind_by_code(code), key, "bewerken"), 303)


def _refusal(request: Request, refused: Problem) -> Response:
    """The page again with the sentence; who may not be here at all gets the usual answer."""
    if status_of(refused) in (401, 403):
        raise refused
    return shown(request, KINDS, refused)
