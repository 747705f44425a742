"""Replaying what a diagram can do: after every turn the history folded is where the engine stands, and the film tells it in words."""

import pytest

from tasks.office import Office
from tests.conformance.bpmn.drawing import (
    CANCEL,
    TERMINATE,
    boundary,
    by_event,
    catch,
    compensate,
    condition,
    each,
    el,
    end,
    ends,
    error,
    escalation,
    event_sub,
    go,
    inclusive,
    link,
    loop,
    message,
    parallel,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    users,
    when,
)
from tests.tasks.filming import Film

UNBOOK = (
    boundary("regret", "book", compensate())
    + user("unbook", isForCompensation=True)
    + '<association id="undoing" sourceRef="regret" targetRef="unbook" associationDirection="One"/>'
)
MANY = '["a", "b", "c"]'


def test_several_at_once_tell_which_of_how_many(office: Office) -> None:
    film = Film(office, user("ask", each(MANY, "part")), ends("e"), go("s ask e"))
    film.completes("ask")
    assert film.titles() == [
        "Nieuwe taak: ask (1 van 3)",
        "Nieuwe taak: ask (2 van 3)",
        "Nieuwe taak: ask (3 van 3)",
        "Afgewerkt: ask (1 van 3)",
    ]
    assert [(place.name, place.count, place.times) for place in film.shown().standing] == [("ask", 2, "2 en 3 van 3")]
    assert film.picture().visited.split(",") == ["s", "ask", "f_s_ask"], "the arrow into it counts once"
    assert film.picture().counts == "ask:3:1"
    film.completes("ask", "ask")
    assert film.titles()[-2:] == ["e", "Dossier afgesloten"]


def test_more_at_once_than_anybody_reads_are_counted(office: Office) -> None:
    film = Film(office, user("ask", each("for i in 1..30 return i", "part")), ends("e"), go("s ask e"))
    [place] = film.shown().standing
    assert (place.count, place.times) == (30, "")
    film.completes(*["ask"] * 20)
    [place] = film.shown().standing
    assert (place.count, place.times) == (10, "21, 22, 23, 24, 25, 26, 27, 28, 29 en 30 van 30")


def test_one_after_the_other_and_again_as_long_as_needed(office: Office) -> None:
    film = Film(office, user("ask", each(MANY, "part", sequential=True)), ends("e"), go("s ask e"))
    film.completes("ask", "ask")
    assert film.titles()[-2:] == ["Afgewerkt: ask (2 van 3)", "Nieuwe taak: ask (3 van 3)"]
    again = Film(office, user("ask", loop('approach = "investigation"')), ends("e"), go("s ask e"))
    again.completes("ask")
    assert again.titles() == ["Nieuwe taak: ask", "Afgewerkt: ask", "Nieuwe taak: ask (2e keer)"]
    again.completes("ask", approach="mediation").waits_at()


def test_inside_a_repeated_part_each_step_tells_whose_it_is(office: Office) -> None:
    inside = (start("ps"), users("ask judge"), ends("pe"), go("ps ask judge pe"))
    film = Film(office, sub("part", each('["a", "b"]', "x"), *inside), ends("e"), go("s part e"))
    film.completes("ask", "judge")
    assert film.titles()[-4:] == [
        "Nieuwe taak: judge (1 van 2)",
        "Afgewerkt: judge (1 van 2)",
        "pe (1 van 2)",
        "Afgerond: part (1 van 2)",
    ]
    assert [(place.name, place.times) for place in film.shown().standing] == [("part", "2 van 2"), ("ask", "2 van 2")]


def test_what_is_undone_is_named(office: Office) -> None:
    drawn = (user("book"), UNBOOK, user("pay"), throw("undo", compensate()), ends("e"), go("s book pay undo e"))
    film = Film(office, *drawn).completes("book", "pay")
    assert (film.titles()[-1], film.shown().undoes) == ("Nieuwe taak: unbook", "book")
    assert film.timeline()[-1] == "Nieuwe taak: unbook: Maakt ongedaan: book"
    film.completes("unbook")
    assert film.titles()[-4:] == ["Afgewerkt: unbook", "Verder na: undo", "e", "Dossier afgesloten"]


def test_a_transaction_that_is_called_off(office: Office) -> None:
    inside = (start("ts"), user("book"), UNBOOK, user("ask"), end("te", CANCEL), go("ts book ask te"))
    drawn = (el("transaction", "deal", *inside), boundary("off", "deal", CANCEL), user("tell"), ends("e e2"))
    film = Film(office, *drawn, go("s deal e", "off tell e2")).completes("book")
    assert (film.course().active, film.course().waiting) == (["ask"], [])
    film.completes("ask", "unbook")
    assert film.titles()[-4:] == ["off", "Vervallen: deal", "Verder na: off", "Nieuwe taak: tell"]
    film.completes("tell").waits_at()


def test_event_subprocesses_as_often_as_they_happen(office: Office) -> None:
    extra = event_sub(
        "extra", start("xs", message("note"), interrupting=False), user("read"), ends("xe"), go("xs read xe")
    )
    stop = event_sub("stop", start("ps", message("stop")), user("goodbye"), ends("pe"), go("ps goodbye pe"))
    film = Film(office, user("work"), extra, stop, ends("e"), go("s work e")).receives("note").receives("note")
    assert [(place.name, place.count) for place in film.shown().standing] == [("work", 1), ("extra", 2), ("read", 2)]
    film.completes("read").receives("stop")
    assert film.titles()[-7:] == [
        "Melding: Stop",
        "Begonnen: stop",
        "Vervallen: work",
        "Vervallen: extra",
        "Vervallen: read",
        "ps",
        "Nieuwe taak: goodbye",
    ]
    film.completes("goodbye").waits_at()


def test_messages_manual_work_and_sums(office: Office) -> None:
    drawn = (
        user("ask"),
        el("receiveTask", "word", messageRef="message_word"),
        el("manualTask", "phone"),
        el("sendTask", "tell", messageRef="message_tell"),
        el("task", "anything"),
        script("add", "1 + 1", "two"),
        ends("e"),
        go("s ask word phone tell anything add e"),
    )
    film = Film(office, *drawn).completes("ask").receives("word")
    assert film.timeline()[-6:] == [
        "Melding: Word",
        "Gekomen: word",
        "Buiten het systeem: phone",
        "Verstuurd: tell",
        "Buiten het systeem: anything",
        "Dossier afgesloten",
    ]
    assert film.titles()[2:] == [
        "Wacht op een bericht: word",
        "Melding: Word",
        "Bericht ontvangen: word",
        "phone",
        "tell",
        "anything",
        "add",
        "e",
        "Dossier afgesloten",
    ]


def test_signals_from_inside_and_from_elsewhere(office: Office) -> None:
    drawn = (parallel("g"), user("work"), boundary("stop", "work", signal("stop")), user("other"))
    rings = (throw("ring", signal("stop")), ends("e e2 e3"), go("s g work e", "g other ring e2", "stop e3"))
    Film(office, *drawn, *rings).completes("other").waits_at()
    heard = (user("work"), boundary("hear", "work", signal("horn"), interrupting=False), ends("e e2"))
    film = Film(office, *heard, go("s work e", "hear e2")).hears("horn").hears("horn").waits_at("work")
    assert film.titles()[-3:] == ["Algemene melding: Horn", "hear", "e2"]
    assert film.picture().counts == "hear:2,e2:2"


def test_a_link_is_passed_without_an_arrow(office: Office) -> None:
    drawn = (user("work"), throw("out", link("there")), catch("into", link("there")), user("later"), ends("e"))
    film = Film(office, *drawn, go("s work out", "into later e")).completes("work")
    assert film.titles()[-3:] == ["out", "into", "Nieuwe taak: later"]
    assert film.completes("later").picture().visited.count("f_") == 4


def test_a_reminder_that_comes_back(office: Office) -> None:
    remind = boundary("remind", "work", timer(cycle="R3/P1D"), interrupting=False)
    drawn = (user("work"), remind, user("call"), ends("e e2"), go("s work e", "remind call e2"))
    film = Film(office, *drawn).after(days=1).after(days=1).waits_at("work", "call", "call")
    assert film.titles()[-3:] == ["Een termijn is verstreken", "remind", "Nieuwe taak: call"]
    film.completes("call", "call", "work").waits_at()


def test_errors_and_escalations_go_to_who_catches_them(office: Office) -> None:
    inside = (start("ps"), throw("up", escalation("late")), user("ask"), end("pe", error("bad")), go("ps up ask pe"))
    caught = (
        boundary("help", "part", escalation("late"), interrupting=False),
        boundary("broken", "part", error("bad")),
    )
    drawn = (sub("part", *inside), *caught, users("look repair"), ends("e e2 e3"))
    film = Film(office, *drawn, go("s part e", "help look e2", "broken repair e3")).completes("ask")
    assert film.titles()[-5:] == [
        "broken",
        "Vervallen: part",
        "Afgerond: pe",
        "Verder na: broken",
        "Nieuwe taak: repair",
    ]
    film.completes("look", "repair").waits_at()


def test_several_ways_and_what_happens_first(office: Office) -> None:
    split = (
        inclusive("g", default="b"),
        users("a b c"),
        inclusive("j"),
        when("g", "a", "true"),
        when("g", "c", "true"),
    )
    first = (by_event("w"), catch("word", message("word")), catch("week", timer("P7D")), ends("e e2"))
    ways = go("g b", "s g", "a j", "b j", "c j", "j w", "w word e", "w week e2")
    film = Film(office, *split, *first, ways).completes("a", "c")
    assert [place.name for place in film.shown().standing] == ["w"]
    assert film.after(days=8).titles()[-4:] == ["w", "week", "e2", "Dossier afgesloten"]


@pytest.mark.parametrize(
    ("drawn", "answer"),
    [
        ((parallel("g"), users("a b"), end("t", TERMINATE), ends("e"), go("s g a t", "g b e")), "investigation"),
        (
            (
                parallel("g"),
                users("a b"),
                boundary("enough", "b", condition('approach = "mediation"')),
                ends("e e2 e3"),
                go("s g a e", "g b e2", "enough e3"),
            ),
            "mediation",
        ),
    ],
    ids=["terminated", "condition"],
)
def test_what_one_step_takes_away_is_told(office: Office, drawn: tuple[str, ...], answer: str) -> None:
    film = Film(office, *drawn).completes("a", approach=answer).waits_at()
    assert "Vervallen: b" in film.titles()


def test_a_token_that_was_moved_by_hand(office: Office) -> None:
    film = Film(office, users("first second"), ends("e"), go("s first second e"))
    film.moves(cancel="first", activate="second").waits_at("second")
    assert {"Nieuwe taak: second", "Vervallen: first"} <= set(film.titles())
    film.completes("second").waits_at()


def test_a_step_that_is_stuck_stands_where_it_is_stuck(office: Office) -> None:
    stuck = (script("wrong", "1", "x"), el("exclusiveGateway", "g"), when("g", "e", "x = 2"), ends("e"))
    film = Film(office, user("work"), *stuck, go("s work wrong g")).completes("work")
    assert film.titles()[-1] == "Vastgelopen: g"
    assert [place.name for place in film.shown().standing] == ["g"]
