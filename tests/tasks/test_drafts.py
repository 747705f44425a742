"""A complaint somebody is still writing: kept, found by its secret only, sent once, gone after thirty days."""

import io
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cases.documents import FileTypeNotAllowed, Upload, of_case
from cases.models import Case, ComplaintDraft, DraftFile, Letter
from storage.unit_of_work import Reading
from tasks import turn
from tasks.background import housekeeping, mail_texts
from tasks.background.clock_source import TravellingClock
from tasks.citizens import drafts
from tasks.errors import FormNotAccepted
from tasks.models import Mail
from tasks.office import Office
from tests.stories.stage import COMPLAINT


def count(reading: Reading, table: type) -> int:
    return reading.session.scalar(select(func.count()).select_from(table)) or 0


def begun(office: Office, **answers: object) -> str:
    """Given a draft with a whole complaint in it."""
    with office.database.work() as work:
        secret = drafts.begin(office, work)
        drafts.save(office, work, secret, {**COMPLAINT, **answers})
    return secret


def test_answers_come_together_and_only_their_secret_finds_them(office: Office) -> None:
    with office.database.work() as work:
        secret = drafts.begin(office, work)
        drafts.save(office, work, secret, {"services": "de lijn"})
        drafts.save(office, work, secret, {"subject": "Boete"})
    with office.database.reading() as reading:
        found = drafts.find(office, reading, secret)
        assert found is not None
        assert found.answers == {"services": "de lijn", "subject": "Boete"}
        assert drafts.find(office, reading, secret[:-1] + ("A" if secret[-1] != "A" else "B")) is None


def test_a_draft_is_sent_once_and_whoever_sends_again_finds_the_same_case(office: Office) -> None:
    secret = begun(office)
    with office.database.work() as work:
        drafts.attach(office, work, secret, Upload("boete.pdf", io.BytesIO(b"%PDF-1.7 boete")))
    answers = []
    for _ in range(2):
        with office.database.work() as work:
            answers.append(drafts.send(office, work, secret))
    assert answers[0] == answers[1]
    with office.database.reading() as reading:
        case = reading.session.scalars(select(Case)).one()
        assert (case.number, case.secret_hash) == (answers[0].number, turn.hash_of(answers[0].secret))
        assert [document.name for document in of_case(reading, case.id)] == ["boete.pdf"]
        assert count(reading, ComplaintDraft) == count(reading, DraftFile) == 0


def test_two_presses_at_the_same_moment_make_one_case(office: Office) -> None:
    secret = begun(office)
    start = threading.Barrier(2)

    def press() -> drafts.Sent:
        start.wait(10)
        with office.database.work() as work:
            return drafts.send(office, work, secret)

    with ThreadPoolExecutor(2) as pool:
        sent = [future.result(30) for future in [pool.submit(press), pool.submit(press)]]
    assert sent[0] == sent[1]
    with office.database.reading() as reading:
        assert count(reading, Case) == 1


def test_the_acknowledgement_carries_the_link_and_the_file_keeps_it_without(office: Office) -> None:
    secret = begun(office)
    with office.database.work() as work:
        sent = drafts.send(office, work, secret)
    link = f"{office.settings.base_url}/volg/{sent.secret}"
    with office.database.reading() as reading:
        mail = reading.session.scalars(select(Mail).where(Mail.to_address == COMPLAINT["email"])).one()
        letter = reading.session.get_one(Letter, mail.letter_id)
        assert link in mail.body
        assert sent.secret not in letter.body
        assert "(uw persoonlijke link)" in letter.body


def test_a_complaint_that_is_not_complete_stays_a_draft(office: Office) -> None:
    secret = begun(office, narrative="")
    with pytest.raises(FormNotAccepted) as refused, office.database.work() as work:
        drafts.send(office, work, secret)
    assert [error["field"] for error in refused.value.errors] == ["narrative"]
    with office.database.reading() as reading:
        assert drafts.find(office, reading, secret) is not None
        assert count(reading, Case) == 0


def test_a_file_that_is_not_what_it_says_is_refused_and_the_rest_stays(office: Office) -> None:
    secret = begun(office)
    with office.database.work() as work:
        drafts.attach(office, work, secret, Upload("../../etc/brief.txt", io.BytesIO(b"Geachte")))
    with pytest.raises(FileTypeNotAllowed), office.database.work() as work:
        drafts.attach(office, work, secret, Upload("brief.pdf", io.BytesIO(b"MZ\x90 geen pdf")))
    with office.database.work() as work:
        found = drafts.find(office, work, secret)
        assert found is not None
        assert [file.name for file in found.files] == ["brief.txt"]
        drafts.detach(office, work, secret, found.files[0].id)
    with office.database.reading() as reading:
        assert count(reading, DraftFile) == 0


def test_housekeeping_keeps_the_files_of_drafts_and_removes_those_nobody_knows(
    office: Office, clock: TravellingClock
) -> None:
    secret = begun(office)
    with office.database.work() as work:
        drafts.attach(office, work, secret, Upload("boete.pdf", io.BytesIO(b"%PDF-1.7 boete")))
    with office.database.reading() as reading:
        kept = office.documents.path(reading.session.scalars(select(DraftFile.digest)).one())
    os.utime(kept, (0, 0))
    assert housekeeping.run(office) == 0
    assert kept.exists()
    clock.advance(drafts.LIFETIME + timedelta(days=1))
    assert housekeeping.run(office) == 2  # the draft, and its file
    assert not kept.exists()


def test_a_draft_that_is_too_long_is_refused_whole(office: Office) -> None:
    secret = begun(office)
    with pytest.raises(drafts.DraftTooLong), office.database.work() as work:
        drafts.save(office, work, secret, {"narrative": "x" * drafts.MOST_BYTES})
    with office.database.reading() as reading:
        found = drafts.find(office, reading, secret)
        assert found is not None
        assert found.answers["narrative"] == COMPLAINT["narrative"]


def test_after_thirty_days_a_draft_is_gone_for_its_writer_and_then_for_everyone(
    office: Office, clock: TravellingClock
) -> None:
    secret = begun(office)
    with office.database.work() as work:
        drafts.attach(office, work, secret, Upload("boete.pdf", io.BytesIO(b"%PDF-1.7 boete")))
    clock.advance(timedelta(days=29))
    fresh = begun(office)
    clock.advance(timedelta(days=2))
    with office.database.reading() as reading:
        assert drafts.find(office, reading, secret) is None
        assert drafts.find(office, reading, fresh) is not None
    with pytest.raises(drafts.DraftNotFound), office.database.work() as work:
        drafts.send(office, work, secret)
    assert drafts.expire(office) == 1
    assert drafts.expire(office) == 0
    with office.database.reading() as reading:
        assert (count(reading, ComplaintDraft), count(reading, DraftFile)) == (1, 0)


def test_the_link_to_go_on_later_is_mailed_at_most_three_times_an_hour(office: Office, clock: TravellingClock) -> None:
    secret = begun(office)
    for _ in range(drafts.MOST_LINKS):
        with office.database.work() as work:
            drafts.mail_link(office, work, secret, "mies@example.org")
    with pytest.raises(drafts.TooManyLinks), office.database.work() as work:
        drafts.mail_link(office, work, secret, "Mies@example.org")
    clock.advance(timedelta(hours=1, minutes=1))
    with office.database.work() as work:
        drafts.mail_link(office, work, secret, "mies@example.org")
    with office.database.reading() as reading:
        mails = list(reading.session.scalars(select(Mail)))
        assert len(mails) == drafts.MOST_LINKS + 1
        assert all(f"/klacht/verder/{secret}" in mail.body for mail in mails)


def test_mails_are_written_in_the_readers_language(office: Office) -> None:
    secret = begun(office, complaint_language="fr")
    with office.database.work() as work:
        drafts.mail_link(office, work, secret, "mies@example.org", "de")
        drafts.send(office, work, secret)
    with office.database.reading() as reading:
        later, acknowledgement = reading.session.scalars(select(Mail).order_by(Mail.id))
    assert later.subject == "Weiter mit Ihrer Beschwerde"
    assert "nous avons bien reçu votre plainte" in acknowledgement.subject
    assert "/volg/" in acknowledgement.body


@pytest.mark.parametrize("name", sorted({file.name.partition(".")[0] for file in mail_texts.FOLDER.glob("*.txt")}))
def test_each_mail_has_the_same_places_in_every_language(name: str) -> None:
    places = {
        file.name: set(re.findall(r"\{(\w+)\}", file.read_text(encoding="utf-8")))
        for file in mail_texts.FOLDER.glob(f"{name}.*.txt")
    }
    assert f"{name}.nl.txt" in places
    assert len({frozenset(found) for found in places.values()}) == 1, places
