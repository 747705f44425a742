"""What a report holds lies shut on the disk; destroying it destroys its key, and a house of before is shut when it is set up."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cases.documents import Upload
from cases.models import Case, Document, Fact
from service import open_office, require_ready
from storage.unit_of_work import Database
from tasks.office import Office
from tasks.operating import backup
from tasks.reports_house import sealed_house
from tasks.reports_house.sealed_house import KeysMissing
from tasks.retention import erasing
from tests.conftest import START
from tests.reports.test_leaks import Come, everything_in
from tests.reports.test_story import Report
from tests.stories.stage import person

SECRET = "Zilverfazant"
PAPER = b"Een Zilverfazant."


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def report(reports: Office) -> Report:
    """A closed report, with a document, full of a word nobody else uses."""
    made = Report(reports).given_a_report(subject=SECRET, narrative=f"Een {SECRET} in de kas.", employer=SECRET)
    with reports.database.work() as work:
        paper = Upload("Zilverfazant.txt", io.BytesIO(PAPER))
        reports.documents.add(
            work, made.case_id, paper, source="complainant", by=f"complainant:{made.case_id}", at=START
        )
    made.completes("acknowledge", ack_choice="refused", ack_reason=SECRET)
    made.completes("assess_report", report_choice="complaint", report_reason=SECRET)
    made.completes("close_report")
    return made


def test_nothing_on_the_disk_can_be_read_and_an_officer_reads_and_finds_it_all(report: Report, come: Come) -> None:
    folder = report.office.settings.data_dir
    assert SECRET.encode() not in bytes_in(folder) and SECRET not in everything_in(report.office)
    officer = come("whistle_officer")
    page = officer.get(f"/dossiers/{report.case.number}/stukken")
    assert SECRET in page.text
    assert officer.get(f"/dossiers/{report.case.number}/stukken/1").content == PAPER
    for asked, is_found in (("zilverf kas", True), (report.case.number, True), ("olifant", False)):
        found = officer.get(f"/dossiers?zoek={asked}&sorteer=subject").text
        assert (f"/dossiers/{report.case.number}" in found) is is_found, asked


def test_a_report_that_is_destroyed_has_no_key_any_more_and_no_older_copy_opens(
    report: Report, come: Come, tmp_path: Path
) -> None:
    office, number = report.office, report.case.number
    before = backup.write(office.database, office.settings, tmp_path / "before.tar", at=START, with_key=False)
    keys = office.settings.keys_dir
    assert before.rows["case"] == 1 and (keys / f"case-{report.case_id}.key").exists()
    shutil.copytree(keys, tmp_path / "kept", dirs_exist_ok=True)
    with office.database.work() as work:
        erasing.erase(office, work, person("whistle_officer"), number, erasing.REQUEST)
    assert not (keys / f"case-{report.case_id}.key").exists()
    assert "(vernietigd)" in come("whistle_officer").get(f"/dossiers?zoek={number}").text
    (keys / "case-1.key").write_bytes((tmp_path / "kept" / "case-1.key").read_bytes())
    assert erasing.destroy_left_keys(office) == 1, "as a crash just after the commit would leave it"

    settings = replace(office.settings, data_dir=tmp_path / "again")
    settings.data_dir.mkdir(parents=True)
    shutil.copy(office.settings.master_key_file, settings.master_key_file)
    shutil.copytree(keys, settings.keys_dir)
    plain = Database(f"sqlite:///{tmp_path / 'again.db'}")
    backup.read_back(tmp_path / "before.tar", plain, settings)
    plain.close()
    again = open_office(settings, database=Database(plain.url), clock=office.clock)
    with again.database.reading() as reading:
        assert reading.session.scalars(select(Case.subject)).all() == ["(vernietigd)"], (
            "it is in the copy, and shut for good"
        )
        assert set(reading.session.scalars(select(Fact.value))) == {None}
    with pytest.raises(KeysMissing):
        require_ready(again)
    again.database.close()


def test_a_house_of_before_is_shut_value_by_value_when_it_is_set_up(report: Report) -> None:
    office = report.office
    as_before = Database(office.database.url)  # no vault: what it writes lies open
    with as_before.work() as work:
        work.session.execute(update(Case).values(subject="open en bloot"))
        work.session.execute(update(Fact).values(value={"open": "en bloot"}))
        row = work.session.scalars(select(Document.digest)).one()
        office.documents.path(row).write_bytes(PAPER)
        work.session.execute(update(Document).values(file_key=None, name="open.txt"))
    as_before.close()
    assert "en bloot" in everything_in(office)
    assert sealed_house.shut_what_lies_open(office) > 0
    assert "en bloot" not in everything_in(office)
    with office.database.reading() as reading:
        paper = reading.session.scalars(select(Document)).one()
        assert office.documents.read(paper) == PAPER and office.documents.path(paper.digest).read_bytes() != PAPER
        assert reading.session.scalars(select(Case.subject)).one() == "open en bloot"
        assert all(value == {"open": "en bloot"} for value in reading.session.scalars(select(Fact.value)))
    assert sealed_house.shut_what_lies_open(office) == 0, "safe to repeat"
    assert (sealed_house.find_words_again(office), sealed_house.find_words_again(office)) == (1, 0)
