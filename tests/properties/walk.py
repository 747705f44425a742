"""A walk through a case of the shipped diagrams: people complete, messages arrive, time passes, in any order."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count as numbers
from random import Random

import pytest
from sqlalchemy import Select, select

from cases.models import Case
from cases.related import LeadingCaseUnknown
from engine.models import Incident, Job, ProcessInstance, Subscription
from history import replay
from history.log import Recorded
from identity.people import Actor
from identity.roles import CASE_STAFF
from storage.unit_of_work import Reading
from tasks import completion, inbox, intake, turn, worklist
from tasks.background import clock
from tasks.background.clock_source import TravellingClock
from tasks.case_file import looks
from tasks.citizens.more_time import MoreTimeAskedAlready
from tasks.errors import UserTaskAlreadyCompleted
from tasks.forms_in_use import choices_of, form_in_use
from tasks.joined import belonging
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment import other_hands
from tasks.treatment.grievance_states import PartsStillOpen
from tests.properties.answers import fill

STAFF = Actor("person:1", "Noor", CASE_STAFF)


@dataclass
class Walk:
    """One case and what was done to it; `path` is what a failing test shows.

    Where other processes work beside it (`is_alone` False), what they add to the case is no surprise.
    """

    office: Office
    travelling: TravellingClock
    pick: Random
    case_id: int = 0
    instance_id: int = 0
    path: list[str] = field(default_factory=list)
    is_alone: bool = True
    tick: Callable[[Office], object] = clock.tick

    def begin(self) -> None:
        """A complaint comes in, from the web or by telephone."""
        actor, key = self.pick.choice(
            [(Actor("complainant:0", "", frozenset({"complainant"})), intake.WEB_FORM), (STAFF, intake.PHONE_FORM)]
        )
        with self.office.database.work() as work:
            form, _ = form_in_use(work, key)
            answers = fill(form, choices_of(self.office), {}, self.travelling.now().date(), self.pick)
            received = intake.receive(self.office, work, actor, answers, form_key=key)
        self.case_id, self.instance_id = received.case_id, received.instance_id
        self.path.append(key)

    def step(self) -> None:
        """One thing happens."""
        actions: list[Callable[[], None]] = [self.complete] * 5 + [self.wait] * 2 + [self.message, self.handle]
        self.pick.choice(actions)()

    def complete(self) -> None:
        """Somebody completes an open user task; a second time, by the same click, is refused and changes nothing."""
        with self.office.database.reading() as reading:
            waiting = worklist.open_of_case(reading, self.case_id)
        if not waiting:
            return self.wait()
        row = self.pick.choice(waiting)
        actor = self._who(row)
        try:
            with self.office.database.work() as work:
                form, _ = completion.check(self.office, work, row, {})
                answers = fill(form, choices_of(self.office), row.inputs, self.travelling.now().date(), self.pick)
                completion.complete(self.office, work, actor, row.id, answers, version=row.version)
        except PartsStillOpen:
            self.path.append(f"refused {row.element_id}")
            return None
        self.path.append(row.element_id)
        before = len(self.history())
        with pytest.raises(UserTaskAlreadyCompleted), self.office.database.work() as work:
            completion.complete(self.office, work, actor, row.id, answers, version=row.version)
        assert not self.is_alone or len(self.history()) == before
        return None

    def handle(self) -> None:
        """A colleague looks, claims a user task and perhaps gives it back; no token moves."""
        with self.office.database.reading() as reading:
            waiting = [row for row in worklist.open_of_case(reading, self.case_id) if row.role in CASE_STAFF]
        if not waiting:
            return
        row = self.pick.choice(waiting)
        with self.office.database.work() as work:
            colleague = self._who(row)
            looks.record(self.office, work, colleague, self.case_id)
            completion.claim(self.office, work, colleague, row.id)
            if self.pick.random() < 0.5:
                completion.release(self.office, work, colleague, row.id)
        self.path.append(f"claim {row.element_id}")

    def message(self) -> None:
        """A message the case waits for arrives; one that names a case that is not there, or asks again, is refused, and moves nothing."""
        with self.office.database.reading() as reading:
            waits = Subscription.instance_id.in_(self._processes()), Subscription.kind == "message"
            waited = {name for name in reading.session.scalars(select(Subscription.name).where(*waits)) if name}
            case = reading.session.get_one(Case, self.case_id)
            begins = inbox.expected(reading, case) if case.closed_at is not None else ()
            names = sorted(waited.union(begins))
        if not names:
            return
        name = self.pick.choice(names)
        leading = self._leading(name)
        try:
            with self.office.database.work() as work:
                form, _ = form_in_use(work, name)
                known = inbox.known(self.office, work, self.case_id, name)
                answers = fill(form, choices_of(self.office), known, self.travelling.now().date(), self.pick)
                answers |= leading
                inbox.deliver(self.office, work, STAFF, self.case_id, name, answers)
        except (LeadingCaseUnknown, MoreTimeAskedAlready):
            self.path.append(f"refused {name}")
        else:
            self.path.append(f"message {name}")

    def _processes(self) -> Select[int]:
        """Of its case: its own, and what began there beside it, as a summary for the public."""
        return select(ProcessInstance.id).where(ProcessInstance.case_id == self.case_id)

    def _leading(self, name: str) -> dict[str, str]:
        """Half of the time a case that is there, for a message that names the case to follow."""
        if name not in belonging.FOLLOWING or self.pick.random() < 0.5:
            return {}
        other = replace(self, case_id=0, instance_id=0, path=[])
        other.begin()
        with self.office.database.reading() as reading:
            return {belonging.FOLLOWING[name][0]: reading.session.get_one(Case, other.case_id).number}

    def wait(self) -> None:
        """Days pass, and what falls due happens."""
        days = self.pick.choice([1, 11, 46, 61])
        self.travelling.advance(timedelta(days=days))
        self.tick(self.office)
        self.path.append(f"{days} days")

    def is_over(self) -> bool:
        with self.office.database.reading() as reading:
            return reading.session.get_one(ProcessInstance, self.instance_id).ended_at is not None

    def history(self) -> list[Recorded]:
        with self.office.database.reading() as reading:
            return self.office.log.read(reading, turn.stream_of(self.case_id))

    def check(self) -> None:
        """What must hold after every step."""
        events = self.history()
        folded = replay.fold(events)
        with self.office.database.reading() as reading:
            active = {
                each: self.office.engine.active(reading, each) for each in reading.session.scalars(self._processes())
            }
            assert folded == Counter({(i, e): n for i, at in active.items() for e, n in at.items()}), self.path
            assert self.office.log.verify(reading, turn.stream_of(self.case_id)).ok, self.path
            rows = list(reading.session.scalars(select(UserTask).where(UserTask.case_id == self.case_id)))
            self._check_worklist(rows, events)
            stuck = [each.reason for each in self._incidents(reading)]
            assert stuck == [], f"{stuck} after {self.path}"
        self._check_film(events, folded)

    def _incidents(self, reading: Reading) -> list[Incident]:
        """What went wrong in this case, of what may not go wrong: a job that is out of attempts waits for people, as it should."""
        given_up = select(Job.id).where(
            Job.instance_id == Incident.instance_id, Job.token_id == Incident.token_id, Job.attempts >= Job.retries
        )
        query = select(Incident).where(Incident.case_id == self.case_id, ~given_up.exists())
        return list(reading.session.scalars(query))

    def _check_worklist(self, rows: list[UserTask], events: list[Recorded]) -> None:
        """A user task is open in the worklist exactly when its token waits in the diagram, and done exactly once."""
        moves = [e for e in events if e.data.get("type") == "user_task"]
        waiting = Counter(str(e.data["token"]) for e in moves if e.transition == "activated")
        left = Counter(str(e.data["token"]) for e in moves if e.transition in ("completed", "cancelled"))
        assert all(count == 1 for count in (*waiting.values(), *left.values())), self.path
        parked = {str(e.data["token"]) for e in moves if e.transition == "incident"}
        opened = {row.token_id for row in rows if row.closed_at is None}
        assert opened == (waiting - left).keys() - (parked - {row.token_id for row in rows}), self.path
        assert {row.token_id for row in rows if row.closed_at is not None} <= left.keys(), self.path

    def _check_film(self, events: list[Recorded], folded: Counter[tuple[int, str]]) -> None:
        """The film tells every event once, in order, and ends as the case stands."""
        film = replay.frames(events)
        told = [event.seq for frame in film for event in frame.events]
        assert told == [event.seq for event in events if event.transition != "looked"], self.path
        last = Counter[str]()
        for place, count in film[-1].state.active.items():
            last[place.element_id] += count
        assert last == Counter({element: count for (_, element), count in folded.items()}), self.path

    def _who(self, row: UserTask) -> Actor:
        if row.role == "authority":
            return Actor(f"authority:{row.id}", "", frozenset({"authority"}))
        if row.role == "complainant":
            return Actor(f"complainant:{self.case_id}", "", frozenset({"complainant"}))
        hands = (replace(STAFF, id=f"person:{number}") for number in numbers(1))
        return next(each for each in hands if other_hands.is_for(row, each.id))
