"""Real servers for tests and trials: started on free loopback ports with data of their own, ended by process id."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stack.tools import ROOT, tool

PROMETHEUS_CONFIG = ROOT / "stack" / "prometheus" / "prometheus.yaml"
_PATIENCE = 30.0  # seconds that a server has to become ready
_GRACE = 10.0  # seconds that it has to end by itself


class ServerError(Exception):
    """A server that doesn't start or stops by itself: which, and what it said last."""


@dataclass(frozen=True)
class Server:
    """A server that runs: where it listens, and its process."""

    url: str
    pid: int
    log: Path


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_prometheus(
    config: Path,
    *,
    blocks: Sequence[Path] = (),
    retention: str = "10y",
    flags: Sequence[str] = (),
) -> Iterator[Server]:
    """Run Prometheus with this configuration on data that begins as a copy of `blocks` (folders of TSDB blocks).

    Raises ServerError when it doesn't become ready, ToolMissingError when there is none.
    """
    with tempfile.TemporaryDirectory(prefix="prometheus-") as folder:
        data = Path(folder, "data")
        for each in blocks:
            shutil.copytree(each, data, dirs_exist_ok=True)
        address = f"127.0.0.1:{free_port()}"
        command = [*prometheus_command(config, data, address, retention=retention), *flags]
        with running(command, Path(folder, "log")) as process:
            url = f"http://{address}"
            wait_until(lambda: answers(f"{url}/-/ready"), process, Path(folder, "log"), "prometheus")
            yield Server(url, process.pid, Path(folder, "log"))


def prometheus_command(config: Path, data: Path, address: str, *, retention: str) -> list[str]:
    """Return the command of a Prometheus that keeps exemplars and takes what Tempo writes."""
    return [
        str(tool("prometheus")),
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={retention}",
        f"--web.listen-address={address}",
        "--web.enable-lifecycle",
        "--web.enable-remote-write-receiver",
        "--enable-feature=exemplar-storage",
    ]


@contextmanager
def running_simulator(*arguments: str) -> Iterator[Server]:
    """Run the workload simulator (`serve` with these arguments) as a process of its own."""
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        log = Path(folder, "log")
        command = [sys.executable, "-m", "stack.simulator", "serve", "--port", "0", *arguments]
        with running(command, log) as process:
            wait_until(lambda: log.read_text().startswith("http://"), process, log, "the simulator")
            yield Server(log.read_text().split("\n", 1)[0], process.pid, log)


def prometheus_config(
    folder: Path,
    *,
    simulator: str = "",
    alertmanager: str = "",
    servers: Mapping[str, str] | None = None,
    interval: str = "",
    rules: Sequence[Path] = (),
) -> Path:
    """Write the stack's configuration into `folder`, changed for where servers are, and return its path.

    `simulator` is the URL of the one to scrape (none: no workload is scraped), `alertmanager` of the one to tell (none:
    nobody is told). `servers` says where each target of the file is ("redis-exporter:9121": "127.0.0.1:9121"); the
    others aren't there, so they are left out. `rules` are the rule files to load; `interval` replaces every interval,
    those of the rules' groups too, which are copied for that.
    """
    config = yaml.safe_load(PROMETHEUS_CONFIG.read_text(encoding="utf-8"))
    config["rule_files"] = [str(_hastened(path, folder, interval) if interval else path) for path in rules]
    told = [{"targets": [alertmanager.removeprefix("http://")]}] if alertmanager else []
    config["alerting"] = {"alertmanagers": [{"static_configs": told}]}
    if interval:
        config["global"] = {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval}
    workload, *others = config["scrape_configs"]
    real = [job for job in others if _moved(job, servers or {})]
    if simulator:
        [discovery] = workload["http_sd_configs"]
        discovery |= {"url": f"{simulator}/sd", "refresh_interval": interval or discovery["refresh_interval"]}
        [twice] = workload["relabel_configs"]
        names = {job["job_name"] for job in real}
        twice["regex"] = "|".join(name for name in twice["regex"].split("|") if name in names)
    config["scrape_configs"] = [*([workload] if simulator else []), *real]
    return _written(folder / "prometheus.yaml", config)


def _moved(job: dict[str, Any], servers: Mapping[str, str]) -> bool:
    """Give the targets of a job the addresses that they have here; whether there are any."""
    for group in job["static_configs"]:
        group["targets"] = [servers[name] for name in group["targets"] if name in servers]
    job["static_configs"] = [group for group in job["static_configs"] if group["targets"]]
    return bool(job["static_configs"])


def _hastened(path: Path, folder: Path, interval: str) -> Path:
    rules = yaml.safe_load(path.read_text(encoding="utf-8"))
    for group in rules["groups"]:
        group["interval"] = interval
    return _written(folder / f"hastened-{path.name}", rules)


def _written(path: Path, content: object) -> Path:
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command with its output in `log`; at the end it is asked to end by its id, and killed if it doesn't."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=ROOT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, name: str) -> None:
    """Wait until a server is ready; raise ServerError with its last words if it ends or takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while not ready():
        if (status := process.poll()) is not None:
            raise ServerError(f"{name} ended with status {status}; it said last:\n{_last_lines(log)}")
        if time.monotonic() > deadline:
            raise ServerError(f"{name} wasn't ready after {_PATIENCE:.0f} s; it said last:\n{_last_lines(log)}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether the URL answers 200."""
    with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])
