"""Which ombudsman? A public page: somebody tells their story, and reads who deals with it and why. Nothing of it is kept.

The story goes in the body of the call, never in an address, where a log or a browser's history would keep it.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.calendars import day_typed
from tasks.citizens.signpost import Asked, directions
from web.context import Body, asking, visiting
from web.rendering import render

router = APIRouter(default_response_class=Response)
LONGEST_STORY, LONGEST_NAME = 5000, 300
MATTERS = ("complaint", "question", "discrimination", "whistleblowing", "petition")
NOTHING = "Vertel in enkele woorden waarover het gaat, of noem de dienst."
TOO_LONG = "Maak dit korter: de belangrijkste zinnen zijn genoeg."
NO_DAY = "Kies een dag, zoals 15/03/2023, of laat dit leeg."


@router.get("/wegwijzer")
def signpost(request: Request) -> Response:
    """The questions. Staff who look up where somebody can go stay logged in: their form carries the token of their session."""
    with visiting(request):
        return render(request, "citizen/signpost.html", told={}, errors={}, found=None)


@router.post("/wegwijzer")
def pointed(request: Request, body: Body) -> Response:
    """The answer, above the questions as they were filled in."""
    with asking(request, body) as look:
        told = {name: body.text(name) for name in ("service", "story", "matter", "happened_on")}
        errors = _errors(told)
        found = None if errors else directions(look.office, look.reading, _asked(told))
    return render(
        request,
        "citizen/signpost.html",
        status=422 if errors else 200,
        told=told,
        errors=errors,
        found=found,
    )


def _errors(told: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not told["service"] and not told["story"]:
        errors["story"] = NOTHING
    for name, longest in (("service", LONGEST_NAME), ("story", LONGEST_STORY)):
        if len(told[name]) > longest:
            errors[name] = TOO_LONG
    if told["happened_on"] and day_typed(told["happened_on"]) is None:
        errors["happened_on"] = NO_DAY
    return errors


def _asked(told: dict[str, str]) -> Asked:
    services = tuple(name.strip() for name in told["service"].replace("\n", ";").split(";") if name.strip())
    matter = told["matter"] if told["matter"] in MATTERS else ""
    return Asked(services, told["story"], matter, day_typed(told["happened_on"]))
