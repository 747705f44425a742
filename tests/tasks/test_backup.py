"""A copy of the office, taken while it works, put back on either database: rows, attachments, chains and running cases."""

import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cases.documents import Upload
from cases.models import Document
from service import open_office
from storage import copying
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tasks.office import Office, Settings
from tasks.operating import backup
from tests.conftest import START, _postgresql_copy
from tests.stories.stage import Story

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture
def story(office: Office) -> Story:
    """A case under way, with an attachment."""
    told = Story(office).given_a_complaint()
    with office.database.work() as work:
        office.documents.add(
            work, told.case_id, Upload("boete.pdf", io.BytesIO(PDF)), source="person:1", by="person:1", at=START
        )
    return told


@pytest.fixture
def elsewhere(office: Office, tmp_path: Path) -> Settings:
    """Another installation, on SQLite, with nothing in it."""
    folder = tmp_path / "elsewhere"
    return replace(office.settings, data_dir=folder, database_url=f"sqlite:///{folder / 'ombudsflow.db'}")


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of either kind, beside the office's own."""
    if request.param == "postgresql":
        with _postgresql_copy(request.getfixturevalue("postgresql_server"), "template_empty") as made:
            yield made
    else:
        made = Database(f"sqlite:///{tmp_path / 'target.db'}")
        yield made
        made.close()


def put_back(file: Path, settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        backup.read_back(file, database, settings)
    finally:
        database.close()


def write(office: Office, file: Path, *, with_key: bool = True) -> backup.Backup:
    return backup.write(office.database, office.settings, file, at=START, with_key=with_key)


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as reading:
        return {
            table.name: [tuple(row) for row in reading.session.execute(copying.own_rows(table))]
            for table in copying.tables()
        }


def test_what_is_put_back_is_what_was_there_and_goes_on(story: Story, elsewhere: Settings, tmp_path: Path) -> None:
    office = story.office
    made = write(office, tmp_path / "copy.tar")
    put_back(tmp_path / "copy.tar", elsewhere)
    assert (made.files, made.has_key, made.rows["case"]) == (1, True, 1)
    again = Story(open_office(elsewhere, clock=TravellingClock(START)))
    assert rows(again.office.database) == rows(office.database)
    with again.office.database.reading() as reading:
        assert all(verdict.ok for _, verdict in again.office.log.verify_all(reading))
        row = reading.session.scalars(select(Document)).one()
        assert again.office.documents.path(row.digest).read_bytes() == PDF
    again.case_id = story.case_id
    again.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("decide_admissibility")
    again.office.database.close()


def test_a_copy_goes_into_either_database_and_counts_on(story: Story, target: Database, tmp_path: Path) -> None:
    copying.picture(story.office.database, tmp_path / "picture.db")
    copying.put_back(tmp_path / "picture.db", target)
    assert rows(target) == rows(story.office.database)
    with target.work() as work:
        highest = work.session.scalar(select(func.max(Document.id))) or 0
        pdf = Upload("b.pdf", io.BytesIO(PDF))
        added = story.office.documents.add(work, story.case_id, pdf, source="person:1", by="person:1", at=START)
        work.session.flush()
        assert added.id > highest


def test_without_its_key_a_copy_is_refused_until_the_key_is_there(
    story: Story, elsewhere: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.tar"
    write(story.office, copy, with_key=False)
    with pytest.raises(backup.KeyMissing):
        put_back(copy, elsewhere)
    elsewhere.master_key_file.write_bytes(b"0" * 32)
    with pytest.raises(backup.KeyDiffers):
        put_back(copy, elsewhere)
    elsewhere.master_key_file.write_bytes(story.office.settings.master_key_file.read_bytes())
    put_back(copy, elsewhere)


def test_a_damaged_copy_changes_nothing(story: Story, elsewhere: Settings, tmp_path: Path) -> None:
    whole = tmp_path / "copy.tar"
    write(story.office, whole)
    content = bytearray(whole.read_bytes())
    content[content.index(b"%PDF-1.4") + 3] ^= 1
    for name, damaged in (("bent.tar", bytes(content)), ("short.tar", bytes(content[:2000])), ("none.tar", b"no tar")):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(backup.BackupDamaged):
            put_back(tmp_path / name, elsewhere)
    assert [each.name for each in elsewhere.data_dir.iterdir()] == []


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "files/../../outside.txt", "link"])
def test_a_copy_that_would_write_elsewhere_is_refused(elsewhere: Settings, tmp_path: Path, name: str) -> None:
    made, entry = tmp_path / "made.tar", tarfile.TarInfo(name)
    if name == "link":
        entry.type, entry.linkname = tarfile.SYMTYPE, str(tmp_path)
    with tarfile.open(made, "w") as archive:
        archive.addfile(entry)
    with pytest.raises(backup.BackupDamaged) as refused:
        put_back(made, elsewhere)
    assert "does not belong in a copy" in str(refused.value.fields["reason"])
    assert [each.name for each in elsewhere.data_dir.iterdir()] == []


def test_an_office_with_rows_is_never_written_over(story: Story, tmp_path: Path) -> None:
    office = story.office
    write(office, tmp_path / "copy.tar")
    before = rows(office.database)
    with pytest.raises(copying.DatabaseNotEmpty):
        backup.read_back(tmp_path / "copy.tar", office.database, office.settings)
    assert rows(office.database) == before
