"""One user task in the eyes of the authority or complainant who holds its link: the question, and what they may know beside it.

In: the row and its holder. Out: the form with what was kept, the letters addressed to them, what they sent. An authority sees
the case only through `visible_to_authority`; a withheld name is taken out of every text once more on the way out. Only reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cases import facts
from cases.models import Case, Document, Letter
from cases.parties import ForAuthority, names_of, visible_to_authority, withheld_in, without_name
from forms.schema import Form
from forms.summary import Part, summary
from history.log import Event
from identity.people import Actor
from identity.roles import AUTHORITY, COMPLAINANT
from storage.unit_of_work import Reading
from tasks import form_values, turn
from tasks.citizens import external, more_time
from tasks.citizens.complainant import PaperNotFound
from tasks.citizens.more_time import MoreTime
from tasks.forms_in_use import choices_of, form_version
from tasks.letters import letter_pdf
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment import minutes

READERS = {AUTHORITY: (AUTHORITY, "head_of_authority")}


@dataclass(frozen=True)
class Paper:
    """A letter as its reader may read it."""

    id: int
    subject: str
    body: str
    written_at: datetime


@dataclass(frozen=True)
class Question:
    """What the holder of the link sees.

    `state` is open, answered (by them), noted (by the office: the answer came another way) or overtaken (by the case).
    """

    number: str
    name: str
    role: str
    language: str
    state: str
    due_at: datetime | None
    closed_at: datetime | None
    version: int
    form: Form | None
    values: Mapping[str, Any]
    inputs: Mapping[str, Any]
    seen: ForAuthority | None
    letters: Sequence[Paper]
    files: Sequence[str]
    sent: Sequence[Part]
    more_time: MoreTime | None = None


def of(office: Office, reading: Reading, row: UserTask, holder: Actor) -> Question:
    """The question behind a link."""
    case = reading.session.get_one(Case, row.case_id)
    known = facts.known(reading, case.id)
    hidden = names_of(case, known) if row.role != COMPLAINANT and case.name_withheld else []
    form = form_version(reading, row.form_key, row.form_version) if row.form_key else None
    language = external.language_of(office, case, row)
    inputs = {name: _clean(value, hidden, language) for name, value in row.inputs.items()}
    told = {name: _clean(value, hidden, language) for name, value in {**known, **minutes.told(reading, row)}.items()}
    said = _answered(office, reading, row)
    is_answered = said is not None and row.closed_by == holder.id
    return Question(
        number=case.number,
        name=row.name,
        role=row.role,
        language=language,
        state=_state(row, said, is_answered=is_answered),
        due_at=row.due_at,
        closed_at=row.closed_at,
        version=row.version,
        form=form,
        values=_values(form, row, told, inputs),
        inputs=inputs,
        seen=visible_to_authority(case, known, language) if row.role == AUTHORITY else None,
        letters=_letters(office, reading, case, row, hidden),
        files=list(reading.session.scalars(select(Document.name).where(Document.user_task_id == row.id))),
        sent=_sent(office, row, form, known, said) if form and said and is_answered else (),
        more_time=more_time.of(office, reading, row),
    )


def _clean(value: object, hidden: Sequence[str], language: str) -> object:
    return withheld_in(without_name(value, hidden), language) if isinstance(value, str) else value


def _values(form: Form | None, row: UserTask, known: Mapping[str, object], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Where the form starts, from what its holder may know. An authority's form never starts from a fact about the complainant."""
    if form is None:
        return {}
    is_authority = row.role == AUTHORITY
    told = {
        name: value
        for name, value in known.items()
        if not (is_authority and name.startswith(("complainant.", "complaint.")))
    }
    started = form_values.starting(form, row, told, (), row.draft)
    return {name: inputs.get(name, value) if row.draft is None else value for name, value in started.items()}


def _letters(office: Office, reading: Reading, case: Case, row: UserTask, hidden: Sequence[str]) -> list[Paper]:
    """The letters to this reader, the newest first. A case may have several authorities: each reads its own."""
    readers = READERS.get(row.role, (row.role,))
    query = select(Letter).where(
        Letter.case_id == case.id, Letter.to_role.in_(readers), Letter.template != external.INVITATION
    )
    if row.role == AUTHORITY:
        asked = office.register.get(row.authority_key)
        query = query.where(Letter.to_name == (asked.name if asked else case.authority_name))
    rows = reading.session.scalars(query.order_by(Letter.id.desc()))
    return [Paper(r.id, _told(r.subject, hidden, r), _told(r.body, hidden, r), r.written_at) for r in rows]


def _told(text: str, hidden: Sequence[str], letter: Letter) -> str:
    return withheld_in(without_name(text, hidden), letter.language)


def sheet(office: Office, reading: Reading, row: UserTask, letter_id: int) -> letter_pdf.Sheet:
    """One letter to the holder of the link, as it is printed. Raises PaperNotFound for any other."""
    case = reading.session.get_one(Case, row.case_id)
    known = facts.known(reading, case.id)
    hidden = names_of(case, known) if row.role == AUTHORITY and case.name_withheld else []
    found = next((each for each in _letters(office, reading, case, row, hidden) if each.id == letter_id), None)
    if found is None:
        raise PaperNotFound
    letter = reading.session.get_one(Letter, letter_id)
    return letter_pdf.sheet(reading, case, letter, found.subject, found.body)


def _answered(office: Office, reading: Reading, row: UserTask) -> Event | None:
    """The event that finished the task, if one did."""
    if row.closed_at is None:
        return None
    events = office.log.read(reading, turn.stream_of(row.case_id))
    found = (e for e in reversed(events) if e.transition == "completed" and e.data.get("token") == row.token_id)
    return next(found, None)


def _state(row: UserTask, said: Event | None, *, is_answered: bool) -> str:
    if row.closed_at is None:
        return "open"
    if is_answered:
        return "answered"
    return "noted" if said is not None and "on_behalf" in said.data else "overtaken"


def _sent(office: Office, row: UserTask, form: Form, known: Mapping[str, object], said: Event) -> list[Part]:
    """What they answered, as the history keeps it; a fact that stayed the same is in the file."""
    answers: Any = said.data.get("answers")
    values: dict[str, Any] = dict(answers) if isinstance(answers, Mapping) else {}
    changed: dict[str, Any] = {**values.pop("changed", {}), **said.personal}
    for each in form.inputs():
        name = each.fact or each.key
        if each.key not in values and name in changed:
            values[each.key] = changed[name]["new"]
        elif each.key not in values and each.goes_to in ("case", "both"):
            values[each.key] = known.get(name)
    return summary(form, values, codelists=choices_of(office), context=row.inputs)
