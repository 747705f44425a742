"""Random syntax trees, in the form the parser gives them."""

from hypothesis import strategies as st

from feel.builtins import TABLE
from feel.tree import (
    AnyInput,
    Arithmetic,
    At,
    Between,
    Call,
    Comparison,
    Constant,
    Context,
    Filter,
    For,
    ForIn,
    FunctionDefinition,
    If,
    In,
    InputComparison,
    InputIs,
    InstanceOf,
    Interval,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
    Number,
    Path,
    Quantified,
    Tests,
    Text,
)
from feel.types import Type, context_of, list_of

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
names = st.sampled_from(["a", "b", "amount", "klacht", "day count", "x-y", "é", "is factor", "item", "partial", "🐎"])
types = st.recursive(
    st.sampled_from(["Any", "number", "string", "date and time", "days and time duration", "tPerson"]).map(Type),
    lambda inner: st.one_of(
        inner.map(list_of),
        inner.map(lambda t: Type("range", (t,))),
        st.dictionaries(st.sampled_from(["a", "b", "day count"]), inner, max_size=2).map(context_of),
        st.builds(lambda ps, r: Type("function", tuple(ps), result=r), st.lists(inner, max_size=2), inner),
    ),
    max_leaves=4,
)
leaves = st.one_of(
    st.sampled_from(["0", "1", "12.50", ".5", "1e3", "9999999999999999999999999999999999"]).map(Number),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(Text),
    st.sampled_from(["2026-11-27", "10:30:00+01:00", "P1D", "-P1Y2M", "2026-11-27T10:30:00@Europe/Brussels"]).map(At),
    st.sampled_from([True, False, None]).map(Constant),
    names.map(Name),
    st.sampled_from(sorted(TABLE)).map(Name),
)


def _iterators(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[ForIn, ...]]:
    one = st.builds(ForIn, names, inner, st.none() | inner)
    return st.lists(one, min_size=1, max_size=2).map(tuple)


def _several(inner: st.SearchStrategy[Node], least: int = 0) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(inner, min_size=least, max_size=3).map(tuple)


def _tests(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(inner.map(InputIs), st.builds(InputComparison, st.sampled_from(COMPARISONS), inner))


def _grow(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    entries = st.dictionaries(names | st.text(max_size=3), inner, max_size=3).map(lambda d: tuple(d.items()))
    unnamed = _several(inner).map(lambda values: tuple((None, value) for value in values))
    named = st.dictionaries(names, inner, min_size=1, max_size=2).map(lambda d: tuple(d.items()))
    parameters = st.dictionaries(names, st.none() | types, max_size=2).map(lambda d: tuple(d.items()))
    several_tests = st.lists(_tests(inner), min_size=2, max_size=3).map(tuple)
    one_test = _tests(inner).map(lambda test: (test,))
    return st.one_of(
        _several(inner).map(ListOf),
        entries.map(Context),
        st.builds(Interval, st.booleans(), inner, inner, st.booleans()),
        st.builds(lambda end, included: Interval(False, None, end, included), inner, st.booleans()),
        st.builds(lambda start, included: Interval(included, start, None, False), inner, st.booleans()),
        st.builds(If, inner, inner, inner),
        st.builds(Junction, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(Comparison, st.sampled_from(COMPARISONS), inner, inner),
        st.builds(Between, inner, inner, inner),
        st.builds(In, inner, several_tests | one_test),
        st.builds(InstanceOf, inner, types),
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(Negate, inner),
        st.builds(Path, inner, names),
        st.builds(Filter, inner, inner),
        st.builds(Call, inner, unnamed | named),
        st.builds(FunctionDefinition, parameters, inner),
        st.builds(For, _iterators(inner), inner),
        st.builds(Quantified, st.sampled_from(["some", "every"]), _iterators(inner), inner),
    )


expressions = st.recursive(leaves, _grow, max_leaves=12)
unary_tests = st.one_of(
    st.just(AnyInput()),
    st.builds(Tests, st.lists(_tests(expressions), min_size=1, max_size=3).map(tuple), st.booleans()),
)
