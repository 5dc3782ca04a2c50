"""When an objective's alerts fire and when they don't, tried with promtool; what other tools write fails here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rules_lib import objective_file
from rules_lib.links import Links
from rules_lib.rule import AlertingRule, Group
from tests.rules_lib import shop
from tests.rules_lib.promtool import Trial, counter, outcome

pytestmark = pytest.mark.needs("promtool")

LINKS = Links("https://runbooks", "https://grafana")
MINUTE = 2
"""Samples: the trials here sample and evaluate every 30 s."""
PAGE = {"slo": "shop", "severity": "critical"}
FAST = {**PAGE, "long_window": "1h", "environment": "prod"}
SLOW = {**PAGE, "long_window": "6h", "environment": "prod"}


def requests(status: str, instance: str = "a") -> str:
    return f'requests_total{{job="shop",environment="prod",instance="{instance}",route="/",status="{status}"}}'


def groups(**changes: object) -> tuple[Group, ...]:
    return objective_file.groups(shop.objective(**changes), links=LINKS, dashboard="shop-slo")


def rewritten(made: tuple[Group, ...], change: Callable[[str], str]) -> tuple[Group, ...]:
    """Groups with each expression changed: a faulty form."""
    return tuple(replace(g, rules=tuple(replace(rule, expr=change(rule.expr)) for rule in g.rules)) for g in made)


def minutes(*spans: tuple[float, float]) -> str:
    """A counter that grows by so many events a minute for so many minutes, span after span."""
    return counter([rate / MINUTE for length, rate in spans for _ in range(round(length * MINUTE))])


@pytest.mark.parametrize(("target", "before", "after"), [("99.9", 122, 124), ("99", 129.5, 132), ("99.95", 121.5, 124)])
def test_a_total_outage_pages_when_the_file_says(tmp_path: Path, target: str, before: float, after: float) -> None:
    """Two hours are good, then everything fails; the computed time is 2.9, 10.7 and 2.5 minutes."""
    trial = Trial({requests("200"): minutes((120, 600), (30, 0)), requests("503"): minutes((120, 0), (30, 600))})
    trial.silent("ErrorBudgetBurn", f"{before * 60:.0f}s", labels=PAGE)
    trial.fires("ErrorBudgetBurn", f"{after * 60:.0f}s", labels=FAST)
    assert outcome(tmp_path, groups(target=target), trial) == ""


def test_the_slower_page_fires_when_the_file_says(tmp_path: Path) -> None:
    """7 % of requests fail: too few for the first pair at 99 %, above 6 × 1 % for the second."""
    trial = Trial({requests("200"): minutes((60, 600), (420, 558)), requests("503"): minutes((60, 0), (420, 42))})
    trial.fires("ErrorBudgetBurn", "8h", labels=SLOW)
    trial.silent("ErrorBudgetBurn", "8h", labels=FAST)
    objective = shop.objective(target="99")
    slow = objective.pairs[1]
    assert objective.outage_alerts_after(slow) == pytest.approx(0.06 * 6 * 3600 + 150 + 15 * 60)
    assert outcome(tmp_path, groups(target="99"), trial) == ""


def test_a_blip_of_ten_minutes_is_over_when_it_is_over(tmp_path: Path) -> None:
    """At 99.9 % a total outage pages; a quarter of an hour after its end nothing fires any more, whatever 1 h says."""
    trial = Trial(
        {
            requests("200"): minutes((120, 600), (10, 0), (60, 600)),
            requests("503"): minutes((120, 0), (10, 600), (60, 0)),
        }
    )
    trial.fires("ErrorBudgetBurn", "129m", labels=FAST)
    trial.silent("ErrorBudgetBurn", "145m", labels=FAST)
    assert outcome(tmp_path, groups(), trial) == ""


def test_healthy_traffic_wakes_nobody(tmp_path: Path) -> None:
    trial = Trial({requests("200"): minutes((240, 6000)), requests("500"): minutes((240, 3))})
    for at in ("1m", "10m", "1h", "4h"):
        trial.silent("ErrorBudgetBurn", at).silent("SLIWithoutData", at)
    assert outcome(tmp_path, groups(), trial) == ""


def test_a_restart_is_no_failure(tmp_path: Path) -> None:
    """Both counters start again at 0; what was counted before stays counted, once."""
    good, bad = minutes((60, 6000)), minutes((60, 3))
    trial = Trial({requests("200"): f"{good} {good}", requests("500"): f"{bad} {bad}"})
    trial.silent("ErrorBudgetBurn", "61m").silent("ErrorBudgetBurn", "120m")
    trial.near('slo:bad_events:rate30m{slo="shop"}', 3 / 60, "80m", within=0.005)
    assert outcome(tmp_path, groups(), trial) == ""


def test_an_idle_night_wakes_nobody(tmp_path: Path) -> None:
    trial = Trial({requests("200"): minutes((60, 600), (600, 0)), requests("500"): minutes((60, 0.1), (600, 0))})
    trial.silent("ErrorBudgetBurn", "11h").silent("SLIWithoutData", "11h")
    trial.near('slo:total_events:rate5m{slo="shop"}', 0, "11h")
    trial.holds('slo:budget_left:ratio{slo="shop"} > bool 0.5', "11h")
    assert outcome(tmp_path, groups(), trial) == ""


def test_a_failure_counter_that_comes_late_is_counted(tmp_path: Path) -> None:
    """Before the first failure there is no counter of failures: 0, not unknown. Then everything fails."""
    late = "_x240 " + minutes((30, 600))
    trial = Trial({requests("200"): minutes((120, 600), (30, 0)), requests("503"): late})
    trial.near('slo:bad_events:rate5m{slo="shop"}', 0, "1h")
    trial.holds('slo:budget_left:ratio{slo="shop"} == bool 1', "1h")
    trial.fires("ErrorBudgetBurn", "125m", labels=FAST)
    assert outcome(tmp_path, groups(), trial) == ""
    assert outcome(tmp_path, rewritten(groups(), lambda expr: expr.split(" or 0 *")[0]), trial) != ""


@pytest.mark.parametrize("spelling", ["1", "1.0"])
def test_slow_answers_page_however_the_bucket_is_spelled(tmp_path: Path, spelling: str) -> None:
    labels = 'job="shop",environment="prod",instance="a",route="/"'
    trial = Trial(
        {
            f"request_duration_seconds_count{{{labels}}}": minutes((150, 600)),
            f'request_duration_seconds_bucket{{{labels},le="{spelling}"}}': minutes((120, 600), (30, 0)),
            f'request_duration_seconds_bucket{{{labels},le="+Inf"}}': minutes((150, 600)),
        }
    )
    trial.silent("ErrorBudgetBurn", "2h").fires("ErrorBudgetBurn", "135m", labels=FAST)
    made = groups(sli=shop.LATENCY, target="99")
    assert outcome(tmp_path, made, trial) == ""
    other = {"1": "1.0", "1.0": "1"}[spelling]
    faulty = rewritten(made, lambda expr: expr.replace(r'le=~"1|1\\.0"', f'le="{other}"').split(" or 0 *")[0])
    assert outcome(tmp_path, faulty, trial) != ""


def test_one_failure_in_twenty_minutes_pages_nobody(tmp_path: Path) -> None:
    """One event in 20 minutes, one of them bad: a third of an hour's events, and nothing to get up for."""
    event = [1.0] + [0.0] * 39
    good = counter((event * 9) + [0.0] * 40 + event * 3)
    bad = counter([0.0] * 40 * 9 + event + [0.0] * 40 * 3)
    trial = Trial({requests("200"): good, requests("503"): bad})
    for at in range(180, 260, 2):
        trial.silent("ErrorBudgetBurn", f"{at}m", labels=PAGE)
    assert outcome(tmp_path, groups(), trial) == ""
    # The pair waits 2 minutes: an alert that only compares ratios fires while the failure is in both windows.
    faulty = tuple(
        replace(
            g,
            rules=tuple(
                replace(rule, expr=rule.expr.rsplit(" and ", 1)[0])
                if isinstance(rule, AlertingRule) and "rate1h" in rule.expr
                else rule
                for rule in g.rules
            ),
        )
        for g in groups()
    )
    assert outcome(tmp_path, faulty, trial) != ""


def test_low_traffic_that_only_fails_pages_in_the_end(tmp_path: Path) -> None:
    event = [1.0] + [0.0] * 19
    trial = Trial(
        {requests("200"): counter(event * 12 + [0.0] * 20 * 24), requests("503"): counter([0.0] * 20 * 12 + event * 24)}
    )
    trial.silent("ErrorBudgetBurn", "2h", labels=PAGE)
    trial.fires("ErrorBudgetBurn", "4h", labels=SLOW)
    assert outcome(tmp_path, groups(), trial) == ""


def test_lost_series_are_an_alert_of_their_own(tmp_path: Path) -> None:
    """One environment falls silent while another goes on; the alert says which."""
    other = requests("200").replace("prod", "staging")
    trial = Trial({requests("200"): minutes((60, 600)) + " stale", other: minutes((120, 600))})
    trial.silent("SLIWithoutData", "1h")
    trial.fires("SLIWithoutData", "80m", labels={"slo": "shop", "environment": "prod", "severity": "warning"})
    trial.silent("SLIWithoutData", "80m", labels={"environment": "staging"})
    trial.silent("ErrorBudgetBurn", "80m")
    assert outcome(tmp_path, groups(), trial) == ""


def test_an_objective_that_never_had_data_is_an_alert(tmp_path: Path) -> None:
    trial = Trial({'up{job="other"}': "1x200"})
    trial.silent("SLIWithoutData", "9m").fires("SLIWithoutData", "12m", labels={"slo": "shop"})
    assert outcome(tmp_path, groups(), trial) == ""


def test_a_service_that_vanishes_is_one_alert(tmp_path: Path) -> None:
    trial = Trial({requests("200"): minutes((60, 600)) + " stale"})
    trial.fires("SLIWithoutData", "80m", labels={"slo": "shop"})
    assert outcome(tmp_path, groups(), trial) == ""


@pytest.mark.parametrize("sli", [shop.GOOD_OF_TOTAL, shop.ORDERS, shop.PROBES])
def test_other_indicators_page_too(tmp_path: Path, sli: str) -> None:
    target = 'job="shop",environment="prod",instance="a"'
    probe = 'probe_success{job="probe",environment="prod",instance="a"}'
    trial = Trial(
        {
            requests("200"): minutes((120, 600), (30, 0)),
            requests("503"): "_x240 " + minutes((30, 600)),
            f"orders_total{{{target}}}": minutes((120, 600), (30, 0)),
            f'order_failures_total{{{target},reason="card"}}': "_x240 " + minutes((30, 600)),
            probe: "1x239 0x60",
        }
    )
    trial.silent("ErrorBudgetBurn", "2h").silent("SLIWithoutData", "2h")
    trial.fires("ErrorBudgetBurn", "125m", labels=FAST)
    assert outcome(tmp_path, groups(sli=sli), trial) == ""


def test_one_failure_at_one_request_an_hour_pages_nobody(tmp_path: Path) -> None:
    """It is all of that hour's events; the budget knows it, and it is nothing to get up for."""
    hour = [1.0] + [0.0] * (60 * MINUTE - 1)
    idle = [0.0] * len(hour)
    trial = Trial(
        {requests("200"): counter(hour * 12 + idle + hour * 5), requests("503"): counter(idle * 12 + hour + idle * 5)}
    )
    for at in range(12 * 60, 18 * 60, 10):
        trial.silent("ErrorBudgetBurn", f"{at}m", labels=PAGE).silent("SLIWithoutData", f"{at}m")
    trial.holds('slo:budget_left:ratio{slo="shop"} < bool 0', "13h")
    assert outcome(tmp_path, groups(), trial) == ""


def test_gaps_between_scrapes_neither_wake_nor_hide(tmp_path: Path) -> None:
    """Every second three minutes no scrape gets through; then, as bad as it is, everything fails."""

    def with_gaps(increments: list[float]) -> str:
        values = counter(increments).split()
        return " ".join("_" if place // (3 * MINUTE) % 2 else value for place, value in enumerate(values))

    calm, outage = [300.0] * 120 * MINUTE, [0.0] * 30 * MINUTE
    trial = Trial(
        {
            requests("200"): with_gaps(calm + outage),
            requests("503"): with_gaps([0.0] * len(calm) + [300.0] * len(outage)),
        }
    )
    for at in range(10, 121, 5):
        trial.silent("ErrorBudgetBurn", f"{at}m").silent("SLIWithoutData", f"{at}m")
    trial.fires("ErrorBudgetBurn", "130m", labels=FAST)
    assert outcome(tmp_path, groups(), trial) == ""


def test_a_replica_that_dies_takes_nothing_with_it(tmp_path: Path) -> None:
    """Its counters end; what they counted stays counted, and what the other counts goes on."""
    trial = Trial(
        {
            requests("200"): minutes((180, 600)),
            requests("200", "b"): minutes((60, 600)) + " stale",
            requests("500"): minutes((180, 0.3)),
            requests("500", "b"): minutes((60, 0.3)) + " stale",
        }
    )
    for at in range(60, 181, 5):
        trial.silent("ErrorBudgetBurn", f"{at}m").silent("SLIWithoutData", f"{at}m")
    trial.holds(f'abs(slo:error_ratio:period{{slo="shop"}} / {0.3 / 600.3!r} - 1) < bool 0.02', "3h")
    assert outcome(tmp_path, groups(), trial) == ""


def test_a_share_that_is_no_number_poisons_nothing(tmp_path: Path) -> None:
    """What measures the share divides by nothing for a minute; an hour later all is known again."""
    probe = 'probe_success{job="probe",environment="prod",instance="a"}'
    trial = Trial({probe: "1x119 NaN NaN 1x280"})
    for at in range(60, 200, 5):
        trial.silent("ErrorBudgetBurn", f"{at}m").silent("SLIWithoutData", f"{at}m")
    trial.holds('slo:budget_left:ratio{slo="shop"} == bool 1', "90m")
    trial.holds('slo:bad_events:rate1h{slo="shop"} == bool 0', "3h")
    assert outcome(tmp_path, groups(sli=shop.PROBES), trial) == ""
