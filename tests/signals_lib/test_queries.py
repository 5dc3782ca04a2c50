"""Queries: operators, windows, scopes, and what stays the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from signals_lib import Matcher, Thresholds, promql
from signals_lib.errors import GrammarError
from tests.signals_lib.shop import BYTES, CPU, DOOR, ORDERS, REFUSALS, ROOM, WAIT

ROOT = Path(__file__).parents[2]
ALL = promql.rate(ORDERS)
BY_ROUTE = promql.rate(ORDERS, by="route")


@pytest.mark.parametrize(
    ("query", "expr"),
    [
        (1 - ALL, f"1 - {ALL.expr}"),
        ((1 - ALL) / "0.001", f"(1 - {ALL.expr}) / 0.001"),
        (2 * (ALL + 1), f"2 * ({ALL.expr} + 1)"),
        (ALL - (ALL - 1), f"{ALL.expr} - ({ALL.expr} - 1)"),
        (ALL - 1 - 2, f"{ALL.expr} - 1 - 2"),
        (ALL / (ALL / 2), f"{ALL.expr} / ({ALL.expr} / 2)"),
        (ALL * 0.1, f"{ALL.expr} * 0.1"),
        (ALL.above(0) * 2, f"({ALL.expr} > 0) * 2"),
        (ALL.above(0).when(ALL.below(9)), f"{ALL.expr} > 0 and {ALL.expr} < 9"),
        (ALL.otherwise(ALL).when(ALL), f"({ALL.expr} or {ALL.expr}) and {ALL.expr}"),
        (BY_ROUTE / ALL, f"{BY_ROUTE.expr} / on () group_left () {ALL.expr}"),
        (ALL / BY_ROUTE, f"{ALL.expr} / on () group_right () {BY_ROUTE.expr}"),
        (BY_ROUTE.when(ALL.above(1)), f"{BY_ROUTE.expr} and on () {ALL.expr} > 1"),
        (BY_ROUTE.unless(BY_ROUTE.below(1)), f"{BY_ROUTE.expr} unless {BY_ROUTE.expr} < 1"),
        (BY_ROUTE.above(ALL), f"{BY_ROUTE.expr} > on () group_left () {ALL.expr}"),
        (ALL.equals(0), f"{ALL.expr} == 0"),
        (ALL.floor(0), f"clamp_min({ALL.expr}, 0)"),
    ],
)
def test_operators_keep_their_meaning_when_written(query, expr: str) -> None:
    assert query.expr == expr


def test_units_follow_the_operators() -> None:
    assert (BY_ROUTE / ALL).unit == "share"
    assert (promql.rate(BYTES) / ALL).unit == "bytes/order"
    assert (ALL * 60).unit == "orders/s"
    assert (1 / ALL).unit == ""
    assert (1 - BY_ROUTE / ALL).unit == "share"
    assert (BY_ROUTE / ALL).labels == (ALL / BY_ROUTE).labels == ("route",)


def test_a_comparison_needs_no_guard_against_nan_of_its_own() -> None:
    latency = promql.quantile(0.95, WAIT, window="5m")
    bare = latency.expr.removesuffix(" >= 0")
    assert latency.above(1).expr == f"{bare} > 1"
    assert latency.below(1).expr == f"{bare} >= 0 < 1"
    assert latency.above(-1).expr == f"{bare} >= 0 > -1"


def test_what_an_alert_watches_is_the_line_that_a_panel_draws() -> None:
    usage = promql.latest(ROOM, aggregation="max")
    assert usage.breach("warning").expr == f"{usage.expr} >= 8"
    low = usage.named(thresholds=Thresholds(critical=0.5, direction="below"))
    assert low.breach("critical").expr == f"{usage.expr} < 0.5"


def test_over_changes_the_default_window_only() -> None:
    query = promql.ratio(promql.rate(REFUSALS), promql.rate(ORDERS, window="1h"))
    assert query.over("5m").expr == query.expr.replace("$__rate_interval", "5m")
    assert query.over("5m").expr.count("[1h]") == 2


def test_over_reaches_into_subqueries() -> None:
    assert promql.max_over(ALL).over("5m").expr == f"max_over_time({ALL.over('5m').expr}[5m:])"


@pytest.mark.parametrize("window", ["", "5", "m", "5 m", "5m]", "-5m", "1.5h"])
def test_a_window_that_is_none_is_refused(window: str) -> None:
    with pytest.raises(GrammarError, match="is no duration"):
        ALL.over(window)


def test_a_scope_narrows_every_selector_that_has_the_label() -> None:
    scope = {"instance": Matcher.regex("$instance"), "route": Matcher.regex("$route")}
    scoped = promql.ratio(promql.rate(REFUSALS), promql.rate(ORDERS)).scoped(scope)
    assert scoped.expr.count('instance=~"$instance",route=~"$route"') == 3
    assert (
        promql.rate(CPU).scoped(scope).expr
        == 'sum(rate(cpu_seconds_total{job="shop",instance=~"$instance"}[$__rate_interval]))'
    )


def test_a_scope_goes_into_the_order_of_the_labels_and_applies_once() -> None:
    query = promql.rate(ORDERS, where={"status": "500"})
    once = query.scoped({"environment": "test"})
    assert 'job="shop",environment="test",status="500"' in once.expr
    assert once.scoped({"environment": "test"}) == once


def test_a_scope_takes_one_out_of_several_or_adds_to_what_stands() -> None:
    query = promql.rate(ORDERS, where={"status": ("500", "503")})
    assert 'status="503"}' in query.scoped({"status": "503"}).expr
    assert 'status=~"500|503",status=~"$status"}' in query.scoped({"status": Matcher.regex("$status")}).expr
    assert 'status=~"500|503",status="200"}' in query.scoped({"status": "200"}).expr
    assert 'status=~"500|503",status!="503"}' in query.scoped({"status": Matcher.not_equal("503")}).expr


def test_ago_moves_every_selector() -> None:
    assert ALL.ago("1h").expr == ALL.expr.replace("]", "] offset 1h")
    assert promql.in_state(DOOR, "open").ago("7d").expr == 'sum(door{job="shop",state="open"} offset 7d)'


def test_equal_queries_are_equal_values() -> None:
    assert promql.rate(ORDERS, by=("route",)) == BY_ROUTE
    assert hash(promql.rate(ORDERS, by=("route",))) == hash(BY_ROUTE)
    assert BY_ROUTE != ALL


def test_a_query_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ALL.unit = "bytes"  # type: ignore[misc]


def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    script = (
        "from tests.signals_lib.test_queries import *\n"
        "scope = {name: '$' + name for name in {'status', 'route', 'instance', 'environment'}}\n"
        "print(promql.ratio(promql.rate(REFUSALS), promql.rate(ORDERS)).scoped(scope).expr)"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(texts) == 1
