"""Reading the records of a file, and moving them in time for a demonstration."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cases.deadlines import local_day
from tasks.background.clock_source import TravellingClock
from tasks.office import WORKFLOWS
from tasks.scenarios import deed_words, play_all
from tasks.scenarios.records import Act, RecordNotReadable, read
from tasks.scenarios.verbs import DEEDS
from tests.scenarios.conftest import OpenOffice

SAMPLE = WORKFLOWS / "sample" / "complaints.jsonl"


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"id": "X"}',
        '{"id": "X", "received_at": "yesterday", "channel": "web", "filer": {}, "subject": "", "body": "", "services": []}',
        '{"id": "X", "received_at": "2026-01-01T10:00:00", "channel": "web", "filer": {}, "subject": "", "body": "", "services": []}',
    ],
)
def test_a_line_that_is_no_complaint_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(RecordNotReadable) as refused:
        read(file)
    assert refused.value.fields["line"] == 2


def test_acts_happen_at_noon_of_their_local_day_and_never_before_the_receipt() -> None:
    late = next(record for record in read(SAMPLE) if record.received_at.hour == 23)
    assert all(act.at >= late.received_at for act in late.script)
    assert [local_day(act.at).toordinal() - late.received_on.toordinal() for act in late.script] == [
        act.days for act in late.script
    ]


def test_a_moved_record_keeps_its_distances() -> None:
    record = read(SAMPLE)[0]
    moved = record.moved(28)
    assert (moved.received_on - record.received_on).days == 28
    assert moved.told["facts_date"] == "2026-05-12"
    assert moved.told["first_line"]["date"] == "2026-05-18"
    assert moved.told["body"] == record.told["body"]


def test_playing_stops_at_a_moment_and_leaves_the_case_where_it_is(on_sqlite: OpenOffice, tmp_path: Path) -> None:
    first = read(SAMPLE)[0]
    office = on_sqlite(tmp_path, TravellingClock(first.received_at))
    players = play_all(office, read(SAMPLE)[:2], until=datetime(2026, 6, 15, tzinfo=UTC))
    assert [player.troubles for player in players] == [[], []]
    assert {name for player in players for name in player.scene.open()} == {
        "propose_settlement",
        "propose_own",
        "answer_first_line",
    }
    assert office.clock.now() == datetime(2026, 6, 15, tzinfo=UTC)
    office.database.close()


def test_an_act_without_a_text_is_told_in_dutch_not_by_its_verb() -> None:
    told = {verb for _, verb in DEEDS} - {
        "acknowledge",
        "no_reply",
        "stay_silent",
        "escalate_to_head",
        "confirm_withdrawal",
    }
    assert told == set(deed_words.WORDS)
    noon = datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert Act(noon, 1, "handler", "close", {}).text() == "Het dossier is rond."
    assert Act(noon, 1, "ombudsman", "send_note_to_parliament", {"anonymised": True}).text() == "Nota aan het parlement"
