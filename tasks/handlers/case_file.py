"""Jobs that write on the case file: how it ended, what was found, who complains."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases import deadlines, facts
from cases.models import Case, Grievance, Party
from cases.parties import EARLIER, complainant_of, postal_address
from cases.register import OFFICE
from cases.searching import search_words
from engine.step import BpmnError, JobContext
from history.log import Event
from tasks.background import mail
from tasks.office import Office
from tasks.turn import note

OF_THE_CASE = ("admissibility", "refusal_ground", "closure_reason", "matter")
OF_THE_MAIN_GRIEVANCE = ("body", "transfer", "first_line_gate", "gate_reason")
GONE_APART = ("forward", "refer")
THEME = "complaint.theme"
# The words of a finding: they stand in the answers of the assessment, where they are sealed, and in no event that makes figures.
REASONS = "reasoning"
_GRIEVANCES = "grievances known in this turn"


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


def grievances_of(context: JobContext) -> list[Grievance]:
    """The grievances of the case, by number. Asked once a turn, since many handlers want them."""
    asked: dict[object, Any] = context.work.session.info
    key = (_GRIEVANCES, context.case_id)
    if key not in asked:
        query = select(Grievance).where(Grievance.case_id == context.case_id).order_by(Grievance.number)
        asked[key] = list(context.work.session.scalars(query))
    return list(asked[key])


def add_grievance(context: JobContext, row: Grievance) -> None:
    """Put a new grievance on the file; whoever asks next sees it too."""
    context.work.session.add(row)
    context.work.session.info.pop((_GRIEVANCES, context.case_id), None)


def outcome(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Write what is given of the outcome, on the case and on its main grievance. A header wins over a variable."""
    given = {**{k: v for k, v in context.variables.items() if v is not None}, **context.headers}
    case = context.work.session.get_one(Case, context.case_id)
    changed = _set(case, OF_THE_CASE, given)
    if "is_urgent" in given:
        case.is_urgent = given["is_urgent"] in (True, "ja")
        changed["is_urgent"] = case.is_urgent
    if not given.keys().isdisjoint({"remedy", *OF_THE_MAIN_GRIEVANCE}):
        changed |= _grievances(grievances_of(context), given)
    note(context.work, event(context, "case", "changed", **changed))
    return {}


def _set(row: Case | Grievance, names: tuple[str, ...], given: Mapping[str, Any]) -> dict[str, object]:
    """Only a word is an outcome: a decision's whole answer may stand in a variable of the same name, as a suggestion."""
    changed: dict[str, object] = {}
    for name in names:
        if isinstance(given.get(name), str) and given[name]:
            changed[name] = {"old": getattr(row, name), "new": given[name]}
            setattr(row, name, given[name])
    return changed


def _grievances(rows: list[Grievance], given: Mapping[str, Any]) -> dict[str, object]:
    changed: dict[str, object] = {}
    for row in rows:
        if row.is_main:
            changed |= _set(row, OF_THE_MAIN_GRIEVANCE, given)
            if given.get("matter"):
                row.matter = str(given["matter"])
        elif row.body == OFFICE and row.first_line_gate is None:
            _set(row, ("first_line_gate", "gate_reason"), given)  # nothing else was told of it
        if given.get("remedy") and (row.is_main or stays_here(row)):
            row.remedy = str(given["remedy"])
            changed["remedy"] = row.remedy
    return changed


def stays_here(row: Grievance) -> bool:
    """True for a grievance this office handles itself, with the case."""
    return row.body == OFFICE and row.matter == "complaint" and row.transfer not in GONE_APART


def findings(office: Office, context: JobContext) -> Mapping[str, Any] | BpmnError:
    """The assessment becomes findings: per grievance per authority its finding, remedy, norms and reasons."""
    told = facts.known(context.work, context.case_id)
    assessed = told.get("assessment.grievances")
    rows = assessed if isinstance(assessed, list) else []
    if not rows:
        raise ValueError("De beoordeling bevat geen enkele grief.")
    known = grievances_of(context)
    version = office.codelists["norms"].version
    for row, number in zip(rows, _numbers(rows, known), strict=True):
        grievance = next((each for each in known if each.number == number), None)
        if grievance is None:
            grievance = Grievance(case_id=context.case_id, number=number, body=OFFICE, is_main=not known)
            add_grievance(context, grievance)
            known.append(grievance)
        grievance.finding, grievance.remedy = row.get("finding"), row.get("remedy")
        grievance.norms = sorted(int(norm) for norm in row.get("norms") or [])
        grievance.reasoning = str(row.get(REASONS) or "")
        grievance.codelist_version = version
    case = context.work.session.get_one(Case, context.case_id)
    case.assessed_theme = str(told.get(THEME) or "")
    counted = [{name: value for name, value in row.items() if name != REASONS} for row in rows]
    note(context.work, event(context, "case", "decided", findings=counted, codelist_version=version))
    main = next((each for each in known if each.is_main), known[0])
    return {"finding": main.finding, "remedy": main.remedy, "norms": list(main.norms)}


def _numbers(rows: list[Any], known: list[Grievance]) -> list[int]:
    """Which grievance each row is about: the number it names, else the next one that is handled here."""
    here = [row.number for row in sorted(known, key=lambda row: not row.is_main) if row.is_main or stays_here(row)]
    named = {int(row["grievance"]) for row in rows if row.get("grievance")}
    free = [number for number in here if number not in named]
    highest = max([0, *named, *(row.number for row in known)])
    numbers = []
    for row in rows:
        if row.get("grievance"):
            numbers.append(int(row["grievance"]))
        elif free:
            numbers.append(free.pop(0))
        else:
            highest += 1
            numbers.append(highest)
    return numbers


def close(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The case is closed, for the header's `closure_reason`: nothing is due any more. Input `settled` is a remedy to note."""
    case = context.work.session.get_one(Case, context.case_id)
    _set(case, ("closure_reason",), context.headers)
    if context.variables.get("settled"):
        _grievances(grievances_of(context), {"remedy": context.variables["settled"]})
    case.closed_at = context.now
    deadlines.meet_all(context.work, case.id, context.now)
    note(context.work, event(context, "case", "changed", closed=True, closure_reason=case.closure_reason))
    return {"closed_on": deadlines.local_day(context.now), "closure_reason": case.closure_reason}


def reopen(office: Office, context: JobContext) -> Mapping[str, Any]:
    """A closed case goes on (review). The outcome stays until a new one replaces it."""
    context.work.session.get_one(Case, context.case_id).closed_at = None
    note(context.work, event(context, "case", "changed", closed=False))
    return {}


def complainant(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Whoever was anonymous made themselves known, or is to be reached elsewhere: name and addresses go from the facts to the file.

    Mail that did not arrive leaves again for the new address. How they were reached before is remembered: where the name is withheld,
    that must not stand in a text for the service either.
    """
    case = context.work.session.get_one(Case, context.case_id)
    known = facts.known(context.work, case.id)
    case.complainant_name = str(known.get("complainant.name") or "")[:200]
    case.search_text = search_words(case, known)
    party = complainant_of(context.work, case.id) or Party(case_id=case.id, role="complainant")
    before, party.name = (party.email, party.phone, party.address), case.complainant_name
    party.email, party.phone = (str(known.get(f"complainant.{part}") or "") or None for part in ("email", "phone"))
    party.address = postal_address(known)
    context.work.session.add(party)
    _remember_before(context, known, [each for each in before if each], (party.email, party.phone, party.address))
    if before[0] and party.email and before[0] != party.email:
        mail.readdress(office, context.work, case.id, before[0], party.email)
    note(context.work, event(context, "party", "changed", role="complainant"))
    return {}


def _remember_before(
    context: JobContext, known: Mapping[str, object], before: list[str], now: tuple[str | None, ...]
) -> None:
    lines = [*filter(None, str(known.get(EARLIER) or "").split("\n")), *(each for each in before if each not in now)]
    if lines:
        told = {EARLIER: "\n".join(dict.fromkeys(lines))}
        facts.remember(context.work, context.case_id, told, personal=(EARLIER,), at=context.now)
