"""Link events: BPMN 2.0.2, 10.5.4: a sequence flow that is not drawn, within one level."""

from tests.conformance.bpmn.drawing import (
    catch,
    does,
    doing,
    end,
    ends,
    go,
    link,
    parallel,
    process,
    start,
    sub,
    throw,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play


def test_a_token_jumps_from_the_throwing_to_the_catching_event() -> None:
    play = Play(
        process(start(), throw("t", link("L")), catch("c", link("L")), user("a"), ends("e"), go("s t", "c a e"))
    )
    assert (play.did("t c"), play.waits) == (["t", "c"], ["a"])
    assert play.complete("a").outcome == "completed"


def test_several_throwers_lead_to_one_catcher() -> None:
    drawn = process(
        start(),
        parallel("g"),
        users("a b"),
        throw("t1", link("L")),
        throw("t2", link("L")),
        catch("c", link("L")),
        does("after"),
        ends("e"),
        go("s g", "g a t1", "g b t2", "c after e"),
    )
    play = Play(drawn).complete("a")
    assert (play.did("after"), play.outcome) == (["after"], "active")
    assert play.complete("b").did("after") == ["after", "after"]
    assert play.outcome == "completed"


def test_a_link_may_lead_back() -> None:
    drawn = process(
        start(),
        xor("m"),
        catch("c", link("L")),
        user("a"),
        xor("x", default="e"),
        throw("t", link("L")),
        ends("e"),
        go("s m a x", "c m", "x e"),
        when("x", "t", "again"),
    )
    play = Play(drawn).complete("a", again=True).complete("a", again=True).complete("a", again=False)
    assert (play.did("a t c"), play.outcome) == (["a", "t", "c", "a", "t", "c", "a"], "completed")


def test_names_keep_pairs_apart() -> None:
    drawn = process(
        start(),
        xor("x", default="t2"),
        throw("t1", link("L1")),
        throw("t2", link("L2")),
        catch("c1", link("L1")),
        catch("c2", link("L2")),
        doing("a b"),
        ends("e1 e2"),
        go("s x t2", "c1 a e1", "c2 b e2"),
        when("x", "t1", "one"),
    )
    assert Play(drawn, one=True).did("a b") == ["a"]
    assert Play(drawn, one=False).did("a b") == ["b"]


def test_each_level_has_its_own_links() -> None:
    inner = (
        start("is")
        + throw("it", link("L"))
        + catch("ic", link("L"))
        + does("inside")
        + end("ie")
        + go("is it", "ic inside ie")
    )
    drawn = process(
        start(),
        sub("sp", inner),
        throw("t", link("L")),
        catch("c", link("L")),
        does("outside"),
        ends("e"),
        go("s sp t", "c outside e"),
    )
    play = Play(drawn)
    assert (play.did("inside outside"), play.outcome) == (["inside", "outside"], "completed")


def test_a_catching_link_is_no_implicit_start() -> None:
    play = Play(process(user("a"), throw("t", link("L")), catch("c", link("L")), does("after"), go("a t", "c after")))
    assert (play.waits, play.did("after")) == (["a"], [])
    assert play.complete("a").did("after") == ["after"]
