"""The forms people fill in: found by key in the definitions, parsed once per version."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from cases.codelists import CodeList
from engine import definitions
from engine.findings import ERROR, Finding
from forms.schema import Choice, Form, FormRefused, parse
from storage.unit_of_work import Reading
from tasks.errors import FormMissing
from tasks.office import Office

# Raw answers by field, or what makes them once the form is known: a browser posts names that only the form explains.
Said = Mapping[str, Any] | Callable[[Form], Mapping[str, Any]]
_parsed: dict[str, Form] = {}
# A published version never changes content: each database is asked once for each.
_choices: WeakKeyDictionary[Engine, Mapping[str, tuple[Choice, ...]]] = WeakKeyDictionary()
_numbered: WeakKeyDictionary[Engine, dict[tuple[str, int], Form]] = WeakKeyDictionary()


def form_in_use(reading: Reading, key: str) -> tuple[Form, int]:
    """The active version of a form. Raises FormMissing."""
    row = definitions.latest(reading, "form", key)
    if row is None:
        raise FormMissing(form=key)
    form = _form(row.digest, row.content)
    _numbered.setdefault(reading.session.get_bind().engine, {})[key, row.version] = form
    return form, row.version


def form_version(reading: Reading, key: str, version: int | None) -> Form:
    """The form in the version a user task was opened with."""
    if version is None:
        return form_in_use(reading, key)[0]
    known = _numbered.setdefault(reading.session.get_bind().engine, {})
    if (key, version) not in known:
        row = definitions.version(reading, "form", key, version)
        known[key, version] = _form(row.digest, row.content)
    return known[key, version]


def remembered(office: Office, key: str) -> Form | None:
    """The newest version of a form this process met, or else the shipped one; None when there is neither. Asks nothing of the database."""
    met = _numbered.get(office.database.engine, {})
    newest = max((version for known, version in list(met) if known == key), default=None)
    if newest is not None:
        return met[key, newest]
    file = office.house.forms / f"{key}.form"
    return parse(file.read_bytes()) if re.fullmatch(r"\w+", key) and file.exists() else None


def fact_names(reading: Reading) -> frozenset[str]:
    """Every fact that a form in use may tell."""
    forms = [_form(row.digest, row.content) for row in definitions.in_use(reading, "form")]
    return frozenset(each.fact for form in forms for each in form.inputs() if each.fact)


def _form(digest: str, content: bytes) -> Form:
    """Content is immutable, so its digest is the cache's key."""
    if digest not in _parsed:
        _parsed[digest] = parse(content)
    return _parsed[digest]


def choices(codelists: Mapping[str, CodeList]) -> dict[str, tuple[Choice, ...]]:
    """The code lists as a form's choices."""
    return {name: tuple(Choice(c.value, c.label) for c in each.codes) for name, each in codelists.items()}


def choices_of(office: Office) -> Mapping[str, tuple[Choice, ...]]:
    """The choices of an office, made once: its code lists are read when it opens."""
    engine = office.database.engine
    if engine not in _choices:
        _choices[engine] = choices(office.codelists)
    return _choices[engine]


def raw_of(form: Form, said: Said) -> Mapping[str, Any]:
    """The raw answers to a form."""
    return said if isinstance(said, Mapping) else said(form)


def plain(value: Any) -> Any:
    """A FEEL value as JSON for facts and history: dates as ISO text, exact numbers as they are written."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def unknown_lists(content: bytes, known: frozenset[str]) -> list[Finding]:
    """A finding for each field, also of a row, whose choices come from a code list that does not exist: nobody could answer it."""
    try:
        form = parse(content)
    except FormRefused:
        return []
    fields = (inner for each in form.inputs() for inner in (each, *each.components))
    return [
        Finding(
            each.key,
            "forms",
            ERROR,
            f"De codelijst '{each.codelist}' bestaat niet. Kies een van: {', '.join(sorted(known))}.",
        )
        for each in fields
        if each.codelist and each.codelist not in known
    ]
