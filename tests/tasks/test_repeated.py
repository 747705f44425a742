"""A task that is done several times tells in the worklist and on its page which one it is."""

import pytest

from engine.occurrences import Occurrence
from identity.people import Actor
from tasks import worklist
from tasks.office import Office
from tasks.treatment import repeated
from tests.conformance.bpmn.drawing import each, ends, go, loop, start, sub, user
from tests.tasks.filming import Film

HANDLER = Actor("person:1", "Lies", frozenset({"case_handler"}))
SERVICES = '["de_lijn", "Dienst parkeren", {"name": "Het loket", "code": 3}]'
ASKED = (user("ask", each(SERVICES, "service")), ends("e"), go("s ask e"))


def listed(office: Office) -> list[str]:
    with office.database.reading() as reading:
        return [item.about for item in worklist.page(reading, HANDLER, "roles", now=office.clock.now()).items]


def test_each_of_several_is_named_after_its_item(office: Office) -> None:
    film = Film(office, *ASKED)
    assert listed(office) == ["1 van 3: De Lijn", "2 van 3: Dienst parkeren", "3 van 3: Het loket"]
    film.completes("ask")
    assert listed(office) == ["2 van 3: Dienst parkeren", "3 van 3: Het loket"]


def test_what_is_done_once_or_for_the_first_time_says_nothing(office: Office) -> None:
    film = Film(office, user("ask", loop('approach = "investigation"')), user("once"), ends("e"), go("s ask once e"))
    assert listed(office) == [""]
    film.completes("ask")
    assert listed(office) == ["2e keer"]
    film.completes("ask", approach="mediation").waits_at("once")
    assert listed(office) == [""]


def test_inside_a_repeated_part_a_task_is_that_ones(office: Office) -> None:
    part = sub("part", each('["a", "b"]', "area"), start("ps"), user("visit"), ends("pe"), go("ps visit pe"))
    Film(office, part, ends("e"), go("s part e"))
    assert listed(office) == ["1 van 2: a", "2 van 2: b"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (None, "1 van 2"),
        (True, "1 van 2: ja"),
        (12, "1 van 2: 12"),
        ("  veel   wit\n ", "1 van 2: veel wit"),
        ("x" * 1000, "1 van 2: " + "x" * 200),
        ([1, 2], "1 van 2"),
        ({"code": 3}, "1 van 2"),
        ({"label": {"nl": "x"}}, "1 van 2"),
        ({"onderwerp": "De bus"}, "1 van 2: De bus"),
    ],
)
def test_an_item_without_a_name_is_told_by_its_number(sqlite_office: Office, item: object, words: str) -> None:
    assert repeated.about(sqlite_office, Occurrence(1, 2, item)) == words
