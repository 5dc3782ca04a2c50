"""A trial of the stack without containers: it is brought up once, looked at, ended, and what was seen is kept.

The commands are those of the make targets, as processes of their own; ports are free ones, the state is in a folder of
the trial.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stack.tools import ROOT
from tests.stack.prometheus_api import PrometheusApi

LOCAL = [sys.executable, "-m", "stack.local"]
_PATIENCE = 90.0
ALERT = {"alertname": "TrialAlert", "severity": "critical", "slo": "trial", "environment": "stack", "owner": "platform"}


def local(verb: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a verb of the stack on the state in a folder."""
    command = [*LOCAL, verb, "--state", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def run(folder: Path) -> None:
    """Live through the stack's life; leave seen.json in the folder."""
    state, seen = folder / "state", {}
    up = local("up", state, "--free-ports", "--interval", "1s")
    try:
        seen["up"] = told(up)
        if up.returncode == 0:
            seen |= _looked_at(state)
    finally:
        seen["down"] = told(local("down", state))
    if up.returncode == 0:
        seen["left"] = [name for name, (pid, _) in seen["processes"].items() if _runs(pid)]
    seen["down again"] = told(local("down", state))
    seen["status when down"] = told(local("status", state))
    (folder / "seen.json").write_text(json.dumps(seen))


def told(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What a command said."""
    return {"status": ran.returncode, "out": ran.stdout, "err": ran.stderr}


def _looked_at(state: Path) -> dict[str, Any]:
    ports = json.loads((state / "ports.json").read_text())
    prometheus = PrometheusApi(f"http://127.0.0.1:{ports['prometheus']}")
    simulator = f"http://127.0.0.1:{ports['simulator']}/incidents"
    seen: dict[str, Any] = {"ports": ports, "processes": processes(state), "status": told(local("status", state))}

    targets = until(lambda: _scraped(prometheus))
    seen["targets"] = [{**each["labels"], "health": each["health"]} for each in targets]
    seen["rules"] = until(lambda: _healths(prometheus) == {"ok"})
    seen["exemplars"] = prometheus.get("status/flags")["enable-feature"]
    seen["retention"] = prometheus.get("status/flags")["storage.tsdb.retention.time"]
    seen["told"] = prometheus.get("alertmanagers")["activeAlertmanagers"]
    asked = 'min(haproxy_backend_http_responses_total{environment="stack",code="2xx"})'
    until(lambda: _value(prometheus, asked))
    seen["replica"] = prometheus.value('redis_master_link_up{environment="stack",instance="stack-redis-2"}')
    seen["hits"] = prometheus.value('redis_keyspace_hits_total{environment="stack",instance="stack-redis-1"}')
    seen["servers"] = servers(ports)

    ask(f"http://127.0.0.1:{ports['alertmanager']}/api/v2/alerts", "POST", [{"labels": ALERT}])
    seen["incident"] = ask(f"{simulator}/backend-down", "POST")
    seen["servers in the incident"] = until(lambda: _down(servers(ports)))
    seen["door in the incident"] = _status(f"http://127.0.0.1:{ports['haproxy']}/v1/plans")
    ask(f"{simulator}/backend-down", "DELETE")

    # A server dies; the next `up` starts it again where it was, and leaves the others as they are.
    os.kill(seen["processes"]["redis-replica"][0], signal.SIGKILL)
    until(lambda: not _runs(seen["processes"]["redis-replica"][0]))
    seen["status with one dead"] = told(local("status", state))
    seen["up again"] = told(local("up", state))
    seen["processes after"] = processes(state)
    seen["messages"] = until(lambda: _messages(state, 2))
    seen["lines"] = (state / "simulator" / "phoenix.jsonl").read_text().splitlines()[:200]
    return seen


def processes(state: Path) -> dict[str, list[Any]]:
    """The processes that are written down, by name: id and birth."""
    return {path.parent.name: [*json.loads(path.read_text()).values()] for path in state.glob("*/process.json")}


def servers(ports: dict[str, int]) -> dict[str, str]:
    """The state of each server behind HAProxy, as HAProxy says."""
    with urllib.request.urlopen(f"http://127.0.0.1:{ports['haproxy-metrics']}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.findall(r'^haproxy_server_status\{.*server="(.+?)",state="(.+?)"\} 1$', text, re.MULTILINE)
    return dict(found)


def until(look: Callable[[], Any]) -> Any:
    """Look until something is seen; return it. AssertionError when it takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while not (seen := look()):
        assert time.monotonic() < deadline, "the stack didn't come this far in time"
        time.sleep(0.2)
    return seen


def ask(url: str, method: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def _scraped(prometheus: PrometheusApi) -> list[dict[str, Any]] | None:
    active = prometheus.get("targets")["activeTargets"]
    real = [each for each in active if each["labels"]["environment"] == "stack"]
    return active if len(active) > len(real) and all(each["health"] == "up" for each in active) else None


def _down(states: dict[str, str]) -> dict[str, str] | None:
    return states if set(states.values()) == {"DOWN"} else None


def _healths(prometheus: PrometheusApi) -> set[str]:
    return {rule["health"] for group in prometheus.get("rules")["groups"] for rule in group["rules"]}


def _value(prometheus: PrometheusApi, expr: str) -> float | None:
    found = prometheus.instant(expr)
    return found[0].last if found else None


def _messages(state: Path, enough: int) -> list[Any] | None:
    path = state / "outbox" / "messages.jsonl"
    messages = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return messages if len(messages) >= enough else None


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
