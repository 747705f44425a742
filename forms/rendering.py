"""A form as accessible HTML that works without JavaScript: labels, hints, errors tied to their fields, values kept."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from forms.schema import Field, Form
from forms.validation import Codelists, choices_of, days_of, is_hidden

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Translate = Callable[[str], str]


def render(
    form: Form,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    codelists: Codelists | None = None,
    context: Mapping[str, Any] | None = None,
    translate: Translate = str,
) -> Markup:
    """The fields of the form, without the <form> element around them. `translate` gives each Dutch text in another language."""
    return _render(form, form.fields, values, errors, codelists, context, translate)


def render_group(
    form: Form,
    group: Field,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    codelists: Codelists | None = None,
    translate: Translate = str,
) -> Markup:
    """One group of the form: a step of the citizen's form."""
    return _render(form, group.components, values, errors, codelists, None, translate)


def _render(
    form: Form,
    fields: tuple[Field, ...],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None,
    codelists: Codelists | None,
    context: Mapping[str, Any] | None,
    translate: Translate,
) -> Markup:
    lists = codelists or {}
    shown: dict[str, Any] = {**(context or {}), **values}
    html = _templates.get_template("fields.html").render(
        fields=fields,
        values=values,
        errors=errors or {},
        choices=lambda each: choices_of(each, lists),
        hidden=lambda each: is_hidden(each, shown),
        days=lambda each: days_of(each, shown),
        deciding=_deciding(form.fields),
        as_text=as_text,
        error_fields=_error_fields(fields, errors or {}),
        form_id=form.id,
        _=translate,
    )
    return Markup(html)  # noqa: S704  # autoescaped by the template above


def as_text(value: Any) -> str:
    """A value as the browser shows it in an input."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _deciding(fields: tuple[Field, ...]) -> frozenset[str]:
    """The fields whose answer shows or hides another: a page may ask the server again when one changes."""
    found: set[str] = set()
    for each in fields:
        found |= each.hide.names if each.hide else set()
        found |= _deciding(each.components)
    return frozenset(found)


def _error_fields(fields: tuple[Field, ...], errors: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where each error's link leads: to the input, or to the first choice of a question with choices."""
    with_choices = {each.key for each in _all(fields) if each.type in ("radio", "checklist")}
    return [(f"{name}-1" if name in with_choices else name, sentence) for name, sentence in errors.items()]


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        yield each
        if each.type == "group":
            yield from _all(each.components)
