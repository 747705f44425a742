"""The bench of the engine measures what it says, on both databases."""

from pytest import MonkeyPatch

from storage.unit_of_work import Database
from tests.load import bench_engine
from tests.load.bench_engine import EngineBench


def test_it_counts_the_steps_and_the_cases_that_were_made(database: Database, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(bench_engine, "STEPS", 30)
    monkeypatch.setattr(bench_engine, "STARTS", 2)
    monkeypatch.setattr(bench_engine, "ROUNDS", (2, 20))
    bench = EngineBench(database)
    step = bench.start("bench_steps", 10)
    done = [each.element_id for each in step.transitions if each.transition == "completed"]
    assert (done.count("add"), step.outcome) == (10, "completed")
    assert bench.steps_per_s() > 0
    assert bench.starts_per_s() > 0


def test_a_case_does_not_grow_with_its_rounds(database: Database, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(bench_engine, "ROUNDS", (2, 40))
    early, late = EngineBench(database).sizes().values()
    assert late <= early + 8
