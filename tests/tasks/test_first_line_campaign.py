"""The yearly figures of the services: asked of many, reminded, checked, and put together."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.deadlines import local_day
from cases.models import Letter
from identity.people import Actor
from tasks import completion
from tasks.at_services import first_line_campaign
from tasks.at_services.first_line_campaign import AlreadyAsked, Asked, ReportYearUnknown, ServiceHasNoFirstLine
from tasks.models import UserTask
from tasks.office import Office
from tasks.scenarios.schedule import travel
from tests.stories.stage import person

OSCAR = person("ombudsman")
RIGHT: dict[str, Any] = {
    "reported_received": "100",
    "reported_not_complaints": "10",
    "reported_within_term": "80",
    "reported_over_term": "10",
    "reported_mean_days": "21,5",
    "reported_admissible": "70",
    "reported_founded": "30",
    "reported_partly_founded": "10",
    "reported_unfounded": "30",
    "reported_ground_geen_belang": "3",
    "reported_norm_13": "12",
    "reported_lessons": "Wij bellen nu eerst.",
}


def asked(office: Office, *keys: str, year: int = 2025) -> None:
    for key in keys:
        with office.database.work() as work:
            first_line_campaign.ask(office, work, OSCAR, year, key)


def of(office: Office, key: str, year: int = 2025) -> Asked:
    with office.database.reading() as reading:
        found = first_line_campaign.reports(office, reading, OSCAR, year)
    return next(each for each in found if each.authority.key == key)


def answers(office: Office, key: str, **changed: Any) -> None:
    with office.database.work() as work:
        row = first_line_campaign.of_authority(work, 2025, key)
        completion.complete(office, work, _service(row), row.id, {**RIGHT, **changed})


def _service(row: UserTask) -> Actor:
    return Actor(f"authority:{row.id}", "", frozenset({"authority"}))


def letters(office: Office, case_id: int) -> list[str]:
    with office.database.reading() as reading:
        query = select(Letter.template).where(Letter.case_id == case_id).order_by(Letter.id)
        return list(reading.session.scalars(query))


def test_a_service_that_is_asked_answers_and_its_figures_are_in(office: Office) -> None:
    asked(office, "de_lijn", "vdab")
    assert of(office, "de_lijn").state == "asked"
    assert letters(office, of(office, "de_lijn").case_id) == ["L30", "vraag"]
    answers(office, "de_lijn")
    report = of(office, "de_lijn")
    assert (report.state, report.numbers["received"], report.numbers["norm_13"]) == ("received", 100, 12)
    assert of(office, "vdab").state == "asked"
    with office.database.work() as work, pytest.raises(AlreadyAsked):
        first_line_campaign.ask(office, work, OSCAR, 2025, "de_lijn")


def test_figures_that_do_not_add_up_go_back_and_the_service_is_reminded_of_them_as_of_the_first_question(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    asked(office, "de_lijn")
    answers(office, "de_lijn", reported_unfounded="29", reported_over_term="11")
    report = of(office, "de_lijn")
    assert report.state == "to_check" and report.user_task_id is not None
    with office.database.reading() as reading:
        row = reading.session.get_one(UserTask, report.user_task_id)
    assert str(row.inputs["report_remarks"]).splitlines() == [
        "Er zijn meer antwoorden dan klachten.",
        "Gegrond, deels gegrond en ongegrond zijn samen niet het aantal behandelde klachten.",
    ]
    with office.database.work() as work:
        sent_back = {"report_accepted": "nee", "report_remark": "De oordelen tellen niet op."}
        completion.complete(office, work, person("case_handler"), report.user_task_id, sent_back)
    again = of(office, "de_lijn")
    assert (again.state, again.due_on) == ("asked", local_day(office.clock.now()) + timedelta(days=14))
    asked_again = letters(office, report.case_id)
    assert "L30V" in asked_again
    for days, others in ((6, []), (1, ["L30VH"]), (7, ["L30VH"]), (1, ["L30VH", "L30VL"]), (40, ["L30VH", "L30VL"])):
        travel(office, office.clock.now() + timedelta(days=days))
        assert letters(office, report.case_id) == [*asked_again, *others]
    assert of(office, "de_lijn").is_late
    answers(office, "de_lijn")
    assert of(office, "de_lijn").numbers["unfounded"] == 30


def test_a_silent_service_is_reminded_then_its_head_is_told(sqlite_office: Office) -> None:
    office = sqlite_office
    travel(office, office.clock.now().replace(year=2027, month=1, day=4))
    asked(office, "vdab", year=2026)
    report = of(office, "vdab", 2026)
    assert (report.due_on, report.is_late) == (date(2027, 2, 10), False)
    travel(office, office.clock.now().replace(month=1, day=28))
    assert letters(office, report.case_id)[-1] == "L30H"
    travel(office, office.clock.now().replace(month=2, day=12))
    assert letters(office, report.case_id)[-1] == "L30L"
    assert of(office, "vdab", 2026).is_late


def test_only_services_of_ours_and_years_that_are_over_are_asked(sqlite_office: Office) -> None:
    with sqlite_office.database.work() as work:
        for year, key, refusal in ((2026, "vdab", ReportYearUnknown), (2025, "bpost", ServiceHasNoFirstLine)):
            with pytest.raises(refusal):
                first_line_campaign.ask(sqlite_office, work, OSCAR, year, key)


def test_a_service_that_is_asked_after_the_day_has_thirty_days_and_nobody_tells_its_head_at_once(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    travel(office, office.clock.now().replace(year=2027, month=3, day=5))
    asked(office, "vdab", year=2026)
    report = of(office, "vdab", 2026)
    assert (report.due_on, report.is_late) == (date(2027, 4, 4), False)
    assert letters(office, report.case_id) == ["L30", "vraag"]
    travel(office, office.clock.now().replace(month=3, day=22))
    assert letters(office, report.case_id)[-1] == "L30H"
