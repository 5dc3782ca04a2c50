"""What an objective records, as text."""

from __future__ import annotations

import re

import pytest
import yaml

from rules_lib import objective_file, recording
from rules_lib.links import Links
from rules_lib.rule import GROUP_LIMIT
from signals_lib import grammar
from tests.rules_lib import shop

SLIS = [shop.AVAILABILITY, shop.GOOD_OF_TOTAL, shop.LATENCY, shop.ORDERS, shop.PROBES]


def rules(**changes: object) -> dict[str, str]:
    return {rule.record: rule.expr for group in recording.groups(shop.objective(**changes)) for rule in group.rules}


def test_short_windows_read_events_and_long_ones_their_mean() -> None:
    recorded = rules()
    assert recorded["slo:total_events:rate1h"] == 'sum by (environment) (rate(requests_total{job="shop"}[1h]))'
    assert recorded["slo:bad_events:rate1h"] == (
        'sum by (environment) (rate(requests_total{job="shop",status=~"5.."}[1h])) '
        'or 0 * sum by (environment) (rate(requests_total{job="shop"}[1h]))'
    )
    assert recorded["slo:bad_events:rate3d"] == 'avg_over_time(slo:bad_events:rate5m{slo="shop"}[3d])'


def test_the_last_step_alone_divides() -> None:
    recorded = rules()
    assert recorded["slo:bad_events:increase_period"] == '30 * sum_over_time(slo:bad_events:rate5m{slo="shop"}[30d])'
    assert recorded["slo:error_ratio:period"] == (
        'slo:bad_events:increase_period{slo="shop"} / (slo:total_events:increase_period{slo="shop"} > 0)'
    )
    assert recorded["slo:budget_left:ratio"] == '1 - slo:error_ratio:period{slo="shop"} / 0.001'
    assert [name for name, expr in recorded.items() if "/" in re.sub(r'"[^"]*"', "", expr)] == [
        "slo:error_ratio:period",
        "slo:budget_left:ratio",
    ]


def test_latency_takes_both_spellings_of_its_bucket() -> None:
    assert r'le=~"1|1\\.0"' in rules(sli=shop.LATENCY)["slo:bad_events:rate5m"]


@pytest.mark.parametrize("target", ["90.5", "95", "99", "99.5", "99.9", "99.95", "99.99", "99.999", "97.3", "99.97"])
def test_numbers_are_exact(target: str) -> None:
    """Binary floating point would write 1 - 0.9990000000000001 or a budget of 0.0010000000000000009."""
    digits = [
        number
        for expr in rules(target=target, burn_windows="[3d]").values()
        for number in re.findall(r"\d+\.\d+", re.sub(r'"[^"]*"', "", expr))
    ]
    assert digits
    assert [number for number in digits if len(number) > 8] == []


@pytest.mark.parametrize("sli", SLIS)
@pytest.mark.parametrize("window", ["30d", "month"])
@pytest.mark.parametrize("per", ["[]", "[environment]", "[environment, instance]"])
def test_every_rule_parses_and_every_group_is_short(sli: str, window: str, per: str) -> None:
    groups = recording.groups(shop.objective(sli=sli, window=window, per=per))
    for group in groups:
        assert len(group.rules) <= GROUP_LIMIT
        for rule in group.rules:
            grammar.parse(rule.expr)
            assert rule.labels["slo"] == "shop"


def test_the_file_says_that_it_is_generated_and_reads_back() -> None:
    objective = shop.objective(title="'Größe: #1'")
    links = Links("https://runbooks", "https://grafana")
    groups = objective_file.groups(objective, links=links, dashboard="shop-slo")
    written = objective_file.objective_file(objective, source="shop.yaml", links=links, dashboard="shop-slo")
    assert written.startswith(b"# Generated from shop.yaml by dash-sync render")
    assert yaml.safe_load(written) == {"groups": [group.plain() for group in groups]}
