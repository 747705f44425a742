"""A report that came in as a complaint: shut for the reports house, destroyed at the office, opened there by who sent it; once, whatever fails."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select

from cases import own_initiative
from cases.documents import Upload
from cases.models import Case, Fact, LegalHold
from history.sealed_box import BoxNotOurs, shut_for
from history.sealing import keyring_at
from tasks import intake
from tasks.errors import FormNotAccepted
from tasks.joined.transfer_models import SealedPackage
from tasks.models import Mail
from tasks.office import Office, SettingRefused, Settings
from tasks.reports_house import handing_over, taking_over
from tasks.reports_house.handing_over import ReportsHouseAway
from tasks.reports_house.mailbox import REPORTER
from tasks.retention import erasing
from tests.browser.conftest import serving
from tests.cases.test_cleaning import NAME, pdf
from tests.identity.test_permissions import PLACES
from tests.reports.test_leaks import SEARCHES, everything_in
from tests.reports.test_pages import code_on
from tests.reports.test_shut import bytes_in
from tests.stories.stage import COMPLAINT
from tests.web.conftest import PASSWORD, Visitor, hire
from tests.web.test_leaks import every_page
from web.app import build

SECRET = "Zilverfazant"
HAPPENED_ON = "2025-10-17"
NO_CASE = {"letter_id": "1", "document_id": "1"}
Come = Callable[..., Visitor]


@dataclass
class Sent:
    """A complaint that is a report: its number, and the secret of its page."""

    number: str
    secret: str


@pytest.fixture
def led(sqlite_office: Office, reports: Office) -> Iterator[Office]:
    """An office that knows a reports house, which is served."""
    key = keyring_at(reports.settings.master_key_file).opener.public_key
    with serving(reports) as there:
        settings = replace(sqlite_office.settings, reports_url=there.address, reports_key=key)
        yield replace(sqlite_office, settings=settings)


@pytest.fixture
def sent(led: Office) -> Sent:
    """It came in as a complaint, with a document, and lies at the intake."""
    told = {**COMPLAINT, "subject": SECRET, "narrative": f"Mijn chef nam een {SECRET} aan.", "facts_on": HAPPENED_ON}
    told["services"] = f"VDAB, afdeling {SECRET}"
    files = [Upload(f"{SECRET}.pdf", io.BytesIO(pdf())), Upload(f"{SECRET}.eml", io.BytesIO(b"From: a@b.c\n\nhoi"))]
    with led.database.work() as work:
        received = intake.receive(led, work, REPORTER, {**told, "email": "jo@example.org"}, files)
    return Sent(received.number, received.secret)


@pytest.fixture
def intake_officer(led: Office) -> Iterator[Visitor]:
    hire(led, "ine", "intake_officer", "admin", "auditor")
    with Visitor(build(led), raise_server_exceptions=False) as client:
        client.form("/aanmelden", {"login": "ine", "password": PASSWORD})
        yield client


def hand_over(client: Visitor, number: str) -> str:
    page = f"/dossiers/{number}/overdracht"
    asked = client.form(f"{page}/elders", {}, seen=page)
    assert "Dit kan niet ongedaan gemaakt worden" in asked.text
    return str(client.form(f"{page}/elders", {"sure": "1"}, seen=page).text)


def waiting(office: Office) -> list[SealedPackage]:
    with office.database.reading() as reading:
        return list(reading.session.scalars(select(SealedPackage)))


def reports_in(reports: Office) -> int:
    with reports.database.reading() as reading:
        return reading.session.scalar(select(func.count()).select_from(Case)) or 0


def test_it_is_gone_at_the_office_and_its_sender_goes_on_with_a_code_in_the_reports_house(
    led: Office, reports: Office, sent: Sent, intake_officer: Visitor, come: Come
) -> None:
    hand_over(intake_officer, sent.number)
    folder = led.settings.data_dir
    assert SECRET not in everything_in(led)
    assert SECRET.encode() not in bytes_in(folder / "files") and NAME not in bytes_in(folder / "files")
    assert HAPPENED_ON not in everything_in(led), "what no form calls personal goes with the key too"
    for page in every_page(PLACES | NO_CASE | {"number": sent.number}):
        told = intake_officer.get(page).text.lower()
        assert SECRET.lower() not in told, page
        is_of_case = sent.number in page and "/overdracht" not in page
        assert not is_of_case or not any(word in told for word in ("klokkenluider", "meldpunt", "inbreuk")), page
    for page in SEARCHES:
        assert sent.number not in intake_officer.get(page).text, (
            "what one typed stands there again; what is found does not"
        )
    with led.database.reading() as reading:
        case = reading.session.scalars(select(Case)).one()
        mail = reading.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
        verdict = led.log.verify(reading, f"case:{case.id}")
    assert (case.matter, case.closure_reason, verdict.ok) == ("complaint", "doorverwezen", True)
    assert mail is not None and "meld" not in (mail.subject + mail.body).lower()
    with led.database.work() as work:
        work.session.get_one(Mail, mail.id).state = "sent"
    assert erasing.forget_sent_mail(led) == 1 and "jo@example.org" not in everything_in(led)

    assert handing_over.deliver(led) == 1 and waiting(led) == []
    page = intake_officer.get(f"/volg/{sent.secret}").text
    assert "Dit dossier is hier gesloten" in page and led.settings.reports_url in page
    reporter, address = come(), f"https://ombudsdienst.example.org/volg/{sent.secret}"
    first = "/melding/postbus/eerste-keer"
    assert reporter.form(first, {"link": address[:-3]}, seen="/melding/postbus").status_code == 422
    code = code_on(reporter.form(first, {"link": address}, seen="/melding/postbus"))
    assert reporter.form(first, {"link": address}, seen="/melding/postbus").status_code == 422, "once"
    box = reporter.form("/melding/postbus", {"code": code}).text
    assert SECRET in box and f"{SECRET}.pdf" in box and f"{SECRET}.eml" in box
    assert SECRET not in everything_in(reports) and SECRET.encode() not in bytes_in(reports.settings.data_dir)
    with reports.database.reading() as reading:
        contact = reading.session.scalars(select(Fact.value).where(Fact.name == "report.contact")).one()
    assert str(contact).startswith("jo@example.org")
    officer = come("whistle_officer")
    assert "nog zonder code" not in officer.get("/noteren").text, "its reporter has one"
    assert "Doorgestuurd" in officer.get("/dossiers/2026-0001").text


class _Somebody(BaseHTTPRequestHandler):
    """Says yes to everything, or sends one on to where everything is said yes to."""

    def do_GET(self) -> None:
        self.send_response(303 if self.path == "/303" else 200)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing on the screen of the tests."""


@contextmanager
def somebody_else() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Somebody) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_whatever_fails_it_is_handed_over_once_or_not_yet(
    led: Office, reports: Office, sent: Sent, intake_officer: Visitor, come: Come
) -> None:
    elsewhere = replace(led, settings=replace(led.settings, reports_url="http://127.0.0.1:9"))
    for wrong in (elsewhere, replace(led, settings=replace(led.settings, reports_key="A" * 43 + "="))):
        with pytest.raises(ReportsHouseAway):
            handing_over.require_there(wrong)
    with led.database.work() as work:
        case = work.session.scalars(select(Case)).one()
        hold = LegalHold(case_id=case.id, reason="rechter", placed_by="x", placed_at=led.clock.now())
        work.session.add(hold)
    assert "moet bewaard blijven" in hand_over(intake_officer, sent.number)
    assert waiting(led) == [] and SECRET in everything_in(led), "refused is refused whole"
    with led.database.work() as work:
        work.session.get_one(LegalHold, hold.id).lifted_at = led.clock.now()
    hand_over(intake_officer, sent.number)
    [package] = waiting(led)
    with somebody_else() as stranger:
        for address, why in (
            ("http://127.0.0.1:9", "URLError"),
            (f"{stranger}/303", "303"),
            (stranger, "AnotherAnswer"),
        ):
            with led.database.work() as work:
                row = work.session.get_one(SealedPackage, package.id)
                row.address, row.next_at = address, led.clock.now()
            assert handing_over.deliver(led) == 0 and reports_in(reports) == 0
            assert [each.last_error for each in waiting(led)] == [why]
    with led.database.work() as work:
        row = work.session.get_one(SealedPackage, package.id)
        assert row.attempts == 3
        row.address, row.next_at = package.address, led.clock.now()
    [package] = waiting(led)
    assert handing_over._sent(package) == "", "it arrives, and this office dies before it knows"
    assert reports_in(reports) == 1
    assert handing_over.deliver(led) == 1 and (reports_in(reports), waiting(led)) == (1, [])
    officer, reporter = come("whistle_officer"), come()
    assert "nog zonder code" in officer.get("/noteren").text
    told = officer.form("/noteren/code", {"number": "2026-0001"}, seen="/noteren")
    assert reporter.form("/melding/postbus", {"code": code_on(told)}).status_code == 200, "called by an officer"
    assert officer.form("/noteren/code", {"number": "2026-0001"}, seen="/noteren").status_code == 404, "once"


def test_what_nobody_sent_is_no_report_to_hand_over(led: Office, intake_officer: Visitor) -> None:
    with led.database.work() as work:
        number = own_initiative.open_file(work, "Jaarcijfers 2025", led.clock.now(), "hash").number
    page = f"/dossiers/{number}/overdracht"
    assert "Overdragen aan het meldpunt" not in intake_officer.get(page).text
    refused = intake_officer.form(f"{page}/elders", {"sure": "1"}, seen=page)
    assert refused.status_code == 409 and "Dit dossier begon bij de dienst zelf" in refused.text
    assert waiting(led) == []


def test_a_box_for_another_house_or_with_something_else_in_it_is_refused(reports: Office, tmp_path: Path) -> None:
    opener = keyring_at(reports.settings.master_key_file).opener
    told = b'{"format": "ombudsflow-report/1", "secret_hash": "%s", "received_at": "2026-01-05T09:00:00+00:00", "documents": [], "answers": {}}'
    boxes = (b"x", shut_for(keyring_at(tmp_path / "other.key").opener.public_key, told))
    for box in (*boxes, *(shut_for(opener.public_key, each) for each in (b"[]", b"{", told % b"x"))):
        with reports.database.work() as work, pytest.raises(BoxNotOurs):
            taking_over.take(reports, work, "p", box)
    with reports.database.work() as work, pytest.raises(FormNotAccepted):
        taking_over.take(reports, work, "p", shut_for(opener.public_key, told % (b"a" * 64)))
    assert reports_in(reports) == 0
    with pytest.raises(SettingRefused):
        Settings.from_environment({"OMBUDSFLOW_REPORTS_KEY": "geen sleutel"})
    assert erasing.ELSEWHERE in erasing.GROUNDS
