"""Jobs about a part of a complaint that goes its own way: to its authority's first line, to another ombudsman, or answered."""

from collections.abc import Mapping
from typing import Any

from cases import deadline_rules, deadlines
from cases.models import Case, Grievance
from cases.register import OFFICE, Authority
from engine.step import JobContext
from tasks.handlers.case_file import add_grievance, event, grievances_of
from tasks.office import Office
from tasks.turn import note

FORWARD, REFER, PASS_ON, ANSWER = "forward", "refer", "pass_on", "answer"
# What an authority has for a part that goes to its first line.
TERMS = ("first_line_ack_by", "first_line_handle_by")
# To the authority itself and to another ombudsman is forwarding; giving the address is referring.
TRANSFERS = {FORWARD: "forward", PASS_ON: "forward", REFER: "refer"}


def split(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Note a grievance apart, as input `split_action` says. Found by its authority, else by number, else opened."""
    given = context.variables
    action = str(given.get("split_action"))
    named = str(given.get("split_authority") or "")
    authority = next((match.authority for match in office.register.find(named, limit=1)), None)
    row = _grievance(context, authority, given.get("grievance_number"), named)
    if action in (REFER, PASS_ON):
        row.body = str(given.get("split_body") or (authority.body if authority else "") or row.body or "")
    elif row.body is None:
        row.body = authority.body if authority else OFFICE
    row.transfer = TRANSFERS.get(action, "none")
    row.matter = "question" if action == ANSWER else row.matter
    results: dict[str, Any] = {
        "grievance_number": row.number,
        "grievance_authority": row.authority_name or named,
        "grievance_authority_key": row.authority_key,
    }
    row.first_line_gate, row.gate_reason = ("not_passed", "nog_geen_contact") if action == FORWARD else (None, None)
    if action == FORWARD:
        results |= _terms(office, context, row)
    note(context.work, event(context, "grievance", "changed", number=row.number, action=action, body=row.body))
    return results


def _grievance(context: JobContext, authority: Authority | None, number: object, named: str) -> Grievance:
    rows = grievances_of(context)
    row = next((r for r in rows if authority is not None and r.authority_key == authority.key), None)
    row = row or next((r for r in rows if number and r.number == number and not r.is_main), None)
    if row is None:
        case = context.work.session.get_one(Case, context.case_id)
        free = max((r.number for r in rows), default=0) + 1
        row = Grievance(case_id=case.id, number=free, summary=case.subject)
        row.authority_key = authority.key if authority else None
        row.authority_name = authority.name if authority else named[:200]
        add_grievance(context, row)
    return row


def _terms(office: Office, context: JobContext, row: Grievance) -> dict[str, Any]:
    """The authority's own terms, counted as if the complaint had reached it on the day we received it."""
    received_on = deadlines.local_day(context.work.session.get_one(Case, context.case_id).received_at)
    rules = deadline_rules.in_force(context.work)
    found = {}
    for name in TERMS:
        term = deadlines.start(
            context.work, rules, context.case_id, name, from_on=received_on, at=context.now, grievance=row.number
        )
        told = {"grievance": row.number, "due_on": term.due_on.isoformat(), "explanation": term.explanation}
        note(context.work, event(context, "deadline", "changed", name=term.name, **told))
        found[name] = term.due_on
    return found


def settle(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The authority answered its part in the first line: solved means mended."""
    number, result = context.variables.get("grievance_number"), context.variables.get("first_line_outcome")
    row = next(r for r in grievances_of(context) if r.number == number)
    if result == "solved":
        row.remedy = "hersteld"
    for term in deadlines.of_case(context.work, context.case_id):
        if term.grievance == row.number and term.rule in TERMS and term.met_at is None:
            term.met_at = context.now
            note(context.work, event(context, "deadline", "completed", name=term.name, grievance=row.number))
    note(context.work, event(context, "grievance", "answered", number=row.number, result=result))
    return {}
