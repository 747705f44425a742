"""Nobody in the office can tell that there are reports, and in the reports house nobody but its officers: not by any page, table or line."""

import io
import logging
from collections.abc import Callable

import pytest
from sqlalchemy import MetaData

from history import log
from identity import people
from identity.permissions import TABLE
from identity.roles import ADMIN, OMBUDSMAN, REPORT_STAFF, STAFF_ROLES
from storage import watching
from tasks import accounts, houses
from tasks.accounts import RoleOfAnotherHouse
from tasks.citizens import complainant
from tasks.houses import HouseOfAnother
from tasks.office import Office, SettingRefused, Settings
from tasks.operating import logs
from tasks.reports_house import mailbox
from tasks.turn import stream_of
from tests.identity.test_permissions import routes_of
from tests.reports.test_story import REPORT
from tests.tasks.test_annual_report import counted
from tests.web.conftest import PASSWORD, Visitor
from web.access import ANYONE, LINK, MYSELF, REPORTS_PAGES, ROUTE_ACTIONS
from web.app import REPORTS_ROUTERS

SECRET = "Zilverfazant in de boekhouding"
LISTS = ("/beheer", "/verslag/2026", "/bewaring", "/herbeleven", "/signalen", "/post", "/eerste-lijn")
SEARCHES = [f"{page}?zoek=Zilverfazant&lijst=alle" for page in ("/dossiers", "/dossiers.csv", "/werklijst")]
Come = Callable[..., Visitor]


def everything_in(office: Office) -> str:
    """Every value of every table."""
    tables = MetaData()
    tables.reflect(office.database.engine)
    with office.database.engine.connect() as connection:
        return "\n".join(str(row) for table in tables.sorted_tables for row in connection.execute(table.select()))


@pytest.fixture
def code(reports: Office) -> str:
    """The code of a report with words that stand nowhere else."""
    made = mailbox.new_code()
    with reports.database.work() as work:
        mailbox.report(reports, work, made, {**REPORT, "subject": SECRET, "employer": SECRET})
    return made


def test_the_office_holds_and_shows_nothing_of_a_report(
    code: str, sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    everybody = visit(*sorted(sqlite_office.house.staff - {"first_line_handler"}))
    shown = [everything_in(sqlite_office)]
    counted(sqlite_office)
    for address in [*LISTS, *SEARCHES]:
        answer = everybody.get(address)
        assert answer.status_code < 500, address
        shown.append(answer.text.replace('value="Zilverfazant"', ""))
    assert SECRET not in "\n".join(shown)
    with sqlite_office.database.reading() as reading, pytest.raises(complainant.CasePageNotFound):
        complainant.find(reading, mailbox.secret_of(sqlite_office, code))


def test_the_pages_of_reports_are_not_there_in_the_office(visit: Callable[..., Visitor]) -> None:
    visitor = visit(ADMIN, OMBUDSMAN)
    for route in REPORTS_PAGES.keys() - ROUTE_ACTIONS.keys():
        method, _, path = route.partition(" ")
        assert visitor.request(method, path.replace("{user_task_id}", "1")).status_code == 404, route


def test_the_reports_house_has_no_page_for_any_other_role_whoever_put_it_in_the_database(come: Come, code: str) -> None:
    stranger = come(*sorted(STAFF_ROLES - REPORT_STAFF - {"first_line_handler"}))
    officer = come(*REPORT_STAFF)
    known = ROUTE_ACTIONS | REPORTS_PAGES
    routes = sorted(route for router in REPORTS_ROUTERS for route in routes_of(router))
    assert set(routes) <= set(known), "each says what it asks"
    for route in routes:
        method, _, path = route.partition(" ")
        if method != "GET" or known[route] == ANYONE:
            continue
        address = path.replace("{number}", "2026-0001").replace("{user_task_id}", "1")
        answer = stranger.get(address)
        told = answer.text.replace(address, "")  # the page names the address one came from
        assert SECRET not in told and "2026-0001" not in told, route
        assert answer.status_code in (200, 403, 404, 422), route
        assert answer.status_code != 200 or known[route] == MYSELF, route
        is_officers = known[route] not in (LINK, MYSELF) and not REPORT_STAFF.isdisjoint(TABLE[known[route]])
        assert not is_officers or officer.get(address).status_code != 403, route
    for gone in ("/metrics", "/studio", "/verslag", "/herbeleven", "/api/v1/cases", "/klacht", "/wegwijzer"):
        assert stranger.get(gone).status_code == 404, gone


def test_nobody_gets_a_role_of_the_other_house(reports: Office, sqlite_office: Office) -> None:
    for house, role in ((reports, ADMIN), (reports, "case_handler"), (sqlite_office, "whistle_officer")):
        with house.database.work() as work, pytest.raises(RoleOfAnotherHouse):
            accounts.hire(house, work, people.system("console"), login="x", name="X", password=PASSWORD, roles=[role])


def test_a_stolen_database_gives_no_code_and_nothing_of_who_came(reports: Office, come: Come, code: str) -> None:
    reporter = come()
    reporter.form("/melding/postbus", {"code": code})
    reporter.get("/melding/postbus")
    kept = everything_in(reports)
    assert SECRET not in kept, "it is kept here, and shut"
    assert code not in kept and mailbox.in_groups(code) not in kept and mailbox.secret_of(reports, code) not in kept
    assert "testclient" not in kept, "where the request came from"
    with reports.database.reading() as reading:
        case, _ = complainant.find(reading, mailbox.secret_of(reports, code))
        looks = [event for event in reports.log.read(reading, stream_of(case.id)) if event.transition == "looked"]
        assert looks == [] and log.verify(reading, stream_of(case.id)).ok


def test_a_line_of_the_log_tells_what_went_wrong_and_never_of_which_case(reports: Office) -> None:
    stream = io.StringIO()
    handler = logs.start(reports.settings, stream)
    try:
        with watching.watched(request="0123456789abcdef"):
            watching.about(case=4711)
            watching.logger("ombudsflow.web").error("unforeseen problem", case=4711, route="/melding")
    finally:
        logging.getLogger().removeHandler(handler)
    assert "unforeseen problem" in stream.getvalue()
    assert "4711" not in stream.getvalue() and "melding" not in stream.getvalue()


def test_a_sealed_house_refuses_what_would_tell_others_and_the_database_of_the_office(
    reports: Office, sqlite_office: Office
) -> None:
    sealed = {"OMBUDSFLOW_HOUSE": "reports"}
    assert Settings.from_environment(sealed).database_url.endswith("var/reports/ombudsflow.db")
    for name in ("OMBUDSFLOW_SMTP_HOST", "OMBUDSFLOW_METRICS_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        with pytest.raises(SettingRefused):
            Settings.from_environment({**sealed, name: "x"})
    with pytest.raises(SettingRefused):
        Settings.from_environment({**sealed, "OMBUDSFLOW_LOG_LEVEL": "info"})
    for house, other in ((houses.REPORTS, sqlite_office), (houses.OFFICE, reports)):
        with other.database.reading() as reading, pytest.raises(HouseOfAnother):
            houses.require(reading, house)
