"""History as a Prometheus would have stored it: the same bytes for the same seed, gaps where a target was down."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import alerts
from rules_lib import recording
from stack.simulator.history import History, live_through, write_recorded, write_signals
from stack.simulator.incidents import span
from stack.tools import ROOT

END = 1768485600.0
LINE = re.compile(r"(?P<name>[\w:]+)\{(?P<labels>.*)\} (?P<value>\S+) (?P<time>\d+)")


@cache
def live(*incidents: str, days: float = 1) -> History:
    spans = [span(incident, now=END) for incident in incidents]
    return live_through(hours=0.25, step=15, end=END, seed=4, spans=spans, days=days)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[float, float]]:
    """A quarter of an hour with two incidents of five minutes in it."""
    path = tmp_path_factory.mktemp("history") / "file"
    write_signals(live("agent-loss@-10m+5m", "latency@-10m+5m"), path)
    return samples(path)


def samples(path: Path) -> dict[str, dict[float, float]]:
    found: dict[str, dict[float, float]] = defaultdict(dict)
    lines = path.read_text().splitlines()
    assert lines[-1] == "# EOF"
    for line in lines[:-1]:
        if line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        assert match, line
        series = found[f"{match['name']}{{{match['labels']}}}"]
        assert float(match["time"]) not in series, "two samples of a series at one time"
        series[float(match["time"])] = float(match["value"])
    return found


def test_the_same_seed_writes_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b")]
    for seed, file in enumerate(files):
        command = [
            sys.executable,
            "-m",
            "stack.simulator",
            "history",
            "--hours",
            "0.1",
            "--days",
            "1",
            "--end",
            str(END),
        ]
        command += ["--out", str(file), "--recorded", f"{file}.recorded"]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env={"PYTHONHASHSEED": str(seed)})
    assert files[0].read_bytes() == files[1].read_bytes()
    assert Path(f"{files[0]}.recorded").read_bytes() == Path(f"{files[1]}.recorded").read_bytes()


def test_samples_stand_on_the_grid_until_the_end(troubled: dict[str, dict[float, float]]) -> None:
    up = troubled['up{job="phoenix-orchestrator",cluster="eu-1",environment="production",instance="orchestrator-1"}']
    assert [*up] == [END - 15 * number for number in reversed(range(60))]
    assert set(up.values()) == {1}


def test_a_lost_agent_has_up_0_and_a_gap(troubled: dict[str, dict[float, float]]) -> None:
    labels = 'job="phoenix-agent",cluster="eu-1",environment="production",instance="default-1"'
    up = troubled[f"up{{{labels}}}"]
    down = {time for time, value in up.items() if value == 0}
    assert down == {END - 600 + 15 * number for number in range(20)}
    operations = troubled[f'operations_total{{{labels},operation="fetch"}}']
    assert operations.keys() == up.keys() - down
    assert operations[END] < operations[END - 615]


def test_the_alert_of_an_incident_is_pending_then_fires(troubled: dict[str, dict[float, float]]) -> None:
    found = {name: [*series] for name, series in troubled.items() if "HighLatency" in name}
    states = {re.search(r'alertstate="(\w+)"', name)[1]: times for name, times in found.items()}
    assert states["pending"] == [END - 600 + 15 * number for number in range(8)]
    assert states["firing"] == [END - 480 + 15 * number for number in range(12)]


def test_every_series_that_the_rules_record_is_written(tmp_path: Path) -> None:
    write_recorded(live(), tmp_path / "file")
    found = {re.match(r"([\w:]+)\{.*?slo=\"([\w-]+)\"", name).groups() for name in samples(tmp_path / "file")}
    rules = {
        (rule.record, objective.name)
        for objective in alerts.objectives()
        for group in recording.groups(objective)
        for rule in group.rules
    }
    assert found == rules


def test_recorded_series_reach_back_for_days_and_are_dense_at_the_end(tmp_path: Path) -> None:
    history = live(days=3)
    write_recorded(history, tmp_path / "file")
    series = samples(tmp_path / "file")['slo:total_events:rate5m{slo="availability",environment="production"}']
    times = [*series]
    assert times[0] <= END - 3 * 86400 + 600
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert max(gaps) <= 300
    assert set(gaps[-59:]) == {15}


def test_the_budget_is_that_of_the_events(tmp_path: Path) -> None:
    history = live("outage@-20h+15m", days=2)
    write_recorded(history, tmp_path / "file")
    found = samples(tmp_path / "file")
    account = {side: history.ledger.accounts["availability", side]["production",] for side in recording.SIDES}
    bad, total = account["bad"].counts[-1], account["total"].counts[-1]
    labels = '{slo="availability",environment="production"}'
    assert bad > 0.002 * total
    assert found[f"slo:budget_left:ratio{labels}"][END] == pytest.approx(1 - bad / total / 0.001, rel=0.005)
    assert found[f"slo:total_events:increase_period{labels}"][END] == pytest.approx(total, rel=0.01)
    burnt = max(found[f"slo:bad_events:rate5m{labels}"].values())
    assert burnt == pytest.approx(max(found[f"slo:total_events:rate5m{labels}"].values()), rel=0.5)
