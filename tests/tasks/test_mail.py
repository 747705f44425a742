"""The outbox and a real mail server: what was committed arrives, under one Message-ID; a server that is down costs only time."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tasks.background import clock as ticking
from tasks.background import errands, mail
from tasks.background.clock_source import TravellingClock
from tasks.models import Mail
from tasks.office import Office
from tests.stories.stage import Story
from tests.tasks.post_office import PASSWORD, USER, PostOffice, certificate, open_post_office, with_login
from tests.tasks.test_printing import text_of

NOBODY_LISTENS = 1


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with open_post_office() as running:
        yield running


def reachable(office: Office, port: int, **more: object) -> Office:
    settings = replace(office.settings, smtp_host="127.0.0.1", smtp_port=port, **more)  # type: ignore[arg-type]
    return replace(office, settings=settings)


def write(office: Office, to: str = "mies@example.org", subject: str = "Uw klacht", body: str = "Dag Mies,\n") -> int:
    with office.database.work() as work:
        row = mail.queue(office, work, to=to, subject=subject, body=body, case_id=None)
        work.session.flush()
        return row.id


def stored(office: Office, mail_id: int) -> Mail:
    with office.database.reading() as reading:
        return reading.session.get_one(Mail, mail_id)


def test_a_complaint_is_acknowledged_by_mail_with_the_link_to_its_page(office: Office, post: PostOffice) -> None:
    there = reachable(office, post.port)
    Story(there).given_a_complaint()
    ticking.tick(there)
    [acknowledgement] = post.arrived
    assert acknowledgement["To"] == "mies@example.org"
    assert "2026-0001" in acknowledgement["Subject"]
    text = acknowledgement.get_content()
    assert f"{office.settings.base_url}/volg/" in text
    assert "{" not in text


def test_how_the_office_is_reached_stands_below_and_the_letter_goes_along_as_pdf_where_it_wants_that(
    sqlite_office: Office, post: PostOffice
) -> None:
    here = reachable(sqlite_office, post.port, has_pdf_in_mail=True, office_contact="0800 240 50")
    Story(here).given_a_complaint()
    errands.do_mail(here)
    [paper] = post.arrived[0].iter_attachments()
    words = post.arrived[0].get_body()
    assert words is not None and words.get_content().splitlines()[-3:] == ["-- ", "Ombudsdienst", "0800 240 50"]
    assert paper.get_content_type() == "application/pdf"
    assert str(paper.get_filename()).startswith("2026-0001-")
    assert "Beste Mies Vandevoorde" in text_of(paper.get_content())


def test_a_server_that_is_down_loses_nothing(office: Office, clock: TravellingClock) -> None:
    down = reachable(office, NOBODY_LISTENS)
    first = write(down)
    assert errands.do_mail(down) == 0
    waiting = stored(office, first)
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    assert "Refused" in (waiting.last_error or "")
    assert waiting.next_at > clock.now()
    with open_post_office() as post:
        up = reachable(office, post.port)
        assert errands.do_mail(up) == 0, "its turn has not come yet"
        clock.advance(timedelta(minutes=1))
        assert errands.do_mail(up) == 1
        assert [m["Message-ID"] for m in post.arrived] == [waiting.message_id]
        clock.advance(timedelta(days=1))
        assert errands.do_mail(up) == 0
    assert stored(office, first).state == "sent"


def test_a_mail_nobody_takes_ends_up_with_a_person_and_can_be_tried_again(
    office: Office, clock: TravellingClock, post: PostOffice
) -> None:
    there = reachable(office, post.port)
    post.refuses = "450 4.2.0 later"
    refused = write(there)
    for _ in range(mail.ATTEMPTS):
        errands.do_mail(there)
        clock.advance(timedelta(hours=7))
    given_up = stored(office, refused)
    assert (given_up.state, given_up.attempts) == ("dead", mail.ATTEMPTS)
    assert "450" in (given_up.last_error or "")
    post.refuses = ""
    with office.database.work() as work:
        mail.retry(there, work, refused)
    assert errands.do_mail(there) == 1
    assert [m["Message-ID"] for m in post.arrived] == [given_up.message_id]


def test_a_process_that_dies_while_sending_sends_again_under_the_same_id(
    office: Office, clock: TravellingClock, post: PostOffice
) -> None:
    there = reachable(office, post.port)
    unsure = write(there)
    assert mail.take(there, unsure) is not None  # and then the process is gone
    assert errands.do_mail(there) == 0
    clock.advance(timedelta(minutes=6))
    assert errands.do_mail(there) == 1
    assert post.arrived[0]["Message-ID"] == stored(office, unsure).message_id


def test_whoever_comes_back_after_their_lease_notes_nothing(
    office: Office, clock: TravellingClock, post: PostOffice
) -> None:
    there = reachable(office, post.port)
    slow = write(there)
    late = mail.take(there, slow)
    assert late is not None
    clock.advance(mail.LEASE)
    assert errands.do_mail(there) == 1
    post.refuses = "450 4.2.0 later"
    assert not late()
    assert (stored(office, slow).state, stored(office, slow).attempts) == ("sent", 2)


def test_a_server_that_takes_the_call_and_says_nothing_is_let_go(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIME_LIMIT", timedelta(seconds=0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = reachable(office, silent.getsockname()[1])
        waiting = write(there)
        assert errands.do_mail(there) == 0
        assert "losgelaten" in (stored(office, waiting).last_error or "")
        assert (stored(office, waiting).state, stored(office, waiting).claim) == ("waiting", None)


def test_an_address_no_mail_can_hold_does_not_hold_up_the_others(office: Office, post: PostOffice) -> None:
    there = reachable(office, post.port)
    broken = write(there, to="mies@example.org\nBcc: iedereen@example.org")
    good = write(there, to="an@example.org", subject="Uw klacht\nBcc: iedereen@example.org")
    assert errands.do_mail(there) == 1
    assert stored(office, broken).state == "waiting"
    assert stored(office, broken).last_error
    assert stored(office, good).state == "sent"
    assert [(m["To"], m["Bcc"], m["Subject"]) for m in post.arrived] == [
        ("an@example.org", None, "Uw klacht Bcc: iedereen@example.org")
    ]


def test_what_is_rolled_back_is_never_sent(office: Office, post: PostOffice) -> None:
    there = reachable(office, post.port)
    with pytest.raises(ZeroDivisionError), office.database.work() as work:
        mail.queue(there, work, to="mies@example.org", subject="Nooit", body="Nooit", case_id=None)
        work.session.flush()
        raise ZeroDivisionError
    assert errands.do_mail(there) == 0
    assert post.arrived == []
    with office.database.reading() as reading:
        assert reading.session.scalars(select(Mail)).all() == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_to_a_server_that_can_be_trusted(
    sqlite_office: Office, clock: TravellingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    context, trusted = certificate(tmp_path)
    options = with_login(context) if security == "starttls" else {"ssl_context": context}
    login = {"smtp_user": USER, "smtp_password": PASSWORD} if security == "starttls" else {}
    with open_post_office(**options) as post:
        there = reachable(sqlite_office, post.port, smtp_security=security, **login)
        letter = write(there)
        assert errands.do_mail(there) == 0
        assert "certificate" in (stored(there, letter).last_error or "").lower(), "nobody vouches for it yet"
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        clock.advance(timedelta(minutes=1))
        assert errands.do_mail(there) == 1
        assert [m["To"] for m in post.arrived] == ["mies@example.org"]
