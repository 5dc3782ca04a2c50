"""Alerts on the thresholds of indicators, and the tests that are made with them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rules_lib import shapes
from rules_lib.alert_file import alert_file, groups, trials_file
from rules_lib.links import Links
from rules_lib.threshold_alert import Floor, NeverFiresError, ThresholdAlert
from rules_lib.threshold_trials import trials
from signals_lib import Query, Thresholds, promql
from stack.tools import tool
from tests.rules_lib.shop import SIGNALS

LINKS = Links("https://runbooks", "https://grafana")
REQUESTS = SIGNALS["shop", "requests_total"]
DURATION = SIGNALS["shop", "request_duration_seconds"]
CARTS = SIGNALS["shop", "open_carts"]
BY = ("job", "environment")


def failing(**thresholds: float) -> Query:
    ratio = promql.ratio(promql.rate(REQUESTS, by=BY, where={"status": "500"}), promql.rate(REQUESTS, by=BY))
    return ratio.named(title="Failures", description="Few are normal.", thresholds=Thresholds(**thresholds))


def alert(**changes: object) -> ThresholdAlert:
    base = ThresholdAlert(
        "ShopFails",
        failing(warning=0.1, critical=0.5),
        owner="web",
        dashboard="shop",
        severities=("warning", "critical"),
        floor=Floor(promql.increase(REQUESTS, by=BY), 50),
        shape=shapes.part_of(REQUESTS, REQUESTS, where={"status": "500"}, others={"status": "200"}),
    )
    return replace(base, **changes)


def test_each_severity_watches_the_line_that_panels_draw() -> None:
    warning, critical = alert().rules(LINKS)
    assert warning.labels == {"severity": "warning", "owner": "web"}
    assert ">= 0.1 and sum by (job, environment) (increase(" in warning.expr
    assert ">= 0.5 and sum by (job, environment) (increase(" in critical.expr
    assert "$__rate_interval" not in warning.expr
    assert warning.hold == critical.hold == "5m"


def test_texts_have_value_unit_threshold_and_links() -> None:
    _, critical = alert().rules(LINKS)
    assert critical.annotations == {
        "summary": "Failures (job {{ $labels.job }}, environment {{ $labels.environment }})"
        " is {{ $value | humanizePercentage }}",
        "description": "Failures is {{ $value | humanizePercentage }}, at or above 50 % for 5m or longer."
        " Few are normal.",
        "runbook_url": "https://runbooks/ShopFails.md",
        "dashboard_url": "https://grafana/d/shop"
        "?var-environment={{ $labels.environment | urlquery }}&from=now-6h&to=now",
    }


def test_what_can_never_fire_is_refused_with_the_reason() -> None:
    with pytest.raises(NeverFiresError, match=r"ShopFails can never fire: Failures is at most 1, not 1\.5 or more"):
        alert(query=failing(warning=0.1, critical=1.5))
    below = failing(warning=0.1).named(thresholds=Thresholds(warning=0, direction="below"))
    with pytest.raises(NeverFiresError, match="is never below 0"):
        alert(query=below, severities=("warning",))


def test_an_alert_needs_its_threshold_and_a_name() -> None:
    with pytest.raises(ValueError, match="no critical threshold"):
        alert(query=failing(warning=0.1))
    with pytest.raises(ValueError, match="no thresholds"):
        alert(query=failing(warning=0.1).named(thresholds=None))
    with pytest.raises(ValueError, match="CamelCase"):
        alert(name="shop_fails")
    with pytest.raises(ValueError, match="no shape"):
        [*trials(alert(shape=None), LINKS)]


def test_more_rules_than_a_group_takes_are_split() -> None:
    made = groups("shop", [alert(name=f"Shop{number}") for number in range(15)], LINKS)
    assert [(group.name, len(group.rules)) for group in made] == [("shop", 20), ("shop-2", 10)]


def promtool(folder: Path, one: ThresholdAlert, change: Callable[[str], str] = str) -> str:
    rules = alert_file("shop", [one], source="shop.py", links=LINKS).decode()
    (folder / "shop.yaml").write_text(change(rules), encoding="utf-8")
    (folder / "test.yaml").write_bytes(trials_file([one], source="shop.py", links=LINKS, rules="shop.yaml"))
    run = subprocess.run(
        [tool("promtool"), "test", "rules", folder / "test.yaml"], capture_output=True, text=True, check=False
    )
    return "" if run.returncode == 0 else run.stdout + run.stderr


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("value", [0.3, 0.72, 0.99, 1, 1.02, 4.5])
def test_a_shaped_quantile_is_what_prometheus_computes(tmp_path: Path, value: float) -> None:
    """The trial's thresholds lie 1 % to either side of the value that the shape is asked for."""
    query = promql.quantile("0.95", DURATION, by=BY).named(description="d", thresholds=Thresholds(critical=value))
    one = alert(query=query, severities=("critical",), floor=None, shape=shapes.quantile(DURATION, 0.95))
    assert promtool(tmp_path, one) == ""


@pytest.mark.needs("promtool")
def test_gauges_of_whole_things_are_tried_with_whole_values(tmp_path: Path) -> None:
    query = promql.latest(CARTS, by=BY).named(description="d", thresholds=Thresholds(critical=1, direction="below"))
    one = alert(query=query, severities=("critical",), floor=None, shape=shapes.gauge(CARTS), whole=True)
    assert promtool(tmp_path, one) == ""


TAMPERING: dict[str, Callable[[str], str]] = {
    "a higher threshold": lambda rules: rules.replace(">= 0.1 ", ">= 0.11 "),
    "a lower threshold": lambda rules: rules.replace(">= 0.5 ", ">= 0.45 "),
    "another side": lambda rules: rules.replace(">= 0.5 ", "< 0.5 "),
    "no wait": lambda rules: rules.replace("for: 5m", "for: 1m"),
    "a longer wait": lambda rules: rules.replace("for: 5m", "for: 10m"),
    "a longer window": lambda rules: rules.replace("[5m]", "[1h]"),
    "no floor": lambda rules: rules.replace(">= 50", ">= 0"),
    "another label": lambda rules: rules.replace('status="500"', 'status="503"'),
    "another grouping": lambda rules: rules.replace("sum by (job, environment)", "sum by (job)"),
    "another severity": lambda rules: rules.replace("severity: warning", "severity: critical"),
}


@pytest.mark.needs("promtool")
def test_the_rules_pass_their_own_tests(tmp_path: Path) -> None:
    assert promtool(tmp_path, alert()) == ""


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampered_rules_fail_them(tmp_path: Path, tampering: str) -> None:
    def changed(rules: str) -> str:
        made = TAMPERING[tampering](rules)
        assert made != rules
        return made

    assert "FAILED" in promtool(tmp_path, alert(), changed)
