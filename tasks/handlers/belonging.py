"""Jobs about cases that belong together: joined to a case that leads, merged into it, let go again, and the outcome for all who wait."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases import facts, related
from cases.models import Case, Grievance
from cases.related import JOINED, MERGED
from engine.step import JobContext
from history.log import Event
from tasks.handlers.case_file import event, grievances_of
from tasks.joined import bulk
from tasks.office import Office
from tasks.turn import note, stream_of

# Without a judgement of its own the leading case still ends: reconciled, say. Then nobody is judged.
NOT_JUDGED, NOTHING_MENDED = "geen_oordeel", "geen"
OUTCOME_TEXT = ("assessment.text", "closing.text")


def join(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Remember with which case (`joined_to`) this one is handled, when that case exists."""
    number, leading_id = _leading(context, "joined_to")
    if leading_id is not None:
        facts.remember(context.work, context.case_id, {"case.joined_to": number}, at=context.now)
        related.begin(context.work, context.case_id, leading_id, JOINED, context.now)
    is_known = leading_id is not None
    note(context.work, event(context, "case", "changed", joined_to=number, linked=is_known))
    return {"linked": is_known}


def merge(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Remember into which case (`merged_into`) this one is merged: the same complaint of the same person."""
    number, leading_id = _leading(context, "merged_into")
    if leading_id is not None:
        related.begin(context.work, context.case_id, leading_id, MERGED, context.now)
        _tell_leading(office, context, leading_id, "merged")
    is_known = leading_id is not None
    note(context.work, event(context, "case", "changed", merged_into=number, linked=is_known))
    return {"linked": is_known}


def _tell_leading(office: Office, context: JobContext, leading_id: int, transition: str) -> None:
    """Whoever works in the case that stays reads there too that the same complaint came once more, or goes its own way again."""
    number = context.work.session.get_one(Case, context.case_id).number
    told = Event("duplicate", transition, context.now, "system:engine", "", {"number": number})
    office.log.append(context.work, stream_of(leading_id), [told])


def leave(office: Office, context: JobContext) -> Mapping[str, Any]:
    """This case goes its own way again; one that was closed because it was merged is opened."""
    leading_id = related.end(context.work, context.case_id, context.now)
    case = context.work.session.get_one(Case, context.case_id)
    was_closed, case.closed_at = case.closed_at is not None, None
    if was_closed and leading_id is not None:
        _tell_leading(office, context, leading_id, "parted")
    if was_closed:
        case.closure_reason = None
    number = context.work.session.scalar(select(Case.number).where(Case.id == leading_id)) or ""
    note(context.work, event(context, "case", "changed", apart_from=number, reopened=was_closed))
    return {}


def decide(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Every case that waits for this one gets its outcome, each in a turn of its own: what was found of the main grievance."""
    rows = context.work.session.execute(related.following(context.case_id, JOINED).where(Case.closed_at.is_(None)))
    waiting = [case.id for _, case in rows]
    if waiting:
        found, told = _outcome(context)
        answers = {"grievances": [found], "assessment_text": told}
        bulk.begin(context.work, context.case_id, "joined_decided", answers, waiting, bulk.BY_LEADING, context.now)
        note(context.work, event(context, "bulk", "started", message="joined_decided", cases=len(waiting)))
    return {}


def _outcome(context: JobContext) -> tuple[dict[str, Any], str]:
    grievances = grievances_of(context)
    main = next((row for row in grievances if row.is_main), grievances[0] if grievances else Grievance(norms=[]))
    known = facts.known(context.work, context.case_id)
    told = next((str(known[name]) for name in OUTCOME_TEXT if known.get(name)), "")
    found = {
        "finding": main.finding or NOT_JUDGED,
        "remedy": main.remedy or NOTHING_MENDED,
        "norms": [str(norm) for norm in main.norms],
    }
    return found, told or "Het onderzoek is afgerond."


def _leading(context: JobContext, name: str) -> tuple[str, int | None]:
    """The number a variable names, and its case; None where the diagram was told of a case that is not there."""
    number = str(context.variables.get(name) or "").strip()
    return number, context.work.session.scalar(select(Case.id).where(Case.number == number))
