"""A drawing that runs in the real office, and its film: after every turn the history folded is where the engine stands."""

from datetime import timedelta

from engine import definitions
from history.replay import Frame, fold, frames
from identity import people
from identity.people import Actor
from tasks import completion
from tasks.background import messages as sending
from tasks.background.clock_source import TravellingClock
from tasks.case_file import case_course, timeline
from tasks.models import UserTask
from tasks.office import Office
from tasks.operating import mending
from tasks.studio.definition_words import load as load_words
from tasks.studio.shipped import vocabulary
from tasks.turn import stream_of
from tests.conformance.bpmn.drawing import message, process, start
from tests.tasks.arriving import MESSENGER, instances, open_tasks, send, tick
from web.replaying.replay_views import Diagram, Shown, Teller

KEY = "zaak 7"
MANAGER = Actor("person:7", "Petra", frozenset({"process_manager"}))


class Film:
    """One process on one drawing; it begins at `s`, by a message."""

    def __init__(self, office: Office, *parts: str) -> None:
        self.office = office
        self.publish(*parts)
        with office.database.work() as work:
            sending.send(office, work, MESSENGER, "ordered", "", {"key": KEY})
        tick(office)
        self.instance = instances(office, self.definition)[-1].id
        self.case_id = instances(office, self.definition)[-1].case_id or 0
        self.holds()

    def publish(self, *parts: str) -> int:
        """The drawing in use; the number of its version."""
        drawn = process(start("s", message("ordered")), *parts, key="film")
        content = drawn.replace('formId="form"', 'formId="choose_approach"').encode()
        at = self.office.clock.now()
        with self.office.database.work() as work:
            names = vocabulary(work, self.office.settings.external_job_types)
            made = definitions.publish(work, "process", content, actor_id="person:1", at=at, vocabulary=names)
            self.definition = definitions.activate(work, made.definition.id, actor_id="person:2", at=at).id
            return made.definition.version

    # -- when -----------------------------------------------------------------------------------------------------------

    def completes(self, *element_ids: str, approach: str = "investigation") -> "Film":
        for element_id in element_ids:
            row = next(each for each in open_tasks(self.office, self.instance) if each.element_id == element_id)
            with self.office.database.work() as work:
                actor = Actor("person:1", "Lies", frozenset({row.role}))
                completion.complete(self.office, work, actor, row.id, {"approach": approach})
            tick(self.office)
            self.holds()
        return self

    def receives(self, name: str) -> "Film":
        send(self.office, name, KEY)
        tick(self.office)
        return self.holds()

    def hears(self, signal: str) -> "Film":
        with self.office.database.work() as work:
            sending.send_signal(self.office, work, MESSENGER, signal, {})
        tick(self.office)
        return self.holds()

    def after(self, **length: int) -> "Film":
        assert isinstance(self.office.clock, TravellingClock)
        self.office.clock.advance(timedelta(**length))
        tick(self.office)
        return self.holds()

    def moves(self, *, cancel: str, activate: str) -> "Film":
        row = next(each for each in open_tasks(self.office, self.instance) if each.element_id == cancel)
        with self.office.database.work() as work:
            mending.move(
                self.office,
                work,
                MANAGER,
                self.instance,
                cancel=[row.token_id],
                activate=[activate],
                reason="Verkeerd begonnen.",
            )
        return self.holds()

    # -- then -----------------------------------------------------------------------------------------------------------

    def holds(self) -> "Film":
        """The film cannot lie: folded it is the engine's state."""
        with self.office.database.reading() as reading:
            active = self.office.engine.active(reading, self.instance)
            folded = fold(self.office.log.read(reading, stream_of(self.case_id)))
        assert {element: count for (_, element), count in folded.items()} == active
        return self

    def waits_at(self, *element_ids: str) -> "Film":
        assert [row.element_id for row in self.tasks()] == list(element_ids)
        return self

    def tasks(self) -> list[UserTask]:
        return open_tasks(self.office, self.instance)

    def frames(self) -> list[Frame]:
        with self.office.database.reading() as reading:
            return frames(self.office.log.read(reading, stream_of(self.case_id)))

    def titles(self, *, without: str = "s") -> list[str]:
        """The film in words, from the second element on."""
        with self.office.database.reading() as reading:
            teller = Teller(self.office, reading, load_words(reading), people.names(reading))
            film = self.frames()
            lines = teller.lines(film)
        at = next(frame.number for frame in film if frame.activity == without)
        return [line.title for line in lines[at:]]

    def timeline(self) -> list[str]:
        """What colleagues read of it, the oldest first, each with its details."""
        with self.office.database.reading() as reading:
            told = timeline.of(self.office, reading, self.case_id, load_words(reading), people.names(reading))
        return [": ".join([entry.title, *entry.details[:1]]) for entry in told[::-1]]

    def course(self) -> case_course.Course:
        """Where it stands on its drawing."""
        with self.office.database.reading() as reading:
            [found] = case_course.of(self.office, reading, self.case_id, load_words(reading), people.names(reading))
        return found

    def shown(self, number: int = -1) -> Shown:
        """One step in full; the last when none is asked."""
        with self.office.database.reading() as reading:
            teller = Teller(self.office, reading, load_words(reading), people.names(reading))
            film = self.frames()
            return teller.show(film, len(film) if number == -1 else number)

    def picture(self) -> Diagram:
        """The drawing as the last step left it."""
        found = self.shown().current
        assert found is not None
        return found
