"""The job that asks whether the complainant has heard from us lately: article 17 of the Ombudsdecreet.

A case sleeps until the day on which silence would last too long; only then it looks when there was contact last. So a letter or a
message restarts the term without touching the process.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from cases import deadline_rules, deadlines
from cases.models import Case, Letter, Message
from engine.step import JobContext
from tasks.case_file import public_status
from tasks.office import Office

RULE = "progress_notice_by"
WRITE, WAIT, STOP = "write", "wait", "stop"


def check(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Sets `progress`: write now, wait until `notice_on`, or stop. With `write` also the words of the letter, in its language."""
    work, today = context.work, deadlines.local_day(context.now)
    case = work.session.get_one(Case, context.case_id)
    if case.closed_at is not None or not case.complainant_name:
        return {"progress": STOP}
    notice_on = _notice_on(context, case, today)
    if notice_on > today:
        return {"progress": WAIT, "notice_on": notice_on}
    status = public_status.of(office, work, case)
    told = office.words_in(case.language)
    return {
        "progress": WRITE,
        "notice_on": notice_on,
        "progress_now": told(status.now),
        "progress_next": told(status.next),
        "progress_until": status.until,
    }


def _notice_on(context: JobContext, case: Case, today: date) -> date:
    """The day on which silence has lasted as long as the rule allows. While its clock stands still, it begins again today."""
    rules = deadline_rules.in_force(context.work)
    if deadlines.held_kinds(context.work, case.id) & set(rules.get(RULE, today).pauses_for):
        return deadlines.counted(rules, RULE, today, None)[1].due_on
    stops = deadlines.stops_of(context.work, case.id)
    return deadlines.counted(rules, RULE, _last_contact(context, case), None, stops)[1].due_on


def _last_contact(context: JobContext, case: Case) -> date:
    """The last day on which we wrote to the complainant, or they to us."""
    session = context.work.session
    written = select(func.max(Letter.written_at)).where(Letter.case_id == case.id, Letter.to_role == "complainant")
    said = select(func.max(Message.sent_at)).where(
        Message.case_id == case.id, Message.sender == f"complainant:{case.id}"
    )
    moments = (case.received_at, session.scalar(written), session.scalar(said))
    return max(deadlines.local_day(moment) for moment in moments if moment is not None)
