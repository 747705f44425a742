"""Two complaints beside each other, from the task that takes one in: the same one sent twice, or about the same thing.

What somebody had filled in at the task is kept as a draft before they come here. Both looks are recorded.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.models import Case
from identity.permissions import require
from problems import Conflict, Forbidden, Invalid, NotFound, Problem
from storage.unit_of_work import Reading
from tasks import inbox, worklist
from tasks.case_file import case_view, looks
from tasks.case_file.case_parts import FactView, Summary
from tasks.errors import UserTaskNotFound
from tasks.joined import alike
from tasks.models import UserTask
from tasks.studio.definition_words import load as load_words
from web.context import Act, Body, Look, acting, looking
from web.problems import status_of
from web.rendering import render

router = APIRouter(default_response_class=Response)
PAGE = "/taken/{user_task_id}/naast/{number}"
# What is told of both, in this order.
TOLD = (
    "complaint.subject",
    "complaint.narrative",
    "complaint.desired_outcome",
    "complaint.facts_on",
    "complaint.services",
)
# What may be done with the complaint of the task: the message, and the field that holds the other's number.
WAYS = {"merge": ("complaint_merged", "merged_into"), "join": ("complaint_joined", "joined_to")}
MOST = 3


def suggested(look: Look, row: UserTask) -> Sequence[alike.Likeness]:
    """The likeliest cases beside a task of taking in, the same complaint first; each case once."""
    case = look.reading.session.get_one(Case, row.case_id)
    same = alike.duplicates(look.reading, look.actor, case)
    known = {each.number for each in same}
    others = [each for each in alike.kindred(look.reading, look.actor, case) if each.number not in known]
    return [*same[:MOST], *others[:MOST]]


@router.get(PAGE)
def beside_page(request: Request, user_task_id: int, number: str) -> Response:
    """Both complaints, and what can be done with this one."""
    return _page(request, user_task_id, number, None)


def _page(request: Request, user_task_id: int, number: str, refused: Problem | None) -> Response:
    with looking(request) as look:
        require(look.actor, "case.act")
        row = _row(look, user_task_id)
        mine = look.reading.session.get_one(Case, row.case_id)
        other = case_view.find(look.reading, look.actor, number)
        for case in (mine, other):
            looks.keep(look.office, look.reading, look.actor, case.id)
        both = [_told(look, look.reading, case) for case in (mine, other)]
        likeness = next((each for each in suggested(look, row) if each.number == other.number), None)
        may = [way for way, (message, _) in WAYS.items() if message in inbox.expected(look.reading, mine)]
    return render(
        request,
        "user_task/beside.html",
        status=status_of(refused) if refused else 200,
        task_id=user_task_id,
        both=both,
        likeness=likeness,
        may_do=may if other.closed_at is None else [],
        refused=refused,
    )


def _row(look: Look | Act, user_task_id: int) -> UserTask:
    reading = look.reading if isinstance(look, Look) else look.work
    row = worklist.get(reading, look.actor, user_task_id)
    if row.closed_at is not None:
        raise UserTaskNotFound(user_task_id=user_task_id)
    return row


def _told(look: Look, reading: Reading, case: Case) -> tuple[Summary, list[FactView]]:
    facts = {each.name: each for each in case_view.file_facts(look.office, reading, case.id, load_words(reading))}
    return case_view.summary(look.office, case), [facts[name] for name in TOLD if name in facts]


@router.post(PAGE)
def put_together(request: Request, user_task_id: int, number: str, body: Body) -> Response:
    """Merge this complaint with the other, or join it to it; the other leads."""
    try:
        with acting(request, body) as act:
            row = _row(act, user_task_id)
            message, field = WAYS[body.text("way") if body.text("way") in WAYS else "merge"]
            inbox.deliver(act.office, act.work, act.actor, row.case_id, message, {field: number})
    except (Invalid, Conflict, Forbidden, NotFound) as refused:
        return _page(request, user_task_id, number, refused)
    return RedirectResponse(f"/dossiers/{number}/samen", 303)
