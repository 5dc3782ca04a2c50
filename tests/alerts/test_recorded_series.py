"""What dashboards ask of the recorded series."""

from __future__ import annotations

import alerts
from alerts import series
from rules_lib.burn import PAIRS, STANDARD
from signals_lib.matcher import Matcher
from tests.alerts.rendered import groups

AVAILABILITY = alerts.objective("availability")


def recorded() -> set[str]:
    return {rule["record"] for group in groups() for rule in group["rules"] if "record" in rule}


def test_every_recorded_series_is_a_signal_and_every_signal_is_recorded() -> None:
    assert {name for _, name in series.SIGNALS} == recorded()


def test_every_objective_has_a_budget_for_each_environment() -> None:
    assert {objective.per for objective in alerts.objectives()} == {("environment",)}


def test_the_error_ratio_has_no_value_while_idle() -> None:
    assert series.error_ratio(AVAILABILITY, "1h").expr == (
        'slo:bad_events:rate1h{slo="availability"} / (slo:total_events:rate1h{slo="availability"} > 0)'
    )


def test_burn_rates_have_the_factor_of_their_alert_as_threshold() -> None:
    for pair in PAIRS:
        thresholds = series.burn_rate(AVAILABILITY, pair.long).thresholds
        assert thresholds is not None
        assert thresholds.level(pair.severity) == pair.factor(AVAILABILITY.period)
    assert series.burn_rate(AVAILABILITY, "5m").thresholds is None


def test_one_query_shows_all_objectives() -> None:
    assert series.burn_rate(None, "6h").expr == (
        "slo:bad_events:rate6h / (slo:total_events:rate6h > 0)"
        " / on (slo) group_left () max by (slo) (slo:objective:budget)"
    )
    assert series.time_to_exhaustion(None).labels == ("slo", "environment")


def test_queries_count_what_the_objective_counts() -> None:
    assert series.bad_events(AVAILABILITY).unit == "requests"
    assert series.total_rate(AVAILABILITY).unit == "requests/s"
    assert series.allowed_bad_events(AVAILABILITY).unit == "requests"
    assert series.time_to_exhaustion(AVAILABILITY).unit == "s"
    assert series.budget_left(AVAILABILITY).unit == "share"


def test_a_dashboard_can_narrow_them_to_an_environment() -> None:
    narrowed = series.burn_rate(AVAILABILITY, "1h").scoped({"environment": Matcher.regex("$environment")})
    assert narrowed.expr.count('environment=~"$environment"') == 2


def test_every_window_can_be_asked_for() -> None:
    for window in STANDARD.all:
        for question in (series.error_ratio, series.burn_rate, series.total_rate, series.bad_rate):
            for objective in (*alerts.objectives(), None):
                query = question(objective, window)
                assert query.title
                assert query.description
