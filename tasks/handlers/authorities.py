"""The job that finds out who is complained of: the citizen's own words, looked up in the register."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from sqlalchemy import delete, select

from cases import facts
from cases.folding import normal
from cases.meaning import meant
from cases.models import Case, Deadline, Grievance, Party
from cases.narrative import ORDINARY, first_line_told, mentions_council_of_state
from cases.register import OFFICE, Authority
from cases.searching import search_words
from engine.step import JobContext
from tasks.handlers.case_file import add_grievance, event
from tasks.office import Office
from tasks.turn import note

COUNCIL_OF_STATE = "raad_van_state"
# Gate and reason as the narrative tells them.
Told = tuple[str, str] | None


def register(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Look each name up; open one grievance per authority. The main one is the first that this office is competent for.

    What the front office wrote instead of the complainant's own words counts, and replaces what was opened before.
    """
    case = context.work.session.get_one(Case, context.case_id)
    known = facts.known(context.work, case.id)
    narrative = str(known.get("complaint.narrative") or "")
    named = str(known.get("complaint.authority_correction") or known.get("complaint.services") or "")
    apart = _forget(context)
    found = _found(office, named, str(known.get("complainant.municipality") or ""))
    if not found:
        found = _by_what_it_does(office, named, f"{case.subject}\n{narrative}")
    told = {each: first_line_told(narrative, (each.name, *each.aliases, found[each])) for each in found}
    main = _main(found, told, is_contacted=known.get("first_line.contacted") == "ja")
    case.authority_key = main.key if main else None
    case.authority_name = (found[main] if main else named)[:200]
    case.search_text = search_words(case, known)
    free = (number for number in count(1) if number not in apart)
    if not found:
        add_grievance(context, Grievance(case_id=case.id, number=next(free), summary=case.subject, is_main=True))
    for each in found:
        if each == main or each.key not in apart.values():
            _open(context, case, next(free), each, each == main, told[each], found[each])
    note(context.work, event(context, "register", "decided", named=named, authority=case.authority_key))
    appeal = main.appeal if main else ""
    if not appeal and mentions_council_of_state(narrative):
        appeal = COUNCIL_OF_STATE
    return {
        "authority_key": case.authority_key,
        "authority_level": main.level if main else None,
        "authority_body": main.body if main else None,
        "authority_appeal": appeal,
    }


def _forget(context: JobContext) -> dict[int, str | None]:
    """The grievances start afresh with the right authority. Only a part that went its own way already, with terms of its own, stays:
    gives its number and authority.
    """
    own_terms = select(Deadline.grievance).where(Deadline.case_id == context.case_id, Deadline.grievance.is_not(None))
    rows, contacts = Grievance.case_id == context.case_id, Party.case_id == context.case_id
    context.work.session.execute(delete(Grievance).where(rows, Grievance.number.not_in(own_terms)))
    context.work.session.execute(delete(Party).where(contacts, Party.role == "authority_contact"))
    stayed = select(Grievance.number, Grievance.authority_key).where(rows)
    return {row.number: row.authority_key for row in context.work.session.execute(stayed)}


def _main(found: Iterable[Authority], told: Mapping[Authority, Told], *, is_contacted: bool) -> Authority | None:
    """The first of ours; when there was a first line, the first of ours that the narrative does not call untried."""
    ours = [each for each in found if each.body == OFFICE]
    tried = [each for each in ours if (told[each] or ("", ""))[1] != "nog_geen_contact"]
    return next(iter([*(tried if is_contacted else []), *ours, *found]), None)


def _found(office: Office, named: str, municipality: str) -> dict[Authority, str]:
    """The authorities meant, each once, in the order in which they were named, with the name to write to them."""
    found: dict[Authority, str] = {}
    unknown: list[str] = []
    for text in (each.strip() for each in named.replace(";", "\n").splitlines()):
        matches = office.register.find(text, limit=1)
        if not matches:
            unknown += [text] if text else []
            continue
        authority, name = matches[0].authority, text
        if authority.level == "local" and authority.is_kind:
            name = f"{text} {municipality}".strip() if _names_nobody(text, authority) else text
            authority = office.register.local(name) or authority
        found.setdefault(authority, name if authority.is_kind else authority.name)
    for kind in [each for each in found if each.is_kind and _names_nobody(found[each], each)]:
        # "De Eikenhof" and "sociale verhuurder": two names for one landlord, the first is its own.
        found[kind] = unknown[0] if unknown else found[kind]
    return found


def _by_what_it_does(office: Office, named: str, story: str) -> dict[Authority, str]:
    """No name is known: the story may tell what kind of service it is ("mijn energieleverancier"). The front office looks at it."""
    told = next((each for each in meant(office.register, (), story) if each.authority.is_kind), None)
    return (
        {}
        if told is None
        else {told.authority: named.splitlines()[0].strip() if named.strip() else told.authority.name}
    )


def _names_nobody(text: str, kind: Authority) -> bool:
    """True when a text is only the word for a kind of authority: "mijn gemeente", "sociale verhuurder"."""
    words = {word for word in normal(text).split() if word not in ORDINARY}
    return any(words <= set(normal(name).split()) for name in (kind.name, *kind.aliases))


def _open(
    context: JobContext, case: Case, number: int, authority: Authority, is_main: bool, told: Told, named: str
) -> None:
    row = Grievance(
        case_id=case.id,
        number=number,
        summary=case.subject,
        authority_key=authority.key,
        authority_name=named[:200],
        body=authority.body,
        transfer="none" if authority.body == OFFICE else "refer",
        is_main=is_main,
    )
    if told is not None and not is_main and authority.body == OFFICE:
        row.first_line_gate, row.gate_reason = told
    contact = Party(
        case_id=case.id,
        role="authority_contact",
        name=named[:200],
        email=authority.email or None,
        authority_key=authority.key,
    )
    add_grievance(context, row)
    context.work.session.add(contact)
