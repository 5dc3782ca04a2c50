"""Rules tried by the real promtool: series go in, alerts and values come out."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rules_lib.rule import Group, rule_file
from stack.tools import tool


@dataclass
class Trial:
    """One promtool test: series sampled every `interval` from time 0, rules evaluated every `every`."""

    series: dict[str, str]
    interval: str = "30s"
    every: str = "30s"
    values: list[dict[str, Any]] = field(default_factory=list)

    def holds(self, expr: str, at: str) -> Trial:
        """Expect a comparison (with `bool`) to be true at a time, for every series and at least for one."""
        self.values.append({"expr": f"min({expr})", "eval_time": at, "exp_samples": [{"labels": "{}", "value": 1}]})
        return self

    def near(self, expr: str, value: float, at: str, *, within: float = 1e-9) -> Trial:
        """Expect a value at a time, within an absolute distance."""
        return self.holds(f"abs({expr} - {value!r}) <= bool {within!r}", at)

    def nothing(self, expr: str, at: str) -> Trial:
        """Expect no series at a time."""
        self.values.append({"expr": expr, "eval_time": at, "exp_samples": []})
        return self

    def fires(self, alert: str, at: str, *, labels: dict[str, str]) -> Trial:
        """Expect exactly one firing alert of this name, with these labels among its own, at a time."""
        matchers = ",".join(f'{key}="{value}"' for key, value in {"alertname": alert, **labels}.items())
        return self.holds(f'count(ALERTS{{alertstate="firing",{matchers}}}) == bool 1', at)

    def silent(self, alert: str, at: str, *, labels: dict[str, str] | None = None) -> Trial:
        """Expect no firing alert of this name, with these labels, at a time."""
        matchers = ",".join(f'{key}="{value}"' for key, value in {"alertname": alert, **(labels or {})}.items())
        return self.nothing(f'ALERTS{{alertstate="firing",{matchers}}}', at)


def outcome(folder: Path, groups: tuple[Group, ...], trial: Trial) -> str:
    """Run a trial; "" when all of it holds, else what promtool says."""
    (folder / "rules.yaml").write_bytes(rule_file(groups, comment="under test"))
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": trial.every,
        "tests": [
            {
                "interval": trial.interval,
                "input_series": [{"series": name, "values": values} for name, values in trial.series.items()],
                "promql_expr_test": trial.values,
            }
        ],
    }
    (folder / "test.yaml").write_text(yaml.dump(test, Dumper=yaml.CSafeDumper, width=10**9), encoding="utf-8")
    return failures(folder / "test.yaml")


def failures(*files: Path) -> str:
    """Run test files; "" when all of them hold, else what promtool says.

    What fails is run again: promtool's storage compacts, behind the evaluation's back, what is more than a day and a
    half old, and where the machine halts it in the middle, all that comes later has no data. Seen once in a trial of a
    month that was stretched to seven minutes, and on a machine with a load of eight times its cores.
    """
    command = [tool("promtool"), "test", "rules", *files]
    for _ in range(2):
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return ""
    return run.stdout + run.stderr


def counter(increments: list[float]) -> str:
    """A counter that starts at 0 and grows by each of these, one a sample."""
    values, total = ["0"], 0.0
    for increment in increments:
        total += increment
        values.append(f"{total:g}" if total < 1e6 else f"{total:.0f}")
    return " ".join(values)
