"""The limits a field sets to its answer (form-js `validate`): read once, so that no answer can meet one that does not work."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from feel.errors import FeelError
from feel.matching import search
from feel.patterns import BadPattern, Program, program
from feel.run import Run

# What form-js calls the sentence for an answer that does not have the form of the pattern.
OWN_SENTENCE = "patternErrorMessage"
KNOWN = frozenset({"required", "minLength", "maxLength", "min", "max", "pattern", OWN_SENTENCE, "validationType"})
VALIDATION_TYPES = frozenset({"", "email", "phone", "custom"})
STEPS = ("decimalDigits", "increment")  # of a number; form-js keeps them beside `validate`
MOST_DIGITS = 10  # after the comma: more are never read
LARGEST_STEP = Decimal(10) ** 15
LONGEST_PATTERN = 200
LONGEST_SENTENCE = 300
LONGEST_EMAIL = 320  # 64 before the @ and 255 after it
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
# A repeated group that repeats inside makes a browser take for ever to refuse some texts; here it would not (`fits`).
_NESTED = re.compile(r"[+*}][^()]*\)\s*[+*{]")


def sentences(limits: Mapping[str, Any]) -> list[str]:
    """What is wrong with a field's limits, if anything."""
    found = [f"De grens '{name}' wordt niet ondersteund. Verwijder ze." for name in limits if name not in KNOWN]
    if not isinstance(limits.get("required", False), bool):
        found.append("'required' is waar of onwaar; een uitdrukking kan hier niet.")
    lengths = [name for name in ("minLength", "maxLength") if not _is_length(limits.get(name))]
    numbers = [name for name in ("min", "max") if not _is_number(limits.get(name))]
    found += [f"'{name}' moet een geheel getal zijn." for name in lengths]
    found += [f"'{name}' moet een getal zijn." for name in numbers]
    if limits.get("validationType", "") not in VALIDATION_TYPES:
        found.append(f"De soort '{limits['validationType']}' bestaat niet. Kies email of phone.")
    if not _is_sentence(limits.get(OWN_SENTENCE)):
        found.append(f"De zin bij een patroon moet tekst zijn van hoogstens {LONGEST_SENTENCE} tekens.")
    return [*found, *_pattern(limits.get("pattern"))]


def steps(component: Mapping[str, Any], kind: str) -> list[str]:
    """What is wrong with the digits after the comma, or the steps, that a field asks of its answer."""
    digits, step = (component.get(name) for name in STEPS)
    found = [
        f"'{name}' geldt alleen voor een getal. Haal het weg."
        for name in STEPS
        if component.get(name) not in (None, "") and kind != "number"
    ]
    if found:
        return found
    is_read = digits in (None, "") or (type(digits) is int and 0 <= digits <= MOST_DIGITS)
    if not is_read:
        found.append(f"'decimalDigits' is een geheel getal van 0 tot {MOST_DIGITS}.")
    most = digits if type(digits) is int and is_read else MOST_DIGITS
    if step not in (None, "") and not _is_step(step, most):
        found.append(f"'increment' is een getal boven nul, met hoogstens {most} cijfers na de komma.")
    return found


def _is_step(value: Any, digits: int) -> bool:
    if not _is_number(value) or not 0 < Decimal(str(value)) < LARGEST_STEP:
        return False
    return has_digits(Decimal(str(value)), digits)


def has_digits(value: Decimal, most: int) -> bool:
    """True when a number has at most so many digits after the comma; zeros at its end are none."""
    return value == round(value, most)


def _is_length(value: Any) -> bool:
    text = str(value)
    return value in (None, "") or (text.isascii() and text.isdigit() and len(text) < 10 and not isinstance(value, bool))


def _is_number(value: Any) -> bool:
    if value in (None, ""):
        return True
    try:
        return not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _is_sentence(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= LONGEST_SENTENCE)


def _pattern(pattern: Any) -> list[str]:
    if pattern in (None, ""):
        return []
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        return [f"Het patroon moet tekst zijn van hoogstens {LONGEST_PATTERN} tekens."]
    try:
        _whole(pattern)
    except BadPattern as problem:
        return [f"Het patroon '{pattern}' kan niet gelezen worden: {problem}"]
    if _NESTED.search(pattern):
        return [f"Het patroon '{pattern}' herhaalt een herhaling, en dat kan eindeloos duren. Schrijf het eenvoudiger."]
    return []


def _whole(pattern: str) -> Program:
    return program(f"^(?:{pattern})$", "")


def is_email(text: str) -> bool:
    """True for what looks like an address of mail. The parts between dots hold none, so that no text takes long to refuse."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def fits(pattern: str, text: str) -> bool:
    """True when the whole text has this form. Whoever answers chooses the text, so it is matched in time that does not run away."""
    try:
        return search(_whole(pattern), text, 0, Run()) is not None
    except FeelError:
        return False
