"""Jobs that write on the case file: who it is about, how it ended, what was found."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from cases import deadlines, facts
from cases.models import Case, Grievance, Party
from cases.register import normal
from engine.step import BpmnError, JobContext
from history.log import Event
from tasks.office import Office
from tasks.turn import note

NO_ADMISSIBILITY = "niet_beslist"


def event(context: JobContext, activity: str, transition: str, **data: object) -> Event:
    """A fact of the history, tied to the token that caused it."""
    return Event(
        activity,
        transition,
        context.now,
        "system:engine",
        "",
        {"token": context.token_id, "element": context.element_id, **data},
    )


def register(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Who is complained of: looks the citizen's own words up in the register, and opens a grievance per authority."""
    case = context.work.session.get_one(Case, context.case_id)
    named = facts.known(context.work, case.id).get("complaint.services") or ""
    texts = [text.strip() for text in str(named).replace(";", "\n").splitlines() if text.strip()]
    authority = office.register.first(texts)
    case.authority_key = authority.key if authority else None
    case.authority_name = authority.name if authority else str(named)[:200]
    case.search_text = normal(f"{case.subject} {case.complainant_name} {named} {case.authority_name}")
    found = [office.register.first([text]) for text in texts]
    distinct = list(dict.fromkeys(a for a in found if a)) or ([authority] if authority else [])
    for number, each in enumerate(distinct or [None], start=1):
        row = Grievance(case_id=case.id, number=number, summary=case.subject)
        if each is not None:
            row.authority_key, row.authority_name = each.key, each.name
            party = Party(
                case_id=case.id,
                role="authority_contact",
                name=each.name,
                email=each.email or None,
                authority_key=each.key,
            )
            context.work.session.add(party)
        context.work.session.add(row)
    note(context.work, event(context, "register", "decided", named=named, authority=case.authority_key))
    return {
        "authority_key": case.authority_key,
        "authority_level": authority.level if authority else None,
        "authority_body": authority.body if authority else None,
        "authority_appeal": authority.appeal if authority else "",
    }


def outcome(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Write what is given of the four outcome fields: admissibility and ground, urgency, closure reason."""
    case = context.work.session.get_one(Case, context.case_id)
    given = {**context.headers, **{k: v for k, v in context.variables.items() if v is not None}}
    changed: dict[str, object] = {}
    for name in ("admissibility", "refusal_ground", "closure_reason"):
        # Only a word is an outcome: a decision's whole answer may stand in a variable of the same name, as a suggestion.
        if isinstance(given.get(name), str) and given[name]:
            changed[name] = {"old": getattr(case, name), "new": given[name]}
            setattr(case, name, given[name])
    if "is_urgent" in given:
        case.is_urgent = given["is_urgent"] in (True, "ja")
        changed["is_urgent"] = case.is_urgent
    note(context.work, event(context, "case", "changed", **changed))
    return {}


def findings(office: Office, context: JobContext) -> Mapping[str, Any] | BpmnError:
    """The assessment becomes findings: per grievance per authority its finding, remedy, norms and reasons."""
    assessed = facts.known(context.work, context.case_id).get("assessment.grievances")
    rows = assessed if isinstance(assessed, list) else []
    if not rows:
        raise ValueError("De beoordeling bevat geen enkele grief.")
    known = {
        g.number: g for g in context.work.session.scalars(select(Grievance).where(Grievance.case_id == context.case_id))
    }
    version = office.codelists["norms"].version
    for number, row in enumerate(rows, start=1):
        grievance = known.get(number) or Grievance(case_id=context.case_id, number=number)
        grievance.finding = row.get("finding")
        grievance.remedy = row.get("remedy")
        grievance.norms = sorted(int(norm) for norm in row.get("norms") or [])
        grievance.reasoning = str(row.get("reasoning") or "")
        grievance.codelist_version = version
        context.work.session.add(grievance)
    extra = [number for number in known if number > len(rows) and known[number].finding is None]
    if extra:
        statement = delete(Grievance).where(Grievance.case_id == context.case_id, Grievance.number.in_(extra))
        context.work.session.execute(statement)
    note(context.work, event(context, "case", "decided", findings=rows, codelist_version=version))
    return {"finding": rows[0].get("finding"), "remedy": rows[0].get("remedy")}


def close(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The case is closed: nothing is due any more."""
    case = context.work.session.get_one(Case, context.case_id)
    case.closed_at = context.now
    deadlines.meet_all(context.work, case.id, context.now)
    note(context.work, event(context, "case", "changed", closed=True, closure_reason=case.closure_reason))
    return {}


def reopen(office: Office, context: JobContext) -> Mapping[str, Any]:
    """A closed case goes on (review)."""
    context.work.session.get_one(Case, context.case_id).closed_at = None
    note(context.work, event(context, "case", "changed", closed=False))
    return {}
