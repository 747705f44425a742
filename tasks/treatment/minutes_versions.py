"""What became of minutes: every version, who wrote it, what changed in it, and who accepted the last one. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.treatment_models import Evidence
from identity.roles import HEARD
from storage.unit_of_work import Reading
from tasks.case_file.spoken import who
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment.minutes import KIND, NUMBER
from tasks.treatment.text_changes import Part, changes
from tasks.turn import stream_of

# Whom the register names for what was added while nobody did anything; and, before it named people, for everything.
ENGINE, RULES = "system:engine", "system:rules"


@dataclass(frozen=True)
class Version:
    """One version of minutes, by whom and when; `parts` are its text, with what changed since the version before."""

    by: str
    at: datetime
    parts: list[Part]


@dataclass(frozen=True)
class Minutes:
    """Every version, the first one first. `accepted_by` and `accepted_at` say who confirmed the last one, and when; `asked_at` since when we
    ask that, while nobody answered; `is_wrong` that they were read and must be mended. None of these: nobody was asked, or nobody answered in time.
    """

    versions: list[Version]
    accepted_by: str
    accepted_at: datetime | None
    asked_at: datetime | None
    is_wrong: bool = False


def of_case(office: Office, reading: Reading, case_id: int, names: Mapping[str, str]) -> dict[int, Minutes]:
    """What became of each minutes, by their number in the register. `names` as `spoken.who` takes them."""
    rows = reading.session.scalars(select(Evidence).where(Evidence.case_id == case_id, Evidence.kind == KIND)).all()
    query = select(UserTask).where(UserTask.case_id == case_id, UserTask.role == HEARD).order_by(UserTask.id)
    asked = {str(row.inputs.get(NUMBER)): row for row in (reading.session.scalars(query) if rows else ())}
    told = _told_by(office, reading, case_id) if any(row.added_by == ENGINE for row in rows) else {}
    return {row.number: _became(row, told.get(row.number), asked.get(str(row.number)), names) for row in rows}


def _told_by(office: Office, reading: Reading, case_id: int) -> dict[object, str]:
    """Who took the step that brought each piece of evidence, by its number, as the history has it: in a turn a person comes first."""
    found: dict[object, str] = {}
    last = ENGINE
    for event in office.log.read(reading, stream_of(case_id)):
        if event.resource not in (ENGINE, RULES):
            last = event.resource
        elif (event.activity, event.transition) == ("evidence", "received"):
            found[event.data.get("number")] = last
    return found


def _became(row: Evidence, told_by: str | None, asked: UserTask | None, names: Mapping[str, str]) -> Minutes:
    author = told_by or row.added_by
    first = Version(who(author, names), row.added_at, [Part("same", row.description)])
    if row.confirmed_on is None or asked is None or asked.closed_at is None:
        return Minutes([first], "", None, asked.opened_at if asked and asked.closed_at is None else None)
    by = _heard(asked, names)
    second = [Version(by, asked.closed_at, changes(row.description, row.correction))] if row.correction else []
    return Minutes([first, *second], by, asked.closed_at, None)


def _heard(asked: UserTask, names: Mapping[str, str]) -> str:
    """Whoever was heard, and who noted it for them when it came on paper."""
    heard, noted_by = who(HEARD, names), asked.closed_by or ""
    return f"{heard} (genoteerd door {who(noted_by, names)})" if noted_by.startswith("person:") else heard
