"""`make bench`: how long a user waits, as whole processes, against the limits that the project sets itself.

A figure is the best of several runs: the one that other work on the machine disturbed least. Status 1 when a limit is
missed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench import linting, many, objectives

ROOT = Path(__file__).resolve().parents[2]
DASH_SYNC = str(Path(sys.executable).with_name("dash-sync"))


@dataclass(frozen=True)
class Measure:
    """A command, its limit in seconds (None: shown for comparison only), and how often it runs."""

    name: str
    command: tuple[str, ...]
    limit: float | None
    runs: int = 10


def best(measure: Measure) -> float:
    """Return the shortest wall time of the runs, in seconds."""
    times = []
    for _ in range(measure.runs):
        start = time.perf_counter()
        subprocess.run(measure.command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def drawable(file: Path) -> None:
    """Write a page whose panels all have data; AssertionError where one draws none (no sample has the label `n`)."""
    page = many.dashboard(0)
    for number, panel in enumerate(page["panels"]):
        for target in panel["targets"]:
            # Twelve queries of which no two are the same.
            target["expr"] = target["expr"].replace('{n="0"}', "").replace("[5m]", f"[{number + 5}m]")
    file.write_text(json.dumps(page))
    svg = file.with_name("drawn")
    subprocess.run((DASH_SYNC, "preview", str(file), "--format", "svg", "--out", str(svg)), cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    (picture,) = svg.iterdir()
    curves = sum(len(path) > 1000 for path in re.findall(r'<path[^>]* d="([^"]*)"', picture.read_text()))
    if curves < 2 * many.PANELS:
        raise AssertionError(f"{curves} curves in a page of {many.PANELS} panels with two queries each")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        before, after, picture = (Path(folder) / name for name in ("before", "after", "picture.json"))
        many.write(before)
        many.write(after, changed=many.CHANGED)
        drawable(picture)
        promises = str(objectives.write(Path(folder) / "objectives"))
        many_files = str(linting.write(Path(folder) / "lint"))
        measures = (
            Measure("python -c pass", (sys.executable, "-c", "pass"), None),
            Measure("dash-sync --help", (DASH_SYNC, "--help"), 0.080),
            Measure("dash-sync render", (DASH_SYNC, "render", "--out", f"{folder}/rendered"), 0.400),
            Measure("dash-sync render --check", (DASH_SYNC, "render", "--check"), 0.400),
            Measure(
                f"dash-sync render, {objectives.NUMBER} objectives",
                # Nothing is there yet, so that every file is written.
                (
                    "sh",
                    "-c",
                    f"rm -rf {folder}/rules && exec {DASH_SYNC} render --config {promises} --out {folder}/rules",
                ),
                0.600,
            ),
            Measure(
                f"dash-sync diff, {many.CHANGED} of {many.NUMBER}",
                (DASH_SYNC, "diff", str(before / "rendered"), str(after / "rendered")),
                1.0,
            ),
            Measure(
                f"dash-sync preview, {many.PANELS} time series",
                (DASH_SYNC, "preview", str(picture), "--out", f"{folder}/pictures"),
                1.0,
            ),
            Measure("dash-sync lint, 12,000 queries", (DASH_SYNC, "lint", many_files), 4.000, runs=3),
        )
        missed = 0
        for measure in measures:
            seconds = best(measure)
            limit = "" if measure.limit is None else f"  limit {1000 * measure.limit:4.0f} ms"
            late = measure.limit is not None and seconds > measure.limit
            missed += late
            print(f"{measure.name:30} {1000 * seconds:5.0f} ms{limit}{'  MISSED' if late else ''}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        sizes = f"{many.NUMBER} dashboards of {many.PANELS} panels"
        print(f"\n{sizes}, on a sandbox; each process at most {many.MEMORY:.0f} MB")
        for figure in many.figures(Path(folder)):
            missed += figure.missed
            print(figure, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
