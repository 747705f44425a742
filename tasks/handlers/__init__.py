"""The job types a diagram may use: each a function over the rooms, found by its name.

`entries(...)` gives the engine its handlers; workflows/glossary.md describes each for process managers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.step import BpmnError, HandlerEntry, JobContext, JobType, Outside, OutsideContext
from tasks.handlers import (
    authorities,
    belonging,
    case_file,
    contact,
    deadline,
    first_line,
    first_line_reports,
    grievances,
    inquiry,
    letters,
    mediation,
    recommendations,
    summaries,
    surveys,
    webhooks,
)
from tasks.office import Office

OfficeHandler = Callable[[Office, JobContext], Mapping[str, Any] | BpmnError]
OutsideOfficeHandler = Callable[[Office, OutsideContext], Mapping[str, Any] | BpmnError]

TABLE: dict[str, OfficeHandler] = {
    "case.register": authorities.register,
    "case.outcome": case_file.outcome,
    "case.findings": case_file.findings,
    "case.close": case_file.close,
    "case.reopen": case_file.reopen,
    "case.complainant": case_file.complainant,
    "case.join": belonging.join,
    "case.merge": belonging.merge,
    "case.leave": belonging.leave,
    "joined.decide": belonging.decide,
    "first_line.begin": first_line.begin,
    "first_line.take_over": first_line.take_over,
    "first_line.finding": first_line.finding,
    "first_line.hand_over": first_line.hand_over,
    "grievance.split": grievances.split,
    "grievance.settle": grievances.settle,
    "evidence.add": inquiry.add_evidence,
    "evidence.confirm": inquiry.confirm_evidence,
    "parties.heard": inquiry.parties_heard,
    "hearing.lapse": inquiry.hearing_lapses,
    "proposal.keep": mediation.keep_proposal,
    "proposal.answer": mediation.answer_proposal,
    "agreement.make": mediation.make_agreement,
    "deadline.start": deadline.start,
    "deadline.start_all": deadline.start_all,
    "deadline.extend": deadline.extend,
    "deadline.meet": deadline.meet,
    "clock.pause": deadline.pause,
    "clock.resume": deadline.resume,
    "letter.send": letters.send,
    "contact.check": contact.check,
    "recommendation.keep": recommendations.keep,
    "survey.ask": surveys.ask,
    "summary.traces": summaries.find_traces,
    "summary.keep": summaries.keep,
    "first_line.count": first_line_reports.count,
}
# These talk to the world: after the turn, while no transaction is open.
OUTSIDE: dict[str, OutsideOfficeHandler] = {"webhook.post": webhooks.post}
JOB_TYPES = frozenset({*TABLE, *OUTSIDE})


def entries(office_of: Callable[[], Office]) -> dict[str, JobType]:
    """The handlers, each bound to the office that is being assembled (it needs the engine, and the engine needs these)."""

    def bound(handler: OfficeHandler) -> HandlerEntry:
        return HandlerEntry(lambda context: handler(office_of(), context), automatic=True)

    def outside(handler: OutsideOfficeHandler) -> Outside:
        return Outside(lambda context: handler(office_of(), context))

    inside = {name: bound(handler) for name, handler in TABLE.items()}
    return {**inside, **{name: outside(handler) for name, handler in OUTSIDE.items()}}
