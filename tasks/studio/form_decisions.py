"""Forms that ask a decision: a field whose answer a decision table proposes, and a person confirms or changes.

A field's properties name it: `{"decided_by": "urgency"}`, and `"answer": "ground"` for one of several answers. The decision in use
is taken when the form is opened, on the variables of the process and what the diagram gave the form. It only proposes: what the
person sends counts, and a decision that has no answer proposes nothing.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine import definitions
from engine.decisions import DecisionFailed
from engine.errors import NotYetActive
from engine.findings import ERROR, Finding
from engine.moments import OFFICE_ZONE
from forms.schema import CHOICES, Choice, Field, Form, FormRefused, parse
from storage.unit_of_work import Reading
from tasks.forms_in_use import choices_of, plain
from tasks.models import UserTask
from tasks.office import Office

RULE = "forms"
_KINDS: dict[str, type | tuple[type, ...]] = {
    "checkbox": bool,
    "number": (int, Decimal),
    "textfield": str,
    "textarea": str,
    "datetime": date,
}


def proposed(office: Office, reading: Reading, form: Form, row: UserTask) -> dict[str, Any]:
    """By field key the answers that decisions propose; a value the field could not have is left out."""
    asking = [each for each in form.inputs() if each.decided_by]
    if not asking:
        return {}
    context = {**office.engine.variables(reading, row.instance_id), **row.inputs}
    answers = {key: _answer(office, reading, key, context) for key in {each.decided_by or "" for each in asking}}
    lists, found = choices_of(office), dict[str, Any]()
    for each in asking:
        answer = answers[each.decided_by or ""]
        value = answer.get(each.answer) if each.answer and isinstance(answer, dict) else answer
        if _fits(each, value, lists):
            found[each.key] = plain(value)
    return found


def _answer(office: Office, reading: Reading, key: str, context: Mapping[str, Any]) -> Any:
    try:
        model, _ = office.engine.specs.decision_in_use(reading, key)
        return model.evaluate(key, context, office.clock.now().astimezone(OFFICE_ZONE)).value
    except (DecisionFailed, NotYetActive):
        return None


def _fits(field: Field, value: Any, lists: Mapping[str, tuple[Choice, ...]]) -> bool:
    if field.type in CHOICES:
        known = {choice.value for choice in field.choices or lists.get(field.codelist or "", ())}
        return known.issuperset(value) if isinstance(value, list) else value in known and field.type != "checklist"
    wanted = _KINDS.get(field.type)
    return wanted is not None and isinstance(value, wanted) and isinstance(value, bool) == (field.type == "checkbox")


def findings(reading: Reading, content: bytes) -> list[Finding]:
    """A finding for each field that asks a decision nobody published."""
    try:
        form = parse(content)
    except FormRefused:
        return []
    known = definitions.keys(reading, "decision")
    return [
        Finding(each.key, RULE, ERROR, f"De beslissing '{each.decided_by}' bestaat niet. Publiceer ze eerst.")
        for each in form.inputs()
        if each.decided_by and each.decided_by not in known
    ]
