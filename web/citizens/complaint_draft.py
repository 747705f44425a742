"""The complaint a visitor is writing, as the pages of the form see it: the form in steps, the draft, and what is right about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from forms.schema import Form
from forms.steps import Step, steps
from forms.validation import Answers, validate
from storage.unit_of_work import Reading
from tasks.citizens import drafts
from tasks.citizens.drafts import Draft
from tasks.forms_in_use import choices_of, form_in_use
from tasks.intake import WEB_FORM
from tasks.office import Office
from web.security import keep_cookie

COOKIE = "ombudsflow_klacht"
SERVICES, CONTACTED, LANGUAGE = "complaint.services", "first_line.contacted", "complaint.language"
EMAIL, ADDRESS = "complainant.email", "complainant.address"


@dataclass(frozen=True)
class Writing:
    """A complaint being written; `draft` is None when nothing was kept yet. `checked` has the errors of all steps."""

    form: Form
    steps: list[Step]
    draft: Draft | None
    answers: Mapping[str, Any]
    checked: Answers

    def step(self, number: int) -> Step | None:
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None

    def step_of(self, key: str) -> Step:
        """The step that asks this field."""
        return next(step for step in self.steps if key in step.keys)

    def first_unfinished(self) -> Step | None:
        """The first step where something is missing or wrong; None when the complaint can be sent."""
        for step in self.steps:
            if step.shown(self.checked.values) & self.checked.errors.keys():
                return step
        return None

    def field_of(self, fact: str) -> str:
        """The field whose answer is this fact; empty when the form does not ask it."""
        return next((each.key for each in self.form.inputs() if each.fact == fact), "")

    @property
    def services(self) -> str:
        """The services complained of, as typed so far."""
        return str(self.answers.get(self.field_of(SERVICES)) or "")

    @property
    def is_first_line_skipped(self) -> bool:
        """True when the writer says that the service itself was not contacted yet."""
        return self.checked.values.get(self.field_of(CONTACTED)) == "nee"

    @property
    def is_out_of_reach(self) -> bool:
        """True when we could write neither a mail nor a letter: only the page of the case is left."""
        return not any(self.checked.values.get(self.field_of(fact)) for fact in (EMAIL, ADDRESS))


def writing(office: Office, reading: Reading, request: Request, secret: str | None = None) -> Writing:
    """What this visitor is writing."""
    form, _ = form_in_use(reading, WEB_FORM)
    draft = drafts.find(office, reading, secret if secret is not None else secret_of(request))
    known = {each.key for each in form.inputs()}
    answers = {name: value for name, value in (draft.answers if draft else {}).items() if name in known}
    return Writing(form, steps(form), draft, answers, validate(form, answers, codelists=choices_of(office)))


def secret_of(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def with_cookie(request: Request, answer: Response, secret: str) -> Response:
    """The answer, with the secret by which this browser finds the draft again. Only the form's own pages get to see it."""
    if secret:
        age = int(drafts.LIFETIME.total_seconds())
        keep_cookie(request, answer, COOKIE, secret, path="/klacht", seconds=age)
    return answer
