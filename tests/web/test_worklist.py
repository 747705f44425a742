"""The worklist page: views, filters, search, claiming from the list, the file for a spreadsheet, few statements."""

from collections.abc import Callable
from datetime import timedelta

from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story
from tests.web.conftest import Visitor
from tests.web.counting import statements

Visit = Callable[..., Visitor]


def test_the_list_shows_what_waits_for_my_roles_with_its_term(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    page = visit("intake_officer").get("/werklijst").text
    for words in (story.case.number, "Soort en dringendheid bepalen", "nog 3 dagen", "De Lijn", "Mies Vandevoorde"):
        assert words in page, words


def test_an_empty_list_says_what_to_do(visit: Visit, sqlite_office: Office) -> None:
    officer = visit("intake_officer")
    assert "Noteer een klacht" in officer.get("/werklijst?lijst=alle").text
    assert "Kies een taak uit uw rollen" in officer.get("/werklijst?lijst=mijn").text
    assert "Filters weg" in officer.get("/werklijst?termijn=te-laat").text


def test_claiming_and_giving_back_stay_in_the_list(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    officer = visit("intake_officer")
    back = {"_back": "/werklijst?lijst=mijn"}
    taken = officer.form(f"/taken/{task.id}/opnemen", dict(back), seen="/werklijst")
    assert taken.url.path == "/werklijst"
    assert "Teruggeven" in taken.text
    given = officer.form(f"/taken/{task.id}/teruggeven", dict(back), seen="/werklijst")
    assert "U hebt nog niets opgenomen" in given.text


def test_a_colleague_who_comes_second_reads_that_it_is_taken(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    ann, bob = visit("intake_officer", login="ann"), visit("intake_officer", login="bob")
    assert ann.form(f"/taken/{task.id}/opnemen", seen="/werklijst").status_code == 200
    late = bob.form(f"/taken/{task.id}/opnemen", seen="/werklijst")
    assert late.status_code == 409
    assert "Een collega heeft deze taak al opgenomen" in late.text
    assert "Opgenomen door Ann" in late.text


def test_late_and_today_are_counted_and_can_be_asked(
    visit: Visit, sqlite_office: Office, clock: TravellingClock
) -> None:
    Story(sqlite_office).given_a_complaint(subject="De eerste klacht")
    clock.advance(timedelta(days=1))
    Story(sqlite_office).given_a_complaint(subject="De tweede klacht")
    clock.advance(timedelta(days=3))
    officer = visit("intake_officer")
    page = officer.get("/werklijst").text
    assert "te laat 1" in page
    assert "vandaag 1" in page
    late = officer.get("/werklijst?termijn=te-laat").text
    assert "De eerste klacht" in late
    assert "De tweede klacht" not in late


def test_a_withheld_name_stays_out_of_the_list_and_the_file(visit: Visit, sqlite_office: Office) -> None:
    Story(sqlite_office).given_a_complaint(name_withheld="ja", complainant_name="Mies Vandevoorde")
    officer = visit("intake_officer")
    assert "(naam afgeschermd)" in officer.get("/werklijst").text
    assert "Vandevoorde" not in officer.get("/werklijst").text
    assert "Vandevoorde" not in officer.get("/werklijst.csv").text


def test_the_search_finds_tasks_and_closed_cases(visit: Visit, sqlite_office: Office) -> None:
    open_case = Story(sqlite_office).given_a_complaint(subject="Bus kwam niet")
    closed = Story(sqlite_office).given_a_complaint(subject="Bus te vroeg")
    closed.receives("complaint_withdrawn", role="complainant")
    page = visit("intake_officer").get("/werklijst?zoek=bus").text
    assert f'href="/dossiers/{open_case.case.number}"' in page
    assert f'href="/dossiers/{closed.case.number}"' in page
    assert "1 taak met" in page


def test_the_file_holds_the_filtered_list_and_no_formula(visit: Visit, sqlite_office: Office) -> None:
    Story(sqlite_office).given_a_complaint(subject="@SUM(1)", complainant_name="-2+3")
    Story(sqlite_office).given_a_complaint(**NOT_CONTACTED)
    answer = visit("intake_officer").get("/werklijst.csv?zoek=sum")
    assert answer.headers["content-disposition"].startswith('attachment; filename="werklijst-2026-01-05.csv"')
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'@SUM(1)" in lines[1]
    assert "'-2+3" in lines[1]


def test_only_case_staff_has_a_worklist(visit: Visit) -> None:
    for role in ("auditor", "admin", "process_manager"):
        assert visit(role).get("/werklijst").status_code == 403


def test_the_list_asks_the_database_six_times_however_long_it_is(visit: Visit, sqlite_office: Office) -> None:
    for _ in range(6):
        Story(sqlite_office).given_a_complaint()
    officer = visit("intake_officer")
    with statements(sqlite_office.database) as counted:
        assert officer.get("/werklijst?zoek=lijn").status_code == 200
    assert len(counted.asked) <= 7, counted.asked


def test_finishing_a_task_is_one_commit_and_at_most_fifteen_statements(visit: Visit, sqlite_office: Office) -> None:
    """From one user task to the next; what a diagram has done in between (letters, terms) comes on top."""
    task = Story(sqlite_office).given_an_opened_file().open("choose_approach")
    officer = visit("case_handler")
    officer.form(f"/taken/{task.id}/opnemen", seen=f"/taken/{task.id}")
    address = f"/taken/{task.id}"
    token = officer.get(address).text.partition('name="_csrf" value="')[2].partition('"')[0]
    answers = {"_csrf": token, "_version": "2", "approach": "investigation", "approach_note": "Eerst vragen."}
    with statements(sqlite_office.database) as counted:
        assert officer.post(address, data=answers, follow_redirects=False).status_code == 303
    assert counted.commits == 1
    assert len(counted.asked) <= 15, "\n".join(counted.asked)
