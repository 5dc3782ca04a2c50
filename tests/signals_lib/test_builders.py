"""Builders: the PromQL that they write, its unit and labels, and what they refuse."""

from __future__ import annotations

import pytest

from signals_lib import Matcher, Query, Thresholds, promql
from signals_lib.errors import BucketError, GrammarError, KindError, LabelError, MatchingError, StateError, UnitError
from tests.signals_lib.shop import (
    BAD,
    BYTES,
    CPU,
    DOOR,
    OPENED,
    ORDERS,
    PARCEL,
    REFUSALS,
    RETURNS,
    ROOM,
    ROOM_LIMIT,
    STOCK,
    WAIT,
)

RATE = 'sum(rate(orders_total{job="shop"}[$__rate_interval]))'
BY_ROUTE = RATE.replace("sum", "sum by (route) ")


@pytest.mark.parametrize(
    ("query", "expr", "unit", "labels"),
    [
        (promql.rate(ORDERS), RATE, "orders/s", ()),
        (
            promql.rate(ORDERS, by=("status", "route"), where={"status": ("500", "503")}, window="5m"),
            'sum by (status, route) (rate(orders_total{job="shop",status=~"500|503"}[5m]))',
            "orders/s",
            ("status", "route"),
        ),
        (
            promql.rate(ORDERS, aggregation=None),
            'rate(orders_total{job="shop"}[$__rate_interval])',
            "orders/s",
            ("job", "environment", "instance", "route", "status"),
        ),
        (promql.rate(CPU), 'sum(rate(cpu_seconds_total{job="shop"}[$__rate_interval]))', "cores", ()),
        (promql.rate(WAIT), 'sum(rate(wait_seconds_count{job="shop"}[$__rate_interval]))', "orders/s", ()),
        (
            promql.increase(ORDERS, by="route", window="$__range"),
            'sum by (route) (increase(orders_total{job="shop"}[$__range]))',
            "orders",
            ("route",),
        ),
        (promql.latest(ROOM, by=("instance",)), 'sum by (instance) (room_used{job="shop"})', "crates", ("instance",)),
        (promql.latest(ROOM, aggregation="max"), 'max(room_used{job="shop"})', "crates", ()),
        (promql.latest(BAD, aggregation=None), "slo:bad:rate5m", "events/s", ("slo",)),
        (promql.latest(DOOR, by="state"), 'sum by (state) (door{job="shop"})', "doors", ("state",)),
        (promql.in_state(DOOR, "open"), 'sum(door{job="shop",state="open"})', "doors", ()),
        (
            promql.quantile(0.95, WAIT, by=("route",), window="5m"),
            'histogram_quantile(0.95, sum by (le, route) (rate(wait_seconds_bucket{job="shop"}[5m]))) >= 0',
            "s",
            ("route",),
        ),
        (
            promql.mean(WAIT, window="5m"),
            'sum(rate(wait_seconds_sum{job="shop"}[5m])) / (sum(rate(wait_seconds_count{job="shop"}[5m])) > 0)',
            "s",
            (),
        ),
        (
            promql.share_within(WAIT, 1, window="5m"),
            (
                'sum(rate(wait_seconds_bucket{job="shop",le=~"1|1\\\\.0"}[5m]))'
                ' / (sum(rate(wait_seconds_count{job="shop"}[5m])) > 0)'
            ),
            "share",
            (),
        ),
        (
            promql.rate_within(WAIT, 0.5, by="route"),
            'sum by (route) (rate(wait_seconds_bucket{job="shop",le="0.5"}[$__rate_interval]))',
            "orders/s",
            ("route",),
        ),
        (
            promql.rate_within(PARCEL, 2**20, window="5m"),
            'sum(rate(parcel_bytes_bucket{job="shop",le=~"1048576|1048576\\\\.0|1\\\\.048576e\\\\+06"}[5m]))',
            "orders/s",
            (),
        ),
        (
            promql.buckets(WAIT, where={"route": "/"}),
            'sum by (le) (rate(wait_seconds_bucket{job="shop",route="/"}[$__rate_interval]))',
            "orders/s",
            ("le",),
        ),
        (promql.count(ROOM, unit="shops"), 'count(room_used{job="shop"})', "shops", ()),
        (
            promql.count(promql.rate(ORDERS, by="route")),
            f"count({RATE.replace('sum', 'sum by (route) ')})",
            "series",
            (),
        ),
        (
            promql.total(promql.rate(ORDERS, by=("route", "status")), by="route", aggregation="max"),
            f"max by (route) ({RATE.replace('sum', 'sum by (route, status) ')})",
            "orders/s",
            ("route",),
        ),
        (
            promql.highest(5, promql.rate(ORDERS, by="route")),
            BY_ROUTE + f" and topk(5, max_over_time({BY_ROUTE}[$__range:$__interval] @ end()))",
            "orders/s",
            ("route",),
        ),
        (
            promql.topk(5, promql.rate(ORDERS, by="route")),
            f"topk(5, {RATE.replace('sum', 'sum by (route) ')})",
            "orders/s",
            ("route",),
        ),
        (promql.bottomk(3, promql.latest(ROOM)), 'bottomk(3, sum(room_used{job="shop"}))', "crates", ()),
        (
            promql.absent(ROOM, where={"instance": "a"}),
            'absent(room_used{job="shop",instance="a"})',
            "",
            ("job", "instance"),
        ),
        (promql.absent(promql.rate(ORDERS)), f"absent({RATE})", "", ()),
        (promql.changes(OPENED, window="1h"), 'sum(changes(opened_seconds{job="shop"}[1h]))', "changes", ()),
        (promql.age(OPENED), 'time() - max(opened_seconds{job="shop"})', "s", ()),
        (
            promql.forecast(ROOM, 3600, by="instance"),
            'sum by (instance) (predict_linear(room_used{job="shop"}[6h], 3600))',
            "crates",
            ("instance",),
        ),
        (
            promql.max_over(ROOM, "1h", by="instance", aggregation="max"),
            'max by (instance) (max_over_time(room_used{job="shop"}[1h]))',
            "crates",
            ("instance",),
        ),
        (promql.sum_over(BAD, "30d"), "sum_over_time(slo:bad:rate5m[30d])", "events/s", ("slo",)),
        (promql.max_over(promql.rate(ORDERS), "1d"), f"max_over_time({RATE}[1d:])", "orders/s", ()),
        (
            promql.min_over(promql.rate(ORDERS) - 1, "1d"),
            f"min_over_time(({RATE} - 1)[1d:])",
            "orders/s",
            (),
        ),
    ],
)
def test_a_builder_writes(query: Query, expr: str, unit: str, labels: tuple[str, ...]) -> None:
    assert (query.expr, query.unit, query.labels) == (expr, unit, labels)


def test_a_ratio_guards_both_sides() -> None:
    bad, all_ = promql.rate(REFUSALS, by="route", window="5m"), promql.rate(ORDERS, by="route", window="5m")
    assert promql.ratio(bad, all_).expr == f"({bad.expr} or 0 * {all_.expr}) / ({all_.expr} > 0)"
    assert promql.ratio(bad, all_).unit == "share"


def test_a_share_and_a_utilisation_leave_what_is_missing_missing() -> None:
    used, limit = promql.latest(ROOM), promql.latest(ROOM_LIMIT)
    assert promql.utilisation(used, limit).expr == f"{used.expr} / ({limit.expr} > 0)"
    assert promql.share(used, limit).unit == "share"


def test_a_union_sums_whichever_exists() -> None:
    query = promql.union(promql.rate(REFUSALS, aggregation=None), promql.rate(RETURNS, aggregation=None), by="route")
    assert query.expr == (
        'sum by (route) (rate(refusals_total{job="shop"}[$__rate_interval])'
        ' or rate(returns_total{job="shop"}[$__rate_interval]))'
    )


def test_a_union_of_equal_labels_would_hide_one_side() -> None:
    with pytest.raises(MatchingError, match=r"write a\.or_zero\(b\)"):
        promql.union(promql.rate(REFUSALS, by="route"), promql.rate(ORDERS, by="route"))


def test_meaning_comes_from_the_signal() -> None:
    query = promql.latest(ROOM, aggregation=None)
    assert (query.title, query.description, query.thresholds) == ("Room used", "Crates there.", ROOM.thresholds)
    assert promql.quantile("0.999", WAIT).title == "Wait p99.9"
    assert promql.share_within(WAIT, 1).title == "Wait within 1 s"


def test_a_sum_has_no_threshold_of_a_single_one() -> None:
    assert promql.latest(ROOM, by="instance").thresholds is None


def test_a_query_knows_the_signals_that_it_reads() -> None:
    assert promql.share_within(WAIT, 1).signals == (WAIT,)
    assert promql.ratio(promql.rate(REFUSALS), promql.rate(ORDERS)).signals == (REFUSALS, ORDERS)


def test_a_heatmap_is_told_from_series() -> None:
    assert promql.buckets(WAIT).shape == "buckets"
    assert promql.rate(WAIT).shape == "series"


@pytest.mark.parametrize(
    ("build", "error", "says"),
    [
        (lambda: promql.rate(ROOM), KindError, "room_used of Shop is a gauge, and a rate needs a counter"),
        (lambda: promql.increase(DOOR), KindError, "door of Shop is a state set"),
        (lambda: promql.latest(ORDERS), KindError, "orders_total of Shop is a counter.*use rate"),
        (lambda: promql.latest(WAIT), KindError, r"wait_seconds of Shop is a histogram.*use quantile"),
        (lambda: promql.changes(ORDERS), KindError, "changes needs a gauge"),
        (lambda: promql.max_over(ORDERS, "1h"), KindError, "needs a gauge"),
        (lambda: promql.quantile(0.9, ORDERS), KindError, "orders_total of Shop is a counter.*needs a histogram"),
        (lambda: promql.quantile(95, WAIT), KindError, "between 0 and 1, not 95: p95 is 0.95"),
        (lambda: promql.mean(ROOM), KindError, "a mean needs a histogram"),
        (lambda: promql.share_within(ORDERS, 1), KindError, "needs a histogram"),
        (lambda: promql.buckets(ROOM), KindError, "a heatmap needs a histogram"),
        (lambda: promql.in_state(ROOM, "open"), KindError, "room_used of Shop is a gauge, which has no states"),
        (lambda: promql.age(ROOM), KindError, "room_used of Shop isn't a time"),
        (lambda: promql.in_state(DOOR, "opened"), StateError, "did you mean 'open'"),
        (lambda: promql.share_within(WAIT, 2), BucketError, "wait_seconds of Shop has no bucket le=2"),
        (lambda: promql.rate(ORDERS, by="rout"), LabelError, "orders_total of Shop has no label 'rout'.*'route'"),
        (lambda: promql.rate(WAIT, by="le"), LabelError, "no label 'le'"),
        (lambda: promql.quantile(0.9, WAIT, by="status"), LabelError, "wait_seconds of Shop has no label 'status'"),
        (lambda: promql.rate(ORDERS, where={"stat": "200"}), LabelError, "did you mean 'status'"),
        (lambda: promql.count(promql.rate(ORDERS, by="route"), by="status"), LabelError, "has no label 'status'"),
        (lambda: promql.rate(ORDERS, by="route", aggregation=None), KindError, "needs an aggregation"),
        (lambda: promql.rate(ORDERS, window="5 minutes"), GrammarError, "'5 minutes' is no duration"),
        (lambda: promql.max_over(promql.rate(ORDERS), "1h", by="route"), KindError, "grouped and narrowed already"),
        (
            lambda: promql.ratio(promql.rate(REFUSALS, by="route"), promql.rate(ORDERS)),
            MatchingError,
            r"has \(route\) and .* has none: give both the same by",
        ),
        (
            lambda: promql.utilisation(
                promql.latest(ROOM, by=("job", "instance")), promql.latest(STOCK, by=("job", "instance"))
            ),
            MatchingError,
            "their jobs differ",
        ),
        (lambda: promql.rate(ORDERS) + promql.rate(BYTES), UnitError, "orders/s and bytes/s can't be added"),
        (lambda: promql.rate(ORDERS).above(promql.rate(BYTES)), UnitError, "compared"),
        (
            lambda: promql.rate(ORDERS, by="route") / promql.rate(ORDERS, by="status"),
            MatchingError,
            r"\(route\).*\(status\)",
        ),
        (lambda: promql.rate(ORDERS).when(promql.rate(ORDERS, by="route")), MatchingError, "and needs the same labels"),
        (lambda: promql.rate(ORDERS).breach("warning"), ValueError, "has no thresholds"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_where_it_is_written(build, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        build()


def test_the_refused_matcher_of_a_histogram_says_the_signal() -> None:
    with pytest.raises(LabelError, match="wait_seconds"):
        promql.share_within(WAIT, 1, where={"le": Matcher.equal("1")})


def test_named_keeps_what_is_not_given() -> None:
    query = promql.latest(ROOM, aggregation="max").named(title="Room")
    assert query.title == "Room"
    assert query.thresholds == ROOM.thresholds
    assert query.named(thresholds=None).thresholds is None
    assert query.named(thresholds=Thresholds(warning=1)).thresholds == Thresholds(warning=1)
