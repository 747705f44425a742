"""Terms: counted in the office's own days, paused and resumed, for the case or for one grievance."""

from datetime import UTC, date, datetime

import pytest

from cases import deadlines
from cases.calendars import Calendar
from cases.counting import WORKING_DAYS, Term, reckon
from cases.deadlines import AnotherPause, Rule, Rules, UnknownRule
from cases.models import Case, Deadline
from storage.unit_of_work import Database, UnitOfWork
from tasks.office import WORKFLOWS

RULES = deadlines.load(WORKFLOWS / "deadlines")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "unit", "start", "due"),
    [
        (10, "calendar_days", date(2026, 2, 20), date(2026, 3, 2)),
        (1, "months", date(2026, 1, 31), date(2026, 2, 28)),
        (3, "months", date(2026, 11, 30), date(2027, 2, 28)),
        (1, "working_days", date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday is no holiday here, Easter Monday is
        (5, "working_days", date(2026, 5, 11), date(2026, 5, 19)),  # over Ascension Day
        (0, "working_days", date(2026, 5, 16), date(2026, 5, 16)),
    ],
)
def test_a_term_ends_on_a_day(value: int, unit: str, start: date, due: date) -> None:
    assert reckon(Term(value, unit, start), RULES.calendar).due_on == due


def test_a_moment_belongs_to_the_day_it_is_in_brussels() -> None:
    assert deadlines.local_day(datetime(2026, 3, 28, 23, 20, tzinfo=UTC)) == date(2026, 3, 29)
    assert deadlines.local_day(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)


def test_the_version_that_held_on_the_day_it_counts_from_applies_and_the_oldest_to_what_is_older() -> None:
    def version(name: str, valid_from: date, value: int) -> Rule:
        return Rule("some_by", "Iets", value, "calendar_days", "bron", name, valid_from)

    first, second = version("1", date(2020, 1, 1), 10), version("2", date(2026, 3, 1), 20)
    rules = Rules({"some_by": (first,)}).with_version(second)
    found = [rules.get("some_by", on).value for on in (date(2019, 5, 1), date(2026, 2, 28), date(2026, 3, 1))]
    assert found == [10, 10, 20]
    assert rules.with_version(version("3", date(2026, 3, 1), 30)).get("some_by", date(2026, 4, 1)).value == 30


def test_the_11th_of_july_is_no_working_day_in_any_year_and_school_holidays_are_working_days() -> None:
    office, library = RULES.calendar, Calendar()
    for year in (2026, 2029, 2035):
        assert library.name_of(date(year, 7, 11)) is None
        assert office.name_of(date(year, 7, 11)) == "Feest van de Vlaamse Gemeenschap"
    assert office.is_working(date(2026, 7, 10)) and office.is_working(date(2026, 12, 28))
    assert reckon(Term(1, WORKING_DAYS, date(2029, 7, 10)), office).due_on == date(2029, 7, 12)
    assert reckon(Term(20, WORKING_DAYS, date(2026, 4, 1)), office).due_on == date(2026, 4, 30)


def test_a_rule_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(UnknownRule) as refused:
        RULES.get("someday_by")
    assert refused.value.fields["name"] == "someday_by"


def a_case(work: UnitOfWork) -> int:
    case = Case(number="2026-0001", channel="web", subject="Bus", received_at=NOW, secret_hash="x" * 64)
    work.session.add(case)
    work.session.flush()
    return case.id


def start(work: UnitOfWork, case_id: int, name: str, grievance: int | None = None) -> Deadline:
    return deadlines.start(work, RULES, case_id, name, from_on=date(2026, 3, 1), at=NOW, grievance=grievance)


def test_a_second_deadline_of_one_name_is_numbered_and_a_grievance_counts_for_itself(database: Database) -> None:
    with database.work() as work:
        case_id = a_case(work)
        names = [start(work, case_id, "service_answer_by").name for _ in range(2)]
        names.append(start(work, case_id, "service_answer_by", grievance=2).name)
        assert names == ["service_answer_by", "service_answer_by_2", "service_answer_by"]
        deadlines.meet(work, case_id, "service_answer_by", NOW)
        met = {(row.name, row.grievance): row.met_at is not None for row in deadlines.of_case(work, case_id)}
        assert met == {
            ("service_answer_by", None): True,
            ("service_answer_by_2", None): True,
            ("service_answer_by", 2): False,
        }


def test_a_pause_moves_what_may_pause_by_the_days_it_took(database: Database) -> None:
    with database.work() as work:
        case_id = a_case(work)
        pausable, firm = start(work, case_id, "service_answer_by"), start(work, case_id, "acknowledge_by")
        before = firm.due_on
        deadlines.pause(work, case_id, "zaak bij de rechter", date(2026, 3, 11))
        assert deadlines.held_kinds(work, case_id) == {"court_case"}
        days, moved = deadlines.resume(work, RULES, case_id, date(2026, 3, 31))
        assert (days, [(each.name, each.new_on) for each in moved]) == (20, [("service_answer_by", date(2026, 4, 10))])
        assert deadlines.resume(work, RULES, case_id, date(2026, 4, 1)) == (0, [])
        assert (pausable.due_on, firm.due_on) == (date(2026, 4, 10), before)
        assert "de klok stond 20 dagen stil terwijl er een zaak bij de rechter liep" in pausable.explanation


def test_clocks_stand_still_until_the_last_reason_is_over(database: Database) -> None:
    with database.work() as work:
        case_id = a_case(work)
        row = start(work, case_id, "service_answer_by")
        deadlines.pause(work, case_id, "zaak bij de rechter", date(2026, 3, 5))
        deadlines.pause(work, case_id, "zaak bij de rechter", date(2026, 3, 6))
        deadlines.pause(work, case_id, "verhuis", date(2026, 3, 8))
        with pytest.raises(AnotherPause):
            deadlines.resume(work, RULES, case_id, date(2026, 3, 10), "iets anders")
        assert deadlines.resume(work, RULES, case_id, date(2026, 3, 10), "zaak bij de rechter") == (0, [])
        assert row.due_on == date(2026, 3, 21)
        assert deadlines.resume(work, RULES, case_id, date(2026, 3, 15), "verhuis")[0] == 10
        assert row.due_on == date(2026, 3, 31)
        assert "10 dagen stil terwijl er een zaak bij de rechter liep (verhuis)" in row.explanation


def test_a_clock_stands_still_for_its_own_kinds_and_each_wait_for_the_complainant_ends_by_itself(
    database: Database,
) -> None:
    def asked(on: date) -> int:
        return deadlines.pause(work, case_id, "informatie van de klager", on, "complainant", is_own=True).id

    with database.work() as work:
        case_id = a_case(work)
        firm, ours, theirs = (
            start(work, case_id, name) for name in ("first_line_handle_by", "review_decision_by", "service_answer_by")
        )
        first, second = asked(date(2026, 3, 6)), asked(date(2026, 3, 9))
        court = deadlines.pause(work, case_id, "zaak bij de rechter", date(2026, 3, 10)).id
        assert deadlines.resume(work, RULES, case_id, date(2026, 3, 11), pause_id=first) == (0, [])
        days, moved = deadlines.resume(work, RULES, case_id, date(2026, 3, 16), pause_id=second)
        assert (days, [each.name for each in moved]) == (10, ["review_decision_by"])
        assert deadlines.resume(work, RULES, case_id, date(2026, 3, 20), pause_id=court)[0] == 10
        assert [row.due_on for row in (firm, ours, theirs)] == [
            date(2026, 4, 15),
            date(2026, 4, 10),
            date(2026, 3, 31),
        ]
        assert "10 dagen stil terwijl wij op informatie van de klager wachtten" in ours.explanation


def test_a_deadline_says_how_it_came_about(database: Database) -> None:
    with database.work() as work:
        row = start(work, a_case(work), "first_line_handle_by")
        assert row.explanation == "45 kalenderdagen vanaf 1 maart 2026; dus uiterlijk 15 april 2026."
        assert (row.legal_source, row.rule_version) == ("Bestuursdecreet art. II.83", "2026-01-01")
