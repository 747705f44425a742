"""How many open cases stay on a version when another comes into use.

A diagram holds its cases to the end; a form holds the user tasks that were opened with it; a decision table holds nobody: each
decision is taken with the table that is in use at that moment.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from engine import usage
from engine.models import Definition
from storage.unit_of_work import Reading
from tasks.models import UserTask


def open_cases(reading: Reading, rows: Sequence[Definition]) -> Counter[int]:
    """Open cases per definition id, for these versions."""
    by_form: dict[tuple[str | None, int | None], int] = {
        (row.key, row.version): row.id for row in rows if row.kind == "form"
    }
    found = Counter(usage.open_cases(reading))
    query = (
        select(UserTask.form_key, UserTask.form_version, func.count(UserTask.case_id.distinct()))
        .where(UserTask.closed_at.is_(None), UserTask.form_key.is_not(None))
        .group_by(UserTask.form_key, UserTask.form_version)
    )
    for key, version, cases in reading.session.execute(query) if by_form else ():
        if (key, version) in by_form:
            found[by_form[key, version]] += cases
    wanted = {row.id for row in rows}
    return Counter({definition_id: cases for definition_id, cases in found.items() if definition_id in wanted})
