"""What stands in a form: where it starts, and what to show of half-filled answers. Reads nothing, changes nothing.

A form starts with the draft, else with what the diagram gave it (its inputs) and, for a list about the grievances of the case,
with a row for each of them that this office handles.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from cases import facts
from cases.models import Case, Grievance
from forms.schema import Field, Form
from forms.validation import validate
from storage.unit_of_work import Reading
from tasks.forms_in_use import choices_of
from tasks.handlers.case_file import stays_here
from tasks.models import UserTask
from tasks.office import Office

GRIEVANCES = "assessment.grievances"
GRIEVANCE_NUMBER = "grievance"


def starting(
    form: Form,
    row: UserTask,
    facts: Mapping[str, object],
    grievances: Sequence[Grievance],
    draft: Mapping[str, Any] | None,
    proposed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The values a person finds in the form of a user task; `draft` is theirs to go on with, if there is one.

    `proposed` are the answers of decisions, for fields the diagram gave no value.
    """
    if draft is not None:
        return dict(draft)
    values: dict[str, Any] = {}
    for each in form.inputs():
        if each.key in row.inputs:
            values[each.key] = row.inputs[each.key]
        elif each.type == "dynamiclist" and each.fact == GRIEVANCES:
            known = facts.get(GRIEVANCES)
            rows = known if isinstance(known, list) else []
            values[each.key] = rows or _rows(each, grievances)
        elif (source := each.starts_from or (each.fact if each.is_readonly else None)) and source in facts:
            values[each.key] = facts[source]
        elif proposed and each.key in proposed:
            values[each.key] = proposed[each.key]
    return values


def of_message(form: Form, reading: Reading, case: Case) -> dict[str, Any]:
    """The values a person finds in the form of a message about a case: what is known already where it asks to mend that, and the
    grievances where it asks for each."""
    known = facts.known(reading, case.id)
    sources = {each.key: each.starts_from or (each.fact if each.is_readonly else None) for each in form.inputs()}
    values = {key: known[source] for key, source in sources.items() if source and known.get(source) is not None}
    lists = [each for each in form.inputs() if each.type == "dynamiclist" and each.fact == GRIEVANCES]
    if not lists:
        return values
    grievances = reading.session.scalars(
        select(Grievance).where(Grievance.case_id == case.id).order_by(Grievance.number)
    )
    rows = list(grievances)
    return values | {each.key: _rows(each, rows) for each in lists}


def _rows(each: Field, grievances: Sequence[Grievance]) -> list[dict[str, Any]]:
    """A row for each grievance this office handles, with its number where the form asks for it."""
    asks_number = any(inner.key == GRIEVANCE_NUMBER for inner in each.components)
    here = [row.number for row in grievances if row.is_main or stays_here(row)]
    return [{GRIEVANCE_NUMBER: number} if asks_number else {} for number in here] or [{}]


def shown(
    office: Office, form: Form, raw: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Raw answers with their types where they have one, so that conditions on them hold; nothing typed is lost."""
    checked = validate(form, raw, codelists=choices_of(office), context=context)
    lists = {each.key for each in form.inputs() if each.type == "dynamiclist"}
    typed = {k: v for k, v in checked.values.items() if k not in lists and v not in (None, "")}
    return {**raw, **typed}
