"""A complaint goes from one office to another and is a case there; the receipt comes back. What is not what it seems is refused whole."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import documents
from cases.documents import Upload
from cases.models import Case
from history.log import verify
from problems import Problem
from tasks import turn
from tasks.background.clock_source import TravellingClock
from tasks.joined import transfer_package as packages
from tasks.joined import transfers
from tasks.joined.transfer_models import Transfer
from tasks.office import Office
from tests.conftest import _office, _sqlite_copy
from tests.stories.stage import Story, person

PAPER = b"%PDF-1.4 een brief van de dienst"
TO, BASIS = "Ombudsdienst van de stad", "De klager stemde in per mail op 4 januari."


@pytest.fixture
def other(sqlite_office_template: Path, tmp_path: Path, clock: TravellingClock) -> Iterator[Office]:
    """Another office, with a key and a database of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    with _sqlite_copy(sqlite_office_template, folder) as made:
        yield _office(made, folder, clock)


def know_each_other(one: Office, two: Office) -> None:
    for here, there in ((one, two), (two, one)):
        with here.database.work() as work:
            transfers.trust(here, work, person("ombudsman"), TO, transfers.signer(there).public_key)


def sent(office: Office, story: Story, *, ground: str = "consent") -> io.BytesIO:
    """The file of a package with every document of the case."""
    with office.database.work() as work:
        case = work.session.get_one(Case, story.case_id)
        papers = [each.id for each in documents.of_case(work, case.id)]
        made = transfers.send(office, work, person("case_handler"), case, TO, ground, BASIS, papers)
    file = io.BytesIO()
    packages.write(file, made.told, made.files)
    return file


def with_a_paper(office: Office, **answers: str) -> Story:
    story = Story(office).given_a_complaint(**answers)
    with office.database.work() as work:
        upload = Upload("brief.pdf", io.BytesIO(PAPER))
        office.documents.add(work, story.case_id, upload, source="complainant", by="complainant", at=office.clock.now())
    return story


def taken(office: Office, file: io.BytesIO) -> Story:
    with office.database.reading() as reading:
        digest = transfers.preview(office, reading, person("intake_officer"), file).package.digest
    with office.database.work() as work:
        received = transfers.receive(office, work, person("intake_officer"), file, digest)
    story = Story(office)
    story.case_id = received.case_id
    return story


def test_a_complaint_becomes_a_case_of_the_other_office_and_its_receipt_is_filed(
    sqlite_office: Office, other: Office
) -> None:
    know_each_other(sqlite_office, other)
    here = with_a_paper(sqlite_office)
    file = sent(sqlite_office, here)
    there = taken(other, file)
    assert there.facts()["complaint.narrative"] == here.facts()["complaint.narrative"]
    assert there.facts()["transfer.number"] == here.case.number
    assert (there.case.complainant_name, there.case.channel) == (here.case.complainant_name, "forwarded")
    there.waits_at("assess_intake").sent("L01")
    with other.database.reading() as reading:
        [paper] = documents.of_case(reading, there.case_id)
        assert other.documents.path(paper.digest).read_bytes() == PAPER
        assert verify(reading, turn.stream_of(there.case_id)).ok
        proof = transfers.receipt(other, reading, there.case)
    with pytest.raises(transfers.AlreadyTaken) as again:
        taken(other, file)
    assert there.case.number in str(again.value.fields["errors"])
    assert proof is not None
    for _ in range(2):
        with sqlite_office.database.work() as work:
            transfers.take_receipt(sqlite_office, work, person("case_handler"), here.case, proof)
    with sqlite_office.database.reading() as reading:
        [row] = transfers.of_case(reading, here.case_id)
        told = [
            e.transition
            for e in sqlite_office.log.read(reading, turn.stream_of(here.case_id))
            if e.activity == "transfer"
        ]
    assert (row.their_number, row.receipt_at is not None, told) == (there.case.number, True, ["sent", "acknowledged"])


def test_a_withheld_name_stays_out_of_every_byte_unless_a_law_obliges(sqlite_office: Office, other: Office) -> None:
    know_each_other(sqlite_office, other)
    here = with_a_paper(sqlite_office, name_withheld="ja", narrative="Ik, Mies Vandevoorde, kreeg een boete.")
    hidden = zipfile.ZipFile(sent(sqlite_office, here))
    everything = b"".join(hidden.read(name) for name in hidden.namelist()).lower()
    for secret in (b"vandevoorde", b"mies@example.org", PAPER):
        assert secret.lower() not in everything
    assert json.loads(hidden.read("package.json"))["left_out"] == ["de naam en het adres van de klager", "de stukken"]
    open_file = sent(sqlite_office, here, ground="legal_duty")
    assert taken(other, open_file).case.complainant_name == "Mies Vandevoorde"


def changed(file: io.BytesIO, **parts: bytes | None) -> io.BytesIO:
    """The same zip with some of its parts otherwise; None leaves one out. A double underscore is a slash, one a dot."""
    names = {
        name.replace("__", "/").replace("_", ".", 1) if "__" not in name else name.replace("__", "/"): part
        for name, part in parts.items()
    }
    source, made = zipfile.ZipFile(file), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name in {**dict.fromkeys(source.namelist()), **names}:
            content = names[name] if name in names else source.read(name)
            if content is not None:
                out.writestr(name, content)
    return made


def damaged(file: io.BytesIO, name: str, *, in_its_head: bool = False) -> io.BytesIO:
    """The same zip, one part of which got hurt on its way: where it says what it is, or in the middle of what is packed."""
    entry, content = zipfile.ZipFile(file).getinfo(name), bytearray(file.getvalue())
    at = entry.header_offset if in_its_head else entry.header_offset + 30 + len(name)
    content[at : at + 4] = b"\xff\xff\xff\xff"
    return io.BytesIO(bytes(content))


def resigned(office: Office, file: io.BytesIO, **told: object) -> io.BytesIO:
    """A package that says something else, signed by who may sign."""
    given = json.loads(zipfile.ZipFile(file).read("package.json"))
    content = json.dumps({**given, **told}).encode()
    signer = transfers.signer(office)
    seal = json.dumps({"public_key": signer.public_key, "signature": signer.sign(content)}).encode()
    return changed(file, package_json=content, signature_json=seal)


def test_what_is_not_what_it_seems_is_refused_and_nothing_is_kept(sqlite_office: Office, other: Office) -> None:
    here = with_a_paper(sqlite_office)
    file = sent(sqlite_office, here)
    with pytest.raises(transfers.UnknownSender):
        taken(other, file)
    know_each_other(sqlite_office, other)
    text = zipfile.ZipFile(file).read("package.json")
    wrong = {
        "not a zip": io.BytesIO(b"PK nee"),
        "hurt": damaged(file, "package.json"),
        "hurt paper": damaged(file, "documents/1"),
        "paper without a head": damaged(file, "documents/1", in_its_head=True),
        "changed": changed(file, package_json=text.replace(b"boete", b"bonus")),
        "another paper": changed(file, documents__1=b"%PDF-1.4 een andere"),
        "a bomb": changed(file, documents__1=b"%PDF-" + b"0" * 30_000_000),
        "a paper too many": changed(file, documents__2=b"%PDF-1.4"),
        "a path": resigned(
            sqlite_office, file, documents=[{"path": "../../etc/passwd", "name": "x", "size": 3, "sha256": "0"}]
        ),
        "no paper": changed(file, documents__1=None),
        "a program": resigned(
            sqlite_office,
            file,
            documents=[
                {
                    "path": "documents/1",
                    "name": "x.exe",
                    "size": len(PAPER),
                    "sha256": json.loads(text)["documents"][0]["sha256"],
                }
            ],
        ),
        "no story": resigned(sqlite_office, file, answers={}),
        "strange answers": resigned(sqlite_office, file, answers={"subject": {"a": ["b"]}}),
        "deep": resigned(sqlite_office, file, answers={"subject": "\ud800"}),
        "no ground": resigned(sqlite_office, file, ground="because"),
        "other form": resigned(sqlite_office, file, format="ombudsflow-transfer/9"),
    }
    for how, each in wrong.items():
        with pytest.raises(Problem) as refused:
            taken(other, each)
        assert refused.value.kind == "invalid", how
    with other.database.reading() as reading:
        assert reading.session.query(Case).count() == reading.session.query(Transfer).count() == 0
    with pytest.raises(packages.SignatureWrong), sqlite_office.database.work() as work:
        proof = b'{"receipt": "{}", "public_key": "x", "signature": "y"}'
        transfers.take_receipt(sqlite_office, work, person("case_handler"), here.case, proof)


def test_who_sends_says_where_to_why_and_by_what_right(sqlite_office: Office) -> None:
    case = Story(sqlite_office).given_a_complaint().case
    for to, ground, basis in (("", "consent", BASIS), (TO, "", BASIS), (TO, "consent", " ")):
        with pytest.raises(transfers.TransferIncomplete), sqlite_office.database.work() as work:
            transfers.send(sqlite_office, work, person("case_handler"), case, to, ground, basis)
