"""One case and the people around it: what is open, and completing or telling it as whoever it is for.

The acts go through the same commands as a page: `tasks.completion` and `tasks.inbox`, each a turn and a commit of its own.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases.models import Case, Grievance
from identity import people
from identity.people import Actor, actor_of
from identity.roles import AUTHORITY, COMPLAINANT, HANDLER
from tasks import completion, inbox, worklist
from tasks.errors import MessageNotExpected
from tasks.inbox import INFORMATION
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment import other_hands


class Stage:
    """The stage of one case."""

    def __init__(self, office: Office, case_id: int) -> None:
        self.office = office
        self.case_id = case_id

    def case(self) -> Case:
        with self.office.database.reading() as reading:
            return reading.session.get_one(Case, self.case_id)

    def grievances(self) -> list[Grievance]:
        with self.office.database.reading() as reading:
            query = select(Grievance).where(Grievance.case_id == self.case_id).order_by(Grievance.number)
            return list(reading.session.scalars(query))

    def open(self) -> dict[str, UserTask]:
        """The open user tasks by element; the newest when there are two of one."""
        with self.office.database.reading() as reading:
            return {row.element_id: row for row in worklist.open_of_case(reading, self.case_id)}

    def completes(self, row: UserTask, answers: Mapping[str, Any]) -> None:
        """Whoever this user task is for completes it."""
        actor = self.actor(row.role, row)
        with self.office.database.work() as work:
            completion.complete(self.office, work, actor, row.id, answers)

    def tells(self, message: str, answers: Mapping[str, Any], role: str = HANDLER) -> bool:
        """Deliver a message. False when the case does not wait for it."""
        try:
            with self.office.database.work() as work:
                inbox.deliver(self.office, work, self.actor(role), self.case_id, message, answers)
        except MessageNotExpected:
            return False
        return True

    def notes(self, text: str, role: str = HANDLER) -> bool:
        """Put plain information on the file; it moves nothing."""
        return self.tells(INFORMATION, {"added": text}, role)

    def actor(self, role: str, row: UserTask | None = None) -> Actor:
        """Somebody of this role: a person of the office when one was hired, a link holder for the externals."""
        if role == COMPLAINANT:
            return Actor(f"complainant:{self.case_id}", "", frozenset({role}))
        if role == AUTHORITY and row is not None:
            return Actor(f"authority:{row.id}", "", frozenset({role}))
        return staff(self.office, role, row)


def staff(office: Office, role: str, row: UserTask | None = None) -> Actor:
    """The first person with this role whom the user task may be for, else the scenario itself in that role."""
    with office.database.reading() as reading:
        hired = [
            each
            for each in people.with_role(reading, role)
            if row is None or other_hands.is_for(row, f"person:{each.id}")
        ]
        return actor_of(hired[0]) if hired else Actor("system:scenario", "Scenario", frozenset({role}))
