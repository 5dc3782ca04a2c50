"""The stack without containers: up, looked at, down; what was seen is in tests.stack.local_trial."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stack.local import process
from stack.local.__main__ import main
from stack.local.ports import PORTS, chosen, taken
from stack.local.services import RETENTION, services
from stack.simulator.exposition import exposition
from stack.simulator.fleet import Fleet
from stack.simulator.world import World
from tests.stack import local_trial
from tests.stack.local_trial import local
from tests.stack.once import once
from tests.stack.told import told

SERVICES = [service.name for service in services(PORTS)]
SERVERS = {"redis": 2, "haproxy": 1, "node": 1, "prometheus": 1, "alertmanager": 1}
needs_servers = pytest.mark.needs(
    "prometheus", "promtool", "alertmanager", "redis-server", "redis-exporter", "haproxy", "node-exporter"
)


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Any]:
    folder = once("local-stack", local_trial.run, request=request, paths=tmp_path_factory)
    return json.loads((folder / "seen.json").read_text())


def test_spans_are_sent_only_where_something_takes_them(tmp_path: Path) -> None:
    # docs/stack.md says so: no ids of traces in the lines, no exemplars.
    [simulator] = [each for each in services(PORTS) if each.name == "simulator"]
    assert not [word for word in simulator.command(tmp_path) if word.startswith("--otlp")]
    alone = told("failures", 60, traced=False)
    assert not [line for line in alone.lines if "trace_id" in line or "span_id" in line]
    openmetrics = "application/openmetrics-text;version=1.0.0"
    shown = [exposition(target, accept=openmetrics)[0] for target in alone.world.targets()]
    assert not [text for text in shown if b" # {" in text]


@needs_servers
def test_up_says_where_everything_is_and_how_to_start_an_incident(seen: dict[str, Any]) -> None:
    assert seen["up"]["status"] == 0, seen["up"]["err"]
    told = seen["up"]["out"]
    for name, port in seen["ports"].items():
        if name != "outbox-mail":
            assert f"127.0.0.1:{port}" in told, name
    assert f"curl -X POST http://127.0.0.1:{seen['ports']['simulator']}/incidents/" in told
    assert "make stack-down" in told


@needs_servers
def test_up_says_up_when_every_server_is_ready(seen: dict[str, Any]) -> None:
    assert seen["status"]["status"] == 0
    assert [line.split()[:2] for line in seen["status"]["out"].splitlines()] == [[name, "ready"] for name in SERVICES]


@needs_servers
def test_the_workload_and_the_servers_are_scraped_with_the_catalogues_labels(seen: dict[str, Any]) -> None:
    targets = seen["targets"]
    assert all(set(each) == {"job", "instance", "environment", "cluster", "health"} for each in targets)
    assert {each["health"] for each in targets} == {"up"}
    # Pages tell one server from another by its instance alone.
    assert len({(each["job"], each["instance"]) for each in targets}) == len(targets)
    real = [each["job"] for each in targets if each["environment"] == "stack"]
    assert {job: real.count(job) for job in real} == SERVERS
    simulated = {(each["job"], each["instance"]) for each in targets if each["environment"] != "stack"}
    everything = {(each.job, each.instance) for each in World(seed=1, start=0, fleet=Fleet()).targets()}
    assert simulated == {key for key in everything if key[0] not in {"prometheus", "alertmanager"}}


@needs_servers
def test_prometheus_has_the_rules_exemplars_and_time_for_the_objectives(seen: dict[str, Any]) -> None:
    assert seen["rules"] is True
    assert "exemplar-storage" in seen["exemplars"]
    assert (seen["retention"], RETENTION) == ("5w", "35d")
    assert [each["url"] for each in seen["told"]] == [f"http://127.0.0.1:{seen['ports']['alertmanager']}/api/v2/alerts"]


@needs_servers
def test_redis_has_its_replica_and_is_asked(seen: dict[str, Any]) -> None:
    assert seen["replica"] == 1
    assert seen["hits"] > 0


@needs_servers
def test_the_load_balancer_sees_an_incident_of_the_orchestrators(seen: dict[str, Any]) -> None:
    assert set(seen["servers"].values()) == {"UP"}
    assert set(seen["servers"]) == {"orchestrator-1", "orchestrator-2", "orchestrator-3"}
    assert seen["incident"] == {"running": ["backend-down"]}
    assert set(seen["servers in the incident"].values()) == {"DOWN"}
    assert seen["door in the incident"] == 503


@needs_servers
def test_an_alert_ends_in_the_outbox_by_the_rendered_routing(seen: dict[str, Any]) -> None:
    messages = [each for each in seen["messages"] if "TrialAlert" in json.dumps(each)]
    assert {each["channel"] for each in messages} == {"pagerduty", "slack/slack-phoenix"}


@needs_servers
def test_the_workload_writes_its_lines(seen: dict[str, Any]) -> None:
    assert {json.loads(line)["metadata"]["environment"] for line in seen["lines"]} >= {"production"}


@needs_servers
def test_up_starts_again_only_what_has_died(seen: dict[str, Any]) -> None:
    assert seen["status with one dead"]["status"] == 1
    words = [line.split() for line in seen["status with one dead"]["out"].splitlines()]
    assert [word[0] for word in words if word[1:3] == ["not", "ready"]] == ["redis-replica"]
    assert seen["up again"]["status"] == 0
    assert seen["up again"]["err"] == "starting redis-replica\n"
    before, after = seen["processes"], seen["processes after"]
    assert {name for name in before if before[name] != after[name]} == {"redis-replica"}


@needs_servers
def test_down_ends_everything(seen: dict[str, Any]) -> None:
    assert seen["down"]["status"] == 0
    assert seen["down"]["out"].splitlines() == [f"{name}: ended" for name in reversed(SERVICES)]
    assert seen["left"] == []
    assert seen["down again"]["out"] == "nothing was up\n"
    assert seen["status when down"]["status"] == 1
    assert seen["status when down"]["err"] == "Error: the stack is down: make stack-up\n"


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = local("up", tmp_path, "--free-ports", "--port", f"prometheus={port}")
    assert ran.returncode == 1
    assert ran.stderr == (
        f"Error: taken on 127.0.0.1: {port} (prometheus). End what listens there, or take others: "
        "make stack-up ARGS='--port prometheus=NUMBER', or ARGS=--free-ports\n"
    )
    assert [*tmp_path.glob("*/process.json")] == []


@pytest.mark.parametrize("wish", ["prometheus", "prometheus=x", "prometheus=70000", "grafana=3000"])
def test_a_wrong_port_is_wrong_usage(wish: str, tmp_path: Path) -> None:
    ran = local("up", tmp_path, "--port", wish)
    assert ran.returncode == 2
    assert "write NAME=NUMBER, with one of alertmanager, " in ran.stderr


def test_the_fixed_ports_are_those_of_the_documentation() -> None:
    page = (process.ROOT / "docs" / "stack.md").read_text()
    for name, port in PORTS.items():
        assert f"| {name} | {port} |" in page
    assert chosen([("redis", 1)], free=False) == {**PORTS, "redis": 1}


def test_free_ports_are_free_and_each_is_another() -> None:
    ports = chosen([], free=True)
    assert ports.keys() == PORTS.keys()
    assert len(set(ports.values())) == len(ports)
    assert taken(ports) == {}


def test_a_process_that_has_the_id_of_an_ended_one_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    (tmp_path / "ports.json").write_text(json.dumps(PORTS))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        boot, started = str(process.birth(other.pid)).split()
        record = {"pid": other.pid, "birth": f"{boot} {int(started) - 1}"}
        (tmp_path / "redis" / "process.json").write_text(json.dumps(record))
        ran = local("down", tmp_path)
        assert ran.stdout == "redis: wasn't running any more\n"
        assert other.poll() is None
        assert process.birth(other.pid) == f"{boot} {started}"
        other.communicate(b"\n")


def test_a_process_of_an_earlier_boot_is_not_this_one() -> None:
    own = process.birth(os.getpid())
    assert own is not None
    assert process.Process(os.getpid(), own).alive
    assert not process.Process(os.getpid(), f"another-boot {own.split()[1]}").alive


def test_where_a_process_cannot_be_held_nothing_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def forbidden(_: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    assert process.can_be_ended()
    monkeypatch.setattr(os, "pidfd_open", forbidden)
    assert not process.can_be_ended()
    told = CliRunner().invoke(main, ["up", "--state", str(tmp_path / "state")])
    assert told.exit_code == 1
    assert "take the containers: make compose-up" in told.output
    assert not (tmp_path / "state").exists()


def test_a_process_that_does_not_end_by_itself_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)"
    started = process.start([sys.executable, "-c", f"{deaf}; time.sleep(99)"], tmp_path, {})
    local_trial.until((tmp_path / process.LOG).read_text)
    assert process.end(started)
    assert not started.alive
    assert not process.end(started)


@needs_servers
def test_a_server_that_does_not_start_is_said_with_its_last_words_and_the_others_are_ended(tmp_path: Path) -> None:
    (tmp_path / "prometheus").mkdir()
    (tmp_path / "prometheus" / "data").write_text("a file where Prometheus wants its folder")
    ran = local("up", tmp_path, "--free-ports")
    assert ran.returncode == 1
    assert "Error: prometheus ended; it said last:\n" in ran.stderr
    assert "not a directory" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [*tmp_path.glob("*/process.json")] == []
    for name, port in json.loads((tmp_path / "ports.json").read_text()).items():
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0, name
