"""The words that diagrams, decisions and forms carry themselves: names of elements, labels of answers, names of forms.

In: nothing but a reading. Out: `Words`, which answers names for ids, per version where that matters. One small statement each
time; content never changes, so what was parsed is kept by digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree
from sqlalchemy import select

from engine.models import Definition
from engine.parsing import xml
from forms.schema import Field, Form, parse
from storage.unit_of_work import Reading

WITH_WORDS = ("process", "decision", "form")  # a letter names nothing
# Facts that come from a question to the citizen read better to staff as a short noun.
SHORT_LABELS = {
    "complaint.services": "Dienst, in eigen woorden",
    "complaint.subject": "Onderwerp",
    "complaint.narrative": "Wat er gebeurde",
    "complaint.desired_outcome": "Gewenst resultaat",
    "complaint.facts_on": "Datum van de feiten",
    "complaint.decision_reference": "Kenmerk van de beslissing",
    "complaint.channel": "Kanaal",
    "complaint.language": "Taal",
    "complaint.name_withheld": "Mag de dienst de naam kennen",
    "complaint.consent": "Toestemming om de gegevens te gebruiken",
    "first_line.contacted": "Dienst zelf al aangesproken",
    "first_line.on": "Dienst aangesproken op",
    "first_line.answer": "Antwoord van de dienst",
    "first_line.answered_on": "Antwoord gekregen op",
    "first_line.reference": "Kenmerk bij de dienst",
    "court.pending": "Zaak bij een rechter",
    "court.same_object": "Zelfde voorwerp bij de rechter",
    "court.started_on": "Zaak begonnen op",
    "complainant.kind": "Soort klager",
    "complainant.mandate": "Volmacht",
    "complainant.name": "Naam",
    "complainant.email": "E-mail",
    "complainant.phone": "Telefoon",
    "complainant.reachable": "Bereikbaar",
    "complainant.address": "Straat en nummer",
    "complainant.postcode": "Postcode",
    "complainant.municipality": "Gemeente",
    "complainant.birth_year": "Geboortejaar",
    "first_line.text": "Antwoord van de dienst aan de klager",
    "information.answer": "Antwoord van de klager op onze vraag",
    "investigation.questions": "Onze vragen aan de dienst",
    "investigation.answer": "Antwoord van de dienst op onze vragen",
    "investigation.reply": "Reactie op de bevindingen",
    "investigation.complainant_reply": "Reactie van de klager op de bevindingen",
    "investigation.authority_reply": "Reactie van de dienst op de bevindingen",
    "case.joined_to": "Gevoegd bij dossier",
    "case.came_from": "Komt van dossier",
    "case.goes_on_in": "Gaat verder in dossier",
    "complainant.special_needs": "Rekening houden met",
}


@dataclass(frozen=True)
class DecisionWords:
    """A decision's name and the labels of its outputs."""

    name: str
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class FactWords:
    """A fact's label, and the words of the answers one could choose. `codelist` when they come from a list."""

    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    codelist: str | None = None


@dataclass(frozen=True)
class _Parsed:
    elements: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, DecisionWords] = field(default_factory=dict)
    form: Form | None = None


_parsed: dict[str, _Parsed] = {}


@dataclass(frozen=True)
class Words:
    """Names for ids. An id nobody named is answered with its underscores as spaces."""

    versions: Mapping[tuple[str, str, int], str]
    in_use: Mapping[tuple[str, str], str]
    names: Mapping[tuple[str, str], str]
    facts: Mapping[str, FactWords]
    fields: Mapping[str, FactWords]

    def element(self, key: str, version: int, element_id: str) -> str:
        """The name of an element in one version of a diagram."""
        parsed = _parsed.get(self.versions.get(("process", key, version), ""))
        return (parsed.elements.get(element_id) if parsed else "") or spaced(element_id)

    def decision(self, decision_id: str, version: int) -> DecisionWords:
        """A decision in one version, found by its own id or that of its file."""
        digest = self.versions.get(("decision", decision_id, version), "")
        parsed = _parsed.get(digest)
        found = parsed.decisions.get(decision_id) if parsed else None
        return found or DecisionWords(spaced(decision_id), {})

    def part(self, decision_id: str, version: int, part: str) -> str:
        """The name of another decision in the same file."""
        parsed = _parsed.get(self.versions.get(("decision", decision_id, version), ""))
        found = parsed.decisions.get(part) if parsed else None
        return found.name if found else spaced(part)

    def diagram(self, key: str) -> str:
        """The name of a diagram."""
        return self.names.get(("process", key)) or spaced(key)

    def form(self, key: str) -> str:
        """The name of a form."""
        return self.names.get(("form", key)) or spaced(key)

    def anywhere(self, element_id: str) -> str:
        """The name of an element when only its id is known: that of the newest diagram that has it."""
        for (kind, _, _), digest in reversed(list(self.versions.items())):
            if kind == "process" and element_id in _parsed[digest].elements:
                return _parsed[digest].elements[element_id]
        return spaced(element_id)

    def field(self, key: str) -> FactWords:
        """The label of a form's field, by its key."""
        return self.fields.get(key) or FactWords(spaced(key))

    def has_form(self, key: str) -> bool:
        return ("form", key) in self.in_use

    def fact(self, name: str) -> FactWords:
        """A fact's label."""
        return self.facts.get(name) or FactWords(SHORT_LABELS.get(name) or spaced(name.rpartition(".")[2]))


def spaced(name: str) -> str:
    """An id as words: `first_line_answer` becomes `First line answer`; the last resort when nobody gave it a name."""
    return name.replace("_", " ").replace(".", " ").strip().capitalize()


def load(reading: Reading) -> Words:
    """All words there are now: one statement, and one more for content not seen before."""
    columns = select(
        Definition.kind, Definition.key, Definition.version, Definition.digest, Definition.state, Definition.name
    )
    with_words = columns.where(Definition.kind.in_(WITH_WORDS))
    rows = list(reading.session.execute(with_words.order_by(Definition.kind, Definition.key, Definition.version)))
    missing = {row.digest for row in rows} - _parsed.keys()
    if missing:
        query = select(Definition.kind, Definition.digest, Definition.content).where(Definition.digest.in_(missing))
        for kind, digest, content in reading.session.execute(query):
            _parsed[digest] = _parse(kind, content)
    active = {(row.kind, row.key): row.digest for row in rows if row.state == "active"}
    forms = [_parsed[digest].form for (kind, _), digest in active.items() if kind == "form"]
    return Words(
        versions={(row.kind, row.key, row.version): row.digest for row in rows},
        in_use=active,
        names={(row.kind, row.key): row.name for row in rows},
        facts=_facts(forms),
        fields={each.key: _field(each) for form in forms if form for each in form.inputs()},
    )


def _parse(kind: str, content: bytes) -> _Parsed:
    if kind == "form":
        return _Parsed(form=parse(content))
    root = xml.parse(content)
    if kind == "process":
        named = {each.get("id") or "": " ".join((each.get("name") or "").split()) for each in root.iter()}
        return _Parsed(elements={key: name for key, name in named.items() if key and name})
    return _Parsed(decisions=dict(_decisions(root)))


def _decisions(root: etree._Element) -> list[tuple[str, DecisionWords]]:
    found = []
    for decision in root.iter():
        if not isinstance(decision.tag, str) or xml.local(decision) != "decision":
            continue
        outputs = {
            each.get("name") or "": each.get("label") or spaced(each.get("name") or "")
            for each in decision.iter()
            if isinstance(each.tag, str) and xml.local(each) == "output"
        }
        key = decision.get("id") or ""
        found.append((key, DecisionWords(decision.get("name") or spaced(key), outputs)))
    return found


def _facts(forms: list[Form | None]) -> dict[str, FactWords]:
    found: dict[str, FactWords] = {}
    for form in forms:
        for each in form.inputs() if form else ():
            if each.fact:
                found.setdefault(each.fact, _field(each))
    return found


def _field(each: Field) -> FactWords:
    label = SHORT_LABELS.get(each.fact or "", each.label.rstrip("?"))
    return FactWords(label, {choice.value: choice.label for choice in each.choices}, each.codelist)
