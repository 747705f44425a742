"""A case told for the public: written by one person, checked by the program and a table, approved by another, taken back when asked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.publications import CaseSummary, CaseSummaryNorm, ConsistencyNote
from tasks import worklist
from tasks.background.clock_source import TravellingClock
from tasks.errors import FormNotAccepted, MessageNotExpected
from tasks.office import Office
from tasks.retention import erasing
from tests.stories.stage import Story, person
from tests.stories.test_life import FOUNDED

TEXT = "Een reiziger kreeg een boete omdat de app van De Lijn niet werkte. De dienst betaalde de boete terug."
WRITTEN = {"summary_title": "Boete door een app die niet werkt", "summary_text": TEXT, "summary_language": "nl"}
SAFE = {"summary_circle": True, "summary_rare": True, "summary_news": True}
YES = {"summary_decision": "publish", "summary_goes": "stays", **SAFE}


def closed(office: Office) -> Story:
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    return story.completes("assess", **FOUNDED).completes("close_case").is_closed("afgehandeld")


def wanted(office: Office) -> Story:
    """A closed case of which a summary is to be written."""
    return closed(office).receives("summary_wanted", summary_why="Veel reizigers maken dit mee.")


def published(office: Office, **answers: Any) -> Story:
    return wanted(office).completes("write_summary", **WRITTEN).completes("approve_summary", **{**YES, **answers})


def public(story: Story) -> list[CaseSummary]:
    with story.office.database.reading() as reading:
        return list(reading.session.scalars(select(CaseSummary).where(CaseSummary.withdrawn_at.is_(None))))


def test_a_summary_is_written_approved_by_another_and_taken_back_when_asked(office: Office) -> None:
    story = published(office)
    (row,) = public(story)
    assert (row.title, row.text, row.finding, row.authority) == (WRITTEN["summary_title"], TEXT, "gegrond", "De Lijn")
    with office.database.reading() as reading:
        norms = reading.session.scalars(select(CaseSummaryNorm.norm).order_by(CaseSummaryNorm.norm)).all()
    assert norms == [11, 12]
    with pytest.raises(MessageNotExpected):
        story.receives("summary_wanted")
    story.receives("summary_withdrawn", summary_withdrawn_why="De klager vraagt het.")
    assert public(story) == []
    story.receives("summary_wanted").waits_at("write_summary")


def test_an_open_case_has_no_summary(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    with pytest.raises(MessageNotExpected):
        story.receives("summary_wanted")


def test_a_name_is_refused_at_once_and_what_else_points_at_somebody_goes_back_with_its_place(
    sqlite_office: Office,
) -> None:
    story = wanted(sqlite_office)
    with pytest.raises(FormNotAccepted) as told:
        story.completes("write_summary", **{**WRITTEN, "summary_text": "Mies Vandevoorde kreeg een boete."})
    assert "‘Mies Vandevoorde’" in told.value.errors[0]["message"]
    story.completes("write_summary", **{**WRITTEN, "summary_text": f"{TEXT} Zij belde naar 0470 12 34 56."})
    story.waits_at("write_summary")
    assert str(story.facts()["summary.traces"]).startswith("nummer: 0470 12 34 56 (“")
    on_a_day = "Op 12 maart 2026 kreeg iemand in Moerzande een boete van 107 euro."
    story.completes("write_summary", **{**WRITTEN, "summary_text": on_a_day}).waits_at("write_summary")
    kinds = [line.partition(":")[0] for line in str(story.facts()["summary.traces"]).splitlines()]
    assert kinds == ["dag", "plaats", "bedrag"]
    story.completes("write_summary", **{**WRITTEN, "summary_text": f"{TEXT} Ook Petra Peeters wachtte."})
    story.waits_at("approve_summary")
    assert str(story.facts()["summary.traces"]).startswith("misschien een naam: Petra Peeters (“")
    story.completes("approve_summary", summary_decision="rewrite", summary_remark="Wie is dat?")
    story.completes("write_summary", **WRITTEN).waits_at("approve_summary")
    assert story.facts()["summary.traces"] == "Niets gevonden."


def test_who_approves_is_somebody_else_and_has_looked_at_every_question(sqlite_office: Office) -> None:
    story = wanted(sqlite_office).completes("write_summary", **WRITTEN)
    with pytest.raises(FormNotAccepted) as told:
        story.completes("approve_summary", summary_decision="publish", summary_goes="stays")
    assert {each["field"] for each in told.value.errors} == set(SAFE)
    assert not worklist.may_take(person("ombudsman"), story.open("approve_summary"))
    story.completes("approve_summary", summary_decision="rewrite", summary_remark="Korter.").waits_at("write_summary")
    story.completes("write_summary", **WRITTEN)
    story.completes("approve_summary", summary_decision="drop").waits_at()
    assert public(story) == []


@pytest.mark.parametrize(("goes", "left"), [("stays", 1), ("goes", 0)])
def test_when_the_case_is_destroyed_its_summary_stays_or_goes_as_was_decided(
    sqlite_office: Office, clock: TravellingClock, goes: str, left: int
) -> None:
    story, like = published(sqlite_office, summary_goes=goes), Story(sqlite_office).given_a_complaint()
    clock.advance(timedelta(days=3660))
    now = sqlite_office.clock.now()
    pair = {"one_id": story.case_id, "other_id": like.case_id}
    with sqlite_office.database.work() as work:
        work.session.add(ConsistencyNote(**pair, reason="Zie het tweede.", noted_by="person:1", noted_at=now))
        erasing.erase(sqlite_office, work, person("ombudsman"), story.case.number, erasing.TERM)
        assert work.session.scalars(select(ConsistencyNote)).all() == []
    assert len(public(story)) == left
