"""The door of the reports house for what the office hands over: a box that only this house can open, taken once. Nobody logs in.

There is no form token: what comes is no form of a browser, and whoever sends a box of their own does no more than report.
"""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from history.sealed_box import BoxNotOurs
from history.sealing import keyring_at
from problems import Problem
from tasks.reports_house import taking_over
from tasks.reports_house.handing_over import DOOR
from web.context import Body, office_of, posting
from web.problems import status_of
from web.rendering import render
from web.reports_house.reports import CODE, CODE_COOKIE, set_cookie

router = APIRouter(default_response_class=Response)
LARGEST = 80 * 1024 * 1024  # bytes of a box


@router.get(DOOR)
def key(request: Request) -> Response:
    """What a box for this house is shut with."""
    return PlainTextResponse(keyring_at(office_of(request).settings.master_key_file).opener.public_key)


@router.post(DOOR)
def take(request: Request, body: Body) -> Response:
    """Take a box. The answer tells only whether it is here, by the name it came with."""
    office = office_of(request)
    try:
        if len(body.files) != 1:
            raise BoxNotOurs
        box = body.files[0].stream.read(LARGEST + 1)
        if len(box) > LARGEST:
            raise BoxNotOurs
        with office.database.work() as work:
            taking_over.take(office, work, body.files[0].name[:40], box)
    except Problem as refused:
        return PlainTextResponse(refused.sentence, status_of(refused))
    return PlainTextResponse(body.files[0].name[:40])


@router.post("/melding/postbus/eerste-keer")
def first_time(request: Request, body: Body) -> Response:
    """Who came by the office gives the address of their page there, and gets a code in its place."""
    try:
        with posting(request, body) as act:
            code = taking_over.code_for(act.office, act.work, body.text("link"))
    except taking_over.LinkUnknown as refused:
        return render(request, "reports/door.html", status=422, refused="", link_refused=refused.sentence)
    answer = RedirectResponse(CODE, 303)
    set_cookie(request, answer, CODE_COOKIE, code)
    return answer
