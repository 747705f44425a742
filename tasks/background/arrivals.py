"""What starts or moves a process without a person: a message or signal that arrives, a moment that comes.

Each is a turn of its own, and ends like every turn. A process that starts belongs to the case of whoever sent for it. When nobody's
case sent for it and it will ask something of people, the office opens a file on its own initiative; else it runs without one, and its
history is its own. A case that goes on from another (`tasks.joined.continued`) begins when its process starts.
"""

from collections.abc import Mapping
from typing import Any

from cases import own_initiative
from cases.models import Case
from engine import definitions
from engine.involvement import needs_a_case
from engine.models import Subscription
from engine.step import Step
from history.log import Event
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.joined import continued
from tasks.office import Office

BY_OFFICE = "system:office"


def take(
    office: Office, work: UnitOfWork, wait: Subscription, variables: Mapping[str, Any], case_id: int | None
) -> Step | None:
    """Give what arrived to who waits for it, or start what it starts. None when it is waited for no longer."""
    own = None
    if wait.definition_id is not None:
        own = _own_file(office, work, wait.definition_id) if case_id is None else continued.begin(office, work, case_id)
    step = office.engine.receive(work, wait, variables, own.id if own else case_id)
    if own is not None and step is not None:
        own.instance_id = step.instance_id
    return step


def _own_file(office: Office, work: UnitOfWork, definition_id: int) -> Case | None:
    if not needs_a_case(office.engine.specs, work, definition_id, office.engine.handlers):
        return None
    now, name = office.clock.now(), definitions.get(work, definition_id).name
    case = own_initiative.open_file(work, name, now, turn.new_secret()[1])
    data = {"number": case.number, "channel": case.channel, "received_at": now.isoformat(), "subject": case.subject}
    office.log.append(work, turn.stream_of(case.id), [Event("case", "received", now, BY_OFFICE, "", data)])
    return case
