"""What nobody will do any more: a job that cannot be done is skipped, mail that cannot be sent is given up, each with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.errors import StepNotSkippable
from engine.models import Incident, Job
from history.log import Event
from identity.people import Actor
from identity.permissions import NotAllowed
from tasks.background import errands, mail
from tasks.background.clock_source import TravellingClock
from tasks.models import Mail
from tasks.office import Office
from tasks.operating import incidents, skipping
from tasks.operating.mending import ReasonMissing
from tests.engine.office import diagram, flows, script
from tests.tasks.test_queue import Place, fails

MANAGER = Actor("person:1", "Petra", frozenset({"process_manager"}))
ADMIN = Actor("person:2", "Bert", frozenset({"admin"}))
WHY = "De ontvanger kreeg het al per post."


@pytest.fixture
def place(office: Office, clock: TravellingClock) -> Place:
    return Place(office, clock)


def stuck(place: Place) -> list[int]:
    with place.office.database.reading() as reading:
        return list(reading.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))))


def told(place: Place, stream: str) -> list[Event]:
    with place.office.database.reading() as reading:
        return list(place.office.log.read(reading, stream))


def states(place: Place) -> list[str]:
    with place.office.database.reading() as reading:
        return list(reading.session.scalars(select(Job.state).order_by(Job.id)))


def test_a_job_nobody_can_do_is_skipped_with_a_reason_and_the_process_goes_on(place: Place) -> None:
    place.answer = fails
    instance = place.publish(retries=1).start()
    place.run()
    [incident] = stuck(place)
    with place.office.database.work() as work:
        assert skipping.skip(place.office, work, MANAGER, incident, f" {WHY} ").outcome == "completed"
    [skipped] = [each for each in told(place, f"instance:{instance}") if each.activity == "incident"]
    assert (skipped.resource, skipped.data["skipped"], skipped.data["reason"]) == ("person:1", "a", WHY)
    assert [each.transition for each in told(place, f"instance:{instance}") if each.activity == "a"] == [
        "activated",
        "incident",
        "completed",
    ]
    assert (states(place), len(place.asked)) == (["cancelled"], 1), "it is neither tried again nor counted as failed"


def test_retried_or_skipped_many_at_once_each_has_a_turn_of_its_own(place: Place) -> None:
    place.answer = fails
    place.publish(retries=1)
    kept, *others = [place.start() for _ in range(3)]
    place.run()
    with place.office.database.work() as work:
        place.office.engine.suspend(work, kept)
    assert skipping.skip_all(place.office, MANAGER, [*stuck(place), 999], WHY) == incidents.Retried(2, 0, 2)
    assert [place.outcome(each) for each in (kept, *others)] == ["incident", "completed", "completed"]
    with place.office.database.work() as work:
        place.office.engine.resume(work, kept)
    assert incidents.retry_all(place.office, ADMIN, stuck(place)) == incidents.Retried(1, 0, 0)
    place.answer = lambda _: {}
    assert (place.run(), place.outcome(kept)) == (1, "completed")


def test_only_whoever_may_and_says_why_skips_a_step(place: Place) -> None:
    place.answer = fails
    place.publish(retries=1).start()
    place.run()
    [incident] = stuck(place)
    with pytest.raises(NotAllowed), place.office.database.work() as work:
        skipping.skip(place.office, work, ADMIN, incident, WHY)
    with pytest.raises(NotAllowed):
        skipping.skip_all(place.office, ADMIN, [incident], WHY)
    for reason in ("", "  ab  ", "x" * 1001):
        with pytest.raises(ReasonMissing), place.office.database.work() as work:
            skipping.skip(place.office, work, MANAGER, incident, reason)
    assert stuck(place) == [incident]


def test_a_step_that_is_no_job_is_not_skipped(place: Place) -> None:
    much = script("c", "count(for i in 1..10000000 return i)", "n")
    content = diagram(f'<startEvent id="s"/>{much}<endEvent id="e"/>{flows("s>c;c>e")}')
    place.publish_as("p", content).start()
    [incident] = stuck(place)
    with pytest.raises(StepNotSkippable), place.office.database.work() as work:
        skipping.skip(place.office, work, MANAGER, incident, WHY)
    assert stuck(place) == [incident]


def test_mail_that_cannot_be_sent_is_given_up_and_stays_so(place: Place, clock: TravellingClock) -> None:
    office = place.office
    with office.database.work() as work:
        rows = [mail.queue(office, work, to=to, subject="A", body="A", case_id=None) for to in ("a@x.org", "b@x.org")]
        mail_id, sending = (row.id for row in rows)
        rows[1].claim = "somebody sends this now"
    with pytest.raises(NotAllowed), office.database.work() as work:
        skipping.give_up(office, work, ADMIN, [mail_id], WHY)
    with office.database.work() as work:
        assert skipping.give_up(office, work, MANAGER, [mail_id, sending], WHY) == 1
    with office.database.work() as work:
        mail.retry(office, work, mail_id)
    clock.advance(timedelta(days=1))
    assert not errands.perform(office, "mail", mail_id)
    with office.database.reading() as reading:
        assert reading.session.get_one(Mail, mail_id).state == "given_up"
    [event] = [each for each in told(place, "office") if each.activity == "mail"]
    assert (event.data["mail"], event.data["reason"]) == (mail_id, WHY)
