"""Minutes that whoever was heard reads again: which ones a user task is about, and where its reader is reached.

The token carries the number of the minutes in the register of evidence, never their text (decisions/0004). Only reads; what became of
minutes is in `minutes_versions`.
"""

from collections.abc import Mapping

from cases import evidence
from cases.treatment_models import Evidence
from storage.unit_of_work import Reading
from tasks.models import UserTask

NUMBER, FACT, KIND = "minutes_number", "evidence.report", "hearing"


def told(reading: Reading, row: UserTask) -> Mapping[str, object]:
    """What the form of this user task starts from beside the facts of the file: the minutes it is about, when it is about any."""
    found = _of(reading, row)
    return {FACT: found.description} if found else {}


def address(reading: Reading, row: UserTask) -> str | None:
    """Where whoever was heard is reached; None when only paper can reach them."""
    found = _of(reading, row)
    return found.address if found else None


def _of(reading: Reading, row: UserTask) -> Evidence | None:
    number = row.inputs.get(NUMBER)
    return evidence.numbered(reading, row.case_id, int(str(number))) if number else None
