"""A form: what a person may say at a user task, read from form-js JSON. Pure; no database.

Each field's `properties` say where the answer goes: `goes_to` token (a gateway's input) or case (a fact, under `fact`), and
whether it is `personal` (then the history seals it). Refuses with FormRefused, which names the component and what to do.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import feel
from problems import Invalid

INPUTS = frozenset(
    {"textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "datetime", "filepicker"}
)
CONTAINERS = frozenset({"group", "dynamiclist"})
PRESENTATION = frozenset({"text", "separator", "spacer"})
CHOICES = frozenset({"radio", "select", "checklist"})
TOKEN, CASE, BOTH, NOWHERE = "token", "case", "both", "nowhere"
LARGEST = 1_000_000


class FormRefused(Invalid):
    """Dit formulier kan niet gebruikt worden. De bevindingen zeggen welk veld, en wat u kunt doen."""


@dataclass(frozen=True)
class Choice:
    """One answer to choose from."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One component. `path` names its answer; components of a group keep their own path, of a list they are rows."""

    key: str
    type: str
    label: str
    description: str = ""
    text: str = ""
    is_required: bool = False
    is_readonly: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    codelist: str | None = None
    hide: feel.Expression | None = None
    default: Any = None
    goes_to: str = TOKEN
    fact: str | None = None
    is_personal: bool = False
    autocomplete: str | None = None
    components: tuple["Field", ...] = ()


@dataclass(frozen=True)
class Form:
    """A form in one version."""

    id: str
    name: str
    fields: tuple[Field, ...]

    def inputs(self) -> Iterator[Field]:
        """Every field a person answers, groups opened; a dynamic list counts as one."""
        yield from _inputs(self.fields)


def _inputs(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        if each.type == "group":
            yield from _inputs(each.components)
        elif each.type in INPUTS or each.type == "dynamiclist":
            yield each


@dataclass(frozen=True)
class Split:
    """Where the answers go."""

    token: dict[str, Any]
    facts: dict[str, Any]
    personal: frozenset[str]


def split(form: Form, values: Mapping[str, Any]) -> Split:
    """Answers by destination; `personal` are the names among the facts that must be sealed."""
    token: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    personal = set()
    for each in form.inputs():
        if each.key not in values or each.type == "filepicker":
            continue
        if each.goes_to in (TOKEN, BOTH):
            token[each.key] = values[each.key]
        if each.goes_to in (CASE, BOTH):
            name = each.fact or each.key
            facts[name] = values[each.key]
            if each.is_personal:
                personal.add(name)
    return Split(token, facts, frozenset(personal))


def parse(content: bytes) -> Form:
    """The form of form-js JSON. Raises FormRefused with every finding."""
    form, findings = read(content)
    if form is None or findings:
        raise FormRefused(errors=[{"field": place, "message": sentence} for place, sentence in findings])
    return form


def read(content: bytes) -> tuple[Form | None, list[tuple[str, str]]]:
    """The form, and what is wrong with it as (component, sentence)."""
    if len(content) > LARGEST:
        return None, [("form", "Het formulier is groter dan 1 MB.")]
    try:
        schema = json.loads(content)
    except ValueError as problem:
        return None, [("form", f"Dit is geen geldige JSON: {problem}.")]
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return None, [("form", "Dit is geen form-js-formulier: 'components' ontbreekt.")]
    reader = _Reader()
    if not isinstance(schema.get("id"), str) or not schema["id"].isidentifier():
        reader.findings.append(("form", "Het formulier heeft een id nodig van kleine letters en liggende streepjes."))
    fields = reader.fields(schema["components"], nested=False)
    return Form(str(schema.get("id")), str(schema.get("name") or schema.get("id")), fields), reader.findings


class _Reader:
    def __init__(self) -> None:
        self.findings: list[tuple[str, str]] = []
        self._keys: set[str] = set()

    def fields(self, components: list[Any], *, nested: bool) -> tuple[Field, ...]:
        found = [self._field(component, nested) for component in components if isinstance(component, dict)]
        return tuple(each for each in found if each is not None)

    def _field(self, component: dict[str, Any], nested: bool) -> Field | None:
        kind = component.get("type", "")
        place = str(component.get("key") or component.get("path") or component.get("id") or kind)
        if kind not in INPUTS | CONTAINERS | PRESENTATION:
            self.findings.append(
                (place, f"Een onderdeel van het type '{kind}' wordt niet ondersteund. Kies een ander type.")
            )
            return None
        if kind == "dynamiclist" and nested:
            self.findings.append((place, "Een lijst in een lijst wordt niet ondersteund."))
            return None
        if kind in PRESENTATION or kind == "group":
            inner = self.fields(component.get("components") or [], nested=nested)
            return Field(
                key=place,
                type=kind,
                label=str(component.get("label") or ""),
                text=str(component.get("text") or ""),
                hide=self._hide(place, component),
                components=inner,
            )
        key = str(component.get("path") if kind == "dynamiclist" else component.get("key") or "")
        self._check_key(place, key, nested)
        return self._input(component, kind, key, place)

    def _check_key(self, place: str, key: str, nested: bool) -> None:
        if not key.isidentifier():
            self.findings.append(
                (place, f"'{key}' kan geen sleutel zijn. Gebruik kleine letters en liggende streepjes.")
            )
        if key in self._keys and not nested:
            self.findings.append(
                (place, f"De sleutel '{key}' komt twee keer voor. Kies er een andere voor een van beide.")
            )
        self._keys.add(key)

    def _input(self, component: dict[str, Any], kind: str, key: str, place: str) -> Field:
        properties = component.get("properties") or {}
        goes_to = str(properties.get("goes_to", TOKEN))
        if goes_to not in (TOKEN, CASE, BOTH, NOWHERE):
            self.findings.append((place, f"'goes_to: {goes_to}' bestaat niet. Kies token, case of both."))
        if goes_to != CASE and str(properties.get("personal", "")) == "yes":
            self.findings.append((place, "Een persoonlijk antwoord hoort in het dossier: zet 'goes_to' op 'case'."))
        validate = component.get("validate") or {}
        values = component.get("values") or []
        codelist = properties.get("codelist")
        if kind in CHOICES and not values and not codelist:
            self.findings.append((place, "Dit keuzeveld heeft geen keuzes. Voeg er toe, of noem een codelijst."))
        inner = self.fields(component.get("components") or [], nested=True) if kind == "dynamiclist" else ()
        return Field(
            key=key,
            type=kind,
            label=str(component.get("label") or component.get("dateLabel") or key),
            description=str(component.get("description") or ""),
            is_required=bool(validate.get("required")),
            is_readonly=bool(component.get("readonly") or component.get("disabled")),
            limits={name: value for name, value in validate.items() if name != "required"},
            choices=tuple(Choice(str(v.get("value")), str(v.get("label"))) for v in values if isinstance(v, dict)),
            codelist=str(codelist) if codelist else None,
            hide=self._hide(place, component),
            default=component.get("defaultValue"),
            goes_to=goes_to,
            fact=properties.get("fact"),
            is_personal=properties.get("personal") == "yes",
            autocomplete=properties.get("autocomplete"),
            components=inner,
        )

    def _hide(self, place: str, component: dict[str, Any]) -> feel.Expression | None:
        text = (component.get("conditional") or {}).get("hide")
        if not text:
            return None
        try:
            return feel.compile(str(text).lstrip().removeprefix("="))
        except feel.FeelError as problem:
            self.findings.append((place, f"De voorwaarde '{text}' kan niet gelezen worden: {problem}."))
            return None
