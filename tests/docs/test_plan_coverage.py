"""docs/plan.md keeps its word: what it names exists, every row is whole, and nothing of the plan is left out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from stack.tools import ROOT

PAGE = (ROOT / "docs" / "plan.md").read_text()
ROW = re.compile(r"^\| (?P<asked>.+?) \| (?P<where>.+?) \| (?P<proof>.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")

# What the plan calls by name.
NAMES = {
    "requests": ("requests_total", "request_duration_seconds", "request_size_bytes", "response_size_bytes"),
    "tasks": ("tasks_queued_total", "tasks_completed_total", "tasks_failed_total", "task_duration_seconds"),
    "resources": ("memory_usage_bytes", "cpu_usage_percent", "goroutines_total", "open_connections", "threads_total"),
    "caches": ("cache_hits_total", "cache_misses_total", "cache_size_bytes"),
    "operations": ("operations_total", "operation_duration_seconds", "operation_failures_total"),
    "Redis": ("redis_connected_clients", "redis_used_memory", "redis_commands_total", "redis_master_repl_offset"),
    "its lookups": ("redis_keyspace_hits_total", "redis_keyspace_misses_total"),
    "its replicas": ("redis_connected_replica_count", "redis_replication_lag"),
    "lines": ("timestamp", "level", "correlation_id", "plan_id", "task_id", "component", "message", "metadata"),
    "Loki": ("chunk_idle_period", "chunk_retain_period", "replication_factor", "schema", "boltdb-shipper", "index_"),
    "traces": ("sampling_ratio", "service.name", "environment"),
    "system alerts": ("HighCPUUsage", "HighMemoryUsage", "HighLatency"),
    "business alerts": ("HighErrorRate", "AgentUnhealthy", "ErrorBudgetBurn"),
    "objectives": ("availability", "latency"),
}
SECTIONS = {2: "Architecture", 3: "Metrics", 4: "Logs", 5: "Traces", 6: "Alerts", 7: "Dashboards", 8: "Objectives"}
SECTIONS |= {9: "Implementation", 10: "Tests"}
PANELS = {
    "system_overview": {"CPU": "timeseries", "Memory": "timeseries", "Requests": "timeseries"},
    "business_metrics": {"Task success": "gauge", "Agent health": "table"},
}


@dataclass(frozen=True)
class Row:
    """A statement, the files that do it, the tests that prove it, and what it says is missing."""

    asked: str
    files: list[str]
    tests: list[str]
    missing: str

    @property
    def whole(self) -> bool:
        return bool(self.files and self.tests) or bool(self.missing.strip())


def rows(page: str) -> list[Row]:
    found = []
    for row in ROW.finditer(page):
        if row["asked"] != "the plan asks" and not set(row["asked"]) <= {"-"}:
            proof, _, missing = row["proof"].partition("missing:")
            found.append(Row(row["asked"], NAMED.findall(row["where"]), NAMED.findall(proof), missing))
    return found


ROWS = rows(PAGE)


def test_every_section_of_the_plan_has_rows() -> None:
    parts = re.split(r"^## (\d+) (\w+)$", PAGE, flags=re.MULTILINE)[1:]
    assert dict(zip(map(int, parts[::3]), parts[1::3], strict=True)) == SECTIONS
    for title, text in zip(parts[1::3], parts[2::3], strict=True):
        assert rows(text), title
    assert sum(len(rows(text)) for text in parts[2::3]) == len(ROWS)


def test_every_row_has_file_and_test_or_says_what_is_missing() -> None:
    assert [row.asked for row in ROWS if not row.whole] == []
    assert not rows("| a | `b` |  |\n")
    assert not rows("| a | `b` | later |\n")[0].whole


def test_every_file_exists() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    known = set(tracked.splitlines())
    named = {name for row in ROWS for name in row.files}
    assert {name for name in named if name not in known and not any(f.startswith(f"{name}/") for f in known)} == set()


def test_every_test_exists() -> None:
    named = sorted({name for row in ROWS for name in row.tests})
    assert all("::test_" in name for name in named)
    collect = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider", "-n", "0"]
    ran = subprocess.run([*collect, *named], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", [name for names in NAMES.values() for name in names])
def test_nothing_that_the_plan_names_is_left_out(name: str) -> None:
    assert any(name in NAMED.findall(row.asked) for row in ROWS)


@pytest.mark.parametrize(("page", "panels"), PANELS.items())
def test_the_plans_panels_are_on_their_pages(page: str, panels: dict[str, str]) -> None:
    dashboard = json.loads((ROOT / "rendered" / "dashboards" / "Phoenix" / f"{page}.json").read_text())
    every = [each for panel in dashboard["panels"] for each in (panel, *panel.get("panels", []))]
    for words, kind in panels.items():
        assert any(each["title"].startswith(words) and each["type"] == kind for each in every), words
    assert not any(each["type"] == "graph" for each in every)
