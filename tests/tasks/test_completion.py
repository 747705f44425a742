"""Who may take, give, keep a draft of and finish a user task; and that exactly one of two does."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.deadlines import local_day
from cases.models import Case
from engine import locks
from forms.schema import Form
from identity.people import Actor
from tasks import completion, inbox, worklist
from tasks.background.clock_source import TravellingClock
from tasks.case_file import task_view
from tasks.citizens import on_behalf
from tasks.errors import (
    DraftOfOther,
    FormNotAccepted,
    NotYourLane,
    PersonCannotTakeUserTask,
    UserTaskAlreadyCompleted,
    UserTaskChanged,
    UserTaskClaimedByOther,
    UserTaskNotClaimed,
    UserTaskNotFound,
)
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story, person
from tests.tasks.test_worklist import somebody

GOOD = {"matter": "complaint", "judged_urgent": "nee"}


def hired(office: Office, login: str, *roles: str) -> Actor:
    with office.database.work() as work:
        return somebody(work, office, login, *roles)


def test_a_task_is_claimed_by_one_and_released_by_that_one(office: Office) -> None:
    task = Story(office).given_a_complaint().open("assess_intake")
    ann, bob = hired(office, "ann", "intake_officer"), hired(office, "bob", "intake_officer")
    with office.database.work() as work:
        assert completion.claim(office, work, ann, task.id).version == task.version + 1
    with pytest.raises(UserTaskClaimedByOther), office.database.work() as work:
        completion.claim(office, work, bob, task.id)
    with pytest.raises(UserTaskNotClaimed), office.database.work() as work:
        completion.release(office, work, bob, task.id)
    with office.database.work() as work:
        assert completion.release(office, work, ann, task.id).assignee is None


def test_another_role_may_look_but_not_take_draft_or_finish(office: Office) -> None:
    task = Story(office).given_a_complaint().open("assess_intake")
    mediator, admin = hired(office, "mia", "mediator"), hired(office, "ad", "admin")
    with office.database.reading() as reading:
        assert worklist.get(reading, mediator, task.id).id == task.id
        with pytest.raises(UserTaskNotFound):
            worklist.get(reading, admin, task.id)
    with pytest.raises(NotYourLane), office.database.work() as work:
        completion.claim(office, work, mediator, task.id)
    with pytest.raises(NotYourLane), office.database.work() as work:
        completion.save_draft(office, work, mediator, task.id, GOOD)
    with pytest.raises(NotYourLane), office.database.work() as work:
        completion.complete(office, work, mediator, task.id, GOOD)


def test_delegating_needs_the_role_and_the_ombudsman_may_move_what_a_colleague_took(office: Office) -> None:
    task = Story(office).given_a_complaint().open("assess_intake")
    ann, bob = hired(office, "ann", "intake_officer"), hired(office, "bob", "intake_officer")
    oda, mia = hired(office, "oda", "ombudsman"), hired(office, "mia", "mediator")
    with office.database.work() as work:
        completion.claim(office, work, ann, task.id)
    with pytest.raises(UserTaskClaimedByOther), office.database.work() as work:
        completion.delegate(office, work, bob, task.id, int(bob.id.partition(":")[2]))
    with pytest.raises(PersonCannotTakeUserTask), office.database.work() as work:
        completion.delegate(office, work, ann, task.id, int(mia.id.partition(":")[2]))
    with office.database.work() as work:
        assert completion.delegate(office, work, oda, task.id, int(bob.id.partition(":")[2])).assignee == bob.id


def test_a_draft_waits_and_is_not_overwritten_unseen_by_a_colleague(office: Office) -> None:
    task = Story(office).given_a_complaint().open("assess_intake")
    ann, bob = hired(office, "ann", "intake_officer"), hired(office, "bob", "intake_officer")
    with office.database.work() as work:
        completion.save_draft(office, work, ann, task.id, {"intake_note": "half"}, seen="")
    with pytest.raises(DraftOfOther), office.database.work() as work:
        completion.save_draft(office, work, bob, task.id, {"intake_note": "anders"}, seen="")
    with office.database.reading() as reading:
        row = worklist.get(reading, bob, task.id)
        assert row.draft == {"intake_note": "half"}
        seen = on_behalf.draft_of(row, bob).mark
    with office.database.work() as work:
        completion.save_draft(office, work, bob, task.id, {"intake_note": "samen"}, seen=seen)


def test_wrong_answers_name_their_fields_and_change_nothing(office: Office) -> None:
    story = Story(office).given_a_complaint()
    task, ann = story.open("assess_intake"), hired(office, "ann", "intake_officer")
    with pytest.raises(FormNotAccepted) as refused, office.database.work() as work:
        completion.complete(office, work, ann, task.id, {"matter": "onzin", "extra": "1"})
    assert {error["field"] for error in refused.value.errors} == {"matter", "judged_urgent", "extra"}
    assert story.open("assess_intake").version == task.version


def test_an_old_version_is_a_conflict(office: Office) -> None:
    task, ann = Story(office).given_a_complaint().open("assess_intake"), hired(office, "ann", "intake_officer")
    with office.database.work() as work:
        completion.claim(office, work, ann, task.id)
    with pytest.raises(UserTaskChanged), office.database.work() as work:
        completion.complete(office, work, ann, task.id, GOOD, version=task.version)


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_who_finishes_what_a_colleague_takes_that_very_moment_is_told_that_it_changed(office: Office) -> None:
    story = Story(office).given_a_complaint()
    task = story.open("assess_intake")
    ann, bob = hired(office, "ann", "intake_officer"), hired(office, "bob", "intake_officer")

    def while_bob_takes_it(_form: Form) -> dict[str, str]:
        with office.database.work() as other:
            assert not locks.hold_at_once(other, task.instance_id), (
                "no other turn changes what these answers are held against"
            )
            completion.claim(office, other, bob, task.id)
        return GOOD

    with pytest.raises(UserTaskChanged), office.database.work() as work:
        completion.complete(office, work, ann, task.id, while_bob_takes_it)
    assert story.open("assess_intake").assignee == bob.id


def test_of_two_who_finish_at_the_same_moment_exactly_one_does(office: Office) -> None:
    story = Story(office).given_a_complaint()
    task = story.open("assess_intake")
    pair = [hired(office, "ann", "intake_officer"), hired(office, "bob", "intake_officer")]
    together, came_of_it = threading.Barrier(2), list[str]()

    def finish(actor: Actor) -> None:
        together.wait(10)
        try:
            with office.database.work() as work:
                completion.complete(office, work, actor, task.id, GOOD, version=task.version)
            came_of_it.append("done")
        except UserTaskAlreadyCompleted:
            came_of_it.append("refused")

    threads = [threading.Thread(target=finish, args=(actor,)) for actor in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(came_of_it) == ["done", "refused"]
    story.waits_at("decide_admissibility")


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_a_message_finds_the_case_as_it_is_once_it_is_held(office: Office) -> None:
    story = Story(office).given_an_opened_file()
    with office.database.work() as work:
        seen = work.session.get_one(Case, story.case_id)  # as the page does that takes the message
        with office.database.work() as other:
            other.session.get_one(Case, story.case_id).is_urgent = True
        inbox.deliver(
            office, work, person("case_handler"), story.case_id, inbox.INFORMATION, {"added": "Nog een brief."}
        )
        assert seen.is_urgent


class Ticking(TravellingClock):
    """A clock that goes on while one looks, as real ones do."""

    def now(self) -> datetime:
        self.advance(timedelta(milliseconds=3))
        return super().now()


def test_what_a_task_brought_about_is_told_though_time_goes_on_within_a_turn(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    office, ann = replace(sqlite_office, clock=Ticking(clock.now())), hired(sqlite_office, "ann", "intake_officer")
    story = Story(sqlite_office).given_a_complaint(**NOT_CONTACTED)

    def finished(
        element_id: str, answers: Mapping[str, str], came: Mapping[str, str] | None = None
    ) -> task_view.TaskView:
        task = story.open(element_id)
        with office.database.work() as work:
            completion.complete(office, work, ann, task.id, answers, came=came)
        with office.database.reading() as reading:
            return task_view.of(office, reading, ann, worklist.get(reading, ann, task.id))

    forwarded = finished("assess_intake", GOOD)
    assert "letter" in {each.kind for each in forwarded.since}
    assert "Afgewerkt" not in " ".join(each.title for each in forwarded.since)
    by_post = on_behalf.named("post", local_day(clock.now()).isoformat())
    solved = {"first_line_outcome": "solved", "first_line_text": "Rechtgezet."}
    answered = finished("answer_first_line", solved, by_post)
    assert answered.closed_by.startswith("ann, namens de dienst (brief van")
