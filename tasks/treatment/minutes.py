"""Minutes that whoever was heard reads again: which ones a user task is about, where its reader is reached, and what became of them.

The token carries the number of the minutes in the register of evidence, never their text (decisions/0004). Only reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases import evidence
from cases.treatment_models import Evidence
from identity.roles import HEARD
from storage.unit_of_work import Reading
from tasks.case_file.spoken import who
from tasks.models import UserTask
from tasks.treatment.text_changes import Part, changes

NUMBER, FACT, KIND = "minutes_number", "evidence.report", "hearing"


@dataclass(frozen=True)
class Version:
    """One version of minutes, by whom and when; `parts` are its text, with what changed since the version before."""

    by: str
    at: datetime
    parts: list[Part]


@dataclass(frozen=True)
class Minutes:
    """Every version, the first one first. `accepted_by` and `accepted_at` say who confirmed the last one, and when; `asked_at` since when we
    ask that, while nobody answered. None of these: nobody was asked, or nobody answered in time.
    """

    versions: list[Version]
    accepted_by: str
    accepted_at: datetime | None
    asked_at: datetime | None


def told(reading: Reading, row: UserTask) -> Mapping[str, object]:
    """What the form of this user task starts from beside the facts of the file: the minutes it is about, when it is about any."""
    found = _of(reading, row)
    return {FACT: found.description} if found else {}


def address(reading: Reading, row: UserTask) -> str | None:
    """Where whoever was heard is reached; None when only paper can reach them."""
    found = _of(reading, row)
    return found.address if found else None


def of_case(reading: Reading, case_id: int, names: Mapping[str, str]) -> dict[int, Minutes]:
    """What became of each minutes, by their number in the register. `names` as `spoken.who` takes them."""
    rows = reading.session.scalars(select(Evidence).where(Evidence.case_id == case_id, Evidence.kind == KIND)).all()
    query = select(UserTask).where(UserTask.case_id == case_id, UserTask.role == HEARD).order_by(UserTask.id)
    asked = {str(row.inputs.get(NUMBER)): row for row in (reading.session.scalars(query) if rows else ())}
    return {row.number: _became(row, asked.get(str(row.number)), names) for row in rows}


def _became(row: Evidence, asked: UserTask | None, names: Mapping[str, str]) -> Minutes:
    first = Version(who(row.added_by, names), row.added_at, [Part("same", row.description)])
    if row.confirmed_on is None or asked is None or asked.closed_at is None:
        return Minutes([first], "", None, asked.opened_at if asked and asked.closed_at is None else None)
    by = _heard(asked, names)
    second = [Version(by, asked.closed_at, changes(row.description, row.correction))] if row.correction else []
    return Minutes([first, *second], by, asked.closed_at, None)


def _heard(asked: UserTask, names: Mapping[str, str]) -> str:
    """Whoever was heard, and who noted it for them when it came on paper."""
    heard, noted_by = who(HEARD, names), asked.closed_by or ""
    return f"{heard} (genoteerd door {who(noted_by, names)})" if noted_by.startswith("person:") else heard


def _of(reading: Reading, row: UserTask) -> Evidence | None:
    number = row.inputs.get(NUMBER)
    return evidence.numbered(reading, row.case_id, int(str(number))) if number else None
