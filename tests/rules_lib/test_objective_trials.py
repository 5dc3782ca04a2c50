"""The tests that are made with an objective: they pass on its rules and fail on rules that were tampered with."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rules_lib.links import Links
from rules_lib.objective import Objective
from rules_lib.objective_file import objective_file, trials_file
from stack.tools import tool
from tests.rules_lib import shop

pytestmark = pytest.mark.needs("promtool")

SLIS = [shop.AVAILABILITY, shop.GOOD_OF_TOTAL, shop.LATENCY, shop.ORDERS, shop.PROBES]
NAMES = ["bad of total", "good of total", "latency", "good and bad", "share"]


def promtool(folder: Path, objective: Objective, change: Callable[[str], str] = str, *, only: str = "") -> str:
    links, page = Links("https://runbooks", "https://grafana"), "shop-slo"
    rules = objective_file(objective, source="shop.yaml", links=links, dashboard=page).decode()
    (folder / "shop.yaml").write_text(change(rules), encoding="utf-8")
    tests = yaml.safe_load(trials_file(objective, source="shop.yaml", links=links, dashboard=page, rules="shop.yaml"))
    tests["tests"] = [test for test in tests["tests"] if only in test["name"]]
    assert tests["tests"]
    (folder / "test.yaml").write_text(yaml.safe_dump(tests), encoding="utf-8")
    run = subprocess.run(
        [tool("promtool"), "test", "rules", folder / "test.yaml"], capture_output=True, text=True, check=False
    )
    return "" if run.returncode == 0 else run.stdout + run.stderr


@pytest.mark.parametrize("sli", SLIS, ids=NAMES)
def test_the_rules_of_every_kind_of_indicator_pass(tmp_path: Path, sli: str) -> None:
    assert promtool(tmp_path, shop.objective(sli=sli, target="99")) == ""


@pytest.mark.parametrize("changes", [{"window": "7d", "target": "99.95"}, {"window": "month", "per": "[]"}], ids=str)
def test_the_rules_of_other_periods_and_targets_pass(tmp_path: Path, changes: dict[str, str]) -> None:
    assert promtool(tmp_path, shop.objective(**changes)) == ""


TAMPERING: dict[str, tuple[str, Callable[[str], str]]] = {
    "a higher threshold": ("fires over 1h", lambda rules: rules.replace("> 0.0144", "> 0.0148")),
    "a lower threshold": ("silent over 1h", lambda rules: rules.replace("> 0.0144", "> 0.014")),
    "a longer wait": ("fires over 1h", lambda rules: rules.replace("for: 2m", "for: 5m")),
    "hardly a wait": ("fires over 6h", lambda rules: rules.replace("for: 15m", "for: 13m")),
    "another severity": ("fires over 1h", lambda rules: rules.replace("severity: critical", "severity: warning")),
    "no floor": ("one failure among few events", lambda rules: rules.replace("> 4.5", "> 0.5")),
    "no short window": (
        "an outage alerts in time",
        lambda rules: rules.replace(
            ' and slo:bad_events:rate5m{slo="shop"} / (slo:total_events:rate5m{slo="shop"} > 0) > 0.0144', ""
        ),
    ),
    "failures unknown before the first": (
        "a failure counter that comes",
        lambda rules: rules.replace(' or 0 * sum by (environment) (rate(requests_total{job="shop"}[5m]))', ""),
    ),
    "an error ratio of an idle night": (
        "an idle night",
        lambda rules: rules.replace(
            '30 * sum_over_time(slo:bad_events:rate5m{slo="shop"}[30d])',
            'sum_over_time(slo:bad_events:rate5m{slo="shop"}[30d]) / 0',
        ),
    ),
    "a deaf alert of missing data": (
        "series that vanish",
        lambda rules: rules.replace(" unless slo:total_events:rate5m", " and slo:total_events:rate5m"),
    ),
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampered_rules_fail_the_trial_that_is_about_it(tmp_path: Path, tampering: str) -> None:
    name, change = TAMPERING[tampering]

    def changed(rules: str) -> str:
        assert change(rules) != rules
        return change(rules)

    assert promtool(tmp_path, shop.objective(), only=name) == ""
    assert "FAILED" in promtool(tmp_path, shop.objective(), changed, only=name)
