"""Jobs of an investigation: what a step found becomes evidence, and that both parties could answer is noted on the file.

The texts of a step go by facts named `evidence.…`, since the token carries decisions only. They leave the facts for the register in
the same turn: a letter can name every fact, and the next visit must not begin with the report of the last.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from cases import evidence, facts
from cases.deadlines import local_day
from cases.models import Case
from cases.parties import WITHHELD_IN, names_of, withheld_in, without_name
from engine.step import JobContext
from tasks.completion import COMPLETING
from tasks.handlers.case_file import event
from tasks.models import UserTask
from tasks.office import Office
from tasks.turn import note

REPORT = "evidence.report"
OF_STEP = (
    "evidence.source",
    "evidence.on",
    REPORT,
    "evidence.address",
    "evidence.confirmed",
    "evidence.confidentiality",
)
CONFIRMED = {
    "ja": "Nagelezen en bevestigd door wie gehoord werd.",
    "verbeterd": "Nagelezen en verbeterd door wie gehoord werd.",
    "nee": "Niet nagelezen door wie gehoord werd.",
}


def add_evidence(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Put in the register what the user task of header `from` told, and each file that came with it. Header `kind` says what it is.

    Header `text` names the fact that holds it; by default the facts of the step itself, which go from the file to the register.
    Nothing told and no file is no evidence. Gives the number of what was told.
    """
    known = facts.known(context.work, context.case_id)
    name = context.headers.get("text", REPORT)
    report = _report(known, name)
    case = context.work.session.get_one(Case, context.case_id)
    common: dict[str, Any] = {
        "source": str(known.get("evidence.source") or case.authority_name or "de dienst"),
        "obtained_on": _day(known.get("evidence.on")) or local_day(context.now),
        "confidentiality": str(known.get("evidence.confidentiality") or evidence.OPEN),
        "by": _told_by(context),
        "at": context.now,
    }
    files = evidence.unregistered(context.work, context.case_id, _user_tasks(context))
    rows = [
        evidence.add(
            context.work,
            context.case_id,
            kind=context.headers["kind"],
            description=report,
            address=str(known.get("evidence.address") or "") or None,
            **common,
        )
        for _ in range(bool(report))
    ]
    rows += [
        evidence.add(context.work, context.case_id, kind="document", description=each.name, document=each, **common)
        for each in files
    ]
    if name == REPORT:
        _leave_the_file(context)
    for row in rows:
        told = {"number": row.number, "kind": row.kind, "confidentiality": row.confidentiality, "digest": row.digest}
        note(context.work, event(context, "evidence", "received", **told))
    return {"evidence_number": rows[0].number if rows else None}


def _told_by(context: JobContext) -> str:
    """Who completes the step in this turn; the engine, where it went on by itself."""
    element, actor_id = context.work.session.info.get(COMPLETING, ("", ""))
    return actor_id if element and element == context.headers.get("from") else "system:engine"


def confirm_evidence(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Whoever was heard read minutes `number` again: what they mended stands beside the first text from now on."""
    known = facts.known(context.work, context.case_id)
    case = context.work.session.get_one(Case, context.case_id)
    row = evidence.numbered(context.work, context.case_id, int(context.variables["number"]))
    shown = without_name(row.description, names_of(case, known)) if case.name_withheld else row.description
    alike = [withheld_in(shown, language) for language in ("nl", *WITHHELD_IN)]
    is_mended = evidence.confirm(row, str(known.get(REPORT) or ""), local_day(context.now), alike=alike)
    _leave_the_file(context)
    note(context.work, event(context, "evidence", "completed", number=row.number, mended=is_mended))
    return {}


def _leave_the_file(context: JobContext) -> None:
    """What a step told goes from the facts: the register has it, and no letter may name it."""
    known = facts.known(context.work, context.case_id)
    gone = {fact: None for fact in OF_STEP if known.get(fact) is not None}
    facts.remember(context.work, context.case_id, gone, personal=gone, at=context.now)


def _report(known: Mapping[str, object], name: str) -> str:
    told = str(known.get(name) or "")
    confirmed = CONFIRMED.get(str(known.get("evidence.confirmed") or ""), "")
    return "\n\n".join(filter(None, (told, confirmed)))


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _user_tasks(context: JobContext) -> list[int]:
    """The user tasks of the step in this process, open and done: it may be taken several times."""
    query = select(UserTask.id).where(
        UserTask.instance_id == context.instance_id, UserTask.element_id == context.headers.get("from", "")
    )
    return list(context.work.session.scalars(query))


def parties_heard(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Both parties had the findings and their term: who answered goes on the file, and from today they are heard."""
    today = local_day(context.now)
    answered = [each for each in evidence.PARTIES if context.variables.get(f"{each}_replied") == "ja"]
    told = {f"hearing.{each}": "replied" if each in answered else "silent" for each in evidence.PARTIES}
    over = dict.fromkeys(("hearing.lapsed_on", "hearing.motivation"))
    facts.remember(context.work, context.case_id, {"hearing.on": today.isoformat(), **told, **over}, at=context.now)
    note(context.work, event(context, "hearing", "completed", answered=answered))
    return {"parties_heard_on": today}


def hearing_lapses(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Something new is known, or the complaint is treated again: a hearing of before (`heard_on`) holds no longer."""
    if context.variables.get("heard_on") is not None:
        today = local_day(context.now).isoformat()
        gone = {"hearing.on": None, **{f"hearing.{each}": None for each in evidence.PARTIES}}
        facts.remember(context.work, context.case_id, {**gone, "hearing.lapsed_on": today}, at=context.now)
        note(context.work, event(context, "hearing", "changed"))
    return {"parties_heard_on": None}
