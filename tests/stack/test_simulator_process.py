"""The simulator as a process: what it prints, serves and answers, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from stack.servers import Server, ServerError, free_port, running_simulator
from stack.tools import ROOT

SIMULATOR = [sys.executable, "-m", "stack.simulator"]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Server]:
    with running_simulator("--seed", "2") as server:
        yield server


def ask(url: str, method: str = "GET") -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, method=method, data=b"" if method == "POST" else None)
        ) as it:
            return it.status, json.load(it)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def scrape(server: Server, group: dict[str, Any]) -> str:
    with urllib.request.urlopen(f"http://{group['targets'][0]}{group['labels']['__metrics_path__']}") as answer:
        return answer.read().decode()


def groups(server: Server) -> list[dict[str, Any]]:
    return ask(f"{server.url}/sd")[1]


def test_discovery_lists_every_target_once_with_its_labels(simulator: Server) -> None:
    found = groups(simulator)
    for group in found:
        assert set(group["labels"]) == {"__metrics_path__", "job", "instance", "environment", "cluster"}
        assert all(isinstance(value, str) for value in group["labels"].values())
    assert len({group["labels"]["__metrics_path__"] for group in found}) == len(found)
    jobs = [group["labels"]["job"] for group in found]
    assert {job: jobs.count(job) for job in ("phoenix-orchestrator", "phoenix-agent")} == {
        "phoenix-orchestrator": 4,
        "phoenix-agent": 14,
    }
    assert set(jobs) >= {"redis", "haproxy", "node", "prometheus", "alertmanager", "loki", "tempo"}


def test_every_target_answers_and_moves_on(simulator: Server) -> None:
    one = {group["labels"]["instance"]: scrape(simulator, group) for group in groups(simulator)}
    time.sleep(1.1)  # the world moves once a second
    other = {group["labels"]["instance"]: scrape(simulator, group) for group in groups(simulator)}
    assert all([*text_string_to_metric_families(text)] for text in one.values())
    assert one.keys() == other.keys()
    assert one["orchestrator-1"] != other["orchestrator-1"]


def test_an_incident_is_started_and_stopped_while_it_runs(simulator: Server) -> None:
    [lost] = [group for group in groups(simulator) if group["labels"]["instance"] == "default-1"]
    scrape(simulator, lost)
    assert ask(f"{simulator.url}/incidents/agent-loss", "POST") == (200, {"running": ["agent-loss"]})
    time.sleep(1.1)
    with pytest.raises(urllib.error.HTTPError, match="503"):
        scrape(simulator, lost)
    assert ask(f"{simulator.url}/incidents")[1]["running"] == ["agent-loss"]
    assert ask(f"{simulator.url}/incidents/agent-loss", "DELETE") == (200, {"running": []})
    time.sleep(1.1)
    assert scrape(simulator, lost)


def test_an_incident_can_be_given_an_end(simulator: Server) -> None:
    assert ask(f"{simulator.url}/incidents/latency?for=1s", "POST")[1]["running"] == ["latency"]
    time.sleep(1.1)
    assert ask(f"{simulator.url}/incidents")[1]["running"] == []


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("POST", "/incidents/fire", 404, "there is no incident 'fire'; there are agent-loss"),
        ("POST", "/incidents/latency?for=ever", 404, "'ever' is no duration"),
        ("DELETE", "/incidents/fire", 404, "there is no incident 'fire'"),
        ("GET", "/metrics", 404, "there is /sd"),
        ("POST", "/sd", 404, "there is /sd"),
        ("GET", "/targets/phoenix-agent/nobody/metrics", 404, "there is no target nobody of job phoenix-agent"),
    ],
)
def test_a_wrong_request_is_answered_with_what_would_be_right(
    simulator: Server, method: str, path: str, status: int, words: str
) -> None:
    got, answer = ask(simulator.url + path, method)
    assert got == status
    assert words in answer["error"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    with subprocess.Popen([*SIMULATOR, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"http://127.0.0.1:")
        os.kill(process.pid, number)
        _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, b"")


def test_a_taken_port_is_said_in_one_line(simulator: Server) -> None:
    port = simulator.url.rpartition(":")[2]
    ran = subprocess.run([*SIMULATOR, "serve", "--port", port], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 1
    assert ran.stderr == f"Error: can't listen on 127.0.0.1:{port}: Address already in use; choose another --port\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--incident", "fire"], "there is no incident 'fire'"),
        (["history", "--out", "x", "--step", "soon"], "'soon' is no duration"),
        (["history", "--out", "x", "--end", "yesterday"], "'yesterday' is no time"),
        (["history"], "nowhere to write to"),
    ],
)
def test_wrong_usage_is_said_without_a_traceback(arguments: list[str], words: str, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [*SIMULATOR, *arguments], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [*tmp_path.iterdir()] == []


def test_a_server_that_does_not_start_is_an_error_with_its_words() -> None:
    words = r"(?s)ended with status 2.*there is no incident 'fire'"
    with pytest.raises(ServerError, match=words), running_simulator("--incident", "fire"):
        pass


def test_a_server_is_gone_after_its_use() -> None:
    with running_simulator() as server:
        pid = server.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_free_ports_are_free() -> None:
    port = free_port()
    with running_simulator("--port", str(port)) as server:
        assert server.url == f"http://127.0.0.1:{port}"


def test_discovery_gives_the_address_by_which_it_was_asked(simulator: Server) -> None:
    asked = urllib.request.Request(f"{simulator.url}/sd", headers={"Host": "simulator:9700"})
    with urllib.request.urlopen(asked) as answer:
        found = json.load(answer)
    assert {target for group in found for target in group["targets"]} == {"simulator:9700"}
    assert {target for group in groups(simulator) for target in group["targets"]} == {
        simulator.url.removeprefix("http://")
    }
