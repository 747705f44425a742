"""The shipped sample: every complaint comes out as a correct handling would have it."""

import json
from pathlib import Path

from tasks.background.clock_source import TravellingClock
from tasks.office import WORKFLOWS
from tasks.scenarios import Outcome, play_all, run
from tasks.scenarios.comparison import differences
from tasks.scenarios.records import read
from tasks.scenarios.result import of
from tests.scenarios.conftest import OpenOffice

SAMPLE = WORKFLOWS / "sample" / "complaints.jsonl"
JUDGED = {"type", "urgent", "finding", "remedy", "norms"}


def few(folder: Path, *ids: str, **changes: object) -> Path:
    """Some records of the sample in a file of their own; `changes` are laid over each of them."""
    lines = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    file = folder / "few.jsonl"
    kept = [{**record, **changes} for record in lines if record["id"] in ids]
    file.write_text("\n".join(json.dumps(record) for record in kept), encoding="utf-8")
    return file


def test_every_complaint_of_the_sample_comes_out_as_expected(on_sqlite: OpenOffice) -> None:
    said: list[str] = []
    outcome = run(on_sqlite, SAMPLE, said.append)
    assert said == [
        "signpost: right body first 36 of 36 (100.0 %), in its first three 36 of 36 (100.0 %)",
        "36 of 36 as expected",
    ]
    assert outcome.total >= 30
    assert outcome.is_complete


def test_so_do_some_of_them_on_either_database(on_office: OpenOffice, tmp_path: Path) -> None:
    file = few(tmp_path, "V001", "V013", "V018", "V020", "V021", "V024")
    assert run(on_office, file, print).lines[-1] == "6 of 6 as expected"


def test_nothing_but_the_judgements_of_people_is_read_before_the_comparison(
    on_sqlite: OpenOffice, tmp_path: Path
) -> None:
    ids = ("V003", "V009", "V014", "V018", "V020", "V021")
    whole = read(few(tmp_path, *ids))
    raw = [json.loads(line) for line in few(tmp_path, *ids).read_text(encoding="utf-8").splitlines()]
    for record in raw:
        parts = record["expected"].get("grievances", [])
        judged = [{k: v for k, v in part.items() if k in JUDGED | {"service"}} for part in parts]
        record["expected"] = {**{k: v for k, v in record["expected"].items() if k in JUDGED}, "grievances": judged}
    stripped = tmp_path / "stripped.jsonl"
    stripped.write_text("\n".join(json.dumps(record) for record in raw), encoding="utf-8")
    records = read(stripped)
    office = on_sqlite(tmp_path, TravellingClock(records[0].received_at))
    players = play_all(office, records)
    names = {player.number: player.record.id for player in players}
    with office.database.reading() as reading:
        for player, record in zip(players, whole, strict=True):
            assert player.troubles == []
            result = of(office, reading, player.scene.case_id, record, names)
            assert differences(record, result, office.register) == []
    office.database.close()


def run_one(open_office: OpenOffice, file: Path) -> Outcome:
    said: list[str] = []
    outcome = run(open_office, file, said.append)
    assert tuple(said) == outcome.lines
    return outcome


def test_a_wrong_expectation_is_one_line(on_sqlite: OpenOffice, tmp_path: Path) -> None:
    record = json.loads(few(tmp_path, "V009").read_text(encoding="utf-8"))
    record["expected"]["closure_reason"] = "afgehandeld"
    file = tmp_path / "wrong.jsonl"
    file.write_text(json.dumps(record), encoding="utf-8")
    outcome = run_one(on_sqlite, file)
    assert outcome.lines == (
        "V009 closure_reason: verwacht afgehandeld, kwam uit op geweigerd",
        "signpost: right body first 1 of 1 (100.0 %), in its first three 1 of 1 (100.0 %)",
        "0 of 1 as expected",
    )
    assert not outcome.is_complete


def test_what_the_record_calls_uncertain_is_shown_and_not_counted(on_sqlite: OpenOffice, tmp_path: Path) -> None:
    record = json.loads(few(tmp_path, "V009").read_text(encoding="utf-8"))
    record["expected"] |= {
        "ground": "anoniem",
        "uncertain": True,
        "uncertain_about": "the refusal ground is unverified",
    }
    file = tmp_path / "uncertain.jsonl"
    file.write_text(json.dumps(record), encoding="utf-8")
    outcome = run_one(on_sqlite, file)
    assert outcome.lines[0].endswith("(onzeker, telt niet)")
    assert outcome.is_complete


def test_an_act_with_nowhere_to_go_is_told_and_the_rest_goes_on(on_sqlite: OpenOffice, tmp_path: Path) -> None:
    script = [
        {"after_days": 2, "who": "ombudsman", "does": "send_note_to_parliament", "with": {}},
        {"after_days": 3, "who": "handler", "does": "sing_a_song", "with": {}},
        {"after_days": 6, "who": "ombudsman", "does": "sign_refusal", "with": {"ground": "ouder_dan_1_jaar"}},
    ]
    outcome = run_one(on_sqlite, few(tmp_path, "V009", script=script))
    assert outcome.lines == (
        "V009 dag 2, ombudsman send_note_to_parliament: kan nergens heen; open: decide_admissibility",
        "V009 dag 3, handler sing_a_song: dit werkwoord kennen wij niet",
        "signpost: right body first 1 of 1 (100.0 %), in its first three 1 of 1 (100.0 %)",
        "0 of 1 as expected",
    )


def test_a_complaint_the_forms_refuse_is_told_field_by_field(on_sqlite: OpenOffice, tmp_path: Path) -> None:
    outcome = run_one(on_sqlite, few(tmp_path, "V009", facts_date="gisteren"))
    assert outcome.lines[0].startswith("V009 ontvangst: ")
    assert "facts_on" in outcome.lines[0]


def test_the_signpost_is_asked_about_every_record_that_says_who_is_competent(
    on_sqlite: OpenOffice, tmp_path: Path
) -> None:
    outcome = run_one(on_sqlite, few(tmp_path, "V009", expected={"type": "petition", "competent_body": "PARL"}))
    assert "V009 signpost: PARL expected, found VO" in outcome.lines
    assert "signpost: right body first 0 of 1 (0.0 %), in its first three 0 of 1 (0.0 %)" in outcome.lines


def test_an_empty_file_is_complete(on_sqlite: OpenOffice, tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text("\n", encoding="utf-8")
    assert run_one(on_sqlite, file).lines == ("0 of 0 as expected",)
