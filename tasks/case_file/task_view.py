"""A user task as whoever does it sees it: the form with its values, the suggestion of the rules, and the file in short."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from cases.models import Case, Document, Grievance, Letter
from cases.related import RelatedCase
from cases.treatment_models import ConflictOfInterest, Evidence, MediationNote, MediationProposal
from forms.schema import Form
from history.models import EventRow
from identity.people import Actor
from storage.unit_of_work import Reading
from tasks import worklist
from tasks.case_file import case_view, timeline
from tasks.case_file.case_parts import (
    DeadlineView,
    DecisionView,
    FactView,
    IncidentView,
    OpenTaskView,
    Summary,
)
from tasks.case_file.spoken import names_in, who
from tasks.case_file.timeline import Entry
from tasks.citizens import on_behalf
from tasks.form_values import starting
from tasks.forms_in_use import form_version
from tasks.joined.transfer_models import Transfer
from tasks.models import Mail, OpenChoice, UserTask
from tasks.office import Office
from tasks.studio import definition_words, form_decisions
from tasks.treatment import minutes, open_choices
from tasks.turn import stream_of

# What the head of the file says already.
IN_THE_HEAD = frozenset(
    {"complaint.subject", "complaint.services", "complaint.channel", "complaint.language", "complaint.consent"}
)


# What made a task lapse is told with it; it came some thousandths of a second before.
ONE_TURN = timedelta(seconds=2)

# What is counted for which tab of the case.
PARTS: Sequence[tuple[str, Callable[[int], tuple[ColumnElement[bool], ...]]]] = (
    ("brieven", lambda case_id: (Letter.case_id == case_id,)),
    ("stukken", lambda case_id: (Document.case_id == case_id,)),
    ("bewijs", lambda case_id: (Evidence.case_id == case_id,)),
    ("bemiddeling", lambda case_id: (MediationNote.case_id == case_id,)),
    ("bemiddeling", lambda case_id: (MediationProposal.case_id == case_id,)),
    ("samen", lambda case_id: (RelatedCase.case_id == case_id, RelatedCase.until.is_(None))),
    ("samen", lambda case_id: (RelatedCase.leading_id == case_id, RelatedCase.until.is_(None))),
    ("overdracht", lambda case_id: (Transfer.case_id == case_id,)),
    ("unsent", lambda case_id: (Mail.case_id == case_id, Mail.state == "dead")),  # of no tab: told at the head
    (
        "belangenconflict",
        lambda case_id: (ConflictOfInterest.case_id == case_id, ConflictOfInterest.lifted_at.is_(None)),
    ),
)


@dataclass(frozen=True)
class Brief:
    """The file in short: what stands beside every page of a case."""

    summary: Summary
    open_tasks: list[OpenTaskView]
    deadlines: list[DeadlineView]
    latest: list[Entry]
    incidents: list[IncidentView]
    choices: Sequence[OpenChoice] = ()
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskView:
    """Everything the page of a user task shows. `next_task` is what the actor could do after this one.

    `is_lapsed`: the diagram took it away before anybody finished it.
    """

    brief: Brief
    form: Form | None
    values: dict[str, Any]
    assignee: str
    draft_by: str
    closed_by: str
    is_lapsed: bool
    may_complete: bool
    may_answer_for: bool
    draft_mark: str
    suggestions: list[DecisionView]
    other_decisions: list[DecisionView]
    facts: list[FactView]
    grievances: list[tuple[int, str, str]]
    since: list[Entry] = field(default_factory=list)
    next_in_case: OpenTaskView | None = None
    next_task: worklist.Item | None = None


def brief(
    office: Office, reading: Reading, case: Case, words: definition_words.Words, names: dict[str, str], count: int = 5
) -> Brief:
    """The file in short. `counts` say by tab how much there is (`PARTS`). Seven statements."""
    counts, has_choices = _counts(reading, case.id)
    return Brief(
        summary=case_view.summary(office, case),
        open_tasks=case_view.open_tasks(reading, case.id, names),
        deadlines=[each for each in case_view.deadlines(office, reading, case.id) if each.met_at is None],
        latest=timeline.latest(office, reading, case.id, words, names, count),
        incidents=case_view.incidents(reading, case.id),
        choices=open_choices.of_case(reading, case.id) if has_choices else (),
        counts=counts,
    )


def _counts(reading: Reading, case_id: int) -> tuple[dict[str, int], bool]:
    """How much there is of each part, and whether there is something to choose: one statement."""
    parts = [select(func.count()).where(*condition(case_id)).scalar_subquery() for _, condition in PARTS]
    choices = select(OpenChoice.id).where(OpenChoice.case_id == case_id).exists()
    *found, has_choices = reading.session.execute(select(*parts, choices)).one()
    counts: dict[str, int] = {}
    for (tab, _), count in zip(PARTS, found, strict=True):
        counts[tab] = counts.get(tab, 0) + count
    return counts, bool(has_choices)


def of(office: Office, reading: Reading, actor: Actor, row: UserTask) -> TaskView:
    """The view of a user task the actor may see."""
    case = reading.session.get_one(Case, row.case_id)
    words, names = definition_words.load(reading), names_in(office, reading)
    short = brief(office, reading, case, words, names, 5 if row.closed_at is None else 20)
    facts = case_view.file_facts(office, reading, case.id, words)
    grievances = list(
        reading.session.scalars(select(Grievance).where(Grievance.case_id == case.id).order_by(Grievance.number))
    )
    may_answer_for = worklist.may_answer_for(actor, row)
    form = form_version(reading, row.form_key, row.form_version) if row.form_key else None
    if form and may_answer_for:
        form = on_behalf.with_how_it_came(form, needs_proof=bool(row.inputs.get(on_behalf.PROOF)))
    draft = on_behalf.draft_of(row, actor)
    decided = timeline.decisions(office, reading, case.id, words)
    fresh = [each for each in decided if each.at == row.opened_at][:1]
    return TaskView(
        brief=short,
        form=form,
        values=_values(office, reading, form, row, facts, grievances, draft.answers) if form else {},
        assignee=who(row.assignee, names) if row.assignee else "",
        draft_by=who(draft.by, names) if draft.answers is not None else "",
        closed_by=_closed_by(short.latest, row) or who(row.closed_by, names),
        is_lapsed=row.closed_at is not None and _is_lapsed(reading, row),
        may_complete=worklist.may_complete(actor, row) and row.assignee in (None, actor.id),
        may_answer_for=may_answer_for,
        draft_mark=draft.mark,
        suggestions=fresh,
        other_decisions=[each for each in decided if each not in fresh],
        facts=[each for each in facts if each.name not in IN_THE_HEAD],
        grievances=[(each.number, each.authority_name, each.summary) for each in grievances],
        **_after(reading, actor, row, short),
    )


def _values(
    office: Office,
    reading: Reading,
    form: Form,
    row: UserTask,
    facts: Sequence[FactView],
    grievances: Sequence[Grievance],
    draft: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What stands in the form; decisions propose only where nobody began to answer."""
    proposed = form_decisions.proposed(office, reading, form, row) if draft is None and row.closed_at is None else {}
    known = {**{each.name: each.value for each in facts}, **minutes.told(reading, row)}
    return starting(form, row, known, grievances, draft, proposed)


def _after(reading: Reading, actor: Actor, row: UserTask, short: Brief) -> dict[str, Any]:
    """For a finished task: what happened since, and what to do next."""
    if row.closed_at is None:
        return {}
    mine = (each for each in short.open_tasks if each.role in actor.roles and each.assignee in (None, actor.id))
    return {
        "since": _since(short.latest, row),
        "next_in_case": next(mine, None),
        "next_task": worklist.next_for(reading, actor, besides=row.id),
    }


def _closed_by(latest: list[Entry], row: UserTask) -> str:
    """Who finished it, and for whom; empty when that is long ago."""
    at = _end(latest, row)
    return "" if at is None else latest[at].who


def _end(latest: list[Entry], row: UserTask) -> int | None:
    """Where it was finished. A task that is done again has several such lines: its own is the first after it closed."""
    ends = [
        at for at, each in enumerate(latest) if _is_end_of(row, each) and row.closed_at and each.at >= row.closed_at
    ]
    return ends[-1] if ends else None


def _is_lapsed(reading: Reading, row: UserTask) -> bool:
    """True when its token was withdrawn: a message came, a term passed, or somebody stepped in."""
    query = select(EventRow.data).where(
        EventRow.stream == stream_of(row.case_id),
        EventRow.activity == row.element_id,
        EventRow.transition == "cancelled",
    )
    withdrawn = (json.loads(data) for data in reading.session.scalars(query))
    return any((each["instance"], each["token"]) == (row.instance_id, row.token_id) for each in withdrawn)


def _is_end_of(row: UserTask, entry: Entry) -> bool:
    """True for the line that tells a task was finished; of one that is done several times it says which."""
    title = f"Afgewerkt: {row.name}"
    return entry.title == title or entry.title.startswith(f"{title} (")


def _since(latest: list[Entry], row: UserTask) -> list[Entry]:
    """What came after the task was finished, the newest first. Of a turn only the order tells: its moments differ by some thousandths."""
    finished = _end(latest, row)
    if finished is not None:
        return latest[:finished]
    return [entry for entry in latest if row.closed_at and entry.at >= row.closed_at - ONE_TURN]
