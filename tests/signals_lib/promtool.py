"""Queries asked of the real promtool."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from signals_lib import Query
from stack.tools import tool

Answer = dict[str, float]


def promtool(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run promtool in a folder."""
    return subprocess.run([tool("promtool"), *arguments], cwd=folder, capture_output=True, text=True, check=False)


def outcome(folder: Path, series: dict[str, str], query: Query, answer: Answer) -> str:
    """Ask the query after 10 minutes, of series sampled each minute; "" when the answer is as expected."""
    samples = [{"labels": labels, "value": value} for labels, value in answer.items()]
    asked = {"expr": query.over("5m").expr, "eval_time": "10m", "exp_samples": samples}
    given = [{"series": name, "values": values} for name, values in series.items()]
    test = {"tests": [{"interval": "1m", "input_series": given, "promql_expr_test": [asked]}]}
    (folder / "test.yaml").write_text(yaml.safe_dump(test))
    run = promtool(folder, "test", "rules", "test.yaml")
    return "" if run.returncode == 0 else run.stdout + run.stderr
