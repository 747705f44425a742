"""The disk is full: nobody's work is half kept, people get back what they typed, and once there is room all goes on."""

import errno
import io
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from storage.unit_of_work import DatabaseBusy, DiskFull
from tasks.background import clock as ticking
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.faults.conftest import Desk
from tests.stories.stage import NOT_CONTACTED, Story

FULL = "De schijf van de server is vol"
NOTE = "Een nota die niemand opnieuw wil typen. " * 40
PDF = b"%PDF-1.4\n" + b"0" * 200_000 + b"\n%%EOF\n"


@contextmanager
def no_more_pages(office: Office) -> Iterator[None]:
    """SQLite may not take another page of disk, and has none left over."""
    with office.database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")

    def limited(connection: object, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count = {cursor.execute('PRAGMA page_count').fetchone()[0]}")

    event.listen(office.database.engine, "checkout", limited)
    try:
        yield
    finally:
        event.remove(office.database.engine, "checkout", limited)
        office.database.engine.dispose()  # the limit belongs to each connection


@contextmanager
def no_longer_files(size: int) -> Iterator[None]:
    """The kernel refuses to make any file longer than so many bytes, as a full disk refuses."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_gives_back_what_was_typed_and_loses_nothing(desk: Desk, clock: TravellingClock) -> None:
    row = desk.story.open("assess_intake")
    late = Story(desk.office).given_a_complaint(**NOT_CONTACTED)
    late.completes("assess_intake", matter="complaint", judged_urgent="nee")
    page = f"/taken/{row.id}"
    token = desk.browser.get(page).text.split('name="_csrf" value="')[1].split('"')[0]
    form = {"_csrf": token, "_version": str(row.version), "matter": "complaint", "judged_urgent": "nee"}
    form["intake_note"] = NOTE.strip()
    with no_more_pages(desk.office):
        refused = desk.browser.post(page, data=form)
        assert (refused.status_code, refused.headers["retry-after"], FULL in refused.text) == (503, "5", True)
        assert NOTE.strip() in refused.text
        assert desk.browser.get("/healthz").status_code == 200
        assert desk.browser.get("/aanmelden").status_code == 200
        desk.story.waits_at("assess_intake")
    assert desk.browser.post(page, data=form, follow_redirects=False).status_code == 303
    desk.story.waits_at("decide_admissibility")
    clock.advance(timedelta(days=50))
    with no_more_pages(desk.office):
        ticking.tick(desk.office)
        late.waits_at("answer_first_line")
    assert ticking.tick(desk.office) > 0
    assert late.open("return_offer")


def test_a_folder_that_is_full_takes_no_half_file(desk: Desk, tmp_path: Path) -> None:
    address = f"/dossiers/{desk.story.case.number}/stukken"
    folder = desk.office.settings.data_dir / "files"

    def send() -> object:
        files = {"files": ("boete.pdf", io.BytesIO(PDF), "application/pdf")}
        return desk.browser.form(address, {}, files=files, follow_redirects=False)

    desk.browser.get(address)  # the look is kept; only the file finds no room
    with no_longer_files(100_000):
        refused = send()
    assert refused.status_code == 503, refused.text  # type: ignore[attr-defined]
    assert "retry-after" in refused.headers  # type: ignore[attr-defined]
    assert [each for each in folder.rglob("*") if each.is_file()] == []
    assert send().status_code == 303  # type: ignore[attr-defined]
    [kept] = [each for each in folder.rglob("*") if each.is_file()]
    assert kept.read_bytes() == PDF


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("database or disk is full", DiskFull),
        (f"could not extend file: {os.strerror(errno.ENOSPC)}", DiskFull),
        ("FATAL: sorry, too many clients already", DatabaseBusy),
        ("canceling statement due to lock timeout", DatabaseBusy),
    ],
)
def test_the_words_of_the_database_become_the_right_sentence(words: str, refusal: type, desk: Desk) -> None:
    with pytest.raises(refusal), desk.office.database.reading():
        raise OperationalError("SELECT 1", {}, Exception(words))
