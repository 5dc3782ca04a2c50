"""A real Prometheus finds the simulator's targets by service discovery, scrapes them and takes the rules."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import catalogue
from stack.servers import PROMETHEUS_CONFIG, prometheus_config, running_prometheus, running_simulator
from stack.simulator.fleet import Fleet
from stack.simulator.world import World
from stack.tools import tool
from tests.stack.prometheus_api import PrometheusApi

pytestmark = pytest.mark.needs("prometheus", "promtool")


@dataclass(frozen=True)
class Stack:
    prometheus: PrometheusApi
    simulator: str

    def incident(self, name: str, method: str) -> None:
        request = urllib.request.Request(f"{self.simulator}/incidents/{name}", method=method)
        urllib.request.urlopen(request).close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, rule_files: list[Path]) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("live")
    with running_simulator() as simulator:
        config = prometheus_config(folder, simulator=simulator.url, interval="1s", rules=rule_files)
        with running_prometheus(config) as prometheus:
            yield Stack(PrometheusApi(prometheus.url), simulator.url)


def eventually(check: Callable[[], bool], *, within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_the_configuration_is_valid() -> None:
    subprocess.run([tool("promtool"), "check", "config", PROMETHEUS_CONFIG], check=True, capture_output=True)


def test_every_target_is_up(stack: Stack) -> None:
    expected = len([*World(seed=1, start=0, fleet=Fleet()).targets()])
    assert eventually(lambda: bool(found := stack.prometheus.instant("count(up == 1)")) and found[0].last == expected)
    active = stack.prometheus.get("targets")["activeTargets"]
    assert [target["lastError"] for target in active if target["health"] != "up"] == []


def test_series_have_the_labels_of_the_catalogue(stack: Stack) -> None:
    assert eventually(lambda: bool(stack.prometheus.instant("requests_total")))
    declared = catalogue.SIGNALS["phoenix-orchestrator", "requests_total"].labels
    for series in stack.prometheus.instant("requests_total"):
        assert set(series.labels) == {"__name__", *declared}
        assert series.labels["job"] == "phoenix-orchestrator"


def test_the_rules_are_evaluated(stack: Stack) -> None:
    def healths() -> set[str]:
        groups = stack.prometheus.get("rules")["groups"]
        return {rule["health"] for group in groups for rule in group["rules"]}

    assert eventually(lambda: healths() == {"ok"}), healths()


def test_a_lost_agent_fails_its_scrape_and_returns(stack: Stack) -> None:
    def down() -> set[str]:
        return {series.labels["instance"] for series in stack.prometheus.instant("up == 0")}

    stack.incident("agent-loss", "POST")
    assert eventually(lambda: down() == {"default-1", "default-2"}), down()
    stack.incident("agent-loss", "DELETE")
    assert eventually(lambda: not down()), down()
