"""How many open cases stand on which version of a process or decision: what stays behind when a new version comes into use."""

from collections import Counter

from sqlalchemy import func, select

from engine.models import ProcessInstance
from storage.unit_of_work import Reading


def open_cases(reading: Reading) -> Counter[int]:
    """Open cases per definition id; a case counts for its own process and for each process and decision it may still ask."""
    bound = ProcessInstance.definition_id, ProcessInstance.called, ProcessInstance.decisions
    query = (
        select(*bound, func.count(ProcessInstance.case_id.distinct()))
        .where(ProcessInstance.outcome.in_(("active", "incident")))
        .group_by(*bound)
    )
    found: Counter[int] = Counter()
    for definition_id, called, decisions, cases in reading.session.execute(query):
        for each in {definition_id, *called.values(), *(decisions or {}).values()}:
            found[each] += cases
    return found
