"""A case for others: a log that a process miner reads, and a chain that anyone can recompute."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from history import exports
from history.log import ASKED, Event, Log, Recorded
from history.sealing import Keyring
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tasks.case_file import looks
from tasks.office import Office
from tests.properties.walk import STAFF, Walk

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STRUCTURE = etree.RelaxNG(etree.parse(Path(__file__).parent / "xes.rng"))
NS = {"x": exports.XES}


@pytest.fixture
def walk(sqlite_office: Office, clock: TravellingClock) -> Walk:
    """A case that went through intake, first line, information asked, and more; somebody looked into it."""
    made = Walk(sqlite_office, clock, Random(3))
    made.begin()
    for _ in range(40):
        made.step()
    with sqlite_office.database.work() as work:
        looks.record(sqlite_office, work, STAFF, made.case_id)
    return made


def _values(log: etree._Element, path: str) -> list[str]:
    found = log.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    return [str(value) for value in found]


def _json(office: Office, case_id: int, *, with_personal: bool) -> dict[str, Any]:
    with office.database.reading() as reading:
        stream = f"case:{case_id}"
        parts = exports.as_json(reading, office.log, stream, "2026-0001", AT, with_personal=with_personal)
        found: dict[str, Any] = json.loads("".join(parts))
    return found


def _recomputed(told: dict[str, Any]) -> list[str]:
    """The hashes, as the export's own instructions say, with the standard library's SHA-256 and nothing of ours."""
    last, found = told["chain"]["genesis"], []
    for event in told["events"]:
        parts = [last, *(event[name] for name in told["chain"]["fields"])]
        text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        last = hashlib.sha256(text.encode()).hexdigest()
        found.append(last)
    return found


def test_a_third_party_recomputes_the_chain_from_the_json_alone(walk: Walk) -> None:
    told = _json(walk.office, walk.case_id, with_personal=False)
    assert len(told["events"]) == len(walk.history()) > 50
    assert [event["hash"] for event in told["events"]] == _recomputed(told)
    assert told["head"] == {"seq": len(told["events"]), "hash": told["events"][-1]["hash"]}


def test_a_changed_export_no_longer_adds_up(walk: Walk) -> None:
    told = _json(walk.office, walk.case_id, with_personal=False)
    told["events"][10]["resource"] = "person:9"
    right = [mine == event["hash"] for mine, event in zip(_recomputed(told), told["events"], strict=True)]
    assert right[:11] == [True] * 10 + [False]


def test_personal_values_are_in_the_export_only_when_asked_for(walk: Walk) -> None:
    named = [str(value) for event in walk.history() for value in event.personal.values() if len(str(value)) > 20]
    assert named
    without = json.dumps(_json(walk.office, walk.case_id, with_personal=False), ensure_ascii=False)
    assert not any(value in without for value in named)
    told = _json(walk.office, walk.case_id, with_personal=True)
    sealed = [{**event.personal, **{k: event.data[k] for k in ASKED & event.data.keys()}} for event in walk.history()]
    assert [event["personal"] for event in told["events"]] == sealed
    assert {"named", "inputs"} <= {name for each in sealed for name in each}, "what decisions were asked with, too"
    assert [event["hash"] for event in told["events"]] == _recomputed(told)


def test_the_xes_has_the_structure_of_the_standard_and_every_step_once(walk: Walk) -> None:
    log = etree.fromstring(exports.as_xes(walk.history(), "2026-0001"))
    STRUCTURE.assertValid(log)
    steps = [event for event in walk.history() if event.transition != "looked"]
    assert len(steps) < len(walk.history())
    assert _values(log, "//x:int[@key='ombudsflow:seq']/@value") == [str(event.seq) for event in steps]
    assert _values(log, "//x:event/x:string[@key='concept:name']/@value") == [event.activity for event in steps]
    stamps = _values(log, "//x:event/x:date[@key='time:timestamp']/@value")
    assert [datetime.fromisoformat(stamp) for stamp in stamps] == [event.at for event in steps]
    assert _values(log, "//x:trace/x:string[@key='concept:name']/@value") == ["2026-0001"]


@pytest.mark.parametrize(
    ("transition", "element_type", "standard"),
    [
        ("activated", "user_task", "schedule"),
        ("activated", "service_task", "start"),
        ("claimed", "", "assign"),
        ("delegated", "", "reassign"),
        ("completed", "user_task", "complete"),
        ("cancelled", "user_task", "ate_abort"),
        ("incident", "service_task", "suspend"),
        ("sent", "", "complete"),
    ],
)
def test_the_xes_speaks_the_standard_lifecycle(transition: str, element_type: str, standard: str) -> None:
    event = Recorded("assess", transition, AT, "person:1", "case_handler", {"type": element_type}, seq=1)
    log = etree.fromstring(exports.as_xes([event], "2026-0001"))
    assert _values(log, "//x:event/x:string[@key='lifecycle:transition']/@value") == [standard]
    assert _values(log, "//x:event/x:string[@key='ombudsflow:transition']/@value") == [transition]
    assert _values(log, "//x:event/x:string[@key='org:role']/@value") == ["case_handler"]


def test_names_of_people_and_personal_values_enter_the_xes_only_when_asked_for(walk: Walk) -> None:
    without = exports.as_xes(walk.history(), "2026-0001").decode()
    named = exports.as_xes(walk.history(), "2026-0001", names={STAFF.id: "Noor Maes"})
    assert "Noor Maes" not in without
    assert "Noor Maes" in named.decode()
    assert "complainant.name" not in without
    assert "ombudsflow:complainant.name" in named.decode()
    STRUCTURE.assertValid(etree.fromstring(named))


def test_whatever_a_citizen_typed_the_xml_stays_well_formed(database: Database) -> None:
    log = Log(Keyring(os.urandom(32)))
    odd = {"a b&<c>": "bel\x07 \x00 😀 <b>&amp;", "n": 2**70, "deep": {"list": [1, [True, None, 1.5]]}}
    with database.work() as work:
        log.append(work, "case:1", [Event("check", "completed", AT, "person:1", data=odd, personal={"x.y": "é\x1b"})])
    with database.reading() as reading:
        made = exports.as_xes(log.read(reading, "case:1"), "2026-0001", names={})
    read = etree.fromstring(made)
    STRUCTURE.assertValid(read)
    assert _values(read, "//x:string[@key='ombudsflow:a_b__c_']/@value") == ["bel� � 😀 <b>&amp;"]


def test_an_empty_case_gives_an_empty_export_that_is_still_valid(database: Database) -> None:
    log = Log(Keyring(os.urandom(32)))
    with database.reading() as reading:
        told = json.loads("".join(exports.as_json(reading, log, "case:9", "2026-0009", AT)))
    assert (told["events"], told["head"]) == ([], None)
    STRUCTURE.assertValid(etree.fromstring(exports.as_xes([], "2026-0009")))
