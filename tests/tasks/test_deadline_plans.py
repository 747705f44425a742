"""Changing a deadline rule or the closing days: what would move, a colleague who carries it out, and what hangs on the dates."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from cases import deadline_rules, deadlines
from cases.models import ClosingDay, DeadlineRule
from engine.models import ProcessInstance, Subscription
from history.log import Recorded
from identity.permissions import NotAllowed
from tasks import turn
from tasks.deadlines import deadline_plans, deadline_preview, deadline_run, shipped_rules
from tasks.deadlines.deadline_plans import (
    ClosingDaysNotUsable,
    DeadlinePlannerCannotRun,
    DeadlinePlanNotFound,
    DeadlinePlanStarted,
    DeadlineReasonNeeded,
    RuleNotUsable,
)
from tasks.deadlines.deadline_preview import Preview
from tasks.models import DeadlinePlan, DeadlineShift
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story, person
from tests.tasks.migrations import ANN, PAUL, newer

WORKING = {
    "value": "20",
    "unit": "working_days",
    "valid_from": "2026-01-01",
    "source": "Ombudsdecreet art. 15",
    "pauses_for_court_case": "ja",
    "is_verified": "ja",
}
WHY = "Voortaan tellen we in werkdagen"
PAUSE = '<zeebe:taskDefinition type="clock.pause"/><zeebe:taskHeaders><zeebe:header key="reason" value="verhuis"/>'
RESUME = PAUSE.replace("clock.pause", "clock.resume")
LETTER = '<zeebe:taskDefinition type="letter.send"/><zeebe:taskHeaders><zeebe:header key="template" value="{}"/><zeebe:header key="to" value="authority"/>'
TIMER = '<timeDate xsi:type="tFormalExpression">=due_on + duration("{}")</timeDate>'
AFTER = '<timeDuration xsi:type="tFormalExpression">{}</timeDuration>'


def asked(office: Office) -> Story:
    """A case in which the authority was asked a question on 5 January, with fourteen days to answer."""
    story = Story(office).given_an_opened_file().completes("choose_approach", approach="investigation")
    return story.completes("request_information", questions="Wat ging er mis?", term_days="14")


def planned(office: Office, **changed: str) -> int:
    with office.database.work() as work:
        return deadline_plans.propose_rule(office, work, ANN, "service_answer_by", WORKING | changed, WHY).id


def previewed(office: Office, plan_id: int, after: int = 0) -> Preview:
    with office.database.reading() as reading:
        return deadline_preview.of(office, reading, deadline_plans.find(reading, plan_id), after)


def carried_out(office: Office, plan_id: int) -> DeadlinePlan:
    with office.database.work() as work:
        deadline_plans.begin(office, work, PAUL, plan_id)
    for _ in range(5):
        deadline_run.advance(office)
    with office.database.reading() as reading:
        return deadline_plans.find(reading, plan_id)


def events(office: Office, story: Story, activity: str = "deadline") -> list[Recorded]:
    with office.database.reading() as reading:
        found = office.log.read(reading, turn.stream_of(story.case_id))
        return [each for each in found if each.activity == activity and "old" in each.data]


def timers(office: Office) -> dict[str, date | None]:
    with office.database.reading() as reading:
        rows = reading.session.scalars(select(Subscription).where(Subscription.kind == "timer"))
        return {row.element_id: None if row.due_at is None else row.due_at.date() for row in rows}


def test_a_new_version_shows_what_moves_and_then_moves_the_date_its_timers_and_the_worklist(office: Office) -> None:
    story = asked(office)
    assert story.due("service_answer_by") == date(2026, 1, 19)
    plan_id = planned(office)
    seen = previewed(office, plan_id)
    assert (seen.looked, seen.moved, seen.past, seen.next) == (1, 1, 0, None)
    assert seen.chosen == 1  # the fourteen days were asked in the case: they stay fourteen, of the new unit
    [shift] = seen.page
    assert (shift.number, shift.old_on, shift.new_on) == (story.case.number, date(2026, 1, 19), date(2026, 1, 23))
    assert story.due("service_answer_by") == date(2026, 1, 19)

    plan = carried_out(office, plan_id)
    assert (plan.state, plan.started_by, plan.total) == ("done", PAUL.id, 1)
    assert story.due("service_answer_by") == date(2026, 1, 23)
    assert story.open("answer_information").due_at == datetime(2026, 1, 23, 22, 59, 59, tzinfo=UTC)
    assert [timers(office)[each] for each in ("reminder_1_due", "reminder_2_due", "escalation_due")] == [
        date(2026, 1, 23),  # midnight in Brussels is still the day before in Greenwich
        date(2026, 2, 2),
        date(2026, 2, 12),
    ]
    [told] = events(office, story)
    assert (told.resource, told.data["old"], told.data["due_on"]) == (
        PAUL.id,
        "2026-01-19",
        "2026-01-23",
    )
    assert told.data["reason"] == WHY
    assert str(told.data["explanation"]).startswith("14 werkdagen vanaf 5 januari 2026;")
    assert previewed(office, plan_id).moved == 0
    assert deadline_run.advance(office) == 0
    story.after(15)
    assert "L09" not in [letter.template for letter in story.letters()]
    story.after(4).sent("L09")


def test_clocks_that_stand_still_hold_timers_and_the_worklist_until_they_go_on(office: Office) -> None:
    newer(
        office,
        (LETTER.format("L09"), PAUSE),
        (LETTER.format("L10"), RESUME),
        (TIMER.format("P1D"), AFTER.format("P5D")),
        (TIMER.format("P11D"), AFTER.format("P50D")),
        key="investigation",
    )
    story = asked(office).after(5)
    assert timers(office)["escalation_due"] is None
    assert story.open("answer_information").due_at is None
    assert story.status.until != date(2026, 1, 19)
    story.after(40)
    assert "L11" not in [letter.template for letter in story.letters()]
    story.after(5)
    assert story.due("service_answer_by") == date(2026, 3, 5)
    assert story.open("answer_information").due_at == datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC)
    assert timers(office)["escalation_due"] == date(2026, 3, 25)
    [told] = events(office, story)
    assert "de klok stond 45 dagen stil (verhuis)" in str(told.data["explanation"])
    status = story.status
    assert (status.until, status.reckoning is not None) == (date(2026, 3, 5), True)
    story.after(31).sent("L11")


def test_a_rule_that_changes_while_the_clock_stands_still_holds_on_the_new_day(office: Office) -> None:
    newer(office, (LETTER.format("L09"), PAUSE), (TIMER.format("P1D"), AFTER.format("P5D")), key="investigation")
    story = asked(office).after(5)
    assert carried_out(office, planned(office)).state == "done"
    assert story.due("service_answer_by") == date(2026, 1, 23)
    assert timers(office)["escalation_due"] is None
    assert story.open("answer_information").due_at is None


def test_days_on_which_a_clock_stood_still_count_in_the_preview_and_in_what_moves(sqlite_office: Office) -> None:
    office, story = sqlite_office, asked(sqlite_office)
    with office.database.work() as work:
        rules = deadline_rules.in_force(work)
        deadlines.pause(work, story.case_id, "zaak bij de rechter", date(2026, 1, 6))
        deadlines.resume(work, rules, story.case_id, date(2026, 1, 16))
    assert story.due("service_answer_by") == date(2026, 1, 29)
    again = planned(office, unit="calendar_days")
    assert previewed(office, again).moved == 0, "the same term, the same ten days"
    plan_id = planned(office)
    [shift] = previewed(office, plan_id).page
    carried_out(office, plan_id)
    assert (shift.new_on, story.due("service_answer_by")) == (date(2026, 2, 4), date(2026, 2, 4)), (
        "eight working days later"
    )


def first_line(office: Office) -> Story:
    """A complaint that was sent on to the authority on 5 January, which has 45 days."""
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    return story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")


def shortened(office: Office, **changed: str) -> int:
    given = WORKING | {"value": "10", "unit": "calendar_days", "pauses_for_court_case": ""} | changed
    with office.database.work() as work:
        return deadline_plans.propose_rule(office, work, ANN, "first_line_handle_by", given, WHY).id


def test_a_date_that_comes_to_lie_in_the_past_is_warned_of_and_then_its_timer_is_due(sqlite_office: Office) -> None:
    story = first_line(sqlite_office).after(20)
    plan_id = shortened(sqlite_office)
    seen = previewed(sqlite_office, plan_id)
    assert (seen.moved, seen.past, seen.page[0].is_past) == (1, 1, True)
    carried_out(sqlite_office, plan_id)
    story.after(0).waits_at("return_offer")


def test_a_version_holds_for_what_counts_from_its_day_on_and_days_somebody_gave_stay(sqlite_office: Office) -> None:
    asked(sqlite_office)
    first_line(sqlite_office)
    assert previewed(sqlite_office, shortened(sqlite_office, valid_from="2026-01-06")).moved == 0
    assert previewed(sqlite_office, planned(sqlite_office, value="5", unit="calendar_days")).moved == 0


def test_a_change_is_two_peoples_work_and_wants_a_reason(sqlite_office: Office) -> None:
    office = sqlite_office
    plan_id = planned(office)
    handler = person("case_handler")
    with office.database.work() as work:
        for refused in (
            lambda: deadline_plans.begin(office, work, handler, plan_id),
            lambda: deadline_plans.discard(office, work, handler, plan_id),
            lambda: deadline_plans.propose_rule(office, work, handler, "service_answer_by", WORKING, WHY),
            lambda: deadline_plans.propose_days(office, work, handler, remove=["2026-07-11"], reason=WHY),
        ):
            with pytest.raises(NotAllowed):
                refused()
        with pytest.raises(DeadlinePlannerCannotRun):
            deadline_plans.begin(office, work, ANN, plan_id)
        with pytest.raises(DeadlineReasonNeeded):
            deadline_plans.propose_rule(office, work, ANN, "service_answer_by", WORKING, " ")
        deadline_plans.begin(office, work, PAUL, plan_id)
        for again in (deadline_plans.begin, deadline_plans.discard):
            with pytest.raises(DeadlinePlanStarted):
                again(office, work, PAUL, plan_id)
        other = deadline_plans.propose_days(office, work, ANN, remove=["2026-07-11"], reason=WHY).id
        deadline_plans.discard(office, work, PAUL, other)
        with pytest.raises(DeadlinePlanNotFound):
            deadline_plans.find(work, other)


def test_what_is_wrong_is_told_field_by_field(sqlite_office: Office) -> None:
    office = sqlite_office
    wrong = {"value": "0", "unit": "weeks", "valid_from": "0026-01-01", "source": " "}
    with office.database.work() as work:
        with pytest.raises(RuleNotUsable) as refused:
            deadline_plans.propose_rule(office, work, ANN, "service_answer_by", wrong, WHY)
        assert [each["field"] for each in refused.value.errors] == list(wrong)
        for add, remove, field in (
            ([], [], "on"),
            ([{"on": "2027-02-30", "name": "Brug"}], [], "on"),
            ([{"on": "2027-07-21", "name": "Dubbel"}], [], "on"),
            ([{"on": "2026-07-11", "name": "Dubbel"}], [], "on"),
            ([{"on": "2027-01-04", "name": ""}], [], "name"),
            ([], ["2027-01-04"], "remove"),
        ):
            with pytest.raises(ClosingDaysNotUsable) as told:
                deadline_plans.propose_days(office, work, ANN, add=add, remove=remove, reason=WHY)
            assert [each["field"] for each in told.value.errors] == [field]


def test_a_closing_day_moves_terms_in_working_days_and_goes_again(sqlite_office: Office) -> None:
    office = sqlite_office
    carried_out(office, planned(office))
    story = asked(office)
    assert story.due("service_answer_by") == date(2026, 1, 23)
    with office.database.work() as work:
        add = [{"on": "2026-01-16", "name": "Verhuis", "is_yearly": "", "source": "Directie"}]
        coming = deadline_plans.propose_days(office, work, ANN, add=add, reason=WHY).id
    assert previewed(office, coming).moved == 1
    carried_out(office, coming)
    assert story.due("service_answer_by") == date(2026, 1, 26)
    assert "16 januari (Verhuis) telt niet mee" in str(events(office, story)[0].data["explanation"])
    with office.database.work() as work:
        going = deadline_plans.propose_days(office, work, ANN, remove=["2026-01-16"], reason=WHY).id
    carried_out(office, going)
    assert story.due("service_answer_by") == date(2026, 1, 23)
    with office.database.reading() as reading:
        assert list(reading.session.scalars(select(ClosingDay.closed_on))) == [date(2026, 7, 11)]


def test_a_case_that_cannot_take_it_stays_with_the_reason_and_the_others_go_on(sqlite_office: Office) -> None:
    office = sqlite_office
    broken, whole = first_line(office), first_line(office)
    with office.database.work() as work:
        work.session.execute(
            update(ProcessInstance).where(ProcessInstance.case_id == broken.case_id).values(state="{}")
        )
    plan = carried_out(office, shortened(office))
    assert (plan.state, whole.due("first_line_handle_by")) == ("done", date(2026, 1, 15))
    with office.database.reading() as reading:
        shifts = list(reading.session.scalars(select(DeadlineShift).order_by(DeadlineShift.case_id)))
    assert [(each.case_id, bool(each.why)) for each in shifts] == [(broken.case_id, True), (whole.case_id, False)]
    assert broken.due("first_line_handle_by") == date(2026, 2, 19)


def test_a_term_started_with_the_old_rule_behind_the_cursor_is_found_in_the_next_round(sqlite_office: Office) -> None:
    office = sqlite_office
    early, late = first_line(office), first_line(office)
    plan_id = shortened(office)
    with office.database.work() as work:
        deadline_plans.begin(office, work, PAUL, plan_id)
        work.session.execute(update(DeadlinePlan).values(cursor=early.case_id))
    deadline_run.advance(office)
    assert (early.due("first_line_handle_by"), late.due("first_line_handle_by")) == (
        date(2026, 2, 19),
        date(2026, 1, 15),
    )
    for _ in range(4):
        deadline_run.advance(office)
    assert early.due("first_line_handle_by") == date(2026, 1, 15)


def test_two_processes_at_once_move_each_case_once(office: Office) -> None:
    stories = [first_line(office) for _ in range(6)]
    plan_id = shortened(office)
    with office.database.work() as work:
        deadline_plans.begin(office, work, PAUL, plan_id)
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(deadline_run.advance, (office, office)))
    with office.database.reading() as reading:
        assert deadline_plans.find(reading, plan_id).state == "done"
        shifts = sorted(reading.session.scalars(select(DeadlineShift.case_id)))
    assert shifts == [story.case_id for story in stories]
    assert [len(events(office, story)) for story in stories] == [1] * 6


def test_a_newer_shipped_version_waits_as_a_plan_once_and_the_offices_own_stays(sqlite_office: Office) -> None:
    office = sqlite_office
    newest = office.deadline_rules.get("service_answer_by")
    shipped = replace(newest, value=15, version="2027-01-01", valid_from=date(2027, 1, 1))
    newer_office = replace(office, deadline_rules=office.deadline_rules.with_version(shipped))
    for _ in range(2):
        with office.database.work() as work:
            shipped_rules.install(newer_office, work, "system:installer")
    with office.database.reading() as reading:
        [plan] = deadline_plans.latest(reading)
        assert (plan.content["value"], plan.state) == (15, "draft")
        assert deadline_rules.in_force(reading).get("service_answer_by").value == 20
    carried_out(office, plan.id)
    with office.database.work() as work:
        shipped_rules.install(newer_office, work, "system:installer")
        assert len(deadline_plans.latest(work)) == 1
        versions = select(DeadlineRule.version).where(DeadlineRule.name == "service_answer_by")
        assert list(work.session.scalars(versions.order_by(DeadlineRule.id))) == ["2026-01-01", "2027-01-01"]
