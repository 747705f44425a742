"""Valid answers to any shipped form, drawn at random: what a patient person could have typed."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from forms.schema import Field, Form
from forms.validation import Codelists, choices_of, days_of, is_hidden

WORDS = "de bus kwam niet en niemand antwoordde op mijn brief van vorige maand over de toeslag en het dossier".split()
NAMELESS = "Zo iemand kreeg gelijk."
EXAMPLES = {"email": "griet@example.org", "phone": "0470 12 34 56"}


def fill(form: Form, codelists: Codelists, context: Mapping[str, Any], on: date, pick: Random) -> dict[str, Any]:
    """Answers to every field that shows; what is not required is sometimes left empty."""
    given: dict[str, Any] = {}
    _fill(form.fields, codelists, dict(context), on, pick, given)
    return given


def _fill(
    fields: tuple[Field, ...],
    codelists: Codelists,
    context: dict[str, Any],
    on: date,
    pick: Random,
    given: dict[str, Any],
) -> None:
    for each in fields:
        if is_hidden(each, {**context, **given}) or each.is_readonly:
            continue
        if each.type == "group":
            _fill(each.components, codelists, context, on, pick, given)
        elif each.type == "dynamiclist":
            given[each.key] = [_row(each, codelists, context, on, pick) for _ in range(pick.randint(1, 3))]
        elif each.type not in ("text", "separator", "spacer", "filepicker") and (
            each.is_required or pick.random() < 0.6
        ):
            given[each.key] = _answer(each, codelists, {**context, **given}, on, pick)


def _row(each: Field, codelists: Codelists, context: dict[str, Any], on: date, pick: Random) -> dict[str, Any]:
    row: dict[str, Any] = {}
    _fill(each.components, codelists, context, on, pick, row)
    return row


def _answer(each: Field, codelists: Codelists, known: Mapping[str, Any], on: date, pick: Random) -> Any:
    options = [choice.value for choice in choices_of(each, codelists)]
    if each.type in ("radio", "select"):
        return pick.choice(options)
    if each.type == "checklist":
        return pick.sample(options, pick.randint(1, min(3, len(options))))
    if each.type == "checkbox":
        return "true" if each.is_required or pick.random() < 0.5 else "false"
    if each.type == "number":
        return str(pick.randint(int(each.limits.get("min") or 0), int(each.limits.get("max") or 100)))
    if each.type == "datetime":
        first, last = days_of(each, known)
        earliest = first or on - timedelta(days=30)
        latest = max(last or max(on, earliest) + timedelta(days=30), earliest)
        return (earliest + timedelta(days=pick.randint(0, (latest - earliest).days))).isoformat()
    return _text(each, pick)


def _text(each: Field, pick: Random) -> str:
    kind = str(each.limits.get("validationType") or "")
    pattern = each.limits.get("pattern")
    if pattern:
        found = next(text for text in ("9000", "abcd", "NL-1234") if re.fullmatch(str(pattern), text))
        return str(found)
    if kind in EXAMPLES:
        return EXAMPLES[kind]
    if each.is_nameless:  # what people are called here is drawn from the same words
        return NAMELESS
    text = " ".join(pick.choice(WORDS) for _ in range(pick.randint(4, 12)))
    longest = int(each.limits.get("maxLength") or len(text))
    return text[:longest].strip()
