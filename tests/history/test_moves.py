"""A case that moved to another version: the film shows the drawing it ran on at each moment, and the tokens follow."""

from dataclasses import replace

from history.log import Recorded
from history.moves import Place
from history.replay import fold, frames
from tests.history.events import at, moved

RENAMED = {"write": "draft"}


def migrated(seq: int, source: int, target: int, **more: object) -> Recorded:
    data = {"instance": 1, "process": "p", "from": source, "to": target, "renamed": {}, "gone": [], "tokens": {}}
    return Recorded("case", "migrated", at(seq), "person:1", "process_manager", {**data, **more}, seq=seq)


def past() -> list[Recorded]:
    """Opened, asked, and now writing."""
    return [
        moved(1, "open", "activated", token="a"),
        moved(2, "open", "completed", token="a"),
        moved(3, "write", "activated", token="b", flow="to_write"),
    ]


def in_version(event: Recorded, version: int) -> Recorded:
    return replace(event, data={**event.data, "definition": ["p", version]})


def test_from_the_move_on_the_case_is_on_the_new_drawing_with_its_past() -> None:
    film = frames([*past(), migrated(4, 1, 2, renamed=RENAMED, gone=["to_write"], tokens={"b": "draft"})])
    before, after = film[-2].state, film[-1].state
    assert before.active == {Place("p", 1, "write"): 1}
    assert before.flows == {Place("p", 1, "to_write"): 1}
    assert after.active == {Place("p", 2, "draft"): 1}
    assert after.visited == {Place("p", 2, "open"): 1, Place("p", 2, "draft"): 1}
    assert after.flows == {}
    assert after.today(film[1]) == Place("p", 2, "draft")
    assert before.today(film[1]) == Place("p", 1, "write")
    assert film[-1].state.moves[0].of(Place("p", 1, "to_write")) is None


def test_the_fold_follows_the_token_under_its_new_id() -> None:
    moving = [*past(), migrated(4, 1, 2, renamed=RENAMED, tokens={"b": "draft"})]
    assert fold(moving) == {(1, "draft"): 1}
    assert fold([*moving, in_version(moved(5, "draft", "completed", token="b"), 2)]) == {}


def test_another_instance_and_another_process_stay_where_they_are() -> None:
    assert fold([*past(), migrated(4, 1, 2, instance=2, tokens={"b": "draft"})]) == {(1, "write"): 1}
    assert frames([*past(), migrated(4, 1, 2, process="q")])[-1].state.active == {Place("p", 1, "write"): 1}


def test_taken_back_the_case_is_on_its_old_drawing_again() -> None:
    there = migrated(4, 1, 2, renamed=RENAMED, tokens={"b": "draft"})
    back = migrated(5, 2, 1, renamed={"draft": "write"}, tokens={"b": "write"}, undone=True)
    film = frames([*past(), there, back])
    assert film[-1].state.active == {Place("p", 1, "write"): 1}
    assert film[-1].state.today(film[1]) == Place("p", 1, "write")
    assert fold([*past(), there, back]) == {(1, "write"): 1}


def test_of_two_processes_on_one_drawing_only_one_moves_and_both_are_seen() -> None:
    other = moved(4, "write", "activated", token="c")
    other = replace(other, data={**other.data, "instance": 2})
    film = frames([*past(), other, migrated(5, 1, 2)])
    after = film[-1].state
    assert after.active == {Place("p", 2, "write"): 1, Place("p", 1, "write"): 1}
    assert {Place("p", 1, "write"), Place("p", 2, "write")} <= set(after.visited)
    assert [after.today(frame) for frame in film if frame.activity == "write"] == [
        Place("p", 2, "write"),
        Place("p", 1, "write"),
    ]
