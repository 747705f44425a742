"""The jobs of a summary for the public: what in it may point at somebody, and the summary on and off the public page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from cases import deadlines, facts
from cases.folding import normal
from cases.models import Case, Fact
from cases.publications import CaseSummary, CaseSummaryNorm
from engine.step import JobContext
from tasks.handlers.case_file import event, grievances_of
from tasks.letters import namelessness
from tasks.office import Office
from tasks.reporting import traces
from tasks.turn import note

THEME = "complaint.theme"
TITLE, TEXT, TRACES = "summary.title", "summary.text", "summary.traces"
# Words of the file that are somebody's own and never stand in a public text.
REFERENCES = ("complaint.decision_reference", "first_line.reference", "complainant.postcode")
YEAR = timedelta(days=365)
PUBLISHED, WITHDRAWN = "published", "withdrawn"


def find_traces(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Count what in the written summary may point at somebody; the words themselves are a fact of the file, and sealed."""
    known = facts.known(context.work, context.case_id)
    case = context.work.session.get_one(Case, context.case_id)
    text = f"{known.get(TITLE) or ''}\n{known.get(TEXT) or ''}"
    own = _own_words(office, context, case, known)
    own[traces.DOUBTFUL] = [each for each in namelessness.suspects(text) if not office.register.find(each, limit=1)]
    found = traces.found(text, own)
    told = traces.told(found)
    facts.remember(context.work, case.id, {TRACES: told}, personal={TRACES}, at=context.now)
    note(context.work, replace(event(context, "summary", "checked", found=len(found)), personal={TRACES: told}))
    identifiers = sum(each.is_identifier for each in found)
    return {
        "summary_identifiers": identifiers,
        "summary_traces_found": sum(each.kind != traces.DOUBTFUL for each in found) - identifiers,
        "summary_alike": _alike(context, case, known.get(THEME)),
    }


def _own_words(office: Office, context: JobContext, case: Case, known: Mapping[str, object]) -> dict[str, list[str]]:
    names = namelessness.of_case(context.work, case)
    towns = {word for each in office.register.authorities if each.level == "local" for word in each.aliases}
    here = office.register.get(case.authority_key)
    home = str(known.get("complainant.municipality") or "")
    places = {*towns, home} - {"", *(here.aliases if here else ())}
    references = [str(known[name]) for name in REFERENCES if known.get(name)]
    own = {"naam": [*names.complainant, *names.staff], "kenmerk": references}
    own["plaats"] = sorted(places, key=len, reverse=True)
    return own


def _alike(context: JobContext, case: Case, theme: object) -> int:
    """How many cases of the same year before are about the same service and theme: in a small group few words point at somebody."""
    query = select(func.count(Case.id)).where(
        Case.authority_key == case.authority_key, Case.received_at.between(case.received_at - YEAR, context.now)
    )
    if theme:
        same = select(Fact.case_id).where(Fact.name == THEME, Fact.value == theme, Fact.replaced_at.is_(None))
        query = query.where(Case.id.in_(same))
    return context.work.session.scalar(query) or 0


def keep(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Header `step`: published puts the approved summary on the public page and sets `summary_id`; withdrawn takes that one off."""
    step = context.headers["step"]
    if step == PUBLISHED:
        row = _published(office, context)
    elif step == WITHDRAWN:
        row = context.work.session.get_one(CaseSummary, int(context.variables["summary_id"]))
        row.withdrawn_at = context.now
    else:
        raise ValueError(f"De stap '{step}' van een samenvatting bestaat niet. Kies: {PUBLISHED}, {WITHDRAWN}.")
    note(context.work, event(context, "summary", step, number=row.number))
    return {"summary_id": row.id}


def _published(office: Office, context: JobContext) -> CaseSummary:
    case, known = context.work.session.get_one(Case, context.case_id), facts.known(context.work, context.case_id)
    authority = office.register.get(case.authority_key)
    grievances = grievances_of(context)
    main = next((each for each in grievances if each.is_main), None)
    title, text = str(known[TITLE]), str(known[TEXT])
    row = CaseSummary(
        case_id=case.id,
        year=deadlines.local_day(context.now).year,
        language=str(context.variables["summary_language"]),
        title=title,
        text=text,
        authority_key=authority.key if authority else None,
        authority=authority.name if authority else "",
        theme=str(known[THEME]) if known.get(THEME) else None,
        finding=main.finding if main else None,
        remedy=main.remedy if main else None,
        search_text=normal(f"{title} {text} {authority.name if authority else ''}"),
        goes_with_case=context.variables.get("summary_goes") == "goes",
        published_at=context.now,
    )
    context.work.session.add(row)
    context.work.session.flush()
    norms = sorted({int(norm) for each in grievances for norm in each.norms})
    context.work.session.add_all(CaseSummaryNorm(summary_id=row.id, norm=norm) for norm in norms)
    return row
