"""The stage for stories: given a complaint, when somebody acts, then the case waits, is told, or is closed.

It stands on the real office: real forms, diagrams, decisions, letters and history, and a clock that travels. Every turn is
one unit of work; after each, the folded history must be what the engine holds.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from cases import facts
from cases.deadlines import local_day, of_case
from cases.models import Case, Deadline, Grievance, Letter
from engine.models import Incident, ProcessInstance
from history.log import verify
from identity.people import Actor
from identity.roles import FIRST_LINE
from tasks import completion, inbox, intake, turn, worklist
from tasks.case_file import public_status, stages
from tasks.models import UserTask
from tasks.office import Office
from tasks.scenarios.schedule import travel

COMPLAINT: dict[str, Any] = {
    "services": "de lijn",
    "subject": "Boete terwijl de app niet werkte",
    "narrative": "De app hing. Ik kreeg een boete van 107 euro.",
    "desired_outcome": "De boete moet weg.",
    "facts_on": "2025-11-04",
    "first_line_contacted": "ja",
    "first_line_on": "2025-11-10",
    "first_line_answer": "insufficient",
    "first_line_answered_on": "2025-12-19",
    "court_pending": "nee",
    "filer_kind": "person",
    "complainant_name": "Mies Vandevoorde",
    "email": "mies@example.org",
    "name_withheld": "nee",
    "complaint_language": "nl",
}
NOT_CONTACTED = {
    "first_line_contacted": "nee",
    "first_line_on": None,
    "first_line_answer": None,
    "first_line_answered_on": None,
}


# Why both parties need not be heard before an assessment, as a handler would say it.
UNHEARD = {
    "hearing_decision": "assess",
    "unheard_reason": "undisputed",
    "unheard_motivation": "De klager en de dienst vertellen hetzelfde.",
}
# A text both parties accepted that the mediator finds clear, and how the promise in it will be checked.
CLEAR = {"agreement_clear": "ja", "promise_check": "De klager stuurt ons de brief van de dienst."}


def person(role: str) -> Actor:
    return Actor("person:1", "Lies", frozenset({role}))


class Story:
    """One complaint and everybody around it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.case_id = 0

    # -- given ----------------------------------------------------------------------------------------------------------

    def given_a_complaint(self, **answers: Any) -> "Story":
        """Sent by the web form; an answer of None leaves the field out."""
        given = {name: value for name, value in {**COMPLAINT, **answers}.items() if value is not None}
        sender = Actor("complainant:new", "", frozenset({"complainant"}))
        with self.office.database.work() as work:
            self.case_id = intake.receive(self.office, work, sender, given).case_id
        self._history_holds()
        return self

    def given_an_opened_file(self, **answers: Any) -> "Story":
        """Admissible, up to the choice between mediation and investigation."""
        self.given_a_complaint(**answers).completes("assess_intake", matter="complaint", judged_urgent="nee")
        return self.completes("decide_admissibility", decision="admitted")

    # -- when -----------------------------------------------------------------------------------------------------------

    def completes(self, element_id: str, **answers: Any) -> "Story":
        """Whoever this user task is for completes it: staff by role, complainant and authority as by their link."""
        row = self.open(element_id)
        with self.office.database.work() as work:
            completion.complete(self.office, work, self._actor(row), row.id, answers)
        self._history_holds()
        return self

    def goes_straight_to_assessment(self) -> "Story":
        """Without mediation or investigation, and with the reason why the parties need not be heard."""
        return self.completes("choose_approach", approach="assessment").completes("decide_unheard", **UNHEARD)

    def receives(self, message: str, *, role: str = "case_handler", **answers: Any) -> "Story":
        """A message comes in by a staff member, or from the complainant."""
        actor = Actor(f"complainant:{self.case_id}", "", frozenset({role})) if role == "complainant" else person(role)
        with self.office.database.work() as work:
            inbox.deliver(self.office, work, actor, self.case_id, message, answers)
        self._history_holds()
        return self

    def after(self, days: int) -> "Story":
        """Days pass, and what falls due on the way happens on its own day."""
        travel(self.office, self.office.clock.now() + timedelta(days=days))
        self._history_holds()
        return self

    # -- then -----------------------------------------------------------------------------------------------------------

    def waits_at(self, *element_ids: str) -> "Story":
        assert sorted(row.element_id for row in self._open()) == sorted(element_ids)
        return self

    def has_stages(self, *names: str) -> "Story":
        with self.office.database.reading() as reading:
            assert stages.stages_of(reading, self.case) == list(names)
        return self

    def is_closed(self, reason: str) -> "Story":
        assert self.case.closure_reason == reason
        assert self.case.closed_at is not None
        return self

    def sent(self, *templates: str) -> "Story":
        """These letters are on the file, in this order, among the others."""
        written = [letter.template for letter in self.letters()]
        at = -1
        for template in templates:
            assert template in written[at + 1 :], f"{template} is not in {written[at + 1 :]}"
            at = written.index(template, at + 1)
        return self

    def due(self, name: str) -> date:
        with self.office.database.reading() as reading:
            return next(row.due_on for row in of_case(reading, self.case_id) if row.name == name)

    # -- what there is --------------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        with self.office.database.reading() as reading:
            return reading.session.get_one(Case, self.case_id)

    @property
    def today(self) -> date:
        return local_day(self.office.clock.now())

    @property
    def status(self) -> public_status.PublicStatus:
        with self.office.database.reading() as reading:
            return public_status.of(self.office, reading, reading.session.get_one(Case, self.case_id))

    def grievances(self) -> list[Grievance]:
        with self.office.database.reading() as reading:
            query = select(Grievance).where(Grievance.case_id == self.case_id).order_by(Grievance.number)
            return list(reading.session.scalars(query))

    def letters(self) -> list[Letter]:
        with self.office.database.reading() as reading:
            query = select(Letter).where(Letter.case_id == self.case_id).order_by(Letter.id)
            return list(reading.session.scalars(query))

    def deadlines(self) -> list[Deadline]:
        with self.office.database.reading() as reading:
            return list(of_case(reading, self.case_id))

    def facts(self) -> Mapping[str, object]:
        with self.office.database.reading() as reading:
            return facts.known(reading, self.case_id)

    def open(self, element_id: str) -> UserTask:
        rows = [row for row in self._open() if row.element_id == element_id]
        assert rows, f"{element_id} is not open; open are {[row.element_id for row in self._open()]}"
        return rows[0]

    def _open(self) -> list[UserTask]:
        with self.office.database.reading() as reading:
            return worklist.open_of_case(reading, self.case_id)

    def _actor(self, row: UserTask) -> Actor:
        if row.role == "authority":
            return Actor(f"authority:{row.id}", "", frozenset({"authority"}))
        if row.role == "complainant":
            return Actor(f"complainant:{row.case_id}", "", frozenset({"complainant"}))
        if row.role == FIRST_LINE:  # somebody of the service the file is at
            return replace(person(row.role), authority_key=self.case.authority_key)
        return self._hands(row)

    def _hands(self, row: UserTask) -> Actor:
        """The first of the office's people whom this user task is for: somebody else than who did what is looked at again."""
        hands = (Actor(f"person:{number}", "Lies", frozenset({row.role})) for number in count(1))
        return next(each for each in hands if worklist.may_take(each, row))

    def _history_holds(self) -> None:
        """No incident, a chain that verifies, and the worklist in line with the tokens."""
        with self.office.database.reading() as reading:
            reasons = list(reading.session.scalars(select(Incident.reason).where(Incident.case_id == self.case_id)))
            assert reasons == []
            assert verify(reading, turn.stream_of(self.case_id)).ok
            instance_id = self.case.instance_id or 0
            assert reading.session.get_one(ProcessInstance, instance_id).outcome in ("active", "completed")
            active = {instance_id: self.office.engine.active(reading, instance_id)}
            for row in self._open():  # most are of the case's own process, some of one that began beside it
                if row.instance_id not in active:
                    active[row.instance_id] = self.office.engine.active(reading, row.instance_id)
                assert row.element_id in active[row.instance_id]
