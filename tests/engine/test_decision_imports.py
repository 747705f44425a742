"""A decision that imports another file keeps the version it was taken into use with, and says so when there is none."""

import pytest

from engine.errors import DiagramRefused
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import chain
from tests.engine.dmn_files import decision, file, knowledge, literal
from tests.engine.office import Stage, users
from tests.engine.test_bound_decisions import rule
from tests.engine.test_dmn_logic import IMPORT


def shared(factor: int, namespace: str = "urn:shared", key: str = "shared_fee") -> bytes:
    return file(
        knowledge("times", "n:number", literal(f"{factor} * n")), decision(key, literal("1")), namespace=namespace
    )


OWN = file(IMPORT, decision("rule", literal("shared.times(n)"), "knowledge:urn:shared#times"))


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock).publish(shared(2), "decision").publish(OWN, "decision")


def test_an_import_is_found_by_its_namespace_and_keeps_its_version(stage: Stage) -> None:
    stage.publish(chain(users("u"), rule(), users("z"))).start(n=5)
    stage.publish(shared(3), "decision").complete("u")
    answers = [stage.variables["found"]]
    stage.start(n=5)
    stage.complete("u")
    answers.append(stage.variables["found"])
    stage.publish(OWN + b"\n", "decision").start(n=5)
    stage.complete("u")
    answers.append(stage.variables["found"])
    assert answers == [10, 10, 15], "a version keeps the import it was taken into use with"


def test_an_import_that_is_not_there_or_not_clear_is_refused(database: Database, clock: TravellingClock) -> None:
    stage = Stage(database, clock)
    with pytest.raises(DiagramRefused) as refused:
        stage.publish(OWN, "decision")
    assert "dat bestand is er niet" in refused.value.errors[0]["message"]
    stage.publish(shared(2), "decision").publish(shared(9, key="other_fee"), "decision")
    with pytest.raises(DiagramRefused):
        stage.publish(OWN, "decision")
    stage.publish(OWN.replace(b'name="shared"', b'name="shared" locationURI="other_fee.dmn"', 1), "decision")
    stage.publish(chain(rule(), users("z"))).start(n=5)
    assert stage.variables["found"] == 45
