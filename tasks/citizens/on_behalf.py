"""Answering for whoever has no account: the answer came by post, by telephone, by e-mail or on a visit, and staff notes it.

In: how and when it came, as typed. Out: what the history keeps of it, and its words; and the draft that staff keeps meanwhile,
apart from the one of whoever holds the link: neither reads, nor overwrites, what the other has not sent.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from babel.dates import format_date

from cases.deadlines import local_day
from cases.models import Document
from forms.schema import NOWHERE, Choice, Field, Form
from forms.validation import validate
from identity.people import Actor
from identity.roles import AUTHORITY, EXTERNAL_ROLES
from tasks.models import UserTask

# No field of a form has a dot in its key, so these never meet one of them.
CHANNEL, RECEIVED_ON, NO_DOCUMENT = "on_behalf.channel", "on_behalf.received_on", "on_behalf.no_document"
NAMES = (CHANNEL, RECEIVED_ON, NO_DOCUMENT)
# A user task with this input asks for what shows the answer, or the reason why nothing does.
PROOF = "proof_on_paper"
# Where a turn leaves how the answer came that it notes, and what shows it: a job of the same turn may keep that.
NOTED = "how the answer came that this turn notes"
CHANNELS = {"post": "Met de post", "phone": "Per telefoon", "email": "Per e-mail", "visit": "Op bezoek"}
CAME_AS = {"post": "brief", "phone": "telefoongesprek", "email": "e-mail", "visit": "bezoek"}
WHOSE = {"authority": "de dienst", "complainant": "de klager", "heard_person": "wie gehoord werd"}
_FIELDS = (
    Field(
        key=CHANNEL,
        type="radio",
        label="Hoe kwam het antwoord?",
        is_required=True,
        goes_to=NOWHERE,
        choices=tuple(Choice(value, words) for value, words in CHANNELS.items()),
    ),
    Field(key=RECEIVED_ON, type="datetime", label="Op welke dag kwam het?", is_required=True, goes_to=NOWHERE),
)
_PROOF = (
    Field(
        key="on_behalf.files",
        type="filepicker",
        label="Het stuk waaruit het antwoord blijkt",
        description="Het ondertekende blad of de e-mail. Het komt bij de stukken van het dossier.",
        goes_to=NOWHERE,
    ),
    Field(key=NO_DOCUMENT, type="textarea", label="Geen stuk? Schrijf waarom", goes_to=NOWHERE),
)
_HOW_IT_CAME = Form("on_behalf", "Hoe het antwoord kwam", (*_FIELDS, *_PROOF))
NO_PROOF = "Voeg een stuk toe waaruit het antwoord blijkt, of schrijf waarom er geen is."


@dataclass(frozen=True)
class Draft:
    """Half-filled answers, and who kept them."""

    answers: dict[str, Any] | None
    by: str | None

    @property
    def mark(self) -> str:
        """What identifies this draft; empty when there is none."""
        if self.answers is None:
            return ""
        told = json.dumps([self.by, self.answers], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def with_how_it_came(form: Form, *, needs_proof: bool = False) -> Form:
    """The form as staff fills it in: first how and when the answer came, then what was asked."""
    return replace(form, fields=(*_FIELDS, *(_PROOF if needs_proof else ()), *form.fields))


def named(channel: str, received_on: str, no_document: str = "") -> dict[str, str]:
    """How and when it came, under the names of the fields; and why nothing shows it, when nothing does."""
    return {CHANNEL: channel, RECEIVED_ON: received_on, **({NO_DOCUMENT: no_document} if no_document else {})}


def apart(draft: Mapping[str, Any] | None) -> tuple[dict[str, Any] | None, dict[str, str] | None]:
    """A draft as answers to the form, and how and when the answer came."""
    if draft is None:
        return None, None
    came = {name.rpartition(".")[2]: str(draft[name]) for name in NAMES if name in draft}
    return {name: value for name, value in draft.items() if name not in NAMES}, came or None


def checked(
    row: UserTask, came: Mapping[str, str] | None, today: date, *, has_files: bool = False
) -> tuple[dict[str, object], list[dict[str, str]]]:
    """What the history keeps (whose answer it is, how and when it came), or what is wrong with it, by field."""
    told = validate(_HOW_IT_CAME, came or {})
    day = told.values.get(RECEIVED_ON)
    if isinstance(day, date):
        wrong = _wrong_day(row, day, today)
        if wrong:
            told.errors[RECEIVED_ON] = wrong
    if row.inputs.get(PROOF) and not has_files and not told.values.get(NO_DOCUMENT):
        told.errors[NO_DOCUMENT] = NO_PROOF
    if told.errors or not isinstance(day, date):
        return {}, told.problems
    data: dict[str, object] = {"role": row.role, "channel": told.values[CHANNEL], "received_on": day.isoformat()}
    if row.role == AUTHORITY and row.authority_key:
        data["authority_key"] = row.authority_key
    return data, []


def _wrong_day(row: UserTask, day: date, today: date) -> str:
    """Why the answer cannot have come on this day; empty when it can."""
    if day > today:
        return "De dag waarop het antwoord kwam, kan niet in de toekomst liggen."
    asked = local_day(row.opened_at)
    return f"Het antwoord kan niet vóór de vraag gekomen zijn: die is van {_spoken(asked)}." if day < asked else ""


def words(data: Mapping[str, object]) -> str:
    """', namens de dienst (brief van 12 november 2026)' for an event that says so; empty for any other."""
    told = data.get("on_behalf")
    if not isinstance(told, Mapping):
        return ""
    day = _spoken(date.fromisoformat(str(told["received_on"])))
    return f", namens {WHOSE[str(told['role'])]} ({CAME_AS[str(told['channel'])]} van {day})"


def _spoken(day: date) -> str:
    return format_date(day, "d MMMM y", locale="nl")


def draft_of(row: UserTask, actor: Actor) -> Draft:
    """The draft this actor goes on with: staff never sees what somebody without an account has not sent yet."""
    if _is_office_draft(row, actor):
        return Draft(row.office_draft, row.office_draft_by)
    return Draft(row.draft, row.draft_by)


def keep_draft(row: UserTask, actor: Actor, answers: Mapping[str, Any]) -> None:
    """Keep it where `draft_of` finds it."""
    if _is_office_draft(row, actor):
        row.office_draft, row.office_draft_by = dict(answers), actor.id
    else:
        row.draft, row.draft_by = dict(answers), actor.id


def _is_office_draft(row: UserTask, actor: Actor) -> bool:
    return row.role in EXTERNAL_ROLES and not actor.is_external


def noted(
    data: Mapping[str, object], came: Mapping[str, str] | None, actor: Actor, documents: Sequence[Document]
) -> dict[str, object]:
    """What is kept beside the answer itself, where a job keeps it: who noted it, which files show it, or why none does."""
    why = str((came or {}).get(NO_DOCUMENT) or "").strip()
    return {**data, "noted_by": actor.id, "documents": [each.id for each in documents], "no_document": why}
