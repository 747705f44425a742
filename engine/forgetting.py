"""Forgetting what the processes of a case held: their variables, the messages meant for them, why a job or a step failed.

Only for a case that is being destroyed. What stays says that there were processes, and how they ended.
"""

from sqlalchemy import select, update

from engine import codec
from engine.models import Delivery, Incident, Job, ProcessInstance, PublishedMessage
from storage.unit_of_work import UnitOfWork


def running(work: UnitOfWork, case_id: int) -> list[int]:
    """The instances of a case that have not ended."""
    query = select(ProcessInstance.id).where(ProcessInstance.case_id == case_id, ProcessInstance.ended_at.is_(None))
    return list(work.session.scalars(query.order_by(ProcessInstance.id)))


def forget(work: UnitOfWork, case_id: int) -> None:
    """Empty what the ended instances of a case keep."""
    rows = list(work.session.scalars(select(ProcessInstance).where(ProcessInstance.case_id == case_id)))
    for row in rows:
        row.state, row.codec_version = codec.emptied(row.state), codec.VERSION
    ids = [row.id for row in rows]
    for table in (PublishedMessage, Delivery):
        work.session.execute(update(table).where(table.case_id == case_id).values(variables={}))
    work.session.execute(update(Job).where(Job.instance_id.in_(ids)).values(last_error=None))
    work.session.execute(update(Incident).where(Incident.case_id == case_id).values(reason=""))
