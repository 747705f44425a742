"""The first line at a service that works here: its own handlers, its own files, its own clock, and three ways to the ombudsman."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from cases.documents import Upload
from cases.models import Case, Document
from engine.errors import InstanceNotFound
from identity.people import Actor
from tasks import completion, inbox, sight, worklist
from tasks.at_services import first_line
from tasks.background import messages
from tasks.case_file import case_list, case_view
from tasks.case_file.case_list import CaseFilters
from tasks.citizens import complainant, on_behalf
from tasks.errors import CaseNotFound, FormNotAccepted, UserTaskNotFound
from tasks.joined import together
from tasks.models import Mail
from tasks.office import Office
from tasks.operating import mending, processes
from tasks.treatment import conflicts
from tests.stories.stage import NOT_CONTACTED, Story
from tests.web.conftest import hire

TOLD: dict[str, Any] = {
    "arrived_on": "2026-01-05",
    "complaint_channel": "email",
    "first_line_source": "burger",
    "subject": "Bus 12 rijdt voorbij",
    "narrative": "De bus stopte drie keer niet aan mijn halte.",
    "desired_outcome": "Dat de bus stopt.",
    "facts_on": "2025-12-20",
    "complainant_name": "Mies Vandevoorde",
    "email": "mies@example.org",
    "complaint_language": "nl",
}
ANSWERED = {
    "first_line_finding": "deels_gegrond",
    "first_line_solved": "niet_opgelost",
    "first_line_reconciled": "nee",
    "first_line_norms": ["13", "8"],
    "first_line_text": "De halte lag op een omleiding.",
}


def handler(office: Office, login: str = "lena", service: str = "de_lijn") -> Actor:
    number = hire(office, login, "first_line_handler", authority=service)
    return Actor(f"person:{number}", login.title(), frozenset({"first_line_handler"}), service)


class AtService(Story):
    """A complaint that somebody made to their service, noted by its handler."""

    def noted(self, actor: Actor, **answers: Any) -> "AtService":
        files = [Upload("foto.txt", BytesIO(b"de bus kwam niet"))]
        with self.office.database.work() as work:
            self.case_id = first_line.receive(self.office, work, actor, {**TOLD, **answers}, files).case_id
        self._history_holds()
        return self

    def takes(self) -> "AtService":
        self.completes("check_first_line_complaint", not_involved=True, first_line_decision="admitted")
        return self

    def refuses(self) -> "AtService":
        why = {"first_line_ground": "geen_belang", "first_line_motivation": "U reed zelf niet mee."}
        self.completes("check_first_line_complaint", not_involved=True, first_line_decision="refused", **why)
        return self

    def goes_to_the_ombudsman(self, task: str) -> Story:
        """The complainant says yes; the complaint that starts at the office."""
        self.completes(task, to_second_line="ja", second_line_text="Er veranderde niets.")
        messages.deliver(self.office)
        return self.goes_on()

    def goes_on(self) -> Story:
        number = self.facts()["case.goes_on_in"]
        other = Story(self.office)
        with self.office.database.reading() as reading:
            other.case_id = reading.session.scalars(select(Case.id).where(Case.number == number)).one()
        other._history_holds()
        return other


def test_a_service_acknowledges_in_ten_days_and_answers_in_forty_five(sqlite_office: Office) -> None:
    story = AtService(sqlite_office).noted(handler(sqlite_office))
    assert (story.due("first_line_ack_by"), story.due("first_line_handle_by")) == (date(2026, 1, 15), date(2026, 2, 19))
    story.after(9).sent("E05")
    story.takes().sent("E01").waits_at("handle_first_line")
    with sqlite_office.database.reading() as reading:
        mailed = reading.session.scalars(select(Mail.body).where(Mail.case_id == story.case_id)).all()
        secret = next(found[1] for body in mailed if (found := re.search(r"/volg/([\w-]{43})", body)))
        assert complainant.find(reading, secret)[0].id == story.case_id, "the letter brings the link of their page"
    story.after(31).sent("E06")
    story.completes("handle_first_line", **ANSWERED).sent("E03").waits_at("offer_second_line").is_closed("afgehandeld")
    [grievance] = story.grievances()
    assert (grievance.finding, grievance.norms, grievance.authority_key) == ("deels_gegrond", [8, 13], "de_lijn")
    story.completes("offer_second_line", to_second_line="nee").waits_at()


def test_a_refusal_needs_a_ground_and_a_motivation_and_names_the_way_to_the_ombudsman(sqlite_office: Office) -> None:
    story = AtService(sqlite_office).noted(handler(sqlite_office))
    for said in ({"not_involved": False}, {"first_line_ground": None}, {"first_line_motivation": ""}):
        answers = {"not_involved": True, "first_line_decision": "refused", "first_line_ground": "geen_belang"}
        answers |= {"first_line_motivation": "U reed niet mee.", **said}
        with pytest.raises(FormNotAccepted):
            story.completes("check_first_line_complaint", **{k: v for k, v in answers.items() if v is not None})
    story.refuses().sent("E02").is_closed("geweigerd")
    letter = next(each for each in story.letters() if each.template == "E02")
    assert all(part in letter.body for part in ("geen belang", "U reed zelf niet mee.", "ombudsdienst"))
    assert "U krijgt een aparte mail met uw persoonlijke link." in letter.body
    second = story.goes_to_the_ombudsman("offer_second_line")
    assert second.facts()["first_line.answer"] == "refused"
    leo = handler(sqlite_office, "leo")
    on_paper = AtService(sqlite_office).noted(leo, email=None, complaint_channel="post").refuses()
    letter = next(each for each in on_paper.letters() if each.template == "E02")
    assert "U kunt met een brief antwoorden, ons bellen of langskomen." in letter.body
    assert "bladzijde" not in letter.body and "link" not in letter.body
    asked, by_post = on_paper.open("offer_second_line"), on_behalf.named("post", on_paper.today.isoformat())
    with sqlite_office.database.work() as work:
        completion.complete(sqlite_office, work, leo, asked.id, {"to_second_line": "nee"}, came=by_post)
    on_paper.waits_at()


def test_a_complaint_goes_to_the_ombudsman_with_its_whole_file_and_nobody_asks_again(office: Office) -> None:
    first = AtService(office).noted(handler(office)).takes()
    first.completes("handle_first_line", **ANSWERED)
    second = first.goes_to_the_ombudsman("offer_second_line")
    with office.database.reading() as reading:
        assert sight.sees(reading, Actor("person:9", "Oscar", frozenset({"ombudsman"})), first.case_id)
    known = second.facts()
    assert (known["case.came_from"], known["first_line.answer"]) == (first.case.number, "insufficient")
    assert (known["first_line.text"], known["first_line.return_text"]) == (
        ANSWERED["first_line_text"],
        "Er veranderde niets.",
    )
    with office.database.reading() as reading:
        papers = list(reading.session.scalars(select(Document).where(Document.case_id == second.case_id)))
    assert [(each.name, each.source) for each in papers] == [("foto.txt", f"case:{first.case.number}")]
    second.sent("L01").completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at(
        "decide_admissibility"
    )
    assert (second.case.complainant_name, second.grievances()[0].gate_reason) == (
        "Mies Vandevoorde",
        "antwoord_onvoldoende",
    )


def test_a_service_that_is_silent_for_45_days_is_told_of_and_the_complainant_may_go(sqlite_office: Office) -> None:
    first = AtService(sqlite_office).noted(handler(sqlite_office)).takes()
    first.after(46).sent("E04").waits_at("handle_first_line", "offer_when_late")
    second = first.goes_to_the_ombudsman("offer_when_late")
    second.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("decide_admissibility")
    assert second.grievances()[0].gate_reason == "geen_antwoord_45_dagen"
    first.completes("handle_first_line", **ANSWERED).waits_at()


def test_what_the_office_forwards_is_handled_here_and_its_answer_comes_back(sqlite_office: Office) -> None:
    handler(sqlite_office)
    story = AtService(sqlite_office)
    story.given_a_complaint(**NOT_CONTACTED, birth_year=1980)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at()
    messages.deliver(sqlite_office)
    there = story.goes_on()
    assert (there.case.matter, there.case.received_at) == ("first_line", story.case.received_at)
    assert there.facts().keys() & {"complainant.birth_year", "complaint.narrative"} == {"complaint.narrative"}
    there.completes("check_first_line_complaint", not_involved=True, first_line_decision="admitted")
    there.completes("handle_first_line", **ANSWERED).waits_at()
    messages.deliver(sqlite_office)
    story.waits_at("return_offer")
    assert story.facts()["first_line.text"] == ANSWERED["first_line_text"]
    story.completes("return_offer", first_line_result="return", return_reason="antwoord_onvoldoende")
    story.waits_at("decide_admissibility")


def test_without_a_handler_or_with_a_withheld_name_the_service_is_asked_by_a_link_as_before(
    sqlite_office: Office,
) -> None:
    handler(sqlite_office, service="vrt")
    Story(sqlite_office).given_a_complaint(**NOT_CONTACTED).completes(
        "assess_intake", matter="complaint", judged_urgent="nee"
    ).waits_at("answer_first_line")
    handler(sqlite_office, "luc")
    Story(sqlite_office).given_a_complaint(**NOT_CONTACTED, name_withheld="ja").completes(
        "assess_intake", matter="complaint", judged_urgent="nee"
    ).waits_at("answer_first_line")


def test_a_handler_sees_the_files_of_their_own_service_and_nothing_else(office: Office) -> None:
    lena, vera = handler(office), handler(office, "vera", "vdab")
    own, other = AtService(office).noted(lena), AtService(office).noted(vera)
    of_office = Story(office).given_a_complaint()
    with office.database.reading() as reading:
        assert [item.number for item in case_list.page(reading, lena, CaseFilters()).items] == [own.case.number]
        assert case_list.page(reading, lena, CaseFilters(query="boete")).items == []
        assert [item.number for item in case_list.found(reading, lena, "vandevoorde")] == [own.case.number]
        page = worklist.page(reading, lena, worklist.ALL, now=office.clock.now())
        assert [item.case_number for item in page.items] == [own.case.number]
        assert (page.total, page.counts) == (1, {"mine": 0, "roles": 1, "all": 1})
        for story in (other, of_office):
            with pytest.raises(CaseNotFound):
                case_view.find(reading, lena, story.case.number)
            with pytest.raises(UserTaskNotFound):
                worklist.get(reading, lena, story._open()[0].id)
        assert case_view.find(reading, lena, own.case.number).id == own.case_id
        office_people = frozenset({"ombudsman", "case_handler", "intake_officer", "mediator"})
        oscar, auditor = Actor("person:9", "Oscar", office_people), Actor("person:8", "An", frozenset({"auditor"}))
        assert [item.number for item in case_list.page(reading, oscar, CaseFilters()).items] == [of_office.case.number]
        seen = worklist.page(reading, oscar, worklist.ALL, now=office.clock.now())
        assert [item.case_number for item in seen.items] == [of_office.case.number], "what the service does is its own"
        with pytest.raises(CaseNotFound):
            case_view.find(reading, oscar, own.case.number)
        with pytest.raises(UserTaskNotFound):
            worklist.get(reading, oscar, own._open()[0].id)
        assert case_view.find(reading, auditor, own.case.number).id == own.case_id


def test_a_file_of_a_service_is_read_at_the_office_which_works_in_the_case_that_came_to_it(
    sqlite_office: Office,
) -> None:
    oscar, paula = (
        Actor(f"person:{n}", "", frozenset({role})) for n, role in ((9, "ombudsman"), (8, "process_manager"))
    )
    first = AtService(sqlite_office).noted(handler(sqlite_office)).takes()
    running = first.case.instance_id or 0
    with sqlite_office.database.work() as work:
        mending.suspend(sqlite_office, work, paula, running, "Er loopt iets vast.")
    with sqlite_office.database.work() as work:
        mending.resume(sqlite_office, work, paula, running, "Het is verholpen.")
        assert [len(processes.page(work, who)[0]) for who in (paula, oscar)] == [1, 0]
        with pytest.raises(InstanceNotFound):
            mending.suspend(sqlite_office, work, oscar, running, "Ik kijk mee.")
    first.completes("handle_first_line", **ANSWERED)
    own = first.goes_to_the_ombudsman("offer_second_line")
    there, more = first.case, {"message_text": "De klager belde."}
    with sqlite_office.database.work() as work:
        assert [line.case_number for line in processes.page(work, oscar)[0]] == [own.case.number, there.number]
        with pytest.raises(sight.FileOfTheService):
            mending.terminate(sqlite_office, work, oscar, running, "Het is toch gedaan.")
        with pytest.raises(sight.FileOfTheService):
            inbox.deliver(sqlite_office, work, oscar, there.id, "information_added", more)
        with pytest.raises(together.CasesUnknown):
            together.join(sqlite_office, work, oscar, own.case, [there.number])


def test_who_was_involved_says_so_and_a_colleague_of_the_same_service_takes_it(sqlite_office: Office) -> None:
    lena, luc = handler(sqlite_office), handler(sqlite_office, "luc")
    vera = handler(sqlite_office, "vera", "vdab")
    story = AtService(sqlite_office).noted(lena)
    task = story.open("check_first_line_complaint")
    with sqlite_office.database.work() as work:
        completion.claim(sqlite_office, work, lena, task.id)
        conflicts.declare(sqlite_office, work, lena, story.case, "Ik was de chauffeur.")
        assert [f"person:{each.id}" for each in completion.who_may_take(work, task)] == [luc.id]
        assert [worklist.may_see(luc, worklist.get(work, luc, task.id)), task.assignee] == [True, None]
        for other in (lena, vera):
            with pytest.raises(UserTaskNotFound):
                worklist.get(work, other, task.id)


def test_the_ombudsman_sees_per_service_what_is_open_and_late(sqlite_office: Office) -> None:
    AtService(sqlite_office).noted(handler(sqlite_office)).takes()
    AtService(sqlite_office).noted(handler(sqlite_office, "vera", "vdab"))
    story = AtService(sqlite_office).noted(Actor("person:1", "Lena", frozenset({"first_line_handler"}), "de_lijn"))
    story.after(46)
    oscar = Actor("person:9", "Oscar", frozenset({"ombudsman"}))
    with sqlite_office.database.reading() as reading:
        found = first_line.services(reading, oscar, story.today)
        assert [(each.key, each.open, each.late_first_letter, each.late_answer) for each in found] == [
            ("de_lijn", 2, 1, 2),
            ("vdab", 1, 1, 1),
        ]
        late = first_line.late(reading, oscar, story.today, service="vdab")
        assert [each.rule for each in late] == ["first_line_ack_by", "first_line_handle_by"]
