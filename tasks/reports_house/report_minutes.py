"""The minutes of a report that somebody told by voice: an officer wrote them, the reporter mends and signs them, an officer mends them again.

The text is one fact of the file; its versions are in the history, sealed under the key of the report. Only reads.
"""

from collections.abc import Mapping

from sqlalchemy import select

from history.log import Recorded
from identity.roles import COMPLAINANT
from storage.unit_of_work import Reading
from tasks.case_file.spoken import who
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment.minutes_versions import Minutes, Version
from tasks.treatment.text_changes import Part, changes
from tasks.turn import stream_of

TEXT, SIGN, IS_RIGHT, YES = "complaint.narrative", "sign_minutes", "minutes_correct", "ja"


def of_case(office: Office, reading: Reading, case_id: int, names: Mapping[str, str]) -> Minutes | None:
    """Every version of the minutes; None for a report whose reporter wrote it themselves, and for one that was destroyed."""
    query = (
        select(UserTask).where(UserTask.case_id == case_id, UserTask.element_id == SIGN).order_by(UserTask.id.desc())
    )
    asked = reading.session.scalars(query.limit(1)).first()
    if asked is None:
        return None
    versions: list[Version] = []
    answered: Recorded | None = None
    for event in office.log.read(reading, stream_of(case_id)):
        told = (event.personal or {}).get(TEXT)
        if told is not None:
            versions.append(Version(_by(event, names), event.at, _parts(told)))
        if (event.activity, event.transition) == (SIGN, "completed"):
            answered = event
    if not versions:
        return None
    is_unread = answered is None or (asked.closed_by or "").startswith("system:")
    if asked.closed_at is None or answered is None or is_unread:
        return Minutes(versions, "", None, asked.opened_at if asked.closed_at is None else None)
    if _answers(answered).get(IS_RIGHT) != YES:
        return Minutes(versions, "", None, None, is_wrong=True)
    return Minutes(versions, _by(answered, names), answered.at, None)


def _parts(told: object) -> list[Part]:
    """The text as it was told first, or with what changed in it."""
    if isinstance(told, Mapping):
        return changes(str(told.get("old") or ""), str(told.get("new") or ""))
    return [Part("same", str(told))]


def _answers(event: Recorded) -> Mapping[str, object]:
    answers = event.data.get("answers")
    return answers if isinstance(answers, Mapping) else {}


def _by(event: Recorded, names: Mapping[str, str]) -> str:
    """Who wrote; and who noted it for the reporter when they told it."""
    noted = f"{who(COMPLAINANT, names)} (genoteerd door {who(event.resource, names)})"
    return noted if event.data.get("on_behalf") else who(event.resource, names)
