"""Forms as programs need them: every field with its type, its choices, and whether it must be answered."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from forms.schema import PRESENTATION, Field, Form
from forms.validation import choices_of
from storage.unit_of_work import Reading
from tasks import forms_in_use
from tasks.office import Office
from web.api.asked import Name
from web.api.described import READS, refusals
from web.api.frame import PREFIX, answer, reading
from web.api.shapes import Labelled
from web.api.task_views import FieldShape, FormShape

router = APIRouter(prefix=PREFIX, tags=["forms"])


def form_view(office: Office, opened: Reading, key: str, version: int | None = None) -> FormShape:
    """A form in the version asked for, else the one in use. Raises FormMissing."""
    form = forms_in_use.form_version(opened, key, version)
    return FormShape(key=key, name=form.name, fields=_fields(office, form))


def _fields(office: Office, form: Form) -> list[FieldShape]:
    codelists = forms_in_use.choices_of(office)

    def view(each: Field, is_conditional: bool) -> FieldShape:
        chosen = choices_of(each, codelists)
        return FieldShape(
            key=each.key,
            type=each.type,
            label=each.label,
            description=each.description,
            is_required=each.is_required,
            is_readonly=each.is_readonly,
            is_conditional=is_conditional or each.hide is not None,
            choices=[Labelled(value=choice.value, words=choice.label) for choice in chosen],
            fields=[view(inner, False) for inner in each.components if inner.type not in PRESENTATION],
        )

    def opened(fields: tuple[Field, ...], is_conditional: bool) -> list[FieldShape]:
        found = []
        for each in fields:
            if each.type == "group":
                found += opened(each.components, is_conditional or each.hide is not None)
            elif each.type not in PRESENTATION:
                found.append(view(each, is_conditional))
        return found

    return opened(form.fields, False)


@router.get("/forms/{key}", response_model=FormShape, responses=refusals((*READS, 409)))
def read_form(request: Request, key: Name) -> Response:
    """A form in use: `complaint_received` and `complaint_by_phone` start a case, a message's form has the message's name."""
    with reading(request, "user_task.read") as look:
        view = form_view(look.office, look.reading, key)
    return answer(view)
