"""One case of every kind of matter the office receives, each with a document and a letter where its kind has one."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sqlalchemy import select

from cases.documents import Upload
from cases.models import Case, Document, Letter
from identity.people import Actor
from identity.roles import OMBUDSMAN
from tasks import intake, worklist
from tasks.at_services import first_line, first_line_campaign, openings
from tasks.joined import clusters, together
from tasks.office import Office
from tasks.retention import erasing, keeping
from tasks.treatment import conflicts
from tests.stories.stage import COMPLAINT, Story, person
from tests.stories.test_first_line import ANSWERED, TOLD, AtService

OSCAR = person("ombudsman")
WORD = "kwartelei"
OPENED = "file of the service, opened by the ombudsman with a reason"
PAPER = [("bewijs.txt", b"de bus kwam niet")]


@dataclass(frozen=True)
class Matter:
    """A case and what an address may name of it; `secret` is that of its complainant's page, when it has one."""

    name: str
    case_id: int
    number: str
    secret: str
    places: Mapping[str, str]
    task_role: str


class Receiving:
    """Fills an office. Whoever is in `people` (by role) is who must stay out where a conflict of interest is declared."""

    def __init__(self, office: Office, people: Mapping[str, int]) -> None:
        self.office, self.people = office, people
        self.secrets: dict[int, str] = {}

    def all(self) -> list[Matter]:
        """Every kind of matter, in the order in which a reader meets them."""
        made: list[tuple[str, int]] = [
            ("complaint", self._complaint("complaint").case_id),
            ("complaint whose name is withheld", self._complaint("complaint", name_withheld="ja").case_id),
            ("question", self._complaint("question").case_id),
            ("petition", self._complaint("petition").case_id),
            ("deontology", self._complaint("deontology").case_id),
            ("discrimination", self._complaint("discrimination").case_id),
            ("complaint about the ombudsman's office", self._complaint("about_ombudsman").case_id),
            ("case that is under review", self._reviewed()),
            *self._joined(),
            ("inquiry on the office's own initiative", self._own_inquiry()),
            ("yearly report of a service", self._yearly_report()),
            ("case on legal hold", self._held()),
            ("erased case", self._erased()),
            ("complaint in which everybody of the office has a conflict of interest", self._conflict()),
            ("file of the service", self._first_line("de_lijn").case_id),
            ("file of the service, handed over", self._handed_over()),
            (OPENED, self._opened()),
            ("file of another service", self._first_line("vdab").case_id),
        ]
        return [self._matter(name, case_id) for name, case_id in made]

    def _matter(self, name: str, case_id: int) -> Matter:
        with self.office.database.reading() as reading:
            case = reading.session.get_one(Case, case_id)
            document = reading.session.scalar(select(Document.id).where(Document.case_id == case_id).limit(1))
            letter = reading.session.scalar(select(Letter.id).where(Letter.case_id == case_id).limit(1))
            waiting = next(iter(worklist.open_of_case(reading, case_id)), None)
        there = {"document_id": document, "letter_id": letter, "user_task_id": waiting.id if waiting else None}
        places = {"number": case.number, **{key: str(value) for key, value in there.items() if value}}
        return Matter(
            name, case_id, case.number, self.secrets.get(case_id, ""), places, waiting.role if waiting else ""
        )

    def received(self, **answers: Any) -> Story:
        given = {name: value for name, value in {**COMPLAINT, **answers}.items() if value is not None}
        given["subject"] = f"{given['subject']} {WORD}"
        sender = Actor("complainant:new", "", frozenset({"complainant"}))
        story = Story(self.office)
        with self.office.database.work() as work:
            received = intake.receive(self.office, work, sender, given, _papers())
        story.case_id, self.secrets[received.case_id] = received.case_id, received.secret
        return story

    def _complaint(self, matter: str, **answers: Any) -> Story:
        return self.received(**answers).completes("assess_intake", matter=matter, judged_urgent="nee")

    def _withdrawn(self) -> Story:
        return self.received().receives("complaint_withdrawn", role="complainant", withdrawal_reason="Opgelost.")

    def _reviewed(self) -> int:
        story = self._complaint("complaint").completes("decide_admissibility", decision="refused", **REFUSED)
        story.completes("sign_refusal", signed="ja", refusal_motivation="De feiten zijn van 2024.")
        return story.receives("review_requested", role="complainant", review_ground="Nieuw feit.").case_id

    def _joined(self) -> list[tuple[str, int]]:
        leading, follower = self._complaint("complaint"), self._complaint("complaint")
        with self.office.database.work() as work:
            together.join(self.office, work, OSCAR, leading.case, [follower.case.number], "Dezelfde halte.")
        return [("joined case that leads", leading.case_id), ("joined case that follows", follower.case_id)]

    def _own_inquiry(self) -> int:
        with self.office.database.work() as work:
            number = clusters.inquire(self.office, work, OSCAR, "de_lijn", "")
            case = work.session.scalars(select(Case).where(Case.number == number)).one()
            case.search_text += f" {WORD}"
            return case.id

    def _yearly_report(self) -> int:
        with self.office.database.work() as work:
            first_line_campaign.ask(self.office, work, OSCAR, 2025, "de_lijn")
            row = first_line_campaign.of_authority(work, 2025, "de_lijn")
            work.session.get_one(Case, row.case_id).search_text += f" {WORD}"
            return row.case_id

    def _held(self) -> int:
        story = self._withdrawn()
        with self.office.database.work() as work:
            keeping.hold(self.office, work, OSCAR, story.case.number, "Er loopt een rechtszaak.")
        return story.case_id

    def _erased(self) -> int:
        story = self._withdrawn()
        with self.office.database.work() as work:
            erasing.erase(self.office, work, OSCAR, story.case.number, erasing.REQUEST)
        return story.case_id

    def _conflict(self) -> int:
        story = self._complaint("complaint")
        for person_id in self.people.values():
            with self.office.database.work() as work:
                conflicts.declare(self.office, work, OSCAR, story.case, "Kent de klager.", person_id)
        return story.case_id

    def _first_line(self, service: str) -> AtService:
        story = AtService(self.office)
        answers = {**TOLD, "subject": f"Bus 12 {WORD}"}
        noted_by = Actor("person:1", "Lena", frozenset({"first_line_handler"}), service)
        with self.office.database.work() as work:
            story.case_id = first_line.receive(self.office, work, noted_by, answers, _papers()).case_id
        return story.takes()

    def _handed_over(self) -> int:
        story = self._first_line("de_lijn").completes("handle_first_line", **ANSWERED)
        return story.completes(
            "offer_second_line", to_second_line="ja", second_line_text="Er veranderde niets."
        ).case_id

    def _opened(self) -> int:
        story, opener = (
            self._first_line("de_lijn"),
            Actor(f"person:{self.people[OMBUDSMAN]}", "", frozenset({OMBUDSMAN})),
        )
        with self.office.database.work() as work:
            openings.open_file(self.office, work, opener, story.case.number, "De klager vraagt waar het blijft.")
        return story.case_id


REFUSED = {"ground": "ouder_dan_1_jaar", "admissibility_motivation": "Te oud."}


def _papers() -> list[Upload]:
    return [Upload(name, BytesIO(content)) for name, content in PAPER]
