"""How the office is doing, in numbers: what waits, since when, and what is stuck. Each number is an indexed count."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.models import Delivery, Incident, Job, PublishedMessage, Subscription
from storage.unit_of_work import Reading
from tasks.models import Mail, UserTask
from tasks.operating import presence, running

MEANINGS = {
    "jobs_ready": "Jobs that may be done now.",
    "jobs_running": "Jobs somebody is doing.",
    "jobs_dead": "Jobs out of retries.",
    "timers_due": "Timers whose moment has passed and that did not fire yet.",
    "deliveries_waiting": "Signals on their way.",
    "messages_new": "Messages nobody was looked for yet.",
    "incidents_open": "Places where a case cannot go on.",
    "mail_waiting": "Mail to be sent.",
    "mail_dead": "Mail the office tried often enough; it waits for people.",
    "user_tasks_open": "Work that waits for people.",
    "processes": "Servers and workers that live.",
    "processes_gone": "Servers and workers of the last hour that stopped without a word.",
}


@dataclass(frozen=True)
class Pulse:
    """Counts by name, and the moment of the oldest of what should not wait long."""

    counts: dict[str, int]
    oldest: dict[str, datetime | None]


def of(reading: Reading, now: datetime) -> Pulse:
    """The office at this moment."""
    session = reading.session
    ready = (Job.state == "ready", Job.run_at <= now)
    due = (Subscription.kind == "timer", Subscription.due_at <= now)
    waiting = (Mail.state == "waiting",)
    rows = {
        "jobs_ready": (Job.id, ready),
        "jobs_running": (Job.id, (Job.state == "running",)),
        "jobs_dead": (Job.id, (Job.state == "dead",)),
        "timers_due": (Subscription.id, due),
        "deliveries_waiting": (Delivery.id, (Delivery.state == "waiting",)),
        "messages_new": (
            PublishedMessage.id,
            (PublishedMessage.state == "waiting", PublishedMessage.is_tried.is_(False)),
        ),
        "incidents_open": (Incident.id, (Incident.resolved_at.is_(None),)),
        "mail_waiting": (Mail.id, waiting),
        "mail_dead": (Mail.id, (Mail.state == "dead",)),
        "user_tasks_open": (UserTask.id, (UserTask.closed_at.is_(None),)),
    }
    counts = {
        name: session.scalar(select(func.count()).select_from(select(column).where(*where).subquery())) or 0
        for name, (column, where) in rows.items()
    }
    alive = presence.of(reading, now)
    counts["processes_gone"] = sum(each.is_gone for each in alive)
    counts["processes"] = len(alive) - counts["processes_gone"]
    oldest = {
        "jobs_ready": session.scalar(select(func.min(Job.run_at)).where(*ready)),
        "timers_due": session.scalar(select(func.min(Subscription.due_at)).where(*due)),
        "mail_waiting": session.scalar(select(func.min(Mail.created_at)).where(*waiting)),
    }
    last_copy = running.last_copy_at(reading)
    return Pulse(counts, oldest if last_copy is None else {**oldest, "last_copy": last_copy})
