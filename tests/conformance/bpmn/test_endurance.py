"""No depth and no size at which a case stalls, recurses out or slows down."""

from tests.conformance.bpmn.drawing import (
    call,
    does,
    doing,
    each,
    end,
    ends,
    go,
    parallel,
    process,
    script,
    start,
    sub,
    user,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play

ROUND = process(
    start(),
    xor("m"),
    user("a"),
    script("add", "n + 1", "n"),
    xor("x", default="m"),
    ends("e"),
    go("s m a add x", "x m"),
    when("x", "e", "n >= limit"),
)


def state_of(play: Play) -> int:
    from engine.models import ProcessInstance

    with play.box.database.reading() as reading:
        return len(reading.session.get_one(ProcessInstance, play.case).state)


def rounds(play: Play, count: int) -> None:
    for _ in range(count):
        play.box.complete("a", instance=play.case)


def test_two_thousand_rounds_of_a_loop_that_waits() -> None:
    """Ten thousand of them, over HTTP and timed, are in the bench."""
    play = Play(ROUND, n=0, limit=2_000)
    rounds(play, 10)
    size = state_of(play)
    rounds(play, 1_980)
    assert state_of(play) <= size + 20
    rounds(play, 10)
    assert (play["n"], play.outcome) == (2_000, "completed")


def test_a_loop_that_does_not_wait() -> None:
    drawn = process(
        start(),
        xor("m"),
        script("add", "n + 1", "n"),
        xor("x", default="m"),
        ends("e"),
        go("s m add x", "x m"),
        when("x", "e", "n >= 10000"),
    )
    play = Play(drawn, n=0)
    assert (play["n"], play.outcome) == (10_000, "completed")


def test_two_thousand_tasks_in_a_row() -> None:
    names = [f"t{n}" for n in range(2_000)]
    play = Play(process(start(), doing(" ".join(names)), ends("e"), go(" ".join(["s", *names, "e"]))))
    assert (play.outcome, play.did("t0 t1999")) == ("completed", ["t0", "t1999"])


def test_five_thousand_at_once() -> None:
    play = Play(
        process(
            start(),
            script("a", "item * 2", "out", each("for i in 1..5000 return i", results="all", result="out")),
            ends("e"),
            go("s a e"),
        )
    )
    assert (play.outcome, len(play["all"]), play["all"][4_999]) == ("completed", 5_000, 10_000)


def test_five_thousand_one_after_another() -> None:
    play = Play(
        process(
            start(),
            script("a", "item", "out", each("for i in 1..5000 return i", results="all", result="out", sequential=True)),
            ends("e"),
            go("s a e"),
        )
    )
    assert (play.outcome, len(play["all"])) == ("completed", 5_000)


def test_a_thousand_people_at_once() -> None:
    play = Play(process(start(), user("a", each("for i in 1..1000 return i")), ends("e"), go("s a e")))
    waiting = play.waiting("user_task")
    assert len(waiting) == 1_000
    for wait in waiting[:20]:
        play.box.complete(wait)
    assert len(play.waiting("user_task")) == 980


def test_six_levels_of_subprocesses_and_calls() -> None:
    files = [process(start(), user("w"), ends("e"), go("s w e"), key="q0")]
    for level in range(1, 4):
        inner = start("is") + call("c", f"q{level - 1}") + end("ie") + go("is c ie")
        files.append(process(start(), sub("sp", inner), ends("e"), go("s sp e"), key=f"q{level}"))
    play = Play(*files, start="q3")
    assert play.waits == ["w"]
    assert play.complete("w").outcome == "completed"


def test_twenty_levels_of_subprocesses() -> None:
    inner = user("w")
    for level in range(20):
        inner = sub(f"sp{level}", inner)
    play = Play(process(inner))
    assert play.complete("w").outcome == "completed"


def test_a_thousand_branches() -> None:
    names = [f"t{n}" for n in range(1_000)]
    drawn = process(
        start(),
        parallel("g"),
        doing(" ".join(names)),
        parallel("j"),
        does("after"),
        ends("e"),
        go("s g", "j after e", *(f"g {n} j" for n in names)),
    )
    play = Play(drawn)
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_a_loop_over_blocks_and_subprocesses_stays_small() -> None:
    inner = (
        start("is")
        + parallel("g")
        + does("v")
        + does("w")
        + parallel("j")
        + end("ie")
        + go("is g", "g v j", "g w j", "j ie")
    )
    drawn = process(
        start(),
        xor("m"),
        sub("sp", inner, each("[1, 2]")),
        user("a"),
        xor("x", default="m"),
        ends("e"),
        go("s m sp a x", "x m"),
        when("x", "e", "stop"),
    )
    play = Play(drawn)
    rounds(play, 3)
    size = state_of(play)
    rounds(play, 100)
    assert state_of(play) <= size + 20
    assert play.complete("a", stop=True).outcome == "completed"
