"""A form: what a person may say at a user task, read from form-js JSON. Pure; no database.

Each field's `properties` say where the answer goes: `goes_to` token (a gateway's input) or case (a fact, under `fact`), and
whether it is `personal` (then the history seals it); a `nameless` one may name nobody of the file; `decided_by` names a decision that proposes the answer, `answer` which of
its answers; `earliest` and `latest` are the days between which a date lies, in FEEL. Refuses with FormRefused, which names the component and what to do.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import feel
from forms import limits
from problems import Invalid

INPUTS = frozenset(
    {"textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "datetime", "filepicker"}
)
CONTAINERS = frozenset({"group", "dynamiclist"})
PRESENTATION = frozenset({"text", "separator", "spacer"})
CHOICES = frozenset({"radio", "select", "checklist"})
TOKEN, CASE, BOTH, NOWHERE = "token", "case", "both", "nowhere"
LARGEST = 1_000_000  # bytes
DEEPEST = 5
EARLIEST, LATEST = "earliest", "latest"
# What form-js can ask of an answer, and nobody here checks.
_NOT_DONE = ("disallowPassedDates", "accept", "serializeToString")


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
    starts_from: str | None = None  # the fact whose value it starts from, to be read and mended
    limits: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    codelist: str | None = None
    hide: feel.Expression | None = None
    earliest: feel.Expression | None = None  # of a date: the first and the last day it may be
    latest: feel.Expression | None = None
    default: Any = None
    goes_to: str = TOKEN
    fact: str | None = None
    is_personal: bool = False
    is_nameless: bool = False
    autocomplete: str | None = None
    decided_by: str | None = None
    answer: str | None = None
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
    except (ValueError, RecursionError) as problem:
        return None, [("form", f"Dit is geen geldige JSON: {problem}.")]
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return None, [("form", "Dit is geen form-js-formulier: 'components' ontbreekt.")]
    reader = _Reader()
    if not isinstance(schema.get("id"), str) or not schema["id"].isidentifier():
        reader.findings.append(("form", "Het formulier heeft een id nodig van kleine letters en liggende streepjes."))
    fields = reader.fields(schema["components"], nested=False)
    reader.check_conditions()
    return Form(str(schema.get("id")), str(schema.get("name") or schema.get("id")), fields), reader.findings


class _Reader:
    """Reads components, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.findings: list[tuple[str, str]] = []
        self._keys: list[str] = []
        self._conditions: list[tuple[str, list[str], int, frozenset[str]]] = []  # where, keys, how many before, names

    def check_conditions(self) -> None:
        """A condition is decided in the order of the form, so it may only look back."""
        for place, keys, before, names in self._conditions:
            for name in sorted(names & set(keys[before:])):
                self._say(place, f"De voorwaarde verwijst naar '{name}', en dat veld staat pas later. Zet het ervoor.")

    def fields(self, components: Any, *, nested: bool, depth: int = 0) -> tuple[Field, ...]:
        if not isinstance(components, list) or depth > DEEPEST:
            self._say("form", f"'components' moet een lijst zijn, en groepen hoogstens {DEEPEST} diep.")
            return ()
        found = [self._field(component, nested, depth) for component in components]
        return tuple(each for each in found if each is not None)

    def _say(self, place: str, sentence: str) -> None:
        self.findings.append((place, sentence))

    def _field(self, component: Any, nested: bool, depth: int) -> Field | None:
        if not isinstance(component, dict) or not isinstance(component.get("type"), str):
            self._say("form", "Een onderdeel heeft geen type. Verwijder het, of kies er een.")
            return None
        kind = component["type"]
        place = str(component.get("key") or component.get("path") or component.get("id") or kind)
        if kind not in INPUTS | CONTAINERS | PRESENTATION:
            self._say(place, f"Een onderdeel van het type '{kind}' wordt niet ondersteund. Kies een ander type.")
            return None
        if kind == "dynamiclist" and nested:
            self._say(place, "Een lijst in een lijst wordt niet ondersteund.")
            return None
        if kind in PRESENTATION or kind == "group":
            hide = self._hide(place, component)
            return Field(
                key=place,
                type=kind,
                label=str(component.get("label") or ""),
                text=str(component.get("text") or ""),
                hide=hide,
                components=self.fields(component.get("components") or [], nested=nested, depth=depth + 1),
            )
        key = str(component.get("path") if kind == "dynamiclist" else component.get("key") or "")
        hide = self._hide(place, component)
        self._check_key(place, key)
        return self._input(component, kind, key, place, hide)

    def _check_key(self, place: str, key: str) -> None:
        if not key.isidentifier():
            self._say(place, f"'{key}' kan geen sleutel zijn. Gebruik kleine letters en liggende streepjes.")
        if key == "case_id":
            self._say(place, "'case_id' zegt bij welk dossier berichten horen. Kies een andere sleutel.")
        if key in self._keys:
            self._say(place, f"De sleutel '{key}' komt twee keer voor. Kies er een andere voor een van beide.")
        self._keys.append(key)

    def _part(self, component: dict[str, Any], name: str, place: str, kind: type) -> Any:
        """A part of a component that must be a list or an object; empty when it is absent or wrong."""
        found = component.get(name)
        if found is None or isinstance(found, kind):
            return found or kind()
        self._say(place, f"'{name}' heeft niet de vorm van form-js.")
        return kind()

    def _input(self, component: dict[str, Any], kind: str, key: str, place: str, hide: feel.Expression | None) -> Field:
        properties = self._part(component, "properties", place, dict)
        validate = self._part(component, "validate", place, dict)
        self._check_component(component, kind, place, properties)
        for sentence in (*limits.sentences(validate), *limits.steps(component, kind)):
            self._say(place, sentence)
        return Field(
            key=key,
            type=kind,
            label=str(component.get("label") or component.get("dateLabel") or key),
            description=str(component.get("description") or ""),
            is_required=bool(validate.get("required")),
            is_readonly=bool(component.get("readonly") or component.get("disabled")),
            limits=_limits(component, validate),
            choices=self._choices(component, kind, place, properties.get("codelist")),
            codelist=str(properties["codelist"]) if properties.get("codelist") else None,
            hide=hide,
            earliest=self._limit(place, kind, properties, EARLIEST),
            latest=self._limit(place, kind, properties, LATEST),
            default=component.get("defaultValue"),
            goes_to=str(properties.get("goes_to", TOKEN)),
            fact=properties.get("fact"),
            starts_from=properties.get("fact") if properties.get("starts") == "known" else properties.get("starts"),
            is_personal=properties.get("personal") == "yes",
            is_nameless=properties.get("nameless") == "yes",
            autocomplete=properties.get("autocomplete"),
            decided_by=properties.get("decided_by"),
            answer=properties.get("answer"),
            components=self._rows(component) if kind == "dynamiclist" else (),
        )

    def _rows(self, component: dict[str, Any]) -> tuple[Field, ...]:
        """The fields of a list's row: their keys are their own, and do not meet those of the form."""
        outer, self._keys = self._keys, []
        found = self.fields(component.get("components") or [], nested=True)
        self._keys = outer
        return found

    def _check_component(self, component: dict[str, Any], kind: str, place: str, properties: dict[str, Any]) -> None:
        goes_to = str(properties.get("goes_to", TOKEN))
        if goes_to not in (TOKEN, CASE, BOTH, NOWHERE):
            self._say(place, f"'goes_to: {goes_to}' bestaat niet. Kies token, case of both.")
        if goes_to != CASE and str(properties.get("personal", "")) == "yes":
            self._say(place, "Een persoonlijk antwoord hoort in het dossier: zet 'goes_to' op 'case'.")
        if kind == "datetime" and component.get("subtype", "date") != "date":
            self._say(place, "Alleen een datum wordt ondersteund, geen uur. Kies 'Datum' als soort.")
        for name in ("readonly", "disabled"):
            if not isinstance(component.get(name, False), bool):
                self._say(place, f"'{name}' is waar of onwaar; een uitdrukking kan hier niet.")
        for name in _NOT_DONE:
            if component.get(name):
                self._say(
                    place, f"'{name}' wordt hier niet nagegaan. Haal het weg, want wie invult zou denken dat het geldt."
                )
        for name in ("valuesKey", "valuesExpression", "expression"):
            if component.get(name):
                self._say(place, f"'{name}' wordt niet ondersteund. Geef vaste keuzes, of noem een codelijst.")

    def _choices(self, component: dict[str, Any], kind: str, place: str, codelist: Any) -> tuple[Choice, ...]:
        values = self._part(component, "values", place, list)
        found = tuple(Choice(str(v.get("value")), str(v.get("label"))) for v in values if isinstance(v, dict))
        if kind in CHOICES and not found and not codelist:
            self._say(place, "Dit keuzeveld heeft geen keuzes. Voeg er toe, of noem een codelijst.")
        if len({choice.value for choice in found}) < len(found):
            self._say(place, "Twee keuzes van dit veld hebben dezelfde waarde. Geef elke keuze een eigen waarde.")
        return found

    def _hide(self, place: str, component: dict[str, Any]) -> feel.Expression | None:
        return self._condition(place, self._part(component, "conditional", place, dict).get("hide"))

    def _limit(self, place: str, kind: str, properties: dict[str, Any], name: str) -> feel.Expression | None:
        if properties.get(name) and kind != "datetime":
            self._say(place, f"'{name}' geldt alleen voor een datum. Haal het weg.")
            return None
        return self._condition(place, properties.get(name))

    def _condition(self, place: str, text: Any) -> feel.Expression | None:
        """FEEL about the answers given before it, and about what the diagram gave."""
        if not text:
            return None
        try:
            found = feel.compile(str(text).lstrip().removeprefix("="))
        except feel.FeelError as problem:
            self._say(place, f"De voorwaarde '{text}' kan niet gelezen worden: {problem}.")
            return None
        self._conditions.append((place, self._keys, len(self._keys), found.names))
        return found


def _limits(component: Mapping[str, Any], validate: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer is measured by."""
    found = {name: value for name, value in validate.items() if name != "required"}
    return found | {name: component[name] for name in limits.STEPS if component.get(name) not in (None, "")}
