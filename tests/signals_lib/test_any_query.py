"""Any query that can be built parses, and stays valid over any window and within any scope."""

from __future__ import annotations

import promql_parser
from hypothesis import given
from hypothesis import strategies as st

from signals_lib import Matcher, Query, grammar, promql
from tests.signals_lib.shop import BAD, DOOR, OPENED, ORDERS, PARCEL, REFUSALS, ROOM, STOCK, WAIT

WINDOWS = st.sampled_from(["$__rate_interval", "$__range", "5m", "1h30m", "30d", "${window}"])
TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=12)
MATCHERS = st.one_of(
    TEXT.map(Matcher.equal),
    TEXT.map(Matcher.not_equal),
    st.lists(TEXT, min_size=1, max_size=3).map(lambda values: Matcher.one_of(*values)),
    st.lists(TEXT, min_size=1, max_size=3).map(lambda values: Matcher.none_of(*values)),
    st.sampled_from([Matcher.regex("$x"), Matcher.regex("a.*|b"), Matcher.not_regex("[0-9]+")]),
)
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
FREE_LABELS = ["environment", "instance", "route"]


@st.composite
def selections(draw: st.DrawFn, labels: list[str]) -> dict:
    by = draw(st.lists(st.sampled_from(labels), unique=True, max_size=3))
    where = draw(st.dictionaries(st.sampled_from(labels), MATCHERS, max_size=3))
    return {"by": by, "where": where}


@st.composite
def leaves(draw: st.DrawFn) -> Query:
    here, window = draw(selections(FREE_LABELS)), draw(WINDOWS)
    there = draw(selections(["environment", "instance"]))
    return draw(
        st.sampled_from(
            [
                promql.rate(ORDERS, **here, window=window),
                promql.increase(REFUSALS, **here, window=window),
                promql.latest(ROOM, **there),
                promql.latest(STOCK, **there, aggregation="max"),
                promql.in_state(DOOR, "open", **there),
                promql.quantile("0.99", WAIT, **here, window=window),
                promql.mean(WAIT, **here, window=window),
                promql.share_within(WAIT, 1, **here, window=window),
                promql.rate_within(PARCEL, 2**24, **there, window=window),
                promql.max_over(ROOM, window, **there, aggregation="max"),
                promql.changes(OPENED, **there, window=window),
                promql.age(OPENED, **there),
                promql.sum_over(BAD, window),
                promql.ratio(promql.rate(REFUSALS, **here, window=window), promql.rate(ORDERS, **here, window=window)),
            ]
        )
    )


def grown(children: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.tuples(children, NUMBERS).map(lambda pair: pair[0] * pair[1]),
        st.tuples(children, NUMBERS).map(lambda pair: pair[1] - pair[0]),
        st.tuples(children, NUMBERS).map(lambda pair: pair[0].above(pair[1])),
        st.tuples(children, NUMBERS).map(lambda pair: pair[0].below(pair[1])),
        st.tuples(children, st.integers(1, 9)).map(lambda pair: promql.topk(pair[1], pair[0])),
        st.tuples(children, WINDOWS).map(lambda pair: promql.max_over(pair[0], pair[1])),
        children.map(promql.count),
        children.map(promql.absent),
        children.map(lambda query: query / promql.total(query)),
        children.map(lambda query: query.when(query)),
        children.map(lambda query: query.unless(promql.total(query))),
        children.map(lambda query: query.otherwise(query)),
        children.map(lambda query: query.floor(0)),
        children.map(lambda query: query.ago("1h")),
    )


QUERIES = st.recursive(leaves(), grown, max_leaves=6)


def parses(query: Query) -> bool:
    """The whole text, not only its shape, and it gives series."""
    parsed = promql_parser.parse(grammar.substituted(query.expr))
    return not isinstance(parsed, promql_parser.NumberLiteral | promql_parser.StringLiteral)


@given(QUERIES)
def test_any_query_parses(query: Query) -> None:
    assert parses(query)


@given(QUERIES, st.sampled_from(["5m", "30d", "$__range"]))
def test_any_query_stays_valid_over_any_window(query: Query, window: str) -> None:
    over = query.over(window)
    assert parses(over)
    assert "$__rate_interval" not in over.expr
    assert over.over("1w") == over
    assert (over.unit, over.labels) == (query.unit, query.labels)


@given(QUERIES, st.dictionaries(st.sampled_from([*FREE_LABELS, "slo", "nowhere"]), MATCHERS))
def test_any_query_stays_valid_within_any_scope(query: Query, scope: dict[str, Matcher]) -> None:
    scoped = query.scoped(scope)
    assert parses(scoped)
    assert scoped.scoped(scope) == scoped
    assert scoped.signals == query.signals
    assert scoped.scoped({}) == scoped


@given(TEXT.filter(lambda value: not grammar.has_variable(value)))
def test_any_value_is_matched_literally(value: str) -> None:
    query = promql.latest(ROOM, where={"instance": (value, "other")})
    parsed = promql_parser.parse(query.expr)
    pattern = next(matcher.value for matcher in parsed.expr.matchers.matchers if matcher.name == "instance")
    assert Matcher("=~", pattern).names(value)
    assert Matcher("=~", pattern).names("other")
    assert not Matcher("=~", pattern).names(value + "x")
