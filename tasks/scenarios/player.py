"""Playing one record: its people act on the real office, step by step, as the script says.

In: an office with a travelling clock, a record. Out: for each act that had nowhere to go, a sentence. The order of things
is the script's; what the office does by itself (letters, terms, reminders) is never played.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from cases.deadlines import local_day
from identity.people import Actor
from identity.roles import COMPLAINANT, INTAKE
from problems import Problem
from tasks import intake
from tasks.intake import PHONE_FORM
from tasks.models import UserTask
from tasks.office import Office
from tasks.scenarios import forms
from tasks.scenarios.deeds.admissibility import flags_of
from tasks.scenarios.records import Act, Record
from tasks.scenarios.routes import Route
from tasks.scenarios.stage import Stage, staff

LONGEST_WAY = 25
Deed = Callable[["Player", Act], bool]


class Player:
    """One case being played. `troubles` are the acts that could not be done, each a sentence."""

    def __init__(self, office: Office, record: Record, cases: Mapping[str, str]) -> None:
        self.office = office
        self.record = record
        # Record ids to case numbers, for acts that name another record.
        self.cases = cases
        self.stage: Stage | None = None
        self.number = ""
        self.acted = 0
        self.said: dict[str, str] = {}
        self.troubles: list[str] = []

    def receives(self) -> None:
        """The complaint comes in and the front office judges what it is."""
        form = forms.form_of(self.record)
        sender = (
            staff(self.office, INTAKE) if form == PHONE_FORM else Actor("complainant:new", "", frozenset({COMPLAINANT}))
        )
        try:
            with self.office.database.work() as work:
                received = intake.receive(
                    self.office, work, sender, forms.answers_of(self.record), form_key=form,
                    received_at=self.record.received_at,
                )  # fmt: skip
            self.stage = Stage(self.office, received.case_id)
            self.number = received.number
            self._judges_intake(self.stage)
        except Problem as problem:
            self.troubles.append(f"ontvangst: {told(problem)}")

    def _judges_intake(self, stage: Stage) -> None:
        row = stage.open()["assess_intake"]
        attached = ", ".join(str(each.get("name")) for each in self.record.told.get("attachments") or [])
        answers = {
            "matter": self.record.judged.matter,
            "judged_urgent": forms.yes(self.record.judged.is_urgent),
            **flags_of(self.record.script),
        }
        stage.completes(row, {**answers, **({"intake_note": f"Stukken: {attached}"} if attached else {})})

    def acts(self, act: Act, deed: Deed | None) -> None:
        """Do one line of the script; what goes wrong becomes a sentence, never an exception."""
        self.acted += 1
        if self.stage is None:
            return
        place = f"dag {act.days}, {act.who} {act.does}"
        if deed is None:
            self.troubles.append(f"{place}: dit werkwoord kennen wij niet")
            return
        try:
            if not deed(self, act):
                waiting = ", ".join(sorted(self.stage.open())) or "niets"
                self.troubles.append(f"{place}: kan nergens heen; open: {waiting}")
        except Problem as problem:
            self.troubles.append(f"{place}: {told(problem)}")

    # -- what deeds use ---------------------------------------------------------------------------------------------------

    @property
    def scene(self) -> Stage:
        if self.stage is None:
            raise RuntimeError("nothing was received")
        return self.stage

    def completes(self, goals: tuple[str, ...], answers: Mapping[str, Any], route: Route | None = None) -> bool:
        """Go to one of these user tasks by the route, and complete it. False when the way ends before."""
        for _ in range(LONGEST_WAY):
            open_ones = self.scene.open()
            for goal in goals:
                if goal in open_ones:
                    self.scene.completes(open_ones[goal], answers)
                    return True
            if not self._moves(open_ones, route or {}):
                return False
        return False

    def reaches(self, goals: tuple[str, ...], route: Route) -> bool:
        """Go to one of these user tasks without completing it."""
        for _ in range(LONGEST_WAY):
            open_ones = self.scene.open()
            if not open_ones.keys().isdisjoint(goals):
                return True
            if not self._moves(open_ones, route):
                return False
        return False

    def _moves(self, open_ones: Mapping[str, UserTask], route: Route) -> bool:
        """Take the first step of the route that can be taken."""
        for element_id, move in route.items():
            if element_id in open_ones:
                row = open_ones[element_id]
                answers = move.answers(self, row) if callable(move.answers) else move.answers
                if move.message:
                    return self.scene.tells(move.message, answers)
                self.scene.completes(row, answers)
                return True
        return False

    def later(self, does: str) -> bool:
        """True when the rest of the script still does this."""
        return any(act.does == does for act in self.record.script[self.acted :])

    def day(self, days: int = 0) -> str:
        """The present day, or some days later, as a form takes it."""
        return (local_day(self.office.clock.now()) + timedelta(days=days)).isoformat()


def told(problem: Problem) -> str:
    """A refusal in words: its sentence, and each field that is wrong."""
    errors = problem.fields.get("errors")
    fields = [f"{e['field']}: {e['message']}" for e in errors] if isinstance(errors, list) else []
    return " ".join([problem.sentence, *fields])
