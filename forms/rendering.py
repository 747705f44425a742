"""A form as accessible HTML that works without JavaScript: labels, hints, errors tied to their fields, values kept."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from forms.schema import Field, Form
from forms.validation import Codelists, choices_of, is_hidden

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
DATES_OF_BIRTH = "bday"


def render(
    form: Form,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    codelists: Codelists | None = None,
    context: Mapping[str, Any] | None = None,
) -> Markup:
    """The fields of the form, without the <form> element around them."""
    return _render(form.fields, values, errors, codelists, context)


def render_group(
    form: Form,
    group: Field,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    codelists: Codelists | None = None,
) -> Markup:
    """One group of the form: a step of the citizen's form."""
    return _render(group.components, values, errors, codelists, None)


def _render(
    fields: tuple[Field, ...],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None,
    codelists: Codelists | None,
    context: Mapping[str, Any] | None,
) -> Markup:
    lists = codelists or {}
    shown: dict[str, Any] = {**(context or {}), **values}
    html = _templates.get_template("fields.html").render(
        fields=fields,
        values=values,
        errors=errors or {},
        choices=lambda each: choices_of(each, lists),
        hidden=lambda each: is_hidden(each, shown),
        as_text=as_text,
        error_fields=_error_fields(fields, errors or {}),
    )
    return Markup(html)  # noqa: S704  # autoescaped by the template above


def as_text(value: Any) -> str:
    """A value as the browser shows it in an input."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _error_fields(fields: tuple[Field, ...], errors: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, sentence) for name, sentence in errors.items()]
