"""Jobs of the first line: a complaint goes on at the service itself, its answer comes back, or the whole file goes to the ombudsman.

A service has handlers here or it has not; where it has none, the office writes to it and waits for an answer by a link.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from cases import continuing, facts
from cases.continuing import CAME_FROM, GOES_ON, Told
from cases.deadlines import local_day
from cases.models import Case, Document, Grievance
from engine.step import JobContext
from identity import people
from tasks.handlers.case_file import add_grievance, event, grievances_of
from tasks.office import Office
from tasks.turn import new_secret, note

MATTER, SECOND_LINE = "first_line", "complaint"
REQUESTED, HANDED_OVER = "first_line_requested", "second_line_requested"
# What the service found, as the ombudsman gets it.
FOUND = ("first_line.",)
# Told to the office for its own work.
OFFICE_ONLY = frozenset(
    {
        "complainant.birth_year",
        "complainant.special_needs",
        "complaint.authority_correction",
        "complaint.consent",
        "complaint.theme",
    }
)
REMEDIES = {"opgelost": "hersteld", "deels_opgelost": "te_herstellen", "niet_opgelost": "te_herstellen"}
# The message starts a process that is always there; this is how long it may wait for one.
PATIENCE = timedelta(days=30)


def begin(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Open the complaint at the service itself, when it has handlers here and may know who complains.

    Results: `first_line_here`, and `first_line_due`, the day until which the service is waited for.
    """
    work, case = context.work, context.work.session.get_one(Case, context.case_id)
    if case.name_withheld or not case.authority_key or not people.handlers_of(work, case.authority_key):
        return {"first_line_here": False}
    new = continuing.open_from(
        work,
        case,
        matter=MATTER,
        facts=[*_for_service(continuing.told(work, case.id)), Told("first_line.source", "ombudsdienst", False)],
        received_at=case.received_at,
        at=context.now,
        secret_hash=new_secret()[1],
        channel="forwarded",
    )
    _goes_on(context, new)
    given = {"origin_case_id": case.id, "facts_on": context.variables.get("facts_on")}
    _start(office, context, new, REQUESTED, {**given, "received_on": context.variables["received_on"]})
    return {"first_line_here": True, "first_line_due": context.variables["first_line_handle_by"]}


def _for_service(known: list[Told]) -> list[Told]:
    """What a service needs to handle the complaint: no more of the person than that, and nothing the office thinks of it."""
    return [each for each in known if each.name not in OFFICE_ONLY]


def take_over(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The service answered in its own file: what it found and the documents it added come to the office's. Else nothing."""
    work, known = context.work, facts.known(context.work, context.case_id)
    other = work.session.scalar(select(Case).where(Case.number == str(known.get(GOES_ON) or "")))
    if other is None or other.matter != MATTER:
        return {}
    found = {each.name: each for each in continuing.told(work, other.id, FOUND)}
    if "first_line.text" not in found and "first_line.motivation" in found:
        found["first_line.text"] = found["first_line.motivation"]
    told = {name: each.value for name, each in found.items()}
    personal = [name for name, each in found.items() if each.is_personal]
    facts.remember(work, context.case_id, told, personal=personal, at=context.now)
    documents = continuing.take_documents(work, other, context.case_id, context.now, _added_there)
    note(work, event(context, "case", "changed", came_from=other.number, documents=documents))
    return {}


def _added_there(document: Document) -> bool:
    """Not what came along from the office, or from the complainant, in the first place."""
    return not document.source.startswith("case:")


def finding(office: Office, context: JobContext) -> Mapping[str, Any]:
    """What the service found becomes the finding on the grievance, with the version of the norms of the first line."""
    case, known = context.work.session.get_one(Case, context.case_id), facts.known(context.work, context.case_id)
    row = next(iter(grievances_of(context)), None)
    if row is None:
        row = Grievance(case_id=case.id, number=1, is_main=True, matter=MATTER, summary=case.subject)
        row.authority_key, row.authority_name = case.authority_key, case.authority_name
        add_grievance(context, row)
    norms = known.get("first_line.norms")
    row.finding = str(known.get("first_line.finding") or "") or None
    is_reconciled = known.get("first_line.reconciled") == "ja"
    row.remedy = "verzoend" if is_reconciled else REMEDIES.get(str(known.get("first_line.solved")))
    row.norms = sorted(int(each) for each in norms) if isinstance(norms, list) else []
    row.codelist_version = office.codelists["first_line_norms"].version
    note(context.work, event(context, "case", "decided", finding=row.finding, norms=list(row.norms)))
    return {}


def hand_over(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The complainant goes to the ombudsman on one of the three grounds: refused, not answered in time, or not enough.

    Input `first_line_outcome` is what the service did: refused, none, and anything else is an answer that does not suffice.
    A new complaint carries the whole file; the ground is among its facts, so that nobody asks for it again.
    """
    work, case = context.work, context.work.session.get_one(Case, context.case_id)
    answer = str(context.variables.get("first_line_outcome") or "none")
    answer = answer if answer in ("refused", "none") else "insufficient"
    variables: dict[str, Any] = {
        "first_line_contacted": "ja",
        "first_line_on": local_day(case.received_at),
        "first_line_answer": answer,
        "first_line_answered_on": local_day(case.closed_at) if case.closed_at and answer != "none" else None,
        "court_pending": "nee",
        "filer_kind": str(facts.known(work, case.id).get("complainant.kind") or "person"),
    }
    new = continuing.open_from(
        work,
        case,
        matter=SECOND_LINE,
        facts=[*continuing.told(work, case.id, (*continuing.TOLD, *FOUND)), *_second_line(case, variables)],
        received_at=context.now,
        at=context.now,
        secret_hash=new_secret()[1],
        channel="forwarded",
    )
    _goes_on(context, new)
    known_on = context.variables.get("facts_on")
    given = {**variables, "facts_on": known_on, "is_anonymous": "nee", "received_on": local_day(context.now)}
    _start(office, context, new, HANDED_OVER, given)
    return {"handed_over": True}


def _second_line(case: Case, variables: Mapping[str, Any]) -> list[Told]:
    """What the forms of a complaint ask about the first line, answered from the file of the service."""
    asked = {
        "complaint.services": case.authority_name,
        "complaint.name_withheld": "nee",
        "first_line.contacted": "ja",
        "first_line.on": variables["first_line_on"],
        "first_line.answer": variables["first_line_answer"],
        "first_line.answered_on": variables["first_line_answered_on"],
        "first_line.reference": case.number,
        "court.pending": "nee",
        "complainant.kind": variables["filer_kind"],
    }
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in asked.items()}
    return [Told(name, value, False) for name, value in plain.items() if value is not None]


def _goes_on(context: JobContext, new: Case) -> None:
    facts.remember(context.work, context.case_id, {GOES_ON: new.number}, at=context.now)
    note(context.work, event(context, "case", "changed", goes_on_in=new.number))


def _start(office: Office, context: JobContext, new: Case, message: str, variables: Mapping[str, Any]) -> None:
    given = {**variables, "language": new.language, "channel": new.channel}
    office.engine.publish_message(context.work, message, str(new.id), given, ttl=PATIENCE, case_id=new.id)


__all__ = ["CAME_FROM", "begin", "finding", "hand_over", "take_over"]
