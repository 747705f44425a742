"""The annual report against the case files: what the history counts is what the files say, and nothing small is published."""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import func, select

from cases.deadlines import local_day
from cases.models import Case, Grievance
from cases.surveys import SurveyAnswer, SurveyInvitation
from history import reports
from history.log import Event
from identity.people import Actor
from identity.permissions import NotAllowed
from service import open_office
from tasks import intake
from tasks.at_services import first_line_campaign
from tasks.background.clock_source import TravellingClock
from tasks.demo import SAMPLE
from tasks.joined import clusters
from tasks.office import Office, Settings
from tasks.reporting import annual_counting, annual_report
from tasks.reporting.annual_counting import NoSuchYear
from tasks.reporting.annual_counts import BANDS
from tasks.reporting.annual_counts import FOUNDED as FOUNDED_CODES
from tasks.reporting.annual_report import NotCounted, Report
from tasks.reporting.annual_tables import Row, Table, public
from tasks.reporting.count_models import AnnualCount
from tasks.reporting.survey_results import IMPARTIAL
from tasks.scenarios.records import read
from tasks.scenarios.schedule import play_all
from tests.conftest import sqlite_at
from tests.stories.stage import COMPLAINT, Story, person
from tests.stories.test_after_the_decision import recommended
from tests.stories.test_life import FOUNDED
from tests.tasks import figures_by_hand

AUDITOR = Actor("person:1", "Aude", frozenset({"auditor"}))


@pytest.fixture(scope="module")
def played(sqlite_office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which the whole sample was played."""
    folder = tmp_path_factory.mktemp("report")
    records = read(SAMPLE)
    clock = TravellingClock(min(record.received_at for record in records))
    shutil.copy(sqlite_office_template, folder / "office.db")
    database = sqlite_at(folder / "office.db")
    office = open_office(Settings(data_dir=Path(folder)), database=database, clock=clock)
    play_all(office, records)
    yield office
    database.close()


def counted(office: Office, year: int = 2026) -> None:
    """The year is counted, as the clock would have it done."""
    with office.database.work() as work:
        annual_counting.ask(office, work, AUDITOR, year)
    annual_counting.advance(office)


def made(office: Office, year: int = 2026) -> Report:
    counted(office, year)
    with office.database.reading() as reading:
        return annual_report.make(office, reading, AUDITOR, year)


def is_what_is_counted_by_hand(office: Office, year: int) -> Report:
    """Every cell of every table, and the numbers above them, as an independent count of the events has them."""
    report = made(office, year)
    with office.database.reading() as reading:
        found = figures_by_hand.figures(reading, year, report.until)
    days = sorted(int(each) for (each, _), many in found.pop("days", {}).items() for _ in range(many))
    shown = {each.key: dict(_cells(each)) for each in report.tables}
    assert {key: cells for key, cells in shown.items() if cells} == found
    assert (report.received, report.closed) == (sum(found.get("channels", {}).values()), len(days))
    assert report.median_days == (median(days) if days else None)
    return report


def _cells(table: Table) -> Iterator[tuple[tuple[str, str], float]]:
    for row in table.rows:
        for code, number in zip(table.codes, row.numbers, strict=True):
            if number:
                yield (row.code, code), number


def numbers(report: Report, key: str) -> dict[str, tuple[float | None, ...]]:
    table = next(table for table in report.tables if table.key == key)
    return {row.code: row.numbers for row in table.rows}


def test_the_history_counts_what_the_files_say(played: Office) -> None:
    report = made(played)
    with played.database.reading() as reading:
        rows = list(reading.session.scalars(select(Case)))
        grievances = list(reading.session.scalars(select(Grievance).where(Grievance.finding.isnot(None))))
    received = [row for row in rows if local_day(row.received_at).year == 2026]
    closed = [row for row in rows if row.closed_at is not None and local_day(row.closed_at).year == 2026]
    assert (report.received, report.closed) == (len(received), len(closed))
    assert (report.received or 0) > 20
    channels = {code: sum(n or 0 for n in cells) for code, cells in numbers(report, "channels").items()}
    assert channels == Counter(row.channel for row in received)
    closures = {code: cells[0] for code, cells in numbers(report, "closures").items()}
    assert closures == Counter(row.closure_reason for row in closed)
    findings = {code: cells[0] for code, cells in numbers(report, "findings").items()}
    assert findings == Counter(row.finding for row in grievances)
    themes = [sum(cells[at] or 0 for cells in numbers(report, "themes").values()) for at in range(4)]
    assert themes == [
        len(received),
        len(grievances),
        sum(row.finding in FOUNDED_CODES for row in grievances),
        norms_in(grievances),
    ]
    assert sum(cells[0] or 0 for cells in numbers(report, "phases").values()) >= len(closed)
    assert sum(cells[0] or 0 for cells in numbers(report, "people").values()) == len(received)
    norms = {code: cells[0] for code, cells in numbers(report, "norms").items()}
    assert norms == Counter(str(norm) for row in grievances for norm in row.norms)
    assert sum(numbers(report, "bands")[band][0] or 0 for band in BANDS) == len(closed)


def test_every_figure_is_what_an_independent_count_of_the_events_finds(played: Office) -> None:
    report = is_what_is_counted_by_hand(played, 2026)
    terms = [sum(cells[at] or 0 for cells in numbers(report, "terms").values()) for at in range(5)]
    assert min(terms[:4]) > 0
    later = Office(**{**played.__dict__, "clock": TravellingClock(datetime(2028, 3, 1, tzinfo=UTC))})
    assert is_what_is_counted_by_hand(later, 2027).is_over


def norms_in(grievances: list[Grievance]) -> int:
    return sum(len(row.norms) for row in grievances)


def test_a_recommendation_counts_with_its_service_and_in_later_years_as_one_of_before(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    story = recommended(sqlite_office).completes(
        "answer_recommendation", recommendation_answer="accepted", recommendation_reason="Ja."
    )
    clock.advance(timedelta(days=400))
    story.completes("check_recommendation", recommendation_done="ja", recommendation_evidence="De app meldt het.")
    assert numbers(made(sqlite_office, 2026), "advice") == {"de_lijn": (1, 1, 0, 0, 0, 0, 0, 0)}
    assert numbers(made(sqlite_office, 2026), "earlier_advice") == {}
    assert numbers(made(sqlite_office, 2027), "earlier_advice") == {"de_lijn": (1, 1, 0, 0, 0, 1, 0, 0)}


def test_what_both_sides_thought_stands_beside_each_other_and_leaves_the_digest_as_it_was(
    sqlite_office: Office,
) -> None:
    case_id = Story(sqlite_office).given_a_complaint().case_id
    before = made(sqlite_office)
    assert before.survey == ()
    with sqlite_office.database.work() as work:
        for side, score in (("complainant", "5"), ("authority", "2")):
            for number in range(5):
                row = SurveyAnswer(key=f"{side}{number}", side=side, year=2026, answers={IMPARTIAL: score})
                asked = SurveyInvitation(
                    case_id=case_id,
                    side=side,
                    secret_hash=row.key,
                    year=2026,
                    expires_at=sqlite_office.clock.now(),
                    state="answered",
                )
                work.session.add_all((row, asked))
    report = made(sqlite_office)
    (sides, agreed) = report.survey
    assert [row.numbers for row in sides.rows] == [(5, 5, 0), (5, 5, 0)]
    assert {row.code: row.numbers for row in agreed.rows}[IMPARTIAL] == (100, 0, 100)
    assert [t.rows for t in report.tables if t.key == "norms"] == [t.rows for t in before.tables if t.key == "norms"]


def test_made_again_it_has_the_same_digest_and_what_happens_later_changes_nothing(played: Office) -> None:
    first = made(played, 2026)
    assert made(played, 2026).digest == first.digest
    later = Office(**{**played.__dict__, "clock": TravellingClock(datetime(2027, 3, 1, tzinfo=UTC))})
    over = made(later, 2026)
    assert over.is_over
    assert over.until.year == 2027
    even_later = Office(**{**played.__dict__, "clock": TravellingClock(datetime(2029, 3, 1, tzinfo=UTC))})
    assert made(even_later, 2026).digest == over.digest
    assert made(even_later, 2028).received == 0


def test_a_year_that_has_not_begun_has_no_report(played: Office) -> None:
    for year in (1998, played.clock.now().year + 1):
        with pytest.raises(NoSuchYear):
            made(played, year)


def test_only_who_may_read_figures_does(played: Office) -> None:
    with played.database.reading() as reading, pytest.raises(NotAllowed):
        annual_report.make(played, reading, Actor("person:2", "Ines", frozenset({"intake_officer"})), 2026)


def table(*numbers: int) -> Table:
    return Table("t", "T", ("n",), tuple(Row(str(at), str(at), (number,)) for at, number in enumerate(numbers)))


@pytest.mark.parametrize(
    ("counted", "published"),
    [
        ((12, 9, 7), (12, 9, 7)),
        ((12, 9, 3), (12, None, None)),  # the total minus the others would tell the 3
        ((12, 4, 3), (None, None, None)),  # the two share 7, of which each would tell the other
        ((20, 12, 9, 1, 1), (20, 12, None, None, None)),  # one and one make two
        ((3,), (None,)),
        ((12, 0, 0), (12, 0, 0)),
        ((4, 0), (None, 0)),
    ],
)
def test_small_numbers_are_hidden_and_cannot_be_worked_out(
    counted: tuple[int, ...], published: tuple[int | None, ...]
) -> None:
    shown = public(table(*counted), 5)
    assert tuple(row.numbers[0] for row in shown.rows) == published
    assert (shown.totals[0] is None) == (None in published)


def test_a_cell_that_the_whole_table_would_tell_is_not_hidden_alone() -> None:
    by_kind = Table("t", "T", ("klacht", "onbekend"), (Row("web", "web", (4, 6)), Row("post", "post", (0, 30))))
    assert [row.numbers for row in public(by_kind, 5).rows] == [(None, None), (0, 30)]


def test_open_data_hides_what_is_small_everywhere(played: Office) -> None:
    report = annual_report.open_data(made(played))
    cells = [number for each in report.tables for row in each.rows for number in row.numbers]
    assert None in cells
    assert not [number for number in cells if number is not None and 0 < number < annual_report.LEAST_PUBLIC]
    assert report.digest != made(played).digest


def test_a_case_that_was_closed_and_goes_on_again_is_not_closed(office: Office) -> None:
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    story.completes("assess", **FOUNDED).completes("close_case")
    assert (made(office).closed, made(office).median_days) == (1, 0)
    story.receives("review_requested", role="complainant", review_ground="Nieuw feit.")
    story.completes("accept_review", review_accepted="ja")
    assert (made(office).closed, made(office).median_days) == (0, None)


def test_the_period_is_that_of_the_office_not_of_greenwich(office: Office, clock: TravellingClock) -> None:
    clock.advance(datetime(2026, 12, 31, 23, 30, tzinfo=UTC) - clock.now())  # half past midnight in Brussels
    Story(office).given_a_complaint()
    clock.advance(timedelta(days=40))
    assert (made(office, 2026).received, made(office, 2027).received) == (0, 1)


def test_what_a_first_version_hid_stays_hidden_in_a_later_one() -> None:
    first = public(table(12, 9, 3), 5)
    assert [row.numbers[0] for row in first.rows] == [12, None, None]
    # Shown now, the nine would tell with the first version that the other was three.
    again = public(table(12, 9, 6), 5, first.hidden)
    assert [row.numbers[0] for row in again.rows] == [12, None, None]


def test_files_the_office_opened_itself_are_no_contacts(sqlite_office: Office) -> None:
    office = sqlite_office
    for _ in range(5):
        Story(office).given_a_complaint()
    oscar = person("ombudsman")
    with office.database.work() as work:
        clusters.inquire(office, work, oscar, "de_lijn", "")
        first_line_campaign.ask(office, work, oscar, 2025, "vdab")
    report = made(office)
    assert (report.received, numbers(report, "own")) == (5, {"inquiry": (1, 0)})
    assert sum(cells[0] or 0 for cells in numbers(report, "phases").values()) == 5


def test_a_term_that_passed_in_a_year_in_which_nothing_happened_was_not_kept(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    with sqlite_office.database.work() as work:
        at, due = clock.now(), {"name": "service_answer_by_2", "due_on": "2027-03-01"}
        set_then = Event("deadline", "changed", at, "system:office", "", due)
        sqlite_office.log.append(work, f"case:{story.case_id}", [set_then])
    clock.advance(timedelta(days=1000))
    report = is_what_is_counted_by_hand(sqlite_office, 2027)
    assert numbers(report, "terms") == {"service_answer_by": (0, 0, 1, 0, 0)}
    assert sum(cells[0] or 0 for cells in numbers(report, "phases").values()) == 0


def test_terms_end_with_their_case_and_one_answer_meets_every_open_term_of_its_rule(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    story = Story(sqlite_office).given_an_opened_file()

    def happens(transition: str, name: str, **told: object) -> None:
        with sqlite_office.database.work() as work:
            event = Event("deadline", transition, clock.now(), "system:office", "", {"name": name, **told})
            sqlite_office.log.append(work, f"case:{story.case_id}", [event])

    happens("changed", "service_answer_by", due_on="2026-01-20")
    clock.advance(timedelta(days=5))
    happens("completed", "service_answer_by")
    happens("changed", "service_answer_by_2", due_on="2026-01-20")
    clock.advance(timedelta(days=20))
    happens("completed", "service_answer_by")
    happens("changed", "service_answer_by_3", due_on="2026-06-20")
    story.receives("complaint_withdrawn", role="complainant")
    assert numbers(is_what_is_counted_by_hand(sqlite_office, 2026), "answer_times") == {"de_lijn": (1, 1, 0, 1, 0)}


class Killed(threading.Event):
    """Ends a process after so many portions, wherever it is."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_year_is_counted_in_portions_that_another_process_goes_on_with(
    office: Office, clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(4):
        Story(office).given_a_complaint()
        clock.advance(timedelta(days=1 + day))
    with office.database.reading() as reading, pytest.raises(NotCounted):
        annual_report.make(office, reading, AUDITOR, 2026)
    whole = made(office)
    monkeypatch.setattr(annual_counting, "PORTIONS", 1)
    monkeypatch.setattr(reports, "PORTION", 3)
    with office.database.work() as work:
        annual_counting.ask(office, work, AUDITOR, 2026)
        annual_counting.ask(office, work, AUDITOR, 2026)  # a second press
    assert annual_counting.advance(office, Killed(after=4)) == 4
    assert annual_counting.advance(office) == 0  # as far as anybody knows, somebody still has it in hand
    with office.database.reading() as reading:
        under_way = annual_counting.under_way(reading, 2026)
        assert under_way is not None and 0 < annual_counting.progress(under_way) < 100
        # What was counted before is shown meanwhile.
        assert annual_report.make(office, reading, AUDITOR, 2026).digest == whole.digest
    clock.advance(annual_counting.HELD * 2)
    assert annual_counting.advance(office) > 0
    with office.database.reading() as reading:
        again = annual_report.make(office, reading, AUDITOR, 2026)
        assert (again.received, again.tables) == (4, whole.tables)
        assert reading.session.scalar(select(func.count()).select_from(AnnualCount)) == 1


def test_what_is_added_to_a_year_has_it_counted_again_and_nothing_else_does(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    office = sqlite_office
    Story(office).given_a_complaint()
    clock.advance(timedelta(days=400))
    first = made(office, 2026)
    assert annual_counting.keep_up(office) == 1  # this year, for the first time
    annual_counting.advance(office)
    Story(office).given_a_complaint()
    assert annual_counting.keep_up(office) == 1
    annual_counting.advance(office)
    assert made(office, 2026).digest == first.digest
    with office.database.work() as work:
        at = clock.now() - timedelta(days=390)
        intake.receive(office, work, person("intake_officer"), COMPLAINT, received_at=at)
    assert annual_counting.keep_up(office) == 2
    annual_counting.advance(office)
    with office.database.reading() as reading:
        assert annual_report.make(office, reading, AUDITOR, 2026).received == 2
        assert annual_report.make(office, reading, AUDITOR, 2027).received == 1
