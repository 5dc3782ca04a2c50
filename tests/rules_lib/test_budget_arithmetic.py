"""The budget that the rules report, against the truth counted from the events that went in."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from rules_lib import recording
from rules_lib.rule import Group, RecordingRule
from tests.rules_lib import shop
from tests.rules_lib.promtool import Trial, counter, outcome

pytestmark = pytest.mark.needs("promtool")

GOOD = 'requests_total{job="shop",environment="prod",instance="a",route="/",status="200"}'
BAD = 'requests_total{job="shop",environment="prod",instance="a",route="/",status="500"}'
LEFT = 'slo:budget_left:ratio{slo="shop",environment="prod"}'

DAY = 24 * 60
"""Minutes: the trials below sample once a minute and evaluate every five."""


def seasonal(days: int) -> tuple[list[float], list[float]]:
    """Good and bad events a minute: busy days with few failures, nights with hardly a request, most of them failing."""
    good, bad = [], []
    for minute in range(days * DAY):
        sun = max(0.0, math.sin(2 * math.pi * minute / DAY))
        good.append(round(6000 * sun) + (1 if minute % 30 == 0 else 0))
        bad.append(round(1.6 * sun) + (2 if sun == 0 and minute % 30 == 10 else 0))
    return good, bad


def with_average_of_ratios(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The faulty form: the mean of 5-minute ratios stands for the ratio of the period."""
    rates, budget = groups
    sli = RecordingRule(
        "sli:ratio_rate5m",
        'slo:bad_events:rate5m{slo="shop"} / slo:total_events:rate5m{slo="shop"}',
        {"slo": "shop"},
    )
    rules = tuple(
        replace(rule, expr=f'avg_over_time(sli:ratio_rate5m{{slo="shop"}}[{"7d"}])')
        if rule.record == recording.ERROR_RATIO
        else rule
        for rule in budget.rules
    )
    return (rates, replace(budget, rules=(sli, *rules)))


def with_unguarded_division(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The faulty form: 0/0 is recorded, and summed."""
    rates, budget = groups
    expr = '1 - sum_over_time(sli:ratio{slo="shop"}[7d]) / count_over_time(sli:ratio{slo="shop"}[7d]) / 0.001'
    ratio = 'slo:bad_events:rate5m{slo="shop"} / slo:total_events:rate5m{slo="shop"}'
    faulty = (
        RecordingRule("sli:ratio", ratio, {"slo": "shop"}),
        RecordingRule(recording.BUDGET_LEFT, expr, {"slo": "shop"}),
    )
    return (rates, replace(budget, rules=faulty))


def test_budget_of_seasonal_traffic_is_that_of_the_events(tmp_path: Path) -> None:
    groups = recording.groups(shop.objective(window="7d", burn_windows="[1h]"))
    good, bad = seasonal(8)
    last = slice(1 * DAY, 8 * DAY)
    truth = 1 - sum(bad[last]) / (sum(good[last]) + sum(bad[last])) / 0.001
    assert 0.1 < truth < 0.9
    trial = Trial({GOOD: counter(good), BAD: counter(bad)}, interval="1m", every="5m")
    trial.near(LEFT, truth, at="8d", within=0.001)
    assert outcome(tmp_path, groups, trial) == ""
    assert outcome(tmp_path, with_average_of_ratios(groups), trial) != ""


def test_an_idle_night_leaves_the_budget_a_number(tmp_path: Path) -> None:
    groups = recording.groups(shop.objective(window="7d", burn_windows="[1h]"))
    day_then_idle = [100.0] * 600 + [0.0] * 840
    failures = [0.0] * 300 + [0.01 * 100] * 10 + [0.0] * 1130
    truth = 1 - 10 / (60_000 + 10) / 0.001
    trial = Trial({GOOD: counter(day_then_idle), BAD: counter(failures)}, interval="1m", every="5m")
    trial.near(LEFT, truth, at="20h", within=0.001)
    trial.nothing("slo:bad_events:rate5m / (slo:total_events:rate5m > 0)", at="20h")
    trial.near("slo:total_events:rate5m", 0, at="20h").near("slo:bad_events:rate5m", 0, at="20h")
    assert outcome(tmp_path, groups, trial) == ""
    assert outcome(tmp_path, with_unguarded_division(groups), trial) != ""


def test_a_calendar_month_starts_anew_with_an_untouched_budget(tmp_path: Path) -> None:
    """promtool begins at 1 January 1970: January ends overspent, February begins with all of its budget."""
    objective = shop.objective(window="month", per="[]", target="99", burn_windows="[1h]", min_bad_events="0")
    wanted = {"slo:total_events:rate5m", "slo:bad_events:rate5m", "slo:total_events:month", "slo:bad_events:month"}
    rates, budget = recording.groups(objective)
    rates = replace(rates, rules=tuple(rule for rule in rates.rules if rule.record in wanted))
    steps = 32 * DAY // 4
    bad = [12.0 if 3 * DAY <= 4 * step < 4 * DAY else 0.0 for step in range(steps)]
    trial = Trial({GOOD: f"0+88x{steps}", BAD: counter(bad)}, interval="4m", every="20m")
    truth = {
        "10d": 1 - (12 * DAY / 4) / (88 * 10 * DAY / 4 + 12 * DAY / 4) / 0.01,
        "30d": 1 - (12 * DAY / 4) / (88 * 30 * DAY / 4 + 12 * DAY / 4) / 0.01,
        "31d12h": 1.0,
    }
    for at, left in truth.items():
        trial.near('slo:budget_left:ratio{slo="shop"}', left, at, within=0.005)
    assert truth["10d"] < 0 < truth["30d"]
    assert outcome(tmp_path, (rates, budget), trial) == ""
