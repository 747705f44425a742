"""Keeping and destroying cases: a hold wins, destroying takes everything personal and leaves the chain, the figures and a proof."""

import io
import json
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select, text, update

from cases import evidence
from cases.documents import SWEPT_AT_ONCE, Upload
from cases.models import Case, Erasure
from cases.treatment_models import ConflictOfInterest, MediationNote, MediationProposal
from engine import forgetting
from history.log import verify
from identity.people import Actor
from identity.permissions import NotAllowed
from storage.unit_of_work import UnitOfWork
from tasks.background import housekeeping
from tasks.background.clock_source import TravellingClock
from tasks.letters import letter_pdf
from tasks.office import Office
from tasks.operating.mending import ReasonMissing
from tasks.retention import erasing, erasure_letter, keeping, subject_access
from tasks.retention.erasing import REQUEST, TERM, CaseAlreadyErased, CaseOnHold, CaseStillOpen, TermNotOver
from tasks.retention.keeping import HoldNotFound
from tests.conftest import START
from tests.stories.stage import Story
from tests.stories.test_life import FOUNDED
from tests.tasks.test_annual_report import made
from tests.tasks.test_printing import text_of

OSCAR = Actor("person:7", "Oscar", frozenset({"ombudsman"}))
AUDITOR = Actor("person:8", "Aude", frozenset({"auditor"}))
RARE = ("Zebedeus Quickelborne", "zebedeus@example.org", "Quietschgeräusch", "flubberdewup")


def closed(office: Office) -> Story:
    """A case that was assessed and closed, full of words nobody else uses."""
    name, mail, narrative, remark = RARE
    told = {"complainant_name": name, "email": mail, "narrative": f"Een {narrative} in de bus."}
    story = Story(office).given_a_complaint(**told, services=f"De Lijn, {remark}")
    with office.database.work() as work:
        upload = Upload("bewijs.pdf", io.BytesIO(b"%PDF-1.4\n" + remark.encode() + b"\n%%EOF\n"))
        office.documents.add(
            work, story.case_id, upload, source="complainant:1", by="complainant:1", at=office.clock.now()
        )
        _treated(work, story, remark)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.completes("decide_admissibility", decision="admitted")
    story.goes_straight_to_assessment()
    rows = [{"finding": "gegrond", "remedy": "hersteld", "norms": ["12", "11"], "reasoning": f"Over {remark}."}]
    story.completes("assess", **{**FOUNDED, "grievances": rows, "assessment_text": f"Over {remark}."})
    story.completes("close_case")
    return story


def _treated(work: UnitOfWork, story: Story, remark: str) -> None:
    """What a treatment keeps beside the facts: evidence somebody was told of, a note of a mediation, a conflict of interest."""
    day, now = story.today, story.office.clock.now()
    row = evidence.add(
        work,
        story.case_id,
        kind="other",
        source=remark,
        obtained_on=day,
        description=remark,
        confidentiality="open",
        by="person:1",
        at=now,
    )
    evidence.disclose(work, row, "authority", day, by="person:1", at=now)
    note = MediationNote(kind="note", happened_on=day, text=remark, noted_by="person:1", noted_at=now)
    conflict = ConflictOfInterest(person="person:77", reason=remark, declared_by="person:1", declared_at=now)
    offer = MediationProposal(
        number=1, proposed_by="authority", proposed_at=now, text=remark, due_in_days=1, stands_until=day
    )
    for each in (note, conflict, offer):
        each.case_id = story.case_id
        work.session.add(each)


def test_whoever_asked_is_told_in_a_letter_that_names_nobody(sqlite_office: Office) -> None:
    story = closed(sqlite_office)
    erase(sqlite_office, story.case.number, REQUEST)
    with sqlite_office.database.reading() as reading:
        proof = reading.session.scalars(select(Erasure)).one()
        sheet = erasure_letter.sheet(sqlite_office, reading, AUDITOR, story.case.number)
    printed = text_of(letter_pdf.pdf(sqlite_office, [sheet]))
    assert proof.hash in printed
    assert "De klager vroeg om zijn gegevens te wissen" in printed
    assert not any(word in printed for word in RARE)


def erase(office: Office, number: str, ground: str = TERM, actor: Actor = OSCAR) -> erasing.Erased:
    with office.database.work() as work:
        return erasing.erase(office, work, actor, number, ground)


def everything(office: Office) -> str:
    """Every row of every table, and every file, as one text."""
    tables = MetaData()
    with office.database.engine.connect() as connection:
        tables.reflect(connection)
        rows = [str(row) for table in tables.sorted_tables for row in connection.execute(select(table))]
    files = [
        each.read_bytes().decode("latin-1")
        for each in (office.settings.data_dir / "files").rglob("*")
        if each.is_file()
    ]
    return "\n".join([*rows, *files]).lower()


def years_later(clock: TravellingClock, years: int = 10) -> None:
    clock.advance(timedelta(days=366 * years))


def test_destroying_takes_every_personal_word_and_leaves_the_chain_the_figures_and_a_proof(
    office: Office, clock: TravellingClock
) -> None:
    story = closed(office)
    number, year = story.case.number, clock.now().year
    before = made(office, year)
    with office.database.reading() as reading:
        key = office.log.verify(reading, f"case:{story.case_id}")
    assert key.ok
    assert all(word.lower() in everything(office) for word in RARE)
    with office.database.work() as work:
        keeping.hold(office, work, OSCAR, number, f"De rechtbank vroeg het dossier van {RARE[0]}.")
    with office.database.work() as work:
        keeping.lift(office, work, OSCAR, number, 1)
    years_later(clock)
    assert erase(office, number).documents == 1
    for file in (office.settings.data_dir / "files").rglob("*"):
        os.utime(file, (0, 0))  # files go with the next sweep, once they are a day old
    housekeeping.run(office)
    left = everything(office)
    assert [line[:400] for line in left.splitlines() if any(word.lower() in line for word in RARE)] == []
    with office.database.reading() as reading:
        assert office.log.verify(reading, f"case:{story.case_id}").ok
        assert verify(reading, f"case:{story.case_id}").ok
        events = office.log.read(reading, f"case:{story.case_id}")
        assert all(event.is_erased for event in events if event.personal is None)
        assert not any(event.personal for event in events)
        proof = reading.session.scalars(select(Erasure)).one()
        assert (proof.seq, proof.hash) == (events[-1].seq, events[-1].hash)
        assert (events[-1].activity, events[-1].transition, events[-1].resource) == ("case", "erased", OSCAR.id)
        assert [row.case_id for row, _ in keeping.proofs(reading, AUDITOR)] == [story.case_id]
    after = made(office, year)
    assert (after.received, after.closed, after.median_days) == (before.received, before.closed, before.median_days)
    assert [t.rows for t in after.tables if t.key != "terms"] == [t.rows for t in before.tables if t.key != "terms"]


def test_only_cases_whose_time_is_over_may_go_unless_the_complainant_asks(
    office: Office, clock: TravellingClock
) -> None:
    story = closed(office)
    number = story.case.number
    clock.advance(timedelta(days=365 * 9))
    with office.database.reading() as reading:
        assert keeping.due(office, reading, OSCAR) == []
    with pytest.raises(TermNotOver):
        erase(office, number)
    assert erase(office, number, REQUEST).number == number
    with pytest.raises(CaseAlreadyErased):
        erase(office, number, REQUEST)


def test_the_last_day_is_still_kept(office: Office, clock: TravellingClock) -> None:
    story = closed(office)  # 5 January 2026
    clock.advance(clock.now().replace(year=2036) - clock.now())
    with office.database.reading() as reading:
        assert keeping.of_case(office, reading, OSCAR, story.case.number).until == clock.now().date()
        assert keeping.due(office, reading, OSCAR) == []
    clock.advance(timedelta(days=1))
    with office.database.reading() as reading:
        assert [each.number for each in keeping.due(office, reading, OSCAR)] == [story.case.number]


def test_a_hold_wins_from_every_rule_and_from_every_request(office: Office, clock: TravellingClock) -> None:
    story = closed(office)
    number = story.case.number
    with office.database.work() as work:
        keeping.hold(office, work, OSCAR, number, "De rechtbank vroeg het op.")
    years_later(clock)
    with office.database.reading() as reading:
        assert keeping.due(office, reading, OSCAR) == []
        kept = keeping.of_case(office, reading, OSCAR, number)
    assert kept.is_held
    for ground in (TERM, REQUEST):
        with pytest.raises(CaseOnHold):
            erase(office, number, ground)
    with office.database.work() as work:
        keeping.lift(office, work, OSCAR, number, kept.holds[0].id)
    with office.database.work() as work, pytest.raises(HoldNotFound):
        keeping.lift(office, work, OSCAR, number, kept.holds[0].id)
    with office.database.reading() as reading:
        assert [each.number for each in keeping.due(office, reading, OSCAR)] == [number]


def test_an_open_case_is_never_destroyed_and_a_hold_wants_a_reason(office: Office, clock: TravellingClock) -> None:
    story = Story(office).given_a_complaint()
    years_later(clock, 20)
    with pytest.raises(CaseStillOpen):
        erase(office, story.case.number, REQUEST)
    with office.database.work() as work, pytest.raises(ReasonMissing):
        keeping.hold(office, work, OSCAR, story.case.number, "  ")


def test_nobody_but_the_ombudsman_destroys(office: Office, clock: TravellingClock) -> None:
    story = closed(office)
    years_later(clock)
    for role in ("auditor", "admin", "case_handler", "process_manager"):
        with pytest.raises(NotAllowed):
            erase(office, story.case.number, actor=Actor("person:9", "", frozenset({role})))
    assert story.case.subject != erasing.ERASED


def test_a_complainant_gets_everything_of_theirs_and_nothing_of_others(office: Office) -> None:
    story = closed(office)
    with office.database.work() as work:  # of a case this one goes on from
        for name, by in (("mee.txt", f"complainant:{story.case_id}"), ("nota.txt", "person:1")):
            paper = Upload(name, io.BytesIO(b"x"))
            office.documents.add(work, story.case_id, paper, source="case:2025-0001", by=by, at=office.clock.now())
    with office.database.reading() as reading:
        package = zipfile.ZipFile(io.BytesIO(subject_access.package(office, reading, OSCAR, story.case.number)))
    told = json.loads(package.read("dossier.json"))
    assert told["wat u vertelde"]["complainant.name"] == RARE[0]
    assert told["grieven"][0]["oordeel"] == "gegrond"
    names = package.namelist()
    papers = [name.rpartition("-")[2] for name in names if name.startswith("stukken/")]
    assert papers == ["bewijs.pdf", "mee.txt"]
    letters = [package.read(name).decode() for name in names if name.startswith("brieven/")]
    to_them = [letter for letter in story.letters() if letter.to_role == "complainant"]
    assert sorted(letters) == sorted(f"{letter.subject}\n\n{letter.body}\n" for letter in to_them)


def test_a_case_that_still_waits_for_a_request_for_review_ends_with_its_destruction(
    office: Office, clock: TravellingClock
) -> None:
    story = closed(office)
    erase(office, story.case.number, REQUEST)
    with office.database.reading() as reading:
        case = reading.session.get_one(Case, story.case_id)
        assert case.instance_id is not None
        assert not office.engine.active(reading, case.instance_id)
    years_later(clock)
    assert story.status is not None


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_destroying_a_case_waits_for_a_turn_that_is_under_way_and_never_the_other_way_round(office: Office) -> None:
    story = closed(office)
    database, is_waited_for = office.database, text("SELECT 1 FROM pg_locks WHERE NOT granted")

    def destroy() -> str:
        with database.work() as work:
            return erasing.erase(office, work, OSCAR, story.case.number, REQUEST).number

    with ThreadPoolExecutor(1) as pool:
        with database.work() as work:
            for instance_id in forgetting.running(work, story.case_id):
                office.engine.hold(work, instance_id)
            destroyed = pool.submit(destroy)
            while not (work.session.scalar(is_waited_for) or destroyed.done()):
                pass
            work.session.execute(update(Case).where(Case.id == story.case_id).values(language="fr"))
        assert destroyed.result() == story.case.number


def test_files_nobody_knows_go_portion_by_portion_and_what_a_case_has_stays(sqlite_office: Office) -> None:
    story, folder = Story(sqlite_office).given_a_complaint(), sqlite_office.settings.data_dir / "files"
    with sqlite_office.database.work() as work:
        paper = Upload("bewijs.pdf", io.BytesIO(b"%PDF-1.4\n%%EOF\n"))
        row = sqlite_office.documents.add(
            work, story.case_id, paper, source="complainant:1", by="complainant:1", at=START
        )
        kept = sqlite_office.documents.path(row.digest)
    left = [folder / "ab" / f"ab{number:062x}" for number in range(SWEPT_AT_ONCE + 20)]
    left[0].parent.mkdir(exist_ok=True)
    for file in [*left, kept]:
        file.touch()
        os.utime(file, (0, 0))
    assert sqlite_office.documents.sweep(sqlite_office.database) == len(left)
    assert kept.exists() and not any(file.exists() for file in left)
