"""An answer that came by post or telephone: who may note it, what must be said about it, and what the history keeps."""

import io
import threading
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from cases.documents import Upload, of_case
from history.log import Recorded
from identity import people
from identity.people import Actor
from identity.permissions import TABLE, allows
from identity.roles import CASE_STAFF, FIRST_LINE, HANDLER, INTAKE, STAFF_ROLES
from tasks import completion, turn, worklist
from tasks.case_file import timeline
from tasks.citizens import on_behalf, question
from tasks.errors import FormNotAccepted, NothingToAnswerFor, NotYourLane, UserTaskAlreadyCompleted, UserTaskChanged
from tasks.models import UserTask
from tasks.office import Office
from tasks.studio import definition_words
from tests.stories.stage import NOT_CONTACTED, Story
from tests.tasks.test_completion import hired

BY_POST = on_behalf.named("post", "2026-01-05")
SOLVED = {"first_line_outcome": "solved", "first_line_text": "Wij schrappen de boete."}


def asked_authority(office: Office) -> tuple[Story, UserTask]:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    return story, story.open("answer_first_line")


def finished(story: Story, row: UserTask) -> Recorded:
    with story.office.database.reading() as reading:
        events = story.office.log.read(reading, turn.stream_of(story.case_id))
    return next(e for e in events if e.transition == "completed" and e.data.get("token") == row.token_id)


def note(office: Office, actor: Actor, row: UserTask, came: Mapping[str, str] | None, **more: object) -> None:
    with office.database.work() as work:
        completion.complete(office, work, actor, row.id, {**SOLVED, **more}, version=row.version, came=came)


def test_the_table_gives_it_to_the_front_office_and_to_who_handles_a_complaint_alone() -> None:
    assert TABLE["user_task.on_behalf"] == {INTAKE, HANDLER, FIRST_LINE}
    for role in STAFF_ROLES:
        may = allows(Actor("person:1", "", frozenset({role})), "user_task.on_behalf")
        assert may == (role in {INTAKE, HANDLER, FIRST_LINE})


def test_the_history_says_who_noted_it_for_whom_how_and_when(office: Office) -> None:
    story, row = asked_authority(office)
    note(office, hired(office, "hamid", HANDLER), row, BY_POST)
    event = finished(story, row)
    assert event.role == HANDLER
    assert event.data["on_behalf"] == {
        "role": "authority",
        "channel": "post",
        "received_on": "2026-01-05",
        "authority_key": row.authority_key,
    }
    with office.database.reading() as reading:
        words, names = definition_words.load(reading), people.names(reading)
        lines = timeline.of(office, reading, story.case_id, words, names)
        holder = Actor(worklist.holder_of(row), "", frozenset({"authority"}))
        seen = question.of(office, reading, worklist.get(reading, holder, row.id), holder)
    line = next(each for each in lines if each.title == f"Afgewerkt: {row.name}")
    assert line.who == "hamid, namens de dienst (brief van 5 januari 2026)"
    assert (seen.state, list(seen.sent)) == ("noted", [])


@pytest.mark.parametrize("role", sorted(CASE_STAFF - {INTAKE, HANDLER}))
def test_another_role_neither_notes_nor_drafts_it(office: Office, role: str) -> None:
    story, row = asked_authority(office)
    other = hired(office, "other", role)
    with pytest.raises(NotYourLane):
        note(office, other, row, BY_POST)
    with pytest.raises(NotYourLane), office.database.work() as work:
        completion.save_draft(office, work, other, row.id, SOLVED)
    assert story.open("answer_first_line").version == row.version


@pytest.mark.parametrize(
    ("came", "fields"),
    [
        (None, [on_behalf.CHANNEL, on_behalf.RECEIVED_ON]),
        (on_behalf.named("", ""), [on_behalf.CHANNEL, on_behalf.RECEIVED_ON]),
        (on_behalf.named("pigeon", "2026-01-05"), [on_behalf.CHANNEL]),
        (on_behalf.named("phone", "gisteren"), [on_behalf.RECEIVED_ON]),
        (on_behalf.named("email", "2026-01-06"), [on_behalf.RECEIVED_ON]),
        (on_behalf.named("visit", "2026-01-04"), [on_behalf.RECEIVED_ON]),
    ],
)
def test_how_and_when_it_came_are_both_needed_and_possible(
    sqlite_office: Office, came: Mapping[str, str] | None, fields: list[str]
) -> None:
    story, row = asked_authority(sqlite_office)
    ann = hired(sqlite_office, "ann", INTAKE)
    with pytest.raises(FormNotAccepted) as refused:
        note(sqlite_office, ann, row, came, first_line_outcome="onzin")
    assert [each["field"] for each in refused.value.errors] == [*fields, "first_line_outcome"], "all at once"
    assert story.open("answer_first_line").version == row.version


def test_a_task_of_the_office_itself_has_nobody_to_answer_for(sqlite_office: Office) -> None:
    task, ann = Story(sqlite_office).given_a_complaint().open("assess_intake"), hired(sqlite_office, "ann", INTAKE)
    good = {"matter": "complaint", "judged_urgent": "nee"}
    with pytest.raises(NothingToAnswerFor), sqlite_office.database.work() as work:
        completion.complete(sqlite_office, work, ann, task.id, good, came=BY_POST)
    with pytest.raises(NothingToAnswerFor), sqlite_office.database.work() as work:
        completion.save_draft(sqlite_office, work, ann, task.id, good | BY_POST)


def test_files_are_the_authoritys_and_added_by_whoever_noted_them(sqlite_office: Office) -> None:
    story, row = asked_authority(sqlite_office)
    ann = hired(sqlite_office, "ann", INTAKE)
    with sqlite_office.database.work() as work:
        files = [Upload("brief.pdf", io.BytesIO(b"%PDF-1.7 brief"))]
        completion.complete(sqlite_office, work, ann, row.id, SOLVED, files=files, came=BY_POST)
    with sqlite_office.database.reading() as reading:
        (added,) = of_case(reading, story.case_id)
    assert (added.source, added.added_by, added.user_task_id) == (f"authority:{row.id}", ann.id, row.id)


def test_two_drafts_lie_apart_and_both_end_with_the_task(office: Office) -> None:
    story, row = asked_authority(office)
    ann, holder = hired(office, "ann", INTAKE), Actor(worklist.holder_of(row), "", frozenset({"authority"}))
    with office.database.work() as work:
        completion.save_draft(office, work, holder, row.id, {"first_line_text": "Nog niet verstuurd"})
        completion.save_draft(office, work, ann, row.id, {"first_line_text": "Volgens de brief"} | BY_POST, seen="")
    now = story.open("answer_first_line")
    assert on_behalf.draft_of(now, holder).answers == {"first_line_text": "Nog niet verstuurd"}
    assert on_behalf.draft_of(now, ann).answers == {"first_line_text": "Volgens de brief"} | BY_POST
    note(office, ann, now, BY_POST)
    with office.database.reading() as reading:
        after = reading.session.scalars(select(UserTask).where(UserTask.id == row.id)).one()
    assert (after.draft, after.office_draft) == (None, None)


def test_what_stands_in_all_is_nobodys_work_here(sqlite_office: Office) -> None:
    _, row = asked_authority(sqlite_office)
    ann, now = hired(sqlite_office, "ann", INTAKE, HANDLER), sqlite_office.clock.now()
    with sqlite_office.database.reading() as reading:
        views = {view: worklist.page(reading, ann, view, now=now).items for view in worklist.VIEWS}
    assert {view: row.id in [item.id for item in items] for view, items in views.items()} == {
        worklist.MINE: False,
        worklist.ROLES: False,
        worklist.ALL: True,
    }


def test_of_the_link_and_the_office_at_the_same_moment_exactly_one_answers(office: Office) -> None:
    story, row = asked_authority(office)
    ann, holder = hired(office, "ann", INTAKE), Actor(worklist.holder_of(row), "", frozenset({"authority"}))
    together, came_of_it = threading.Barrier(2), list[str]()

    def finish(actor: Actor, came: Mapping[str, str] | None) -> None:
        together.wait(10)
        try:
            note(office, actor, row, came)
            came_of_it.append("done")
        except (UserTaskAlreadyCompleted, UserTaskChanged):
            came_of_it.append("refused")

    threads = [threading.Thread(target=finish, args=each) for each in ((ann, BY_POST), (holder, None))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(came_of_it) == ["done", "refused"]
    with office.database.reading() as reading:
        events = office.log.read(reading, turn.stream_of(story.case_id))
    done = [e for e in events if e.transition == "completed" and e.data.get("token") == row.token_id]
    assert [("on_behalf" in e.data) for e in done] == [done[0].resource == ann.id]
