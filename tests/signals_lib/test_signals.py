"""Signals: what can be declared, and what is refused where it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from signals_lib import Component, Label, Matcher, Thresholds
from signals_lib.errors import (
    BucketError,
    DefinitionError,
    LabelError,
    LabelValueError,
    SignalError,
    StateError,
    UnitError,
)
from tests.signals_lib.shop import BAD, DOOR, ORDERS, ROOM, ROOM_LIMIT, SHOP, WAIT


def test_a_signal_is_known_by_job_and_name() -> None:
    assert ORDERS.key == ("shop", "orders_total")
    assert BAD.key == (None, "slo:bad:rate5m")


def test_labels_begin_with_the_job_and_the_components_own() -> None:
    assert ORDERS.labels == ("job", "environment", "instance", "route", "status")
    assert BAD.labels == ("slo",)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("requests_total", "Requests"),
        ("request_duration_seconds", "Request duration"),
        ("slo:bad_events:rate5m", "Rate5m"),
        ("total", "Total"),
    ],
)
def test_a_title_follows_from_the_name(name: str, title: str) -> None:
    assert SHOP.counter(name, help="x", unit="").title == title


def test_a_histogram_has_counters_of_its_own_that_belong_to_it() -> None:
    assert (WAIT.count.name, WAIT.count.unit) == ("wait_seconds_count", "orders")
    assert (WAIT.sum.name, WAIT.sum.unit) == ("wait_seconds_sum", "s")
    assert WAIT.bucket.labels == (*WAIT.labels, "le")
    assert WAIT.bucket.family is WAIT


def test_a_gauge_knows_its_ceiling() -> None:
    assert ROOM.limit is ROOM_LIMIT


def test_a_selector_has_the_job_first_and_labels_in_their_order() -> None:
    written = ORDERS.selector({"status": ("500", "503"), "environment": "test", "route": Matcher.regex("$route")})
    assert written == 'orders_total{job="shop",environment="test",route=~"$route",status=~"500|503"}'
    assert BAD.selector() == "slo:bad:rate5m"


def test_numbers_of_thresholds_stay_as_written() -> None:
    assert Thresholds(warning=0.1, critical=0.3).warning == Decimal("0.1")


@pytest.mark.parametrize(
    ("thresholds", "says"),
    [
        ({}, "without a number"),
        ({"warning": 5, "critical": 5}, "comes before the warning"),
        ({"warning": 5, "critical": 4}, "comes before the warning"),
        ({"warning": 4, "critical": 5, "direction": "below"}, "swap them"),
        ({"warning": float("nan")}, "no finite number"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(thresholds: dict, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        Thresholds(**thresholds)


def test_a_missing_severity_is_said() -> None:
    with pytest.raises(DefinitionError, match="no critical threshold"):
        Thresholds(warning=1).level("critical")


@pytest.mark.parametrize(
    ("declare", "error", "says"),
    [
        (lambda: SHOP.counter("a-b", help="x", unit=""), DefinitionError, "no metric name"),
        (lambda: SHOP.counter("a", help=" ", unit=""), DefinitionError, "a of Shop has no help"),
        (lambda: SHOP.counter("a", help="x", unit="Requests"), UnitError, "'Requests' is no unit"),
        (lambda: SHOP.counter("a", help="x", unit="", labels=("instance",)), DefinitionError, "a label twice"),
        (lambda: SHOP.counter("a", help="x", unit="", labels=("a-b",)), DefinitionError, "no label name"),
        (lambda: Label("__name__"), DefinitionError, "no label name"),
        (lambda: SHOP.histogram("a", help="x", unit="s", buckets=()), DefinitionError, "that rise"),
        (lambda: SHOP.histogram("a", help="x", unit="s", buckets=(2, 1)), DefinitionError, "that rise"),
        (lambda: SHOP.histogram("a", help="x", unit="s", buckets=(0, 1)), DefinitionError, "above 0"),
        (lambda: SHOP.histogram("a", help="x", unit="s", buckets=("1", "+Inf")), DefinitionError, "no finite number"),
        (
            lambda: SHOP.state_set("a", help="x", unit="", state_label="s", states=("on",)),
            DefinitionError,
            "at least two states",
        ),
    ],
)
def test_a_signal_declared_wrongly_is_refused(declare, error: type[SignalError], says: str) -> None:
    with pytest.raises(error, match=says):
        declare()


@pytest.mark.parametrize(
    ("where", "error", "says"),
    [
        ({"rout": "a"}, LabelError, "orders_total of Shop has no label 'rout'; did you mean 'route'"),
        ({"zzz": "a"}, LabelError, "known: job, environment, instance, route, status"),
        ({"status": "501"}, LabelValueError, "label 'status' of orders_total of Shop never has the value '501'"),
        ({"status": ("500", "501")}, LabelValueError, "'501'"),
        ({"status": Matcher.not_equal("20")}, LabelValueError, "did you mean '200'"),
        ({"status": Matcher.none_of("200", "20")}, LabelValueError, "'20'"),
        ({"status": Matcher.regex("4")}, LabelValueError, "never has the value '4'"),
        ({"status": Matcher.not_regex("2xx")}, LabelValueError, "'2xx'"),
        ({"job": "depot"}, LabelValueError, "label 'job'"),
        ({"status": ()}, LabelValueError, "list of values to match is empty"),
    ],
)
def test_a_selection_that_can_never_match_is_refused(where: dict, error: type[SignalError], says: str) -> None:
    with pytest.raises(error, match=says):
        ORDERS.selector(where)


@pytest.mark.parametrize(
    "value",
    ["200", ("200", "404"), Matcher.regex("5.."), Matcher.not_regex("5.."), Matcher.not_equal("200"), "$status", ""],
)
def test_a_value_that_the_label_has_or_that_the_dashboard_knows_is_accepted(value) -> None:
    assert "status" in ORDERS.selector({"status": value})


def test_a_state_outside_the_set_is_named() -> None:
    with pytest.raises(StateError, match=r"door of Shop has no state 'shut'; known: open, closed"):
        DOOR.state("shut")
    with pytest.raises(StateError, match="did you mean 'closed'"):
        DOOR.selector({"state": "close"})


def test_an_undeclared_bound_is_answered_with_the_nearest() -> None:
    with pytest.raises(BucketError, match=r"wait_seconds of Shop has no bucket le=2; the nearest is 2\.5"):
        WAIT.bound(2)
    assert WAIT.bound("1.0") == 1


def test_a_component_without_a_job_needs_no_job_label() -> None:
    everywhere = Component(None, labels=(Label("job", ("a", "b")),))
    gauge = everywhere.gauge("up", help="x", unit="targets")
    assert gauge.selector({"job": ("a", "b")}) == 'up{job=~"a|b"}'
    with pytest.raises(LabelValueError, match="'c'"):
        gauge.selector({"job": "c"})
