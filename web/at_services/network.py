"""The network of the services' complaint handlers: who is who, meetings, good practices, and questions to each other."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.deadlines import ZONE
from problems import Invalid, NotFound
from tasks.at_services import meetings, network
from tasks.at_services.network import PAGE, PRACTICE, QUESTION
from web.context import Body, FormBody, Look, acting, looking, visiting
from web.problems import status_of
from web.rendering import render
from web.text import AfterKey

router = APIRouter(default_response_class=Response)
KINDS = {"vragen": QUESTION, "praktijken": PRACTICE}
PLACES = {kind: word for word, kind in KINDS.items()}
FEW = 3


@router.get("/netwerk")
def overview(request: Request) -> Response:
    """What comes, and what is new."""
    with looking(request) as look:
        now = look.office.clock.now()
        planned = [each for each in meetings.listed(look.reading, look.actor, now) if each.ends_at > now]
        newest = {word: _list(look, kind)[:FEW] for word, kind in KINDS.items()}
    return render(request, "network/overview.html", planned=planned[:FEW], newest=newest)


def _list(look: Look, kind: str, before: int = 0) -> list[network.Written]:
    return network.contributions(look.reading, look.office.register, look.actor, kind, before)


@router.get("/netwerk/leden")
def members(request: Request) -> Response:
    """Everybody, and what one tells about oneself."""
    with looking(request) as look:
        people = network.directory(look.reading, look.office.register, look.actor)
        own = network.own(look.reading, look.actor)
        mine = {"job_title": own.job_title, "phone": own.phone}
    return render(request, "network/members.html", people=people, mine=mine)


@router.post("/netwerk/leden")
def tell(request: Request, body: Body) -> Response:
    """Change one's own line."""
    with acting(request, body) as act:
        network.tell(act.work, act.actor, body.text("job_title"), body.text("phone"))
    return RedirectResponse("/netwerk/leden", 303)


@router.get("/netwerk/overleg")
def meeting_list(request: Request) -> Response:
    """Meetings to come, and those of the past year."""
    return _meetings(request)


def _meetings(
    request: Request, refused: Invalid | None = None, typed: FormBody | None = None, link: str = ""
) -> Response:
    with looking(request) as look:
        now = look.office.clock.now()
        found = meetings.listed(look.reading, look.actor, now)
        address = f"{look.office.settings.base_url}/netwerk/agenda/{link}.ics" if link else ""
    return render(
        request,
        "network/meetings.html",
        status=status_of(refused) if refused else 200,
        planned=[each for each in found if each.ends_at > now],
        past=[each for each in reversed(found) if each.ends_at <= now],
        errors={each["field"]: each["message"] for each in refused.errors} if refused else {},
        typed={name: typed.text(name) for name in ("title", "day", "from", "to", "place", "agenda")} if typed else {},
        address=address,
    )


@router.post("/netwerk/overleg")
def plan(request: Request, body: Body) -> Response:
    """Plan a meeting on one day, from and to an hour of the office's own clock."""
    try:
        with acting(request, body) as act:
            row = meetings.plan(
                act.work,
                act.actor,
                title=body.text("title"),
                starts_at=_moment(body.text("day"), body.text("from")),
                ends_at=_moment(body.text("day"), body.text("to")),
                place=body.text("place"),
                agenda=body.text("agenda"),
                now=act.office.clock.now(),
            )
            made = row.id
    except meetings.MeetingNotComplete as problem:
        return _meetings(request, problem, body)
    return RedirectResponse(f"/netwerk/overleg/{made}", 303)


def _moment(day: str, hour: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)
    except ValueError:
        return None


@router.post("/netwerk/agenda")
def link(request: Request, body: Body) -> Response:
    """A new secret address for one's own calendar: shown now, and never again."""
    with acting(request, body) as act:
        secret = meetings.new_link(act.work, act.actor)
    return _meetings(request, link=secret)


@router.get("/netwerk/agenda/{secret}.ics")
def feed(request: Request, secret: str) -> Response:
    """The meetings, for a calendar that cannot log in."""
    with visiting(request) as look:
        settings = look.office.settings
        content = meetings.feed(look.reading, secret, settings.office_name, settings.base_url, look.office.clock.now())
    return Response(content, media_type="text/calendar; charset=utf-8")


@router.get("/netwerk/overleg/{meeting_id}")
def meeting(request: Request, meeting_id: int) -> Response:
    """One meeting, its agenda and who comes."""
    with looking(request) as look:
        row = meetings.get(look.reading, look.actor, meeting_id)
        coming = meetings.answers(look.reading, look.office.register, look.actor, meeting_id)
        mine = meetings.own_answer(look.reading, look.actor, meeting_id)
        is_open = row.called_off_at is None and row.ends_at > look.office.clock.now()
    return render(request, "network/meeting.html", meeting=row, coming=coming, mine=mine, is_open=is_open)


@router.post("/netwerk/overleg/{meeting_id}")
def answer_meeting(request: Request, meeting_id: int, body: Body) -> Response:
    """Come or not; or call it off."""
    with acting(request, body) as act:
        now = act.office.clock.now()
        if body.text("does") == "afgelasten":
            meetings.call_off(act.work, act.actor, meeting_id, now)
        else:
            meetings.attend(act.work, act.actor, meeting_id, body.text("does") == "komt", now)
    return RedirectResponse(f"/netwerk/overleg/{meeting_id}", 303)


@router.get("/netwerk/bericht/{contribution_id}")
def thread(request: Request, contribution_id: int) -> Response:
    """A question or a practice, with what others said."""
    return _thread(request, contribution_id)


def _thread(request: Request, contribution_id: int, refused: Invalid | None = None, typed: str = "") -> Response:
    with looking(request) as look:
        found = network.thread(look.reading, look.office.register, look.actor, contribution_id)
    return render(
        request,
        "network/thread.html",
        status=status_of(refused) if refused else 200,
        first=found[0],
        answers=found[1:],
        place=PLACES[found[0].kind],
        refused=refused,
        typed=typed,
    )


@router.post("/netwerk/bericht/{contribution_id}")
def answer(request: Request, contribution_id: int, body: Body) -> Response:
    """Answer; what is not complete comes back as it was typed."""
    try:
        with acting(request, body) as act:
            now = act.office.clock.now()
            network.answer(act.work, act.office.register, act.actor, contribution_id, body.text("text"), now)
    except network.ContributionNotComplete as problem:
        return _thread(request, contribution_id, problem, body.text("text"))
    return RedirectResponse(f"/netwerk/bericht/{contribution_id}", 303)


@router.post("/netwerk/bericht/{contribution_id}/weghalen")
def remove(request: Request, contribution_id: int, body: Body) -> Response:
    """Take one's own words away."""
    with acting(request, body) as act:
        row = network.remove(act.work, act.actor, contribution_id, act.office.clock.now())
        back = f"/netwerk/bericht/{row.about_id}" if row.about_id else f"/netwerk/{PLACES[row.kind]}"
    return RedirectResponse(back, 303)


@router.get("/netwerk/{place}")
def contributions(request: Request, place: str, na: AfterKey = 0) -> Response:
    """Questions, or good practices."""
    return _contributions(request, place, na)


def _contributions(
    request: Request, place: str, after: int = 0, refused: Invalid | None = None, typed: FormBody | None = None
) -> Response:
    with looking(request) as look:
        found = _list(look, _kind(place), after)
    return render(
        request,
        "network/list.html",
        status=status_of(refused) if refused else 200,
        place=place,
        found=found[:PAGE],
        next=found[PAGE - 1].id if len(found) > PAGE else 0,
        errors={each["field"]: each["message"] for each in refused.errors} if refused else {},
        typed={name: typed.text(name) for name in ("title", "text")} if typed else {},
    )


def _kind(place: str) -> str:
    if place not in KINDS:
        raise NotFound(place=place)
    return KINDS[place]


@router.post("/netwerk/{place}")
def write(request: Request, place: str, body: Body) -> Response:
    """Ask the others something, or share what works."""
    try:
        with acting(request, body) as act:
            now = act.office.clock.now()
            row = network.write(act.work, act.actor, _kind(place), body.text("title"), body.text("text"), now)
            made = row.id
    except network.ContributionNotComplete as problem:
        return _contributions(request, place, refused=problem, typed=body)
    return RedirectResponse(f"/netwerk/bericht/{made}", 303)
