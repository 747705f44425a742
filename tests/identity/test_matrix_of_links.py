"""Who is asked something by a link: it opens that question and the letters with it, for as long as the case needs the answer, and nothing else.

The other half of docs/permissions.md, compared with what the pages and the API answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases.models import Letter
from tasks.models import Mail, UserTask
from tasks.office import Office
from tasks.retention import erasing
from tests.identity.matrices import HIDDEN, NO, YES, Cell, Matrix, asked, compare, names_in, written
from tests.identity.matters import OSCAR, Receiving
from tests.stories.stage import NOT_CONTACTED, Story
from tests.web.conftest import Visitor
from web.app import build

PART = "Who is asked something by a link"
ACTIONS: dict[str, str] = {
    "read the question": "GET /vraag/{secret}",
    "read the letter that came with it": "GET /vraag/{secret}/brief/{letter_id}/pdf",
    "read a letter to the complainant": "GET /vraag/{secret}/brief/{other_letter_id}/pdf",
    "keep half an answer": "PUT /api/v1/links/{secret}/draft",
    "answer": "POST /vraag/{secret}",
    "see the page of the complainant": "GET /volg/{secret}",
    "see the file": "GET /dossiers/{number}",
}
ASKED, OTHER, COMPLAINANT, NOBODY = "service that was asked", "other service that was asked", "complainant", "no link"
COLUMNS = (ASKED, OTHER, COMPLAINANT, NOBODY)
# Too late is no: somebody else answered, or the case went on without.
NOT = (*HIDDEN, 409)
ANSWER = {"first_line_outcome": "solved", "first_line_text": "Wij schrappen de boete."}


@dataclass(frozen=True)
class Asking:
    """A question to a service, and what an address may name of it. `secrets` are by who holds them."""

    name: str
    secrets: Mapping[str, str]
    places: Mapping[str, str]


class Questions:
    """A question to a service in each state it can be in."""

    def __init__(self, office: Office) -> None:
        self.office, self.receiving = office, Receiving(office, {})

    def all(self) -> list[Asking]:
        waits, answered, overtaken, old, erased = (self._asked() for _ in range(5))
        made = [
            self._asking("question that waits", waits),
            self._asking("question that was answered", answered),
            self._asking("question that the case did not wait for", overtaken),
            self._asking("question whose link ran out", old),
            self._asking("question of an erased case", erased),
        ]
        answered.completes("answer_first_line", **ANSWER)
        for story in (overtaken, erased):
            story.receives("complaint_withdrawn", role="complainant", withdrawal_reason="Opgelost.")
        with self.office.database.work() as work:
            row = work.session.get_one(UserTask, old.open("answer_first_line").id)
            row.link_expires_at = self.office.clock.now() - timedelta(seconds=1)
            erasing.erase(self.office, work, OSCAR, erased.case.number, erasing.REQUEST)
        return made

    def _asked(self) -> Story:
        told = self.receiving.received(**NOT_CONTACTED)
        return told.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")

    def _asking(self, name: str, story: Story) -> Asking:
        with self.office.database.reading() as reading:
            mails = reading.session.scalars(select(Mail.body).where(Mail.case_id == story.case_id))
            secret = next(found[1] for body in mails if (found := re.search(r"/vraag/([\w-]{20,})", body)))
            letters = {
                role: reading.session.scalars(
                    select(Letter.id).where(Letter.case_id == story.case_id, Letter.to_role == role).order_by(Letter.id)
                ).first()
                for role in ("authority", "complainant")
            }
        places = {"letter_id": str(letters["authority"]), "other_letter_id": str(letters["complainant"])}
        held = {ASKED: secret, COMPLAINANT: self.receiving.secrets[story.case_id], NOBODY: "x" * 43}
        return Asking(name, held, {**places, "number": story.case.number})


def answers(visitor: Visitor, matters: list[Asking]) -> Matrix:
    """What everybody is answered. A service that was asked something else tries its own link on the letters of this question."""
    found: Matrix = {}
    for place, matter in enumerate(matters):
        for action, route in ACTIONS.items():
            for who, secret in (*matter.secrets.items(), (OTHER, matters[place - 1].secrets[ASKED])):
                if who != OTHER or "secret" not in names_in(route) or "letter" in route:
                    csrf = visitor.cookies.get("ombudsflow_csrf") or ""
                    places = {**matter.places, "secret": secret}
                    found[Cell(matter.name, action, who)] = asked(visitor, route, places, csrf, NOT)
    return found


@pytest.fixture
def visitor(sqlite_office: Office) -> Iterator[Visitor]:
    with Visitor(build(sqlite_office), raise_server_exceptions=False, follow_redirects=False) as visitor:
        visitor.get("/klacht")  # for a form token
        yield visitor


def test_the_page_says_what_a_link_opens(sqlite_office: Office, visitor: Visitor) -> None:
    matters = Questions(sqlite_office).all()
    compare(PART, [matter.name for matter in matters], list(ACTIONS), COLUMNS, answers(visitor, matters))


def test_what_may_never_change_without_a_decision() -> None:
    page = written(PART)
    yes = {cell for cell, answer in page.items() if answer == YES}
    assert {cell.action for cell in yes if cell.who == COMPLAINANT} == {"see the page of the complainant"}
    assert not {cell for cell in yes if cell.who in (OTHER, NOBODY)}
    of_asked = {cell for cell in yes if cell.who == ASKED}
    assert {cell.matter for cell in of_asked if cell.action in ("answer", "keep half an answer")} == {
        "question that waits"
    }
    shut = {"read a letter to the complainant", "see the page of the complainant", "see the file"}
    assert not shut & {cell.action for cell in of_asked}
    gone = ("question whose link ran out", "question of an erased case")
    assert {answer for cell, answer in page.items() if cell.matter in gone and cell.who == ASKED} == {NO}
