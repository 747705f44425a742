"""The history of a case in words: what people did, what was sent, decided and due, the newest first.

In: the events of a case. Out: entries with a sentence each. What the diagram does by itself (gateways, service tasks) has no
entry of its own: what it brought about has. The auditor's replay shows every step; this is for those who work on the case.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from cases import own_initiative
from cases.models import Letter
from history.log import Event
from history.models import EventRow
from history.replay import occurrence_of
from storage.unit_of_work import Reading
from tasks.case_file import timeline_mending, timeline_public, timeline_together
from tasks.case_file.case_parts import DecisionView
from tasks.case_file.spoken import spoken, which_time, who
from tasks.citizens import on_behalf
from tasks.office import Office
from tasks.studio.definition_words import Words, spaced
from tasks.turn import stream_of

# Enough events to find a handful of entries among what the diagram did by itself.
RECENT_EVENTS = 80
# The fields of the outcome; the rest of what a step writes on the case was told by the rule that decided it.
OUTCOME_FIELDS = frozenset({"admissibility", "refusal_ground", "closure_reason", "finding", "remedy"})
# Elements without a person that a colleague wants to read of, and what comes before their name.
PASSED = {
    "intermediate_event": "",
    "boundary_event": "",
    "receive_task": "Gekomen: ",
    "send_task": "Verstuurd: ",
    "manual_task": "Buiten het systeem: ",
}
# What a case is to another.
BELONGS = {
    "joined_to": "Gevoegd bij dossier",
    "merged_into": "Samengevoegd met dossier",
    "apart_from": "Losgemaakt van dossier",
}
PEOPLE_DID = {
    "claimed": "Opgenomen",
    "released": "Teruggegeven",
    "delegated": "Doorgegeven",
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `kind` is task, letter, deadline, decision, message, case, document or incident."""

    at: datetime
    who: str
    role: str
    kind: str
    title: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Told:
    """What turning events into words needs at hand."""

    office: Office
    words: Words
    names: Mapping[str, str]
    letters: Mapping[object, str] = field(default_factory=dict)


def of(office: Office, reading: Reading, case_id: int, words: Words, names: Mapping[str, str]) -> list[Entry]:
    """The whole timeline, the newest first."""
    told = _Told(office, words, names, _subjects(reading, case_id))
    return _entries(told, office.log.read(reading, stream_of(case_id)))[::-1]


def line(office: Office, words: Words, names: Mapping[str, str], event: Event) -> Entry | None:
    """One event as a line; None for what has no line of its own."""
    return _entry(_Told(office, words, names), event)


def _subjects(reading: Reading, case_id: int) -> dict[object, str]:
    """The subjects of the case's letters: the history keeps which letter was sent, not what stands in it."""
    query = select(Letter.id, Letter.subject).where(Letter.case_id == case_id)
    return {row.id: row.subject for row in reading.session.execute(query)}


def latest(
    office: Office, reading: Reading, case_id: int, words: Words, names: Mapping[str, str], count: int = 5
) -> list[Entry]:
    """The last few entries, the newest first, without personal values: two statements."""
    query = select(EventRow).where(EventRow.stream == stream_of(case_id)).order_by(EventRow.seq.desc())
    rows = list(reading.session.scalars(query.limit(RECENT_EVENTS)))[::-1]
    events = [Event(r.activity, r.transition, r.at, r.resource, r.role, json.loads(r.data)) for r in rows]
    told = _Told(office, words, names, _subjects(reading, case_id))
    return _entries(told, events)[::-1][:count]


def decisions(office: Office, reading: Reading, case_id: int, words: Words) -> list[DecisionView]:
    """The latest answer of each decision table the case has asked, the newest first, with the rows that fired."""
    found: dict[str, DecisionView] = {}
    for at, told in _asked(office, reading, case_id):
        name = str(told.get("decision") or "")
        if name and name not in found:
            found[name] = _decision(office, words, at, told)
    return list(found.values())


def _asked(office: Office, reading: Reading, case_id: int) -> Iterator[tuple[datetime, Mapping[str, object]]]:
    """When a decision was asked and what it said, the newest first."""
    events = office.log.read(reading, stream_of(case_id), transition="decided")
    yield from ((each.at, each.data) for each in reversed(events))


def _decision(office: Office, words: Words, at: datetime, told: Mapping[str, object]) -> DecisionView:
    name, version = str(told["decision"]), told.get("version")
    known = words.decision(name, version if isinstance(version, int) else 0)
    value, inputs, rows = told.get("value"), told.get("inputs"), told.get("rows")
    answers = value if isinstance(value, dict) else {"": value}
    return DecisionView(
        decision=name,
        name=known.name,
        version=version if isinstance(version, int) else 0,
        at=at,
        answers=[(known.outputs.get(k, spaced(k)) if k else "", spoken(office, v)) for k, v in answers.items()],
        inputs=[(k, spoken(office, v) or "niet gekend") for k, v in _mapping(inputs).items()],
        rows=[
            (int(row.get("row") or 0), [str(note) for note in row.get("notes") or []])
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and row.get("decision") == name
        ],
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _entries(told: _Told, events: Iterable[Event]) -> list[Entry]:
    found = []
    for event in events:
        made = _entry(told, event)
        if made is not None:
            found.append(made)
    return found


def _entry(told: _Told, event: Event) -> Entry | None:
    """One event as a line; None for what has no line of its own."""
    if "type" in event.data:
        return _of_element(told, event)
    if event.transition in PEOPLE_DID:
        return _of_assignment(told, event)
    writer = _MATTERS.get((event.activity, event.transition)) or _MATTERS.get(("", event.transition))
    others = (timeline_mending.line, timeline_together.line, timeline_public.line)
    by_hand = None if writer else next((line for of in others if (line := of(told.words, event))), None)
    if by_hand is not None:
        return _made(told, event, "case", by_hand[0], *by_hand[1], *_old_and_new(told, event.personal))
    return writer(told, event) if writer else None


def _old_and_new(told: _Told, changed: Mapping[str, object]) -> list[str]:
    """What a variable held and holds now."""
    pairs = {
        name: value for name, value in changed.items() if isinstance(value, Mapping) and set(value) == {"old", "new"}
    }
    words = {
        name: [spoken(told.office, value[each]) or "niets" for each in ("old", "new")] for name, value in pairs.items()
    }
    return [f"{name}: {old} werd {new}" for name, (old, new) in words.items()]


def _made(told: _Told, event: Event, kind: str, title: str, *details: str) -> Entry:
    shown = tuple(detail for detail in details if detail)
    name = who(event.resource, told.names) + on_behalf.words(event.data)
    return Entry(event.at, name, event.role, kind, title, shown)


def _name_of(told: _Told, event: Event, element_id: str) -> str:
    """The name of an element in the diagram of an event."""
    definition = event.data.get("definition")
    key, version = definition if isinstance(definition, list) and len(definition) == 2 else ("", 0)
    return told.words.element(str(key), int(version), element_id)


def _element_name(told: _Told, event: Event) -> str:
    name = _name_of(told, event, event.activity)
    occurrence = occurrence_of(event)
    time = which_time(*occurrence) if occurrence else ""
    return f"{name} ({time})" if time else name


def _of_element(told: _Told, event: Event) -> Entry | None:
    name, kind = _element_name(told, event), str(event.data["type"])
    if event.transition == "incident":
        return _made(told, event, "incident", f"Vastgelopen: {name}", str(event.data.get("reason") or ""))
    if kind == "user_task":
        return _of_user_task(told, event, name)
    if kind in PASSED and event.transition == "completed":
        return _made(told, event, "case", PASSED[kind] + name)
    return None


def _of_user_task(told: _Told, event: Event, name: str) -> Entry | None:
    if event.transition == "activated":
        return _made(told, event, "task", f"Nieuwe taak: {name}", _undone(told, event))
    if event.transition == "cancelled":
        return _made(told, event, "task", f"Taak vervallen: {name}")
    answers = _mapping(event.data.get("answers"))
    said = {k: v for k, v in answers.items() if k != "changed"}
    changed = {**_mapping(answers.get("changed")), **event.personal}
    return _made(told, event, "task", f"Afgewerkt: {name}", *_said(told, said), *_changes(told, changed))


def _undone(told: _Told, event: Event) -> str:
    """What a step is there to undo."""
    undoes = event.data.get("undoes")
    return f"Maakt ongedaan: {_name_of(told, event, str(undoes))}" if undoes else ""


def _of_assignment(told: _Told, event: Event) -> Entry:
    given = who(str(event.data.get("assignee") or ""), told.names) if event.transition == "delegated" else ""
    title = PEOPLE_DID[event.transition] + (f" aan {given}" if given else "")
    return _made(told, event, "task", f"{title}: {told.words.anywhere(event.activity)}")


def _said(told: _Told, answers: Mapping[str, object]) -> list[str]:
    """Answers that went to the diagram, under the label of their field."""
    shown = []
    for name, value in answers.items():
        about = told.words.field(name)
        words = spoken(told.office, value, about.choices, about.codelist)
        if words:
            shown.append(f"{about.label}: {words}")
    return shown


def _changes(told: _Told, changed: Mapping[str, object]) -> list[str]:
    shown = []
    for name, value in changed.items():
        about = told.words.fact(name)
        new = value.get("new") if isinstance(value, Mapping) and set(value) == {"old", "new"} else value
        words = spoken(told.office, new, about.choices, about.codelist)
        if words:
            shown.append(f"{about.label}: {words}")
    return shown


def _received(told: _Told, event: Event) -> Entry:
    number = event.data.get("number")
    if event.data.get("channel") == own_initiative.CHANNEL:
        return _made(told, event, "case", f"Dossier geopend op eigen initiatief, nummer {number}")
    received = told.office.house.words.get("received", "Klacht ontvangen")
    return _made(told, event, "case", f"{received}, dossier {number}")


def _message(told: _Told, event: Event) -> Entry:
    name = told.words.form(str(event.data.get("message") or ""))
    return _made(
        told,
        event,
        "message",
        f"Melding: {name}",
        *_said(told, _mapping(event.data.get("answers"))),
        *_changes(told, event.personal),
    )


def _signal(told: _Told, event: Event) -> Entry:
    return _made(told, event, "message", f"Algemene melding: {spaced(str(event.data.get('signal') or ''))}")


def _condition(told: _Told, event: Event) -> Entry:
    return _made(told, event, "case", "Begonnen omdat aan een voorwaarde voldaan was")


def _letter(told: _Told, event: Event) -> Entry:
    to = {
        "complainant": who("complainant", told.names),
        "authority": "de dienst",
        "head_of_authority": "het hoofd van de dienst",
    }
    reader = to.get(str(event.data.get("to")), spaced(str(event.data.get("to") or "")).lower())
    how = {"mail": "per e-mail", "mailbox": "in de postbus"}.get(str(event.data.get("by")), "met de post")
    subject = told.letters.get(event.data.get("letter"), "")
    about = subject or f"model {event.data.get('template')}"
    return _made(told, event, "letter", f"Brief aan {reader}, {how}", about)


def _deadline(told: _Told, event: Event) -> Entry:
    rule = told.office.deadline_rules.rules.get(str(event.data.get("name") or "").rstrip("_0123456789"))
    name = rule.label if rule else spaced(str(event.data.get("name") or ""))
    title = f"Termijn gehaald: {name}" if event.transition == "completed" else f"Termijn loopt: {name}"
    if "old" in event.data:
        title = f"Termijn verschoven: {name}, van {_on(event.data['old'])} naar {_on(event.data.get('due_on'))}"
    why = str(event.data.get("reason") or "")
    return _made(told, event, "deadline", title, str(event.data.get("explanation") or ""), why)


def _on(day: object) -> str:
    """A day as the history keeps it, as people write it."""
    return f"{date.fromisoformat(str(day)):%d/%m/%Y}"


def _paused(told: _Told, event: Event) -> Entry:
    return _made(told, event, "deadline", "De termijnen staan stil", spaced(str(event.data.get("reason") or "")))


def _resumed(told: _Told, event: Event) -> Entry:
    return _made(told, event, "deadline", f"De termijnen lopen weer, na {event.data.get('days')} dagen stilstand")


def _decided(told: _Told, event: Event) -> Entry | None:
    if "decision" not in event.data:
        return None
    made = _decision(told.office, told.words, event.at, event.data)
    answer = "; ".join(f"{name}: {words}" if name else words for name, words in made.answers if words)
    place = f"versie {made.version}, rij" if made.version else "rij"
    rows = [f"{place} {row}: {', '.join(notes)}" if notes else f"{place} {row}" for row, notes in made.rows]
    return _made(told, event, "decision", f"Regel toegepast: {made.name}", answer, *rows)


def _case_changed(told: _Told, event: Event) -> Entry | None:
    if event.data.get("closed") is True:
        return _made(told, event, "case", "Dossier afgesloten", spoken(told.office, event.data.get("closure_reason")))
    if event.data.get("closed") is False:
        return _made(told, event, "case", "Dossier heropend")
    for name, title in BELONGS.items():
        if event.data.get(name):
            return _made(told, event, "case", f"{title} {event.data[name]}")
    news = [
        spoken(told.office, value["new"])
        for name, value in event.data.items()
        if name in OUTCOME_FIELDS and isinstance(value, Mapping) and set(value) == {"old", "new"}
    ]
    if event.data.get("is_urgent") is True:
        news.append("dringend")
    return _made(told, event, "case", f"Genoteerd: {', '.join(filter(None, news))}") if any(news) else None


def _timer(told: _Told, event: Event) -> Entry:
    if event.data.get("begins"):
        return _made(told, event, "case", "Begonnen op het voorziene moment")
    return _made(told, event, "deadline", "Een termijn is verstreken")


def _migrated(told: _Told, event: Event) -> Entry:
    name, version = told.words.diagram(str(event.data.get("process") or "")), event.data.get("to")
    title = "Teruggezet naar" if event.data.get("undone") else "Overgezet naar"
    return _made(told, event, "case", f"{title} versie {version} van {name}", str(event.data.get("reason") or ""))


def _choice(told: _Told, event: Event) -> Entry:
    steps = event.data.get("steps")
    names = [_name_of(told, event, str(each)) for each in (steps if isinstance(steps, list) else [])]
    return _made(told, event, "case", f"Volgende stap gekozen: {', '.join(names)}")


def _document(told: _Told, event: Event) -> Entry:
    return _made(told, event, "document", "Stuk toegevoegd", str(event.personal.get("name") or ""))


def _link(told: _Told, event: Event) -> Entry:
    whose = on_behalf.WHOSE.get(event.role, event.role)
    return _made(told, event, "letter", f"Link opnieuw gemaild op vraag van {whose}")


_MATTERS: dict[tuple[str, str], Callable[[_Told, Event], Entry | None]] = {
    ("case", "received"): _received,
    ("case", "changed"): _case_changed,
    ("case", "migrated"): _migrated,
    ("message", "received"): _message,
    ("signal", "received"): _signal,
    ("condition", "received"): _condition,
    ("timer", "received"): _timer,
    ("document", "received"): _document,
    ("link", "sent"): _link,
    ("letter", "sent"): _letter,
    ("deadline", "changed"): _deadline,
    ("deadline", "completed"): _deadline,
    ("clock", "paused"): _paused,
    ("clock", "resumed"): _resumed,
    ("choice", "decided"): _choice,
    ("", "decided"): _decided,
}
