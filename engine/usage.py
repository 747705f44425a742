"""How many open cases stand on which version of a process or decision: what stays behind when a new version comes into use."""

from collections import Counter

from sqlalchemy import func, or_, select

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


def open_instances(reading: Reading, definition_id: int) -> list[tuple[int, int | None]]:
    """The running instances (id and case) that stand on a version of a process, as their own or as one they call; the oldest first."""
    is_open = ProcessInstance.outcome.in_(("active", "incident"))
    bindings = reading.session.scalars(select(ProcessInstance.called).where(is_open).distinct())
    calling = [called for called in bindings if definition_id in called.values()]
    of_it = or_(ProcessInstance.definition_id == definition_id, ProcessInstance.called.in_(calling))
    query = select(ProcessInstance.id, ProcessInstance.case_id).where(is_open, of_it).order_by(ProcessInstance.id)
    return [(instance_id, case_id) for instance_id, case_id in reading.session.execute(query)]
