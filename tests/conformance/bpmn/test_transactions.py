"""Transactions: BPMN 2.0.2, 10.3.5.2 (transaction) and 13.3.5: cancelled means stopped, undone, and left by the cancel event."""

from tests.conformance.bpmn.drawing import (
    CANCEL,
    boundary,
    compensate,
    does,
    doing,
    el,
    end,
    ends,
    error,
    go,
    parallel,
    process,
    start,
    throw,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play
from tests.conformance.bpmn.test_compensation import undo


def transaction(*inner: str) -> str:
    return el("transaction", "tx", *inner)


def around(*inner: str) -> str:
    return process(
        start(), transaction(*inner), boundary("cx", "tx", CANCEL), does("cancelled"), does("after"), ends("e ec"),
        go("s tx after e", "cx cancelled ec"),
    )  # fmt: skip


CHOICE = [
    start("is"),
    doing("a b"),
    undo("a"),
    undo("b"),
    user("w"),
    xor("x", default="ie"),
    end("ie"),
    end("ic", CANCEL),
    go("is a b w x ie"),
    when("x", "ic", "stop"),
]


def test_a_transaction_that_succeeds_is_a_subprocess() -> None:
    play = Play(around(*CHOICE)).complete("w", stop=False)
    assert (play.did("tx after cancelled undo_a undo_b"), play.outcome) == (["tx", "after"], "completed")


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_event() -> None:
    play = Play(around(*CHOICE)).complete("w", stop=True)
    assert (play.did("tx after cancelled undo_a undo_b"), play.outcome) == (
        ["undo_b", "undo_a", "cancelled"],
        "completed",
    )
    assert play.cancelled("tx") == ["tx"]


def test_what_still_runs_inside_is_stopped_first() -> None:
    inner = [
        start("is"),
        parallel("g"),
        does("a"),
        undo("a"),
        users("v w"),
        end("ic", CANCEL),
        go("is g", "g a w ic", "g v"),
    ]
    play = Play(around(*inner))
    assert play.waits == ["v", "w"]
    play.complete("w")
    assert (play.waits, play.cancelled("v"), play.did("undo_a cancelled"), play.outcome) == (
        [],
        ["v"],
        ["undo_a", "cancelled"],
        "completed",
    )


def test_undoing_may_take_time() -> None:
    inner = [
        start("is"),
        does("a"),
        undo("a", user("undo_a", isForCompensation=True)),
        end("ic", CANCEL),
        go("is a ic"),
    ]
    play = Play(around(*inner))
    assert (play.waits, play.did("cancelled")) == (["undo_a"], [])
    assert play.complete("undo_a").did("undo_a cancelled") == ["undo_a", "cancelled"]
    assert play.outcome == "completed"


def test_without_anything_to_undo() -> None:
    play = Play(around(start("is"), end("ic", CANCEL), go("is ic")))
    assert (play.did("cancelled after"), play.outcome) == (["cancelled"], "completed")


def test_a_hazard_leaves_by_an_error_and_undoes_nothing() -> None:
    inner = transaction(start("is"), does("a"), undo("a"), end("bad", error("E1")), go("is a bad"))
    drawn = process(
        start(),
        inner,
        boundary("cx", "tx", CANCEL),
        boundary("h", "tx", error("E1")),
        doing("cancelled hazard"),
        ends("e ec eh"),
        go("s tx e", "cx cancelled ec", "h hazard eh"),
    )
    play = Play(drawn)
    assert (play.did("cancelled hazard undo_a"), play.outcome) == (["hazard"], "completed")


def test_a_transaction_in_a_loop_is_cancelled_anew() -> None:
    drawn = process(
        start(), xor("m"), transaction(*CHOICE), boundary("cx", "tx", CANCEL), does("cancelled"), ends("e"), go("s m tx e", "cx cancelled m")
    )  # fmt: skip
    play = Play(drawn).complete("w", stop=True).complete("w", stop=True).complete("w", stop=False)
    assert (play.did("undo_a undo_b cancelled"), play.outcome) == (["undo_b", "undo_a", "cancelled"] * 2, "completed")


def test_a_completed_transaction_can_be_undone_later() -> None:
    drawn = process(
        start(), transaction(*CHOICE), boundary("cx", "tx", CANCEL), throw("t", compensate()), ends("e"), go("s tx t e")
    )
    play = Play(drawn).complete("w", stop=False)
    assert (play.did("undo_a undo_b"), play.outcome) == (["undo_b", "undo_a"], "completed")


def test_a_cancel_deep_inside_stops_at_the_transaction() -> None:
    nested = el("transaction", "inner", start("ns"), does("n"), undo("n"), end("nc", CANCEL), go("ns n nc")) + boundary(
        "nb", "inner", CANCEL
    )
    inner = [start("is"), does("a"), undo("a"), nested, does("retried"), end("ie"), go("is a inner", "nb retried ie")]
    play = Play(around(*inner))
    assert (play.did("undo_n undo_a retried after cancelled"), play.outcome) == (
        ["undo_n", "retried", "after"],
        "completed",
    )
