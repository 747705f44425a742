"""What time brings, when something in its way is broken: no case costs another its deadline."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from engine.models import ProcessInstance, Subscription
from tasks.background import clock as ticking
from tasks.background import timers
from tasks.background.clock_source import TravellingClock
from tasks.models import UserTask
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story


def waiting_timers(office: Office, case_id: int) -> int:
    query = (
        select(func.count())
        .select_from(Subscription)
        .join(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
        .where(ProcessInstance.case_id == case_id, Subscription.kind == "timer")
    )
    with office.database.reading() as reading:
        return reading.session.scalar(query) or 0


def forwarded(office: Office) -> int:
    """A complaint whose authority has forty-five days to answer; returns the case."""
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
    assert waiting_timers(office, story.case_id)
    return story.case_id


def open_elements(office: Office, case_id: int) -> set[str]:
    with office.database.reading() as reading:
        query = select(UserTask.element_id).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None))
        return set(reading.session.scalars(query))


def test_a_case_that_cannot_be_restored_does_not_hold_up_the_others(
    office: Office, clock: TravellingClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "PORTION", 1)  # the broken case is due first and fills a whole portion
    broken, whole = forwarded(office), forwarded(office)
    with office.database.work() as work:
        work.session.execute(
            text("UPDATE process_instance SET state = 'this is no state' WHERE case_id = :case"), {"case": broken}
        )
    clock.advance(timedelta(days=50))
    with caplog.at_level(logging.CRITICAL, "ombudsflow.clock"):
        assert ticking.tick(office) > 0
    assert "return_offer" in open_elements(office, whole)
    assert waiting_timers(office, broken), "it is still due, and shows as late"


def test_a_clock_set_back_fires_nothing_twice(office: Office, clock: TravellingClock) -> None:
    case = forwarded(office)
    clock.advance(timedelta(days=50))
    assert ticking.tick(office) > 0
    before = open_elements(office, case)
    clock._now -= timedelta(days=20)  # what an operator or a wrong time server does to the wall clock
    assert ticking.tick(office) == 0
    assert open_elements(office, case) == before
