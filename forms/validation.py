"""Answers against a form: all errors at once, each naming its field and what to do.

In: raw answers as a browser or a program sends them. Out: typed values and errors. A hidden field needs no answer and takes
none; an answer to a field the form does not have is an error. Dates are FEEL dates, numbers exact.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import feel
from forms import limits
from forms.schema import Choice, Field, Form
from problems import Sentence

UNKNOWN = "Dit formulier heeft geen veld '%(name)s'."
LONGEST_TEXT = 50_000
MOST_ROWS = 50
_PHONE = re.compile(r"[+0-9][0-9 ./()-]{5,30}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps these
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,10})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII)  # 1.500: one and a half, or fifteen hundred?
Codelists = Mapping[str, tuple[Choice, ...]]


@dataclass
class Answers:
    """What was said, typed; and what is wrong with it, by field."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> list[dict[str, str]]:
        """For a refusal: one entry per field."""
        return [{"field": name, "message": sentence} for name, sentence in self.errors.items()]


class _Wrong(Exception):
    """`own` is the form's own sentence, where it has one."""

    def __init__(self, template: str, each: Field, *, own: str = "", **parts: object) -> None:
        self.sentence: str = own or Sentence(template, label=each.label, **parts)
        super().__init__(self.sentence)


def validate(
    form: Form, raw: Mapping[str, Any], *, codelists: Codelists | None = None, context: Mapping[str, Any] | None = None
) -> Answers:
    """Every field of the form, checked."""
    answers = Answers()
    known = {each.key for each in form.inputs()}
    for name in raw:
        if name not in known:
            answers.errors[name] = Sentence(UNKNOWN, name=name)
    _check(form.fields, raw, answers, codelists or {}, dict(context or {}), prefix="")
    return answers


def _check(
    fields: tuple[Field, ...],
    raw: Mapping[str, Any],
    answers: Answers,
    codelists: Codelists,
    context: dict[str, Any],
    prefix: str,
) -> None:
    for each in fields:
        known = {**context, **answers.values}
        if is_hidden(each, known):
            continue
        if each.type == "group":
            _check(each.components, raw, answers, codelists, context, prefix)
        elif each.type == "dynamiclist":
            answers.values[each.key] = _rows(each, raw.get(each.key), answers, codelists, context)
        elif each.type not in ("text", "separator", "spacer") and not each.is_readonly:
            _one(each, raw.get(each.key), answers, codelists, prefix, known)


def _one(
    each: Field, given: Any, answers: Answers, codelists: Codelists, prefix: str, known: Mapping[str, Any]
) -> None:
    try:
        value = typed(each, given, codelists)
        _check_day(each, value, known)
    except _Wrong as wrong:
        answers.errors[prefix + each.key] = wrong.sentence
        return
    if value is None or value in ("", []) or (each.type == "checkbox" and each.is_required and value is False):
        if each.is_required:
            answers.errors[prefix + each.key] = Sentence("Vul '%(label)s' in.", label=each.label)
        if each.type == "checkbox" or not each.is_required:
            answers.values[each.key] = value if value not in ("",) else None
        return
    answers.values[each.key] = value


def _rows(
    each: Field, given: Any, answers: Answers, codelists: Codelists, context: dict[str, Any]
) -> list[dict[str, Any]]:
    if given is None:
        given = []
    if each.is_required and given == []:
        answers.errors[each.key] = Sentence("Voeg bij '%(label)s' minstens één rij toe.", label=each.label)
    if not isinstance(given, list) or len(given) > MOST_ROWS or not all(isinstance(row, Mapping) for row in given):
        answers.errors[each.key] = Sentence(
            "'%(label)s' moet een lijst zijn van hoogstens %(most)s rijen.", label=each.label, most=MOST_ROWS
        )
        return []
    found = []
    for number, row in enumerate(given):
        inner = Answers()
        known = {inside.key for inside in each.components}
        for name in row:
            if name not in known:
                inner.errors[f"{each.key}-{number}-{name}"] = Sentence(UNKNOWN, name=name)
        _check(each.components, row, inner, codelists, context, prefix=f"{each.key}-{number}-")
        answers.errors.update(inner.errors)
        found.append(inner.values)
    return found


def _check_day(each: Field, value: Any, known: Mapping[str, Any]) -> None:
    """A date lies between the days that the form gives it, where it gives any."""
    if not isinstance(value, date):
        return
    first, last = days_of(each, known)
    if first is not None and value < first:
        raise _Wrong("'%(label)s' kan niet vroeger zijn dan %(day)s.", each, day=f"{first:%d/%m/%Y}")
    if last is not None and value > last:
        raise _Wrong("'%(label)s' kan niet later zijn dan %(day)s.", each, day=f"{last:%d/%m/%Y}")


def days_of(each: Field, known: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """The first and the last day that a date may be; None where nothing says so, or what says so is not known."""
    return _day(each.earliest, known), _day(each.latest, known)


def _day(limit: feel.Expression | None, known: Mapping[str, Any]) -> date | None:
    try:
        found = limit.evaluate(known) if limit is not None else None
    except feel.FeelError:
        return None
    return found if isinstance(found, date) and not isinstance(found, datetime) else None


def is_hidden(each: Field, values: Mapping[str, Any]) -> bool:
    """True when the field's condition says so; a condition that cannot be decided shows the field."""
    try:
        return each.hide is not None and each.hide.evaluate(values) is True
    except feel.FeelError:
        return False


def typed(each: Field, given: Any, codelists: Codelists) -> Any:
    """One answer as its type. Raises with the sentence for the field."""
    if each.type == "checkbox":
        return _boolean(each, given)
    if each.type == "checklist":
        return _several(each, given, codelists)
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if each.type == "number":
        return _number(each, given)
    if not isinstance(given, str):
        raise _Wrong("'%(label)s' moet tekst zijn.", each)
    text = given.strip()
    if len(text) > LONGEST_TEXT or _UNSTORABLE.search(text):
        raise _Wrong("'%(label)s' is te lang of bevat vreemde tekens.", each)
    if each.type == "datetime":
        return _date(each, text)
    if each.type in ("radio", "select"):
        return _choice(each, text, codelists)
    return _text(each, text)


def _boolean(each: Field, given: Any) -> bool:
    if given is None or isinstance(given, str | int):  # nothing else is sent, and some values cannot be compared
        if given in (True, "true", "on", "ja", "1"):
            return True
        if given in (None, False, "", "false", "nee", "0"):
            return False
    raise _Wrong("'%(label)s' kan alleen aangevinkt zijn of niet.", each)


def choices_of(each: Field, codelists: Codelists) -> tuple[Choice, ...]:
    """What may be chosen: the form's own list, or a code list's."""
    return codelists.get(each.codelist, ()) if each.codelist else each.choices


def _choice(each: Field, text: str, codelists: Codelists) -> str:
    if text not in {choice.value for choice in choices_of(each, codelists)}:
        raise _Wrong("Kies bij '%(label)s' een van de mogelijkheden.", each)
    return text


def _several(each: Field, given: Any, codelists: Codelists) -> list[str]:
    chosen = [] if given in (None, "") else given if isinstance(given, list) else [given]
    return [_choice(each, str(item), codelists) for item in dict.fromkeys(map(str, chosen))]


def _number(each: Field, given: Any) -> int | Decimal:
    if isinstance(given, bool):
        raise _Wrong("'%(label)s' moet een getal zijn.", each)
    text = str(given).strip()
    if _THOUSANDS.fullmatch(text):
        raise _Wrong("Schrijf '%(label)s' zonder punt voor de duizendtallen, bijvoorbeeld 1500.", each)
    if not isinstance(given, str | int | float | Decimal) or not _NUMBER.fullmatch(text):
        raise _Wrong("'%(label)s' moet een getal zijn, bijvoorbeeld 12.", each)
    value = Decimal(text.replace(",", "."))
    low, high = each.limits.get("min"), each.limits.get("max")
    if low not in (None, "") and value < Decimal(str(low)):
        raise _Wrong("'%(label)s' moet minstens %(low)s zijn.", each, low=low)
    if high not in (None, "") and value > Decimal(str(high)):
        raise _Wrong("'%(label)s' mag hoogstens %(high)s zijn.", each, high=high)
    _check_steps(each, value)
    return int(value) if value == value.to_integral_value() else value


def _check_steps(each: Field, value: Decimal) -> None:
    """Digits after the comma, and the steps a number goes by."""
    most, step = (each.limits.get(name) for name in limits.STEPS)
    if most is not None and not limits.has_digits(value, most):
        if most == 0:
            raise _Wrong("'%(label)s' moet een geheel getal zijn, zonder komma.", each)
        if most == 1:
            raise _Wrong("'%(label)s' mag hoogstens één cijfer na de komma hebben.", each)
        raise _Wrong("'%(label)s' mag hoogstens %(most)s cijfers na de komma hebben.", each, most=most)
    if step is not None and value % Decimal(str(step)):
        raise _Wrong("'%(label)s' gaat in stappen van %(step)s.", each, step=step)


def _date(each: Field, text: str) -> date:
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})",
    ):
        match = re.fullmatch(pattern, text)
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise _Wrong("'%(label)s' moet een datum zijn, bijvoorbeeld 23/11/2026.", each)


def _text(each: Field, text: str) -> str:
    shortest, longest, pattern = (each.limits.get(name) for name in ("minLength", "maxLength", "pattern"))
    if shortest and len(text) < int(shortest):
        raise _Wrong("Schrijf bij '%(label)s' minstens %(shortest)s tekens.", each, shortest=shortest)
    if longest and len(text) > int(longest):
        raise _Wrong(
            "'%(label)s' mag hoogstens %(longest)s tekens lang zijn; nu zijn het er %(now)s.",
            each,
            longest=longest,
            now=len(text),
        )
    kind = each.limits.get("validationType")
    if kind == "email" and not limits.is_email(text):
        raise _Wrong("'%(label)s' moet een e-mailadres zijn, bijvoorbeeld naam@voorbeeld.be.", each)
    if kind == "phone" and not _PHONE.fullmatch(text):
        raise _Wrong("'%(label)s' moet een telefoonnummer zijn, bijvoorbeeld 0470 12 34 56.", each)
    if pattern and not limits.fits(str(pattern), text):
        own = str(each.limits.get(limits.OWN_SENTENCE) or "")
        raise _Wrong("'%(label)s' heeft niet de gevraagde vorm.", each, own=own)
    return text
