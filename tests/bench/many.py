"""A thousand dashboards of twelve panels, pushed to a sandbox by whole processes: seconds, requests, peak memory.

The limits are those for a real Grafana. That of a first push, 1.15 times what plain POSTs take on the same server, is
not for a sandbox: it answers in a tenth of Grafana's time, so that the client's own work is what takes long there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DASH_SYNC = str(Path(sys.executable).with_name("dash-sync"))
NUMBER, PANELS, CHANGED = 1000, 12, 10
MEMORY = 150.0
"""MB that a process may take at its peak."""


@dataclass(frozen=True)
class Figure:
    """What one process took."""

    name: str
    seconds: float
    megabytes: float
    requests: int
    limit: float | None = None
    most_requests: int | None = None

    @property
    def missed(self) -> bool:
        """Tell whether a limit is missed."""
        late = self.limit is not None and self.seconds > self.limit
        many = self.most_requests is not None and self.requests > self.most_requests
        return late or many or self.megabytes > MEMORY

    def __str__(self) -> str:
        limit = f"limit {self.limit:5.2f} s" if self.limit is not None else " " * 13
        many = f" (limit {self.most_requests})" if self.most_requests is not None else ""
        figures = f"{self.name:34} {self.seconds:6.2f} s  {limit}  {self.megabytes:4.0f} MB  {self.requests:5} requests"
        return f"{figures}{many}{'  MISSED' if self.missed else ''}"


def dashboard(number: int, *, title: str = "") -> dict:
    """Return a dashboard of twelve panels as panels_lib makes them: 25 KB."""
    source = {"type": "prometheus", "uid": "prometheus"}
    defaults = {"unit": "reqps", "custom": {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never"}}
    panels = [
        {
            "id": panel + 1,
            "type": "timeseries",
            "title": f"Panel {panel}",
            "description": "What is normal, what is not, and what to do first. " * 6,
            "gridPos": {"x": 12 * (panel % 2), "y": 8 * (panel // 2), "w": 12, "h": 8},
            "datasource": source,
            "targets": [
                {
                    "refId": ref,
                    "expr": f'sum by (route) (rate(requests_total{{n="{number}"}}[5m]))',
                    "datasource": source,
                }
                for ref in "AB"
            ],
            "fieldConfig": {"defaults": defaults, "overrides": []},
            "options": {"legend": {"calcs": ["last", "mean", "max"], "displayMode": "table", "showLegend": True}},
        }
        for panel in range(PANELS)
    ]
    return {"uid": f"bench-{number}", "title": title or f"Bench {number}", "schemaVersion": 42, "panels": panels}


def write(folder: Path, *, changed: int = 0) -> None:
    """Write the thousand files, some of them with another title."""
    for number in range(NUMBER):
        file = folder / "rendered" / "dashboards" / f"Folder {number % 10}" / f"{number}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dashboard(number, title="Changed" if number < changed else ""), indent=2))


@contextmanager
def sandbox() -> Iterator[str]:
    """Run a sandbox as a process of its own."""
    process = subprocess.Popen([DASH_SYNC, "sandbox"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        yield found[0].rstrip("/")
    finally:
        process.terminate()
        process.wait(timeout=30)


def requests(url: str) -> int:
    """Return how many requests came since this was last asked for."""
    with urllib.request.urlopen(f"{url}/_sandbox/requests") as answer:
        number = len(json.load(answer)["requests"])
    urllib.request.urlopen(urllib.request.Request(f"{url}/_sandbox/requests", method="DELETE")).close()
    return number


def measured(name: str, command: list[str], url: str, folder: Path, **limits: float | None) -> Figure:
    """Run a command as a whole process; raises where it fails."""
    requests(url)
    environment = {**os.environ, "BENCH_USER": "admin", "BENCH_PASSWORD": "admin", "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Figure(name, seconds, usage.ru_maxrss / 1024, requests(url), **limits)


def configure(folder: Path, url: str) -> None:
    """Write the configuration of a sandbox."""
    context = {"url": url, "user-env": "BENCH_USER", "password-env": "BENCH_PASSWORD"}
    settings = {"project": "bench", "default-context": "local", "contexts": {"local": context}}
    (folder / "dash-sync.yaml").write_text(json.dumps(settings))


def plain(folder: Path) -> Figure:
    """Return the best of plain parallel POSTs, each on a server of its own."""
    found = []
    for threads in (4, 8, 16):
        with sandbox() as url:
            command = [sys.executable, "-m", "tests.bench.posts", url, str(folder / "rendered"), str(threads)]
            found.append(measured(f"plain POSTs, {threads} at once", command, url, folder))
    return min(found, key=lambda figure: figure.seconds)


def most_pages(folder: Path) -> int:
    """Return how many pages the listing of all has at most: the sandbox, as Grafana, ends one at 2 MB."""
    size = sum(file.stat().st_size for file in (folder / "rendered").rglob("*.json"))
    return size // (2 * 1024 * 1024) + 1


def figures(folder: Path) -> Iterator[Figure]:
    """Yield every figure of the work of a day."""
    write(folder)
    least = plain(folder)
    yield least
    with sandbox() as url:
        configure(folder, url)

        pages = most_pages(folder)

        def run(name: str, *arguments: str, limit: float | None, most: int | None = None) -> Figure:
            return measured(name, [DASH_SYNC, *arguments], url, folder, limit=limit, most_requests=most)

        yield run("first push", "push", limit=None)
        yield run("push, nothing changed", "push", limit=1.2, most=pages + 4)
        yield run("status", "status", limit=1.2, most=pages + 4)
        write(folder, changed=CHANGED)
        yield run(f"plan, {CHANGED} changed", "plan", limit=1.5)
        yield run(f"push, {CHANGED} changed", "push", limit=2.0)
        yield run("pull of all", "pull", "--all", "--dir", "pulled", limit=5.0)
