"""The job that keeps the register of recommendations: each step of the diagram notes what became of one."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cases import deadlines, facts
from cases.models import Case
from cases.recommendations import DONE, NOT_DONE, OPEN, PARTLY_DONE, PRIORITIES, SILENT, Recommendation
from engine.step import JobContext
from tasks.handlers.case_file import event
from tasks.office import Office
from tasks.turn import note

ISSUED = "issued"
# What people answer in the form about the follow-up, and what that makes of the recommendation.
STATUSES = {"ja": DONE, "deels": PARTLY_DONE, "nee": NOT_DONE, "later": OPEN}


def keep(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Note header `step`: issued, answered, unanswered, checked, minister, parliament. Issued sets `recommendation_id`.

    The texts are facts of the file; they are copied, since a second recommendation in the case replaces those.
    """
    step, today = context.headers["step"], deadlines.local_day(context.now)
    if step not in (ISSUED, *STEPS):
        raise ValueError(f"De stap '{step}' van een aanbeveling bestaat niet. Kies: {', '.join((ISSUED, *STEPS))}.")
    known = facts.known(context.work, context.case_id)
    if step == ISSUED:
        row = _issued(office, context, known, today)
    else:
        row = context.work.session.get_one(Recommendation, int(context.variables["recommendation_id"]))
        STEPS[step](row, context.variables, known, today)
    told = {"answer": row.answer, "status": row.status}
    note(context.work, event(context, "recommendation", "changed", number=row.number, step=step, **told))
    return {"recommendation_id": row.id}


def _issued(office: Office, context: JobContext, known: Mapping[str, object], today: date) -> Recommendation:
    case = context.work.session.get_one(Case, context.case_id)
    authority = office.register.get(case.authority_key)
    priority = str(context.variables.get("recommendation_priority") or "")
    row = Recommendation(
        case_id=case.id,
        year=today.year,
        kind=str(context.variables["recommendation_kind"]),
        priority=priority if priority in PRIORITIES else "normal",
        authority_key=case.authority_key,
        addressee=authority.name if authority else case.authority_name,
        text=str(known.get("recommendation.text") or ""),
        issued_on=today,
        due_on=context.variables.get("due_on"),
    )
    context.work.session.add(row)
    context.work.session.flush()
    return row


def _answered(row: Recommendation, said: Mapping[str, Any], known: Mapping[str, object], today: date) -> None:
    row.answer, row.answered_on = str(said["recommendation_answer"]), today
    row.answer_reason = str(known.get("recommendation.answer") or "")


def _unanswered(row: Recommendation, said: Mapping[str, Any], known: Mapping[str, object], today: date) -> None:
    row.answer = SILENT


def _checked(row: Recommendation, said: Mapping[str, Any], known: Mapping[str, object], today: date) -> None:
    row.status, row.checked_on = STATUSES[str(said["recommendation_done"])], today
    row.next_check_on = said.get("check_again_on") if row.status == OPEN else None
    row.evidence = str(known.get("recommendation.evidence") or "")


def _minister(row: Recommendation, said: Mapping[str, Any], known: Mapping[str, object], today: date) -> None:
    row.to_minister_on, row.next_check_on = today, None
    row.status = NOT_DONE if row.status == OPEN else row.status


def _parliament(row: Recommendation, said: Mapping[str, Any], known: Mapping[str, object], today: date) -> None:
    row.to_parliament_on = today


Change = Callable[[Recommendation, Mapping[str, Any], Mapping[str, object], date], None]

STEPS: dict[str, Change] = {
    "answered": _answered,
    "unanswered": _unanswered,
    "checked": _checked,
    "minister": _minister,
    "parliament": _parliament,
}
