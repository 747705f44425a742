"""Answers to read back: each question with its answer in words, before something is sent and after. Pure; no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms.schema import Field, Form
from forms.validation import Codelists, choices_of, is_hidden


@dataclass(frozen=True)
class Line:
    """One question. `answers` are the words of what was answered, empty when nothing was; a date stays a date."""

    key: str
    label: str
    answers: tuple[str | date, ...]


@dataclass(frozen=True)
class Part:
    """The questions of one group; without a label for what stands outside the groups."""

    label: str
    lines: tuple[Line, ...]


def summary(
    form: Form,
    values: Mapping[str, Any],
    *,
    codelists: Codelists | None = None,
    context: Mapping[str, Any] | None = None,
) -> list[Part]:
    """What was answered, in the order of the form; questions that were hidden are left out. `values` as validated."""
    shown = {**(context or {}), **values}
    parts: list[Part] = []
    loose: list[Line] = []
    for each in form.fields:
        if is_hidden(each, shown):
            continue
        if each.type == "group":
            lines = [line for inner in each.components for line in _lines(inner, values, shown, codelists or {})]
            parts.append(Part(each.label, tuple(lines)))
        else:
            loose += _lines(each, values, shown, codelists or {})
    return [Part("", tuple(loose)), *parts] if loose else parts


def _lines(each: Field, values: Mapping[str, Any], shown: Mapping[str, Any], codelists: Codelists) -> list[Line]:
    if each.type in ("text", "separator", "spacer", "filepicker") or is_hidden(each, shown):
        return []
    if each.type == "group":
        return [line for inner in each.components for line in _lines(inner, values, shown, codelists)]
    if each.type == "dynamiclist":
        return [
            Line(f"{each.key}-{number}-{line.key}", f"{each.label} {number + 1}: {line.label}", line.answers)
            for number, row in enumerate(values.get(each.key) or [])
            for inner in each.components
            for line in _lines(inner, row, {**shown, **row}, codelists)
        ]
    return [Line(each.key, each.label, _answers(each, values.get(each.key), codelists))]


def _answers(each: Field, value: Any, codelists: Codelists) -> tuple[str | date, ...]:
    if value is None or value in ("", []):
        return ()
    if isinstance(value, bool):
        return ("Ja" if value else "Nee",)
    if isinstance(value, date):
        return (value,)
    if each.type == "datetime" and re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return (date.fromisoformat(str(value)),)  # a date as the history keeps it
    labels = {choice.value: choice.label for choice in choices_of(each, codelists)}
    several = value if isinstance(value, list) else [value]
    return tuple(labels.get(str(item), str(item)) for item in several)
