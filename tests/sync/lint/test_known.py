"""What an exposition tells of its metrics."""

from __future__ import annotations

import pytest

from sync.lint import check
from tests.sync.lint.examples import dashboard

EXPOSITION = """\
# HELP gpu_busy How busy it is (in %).
# TYPE gpu_busy gauge
gpu_busy{gpu="0"} 87
# HELP gpu_used Memory in use (in MiB).
# TYPE gpu_used gauge
gpu_used{gpu="0"} 16001
"""


@pytest.mark.parametrize(
    ("metric", "unit", "fits"),
    [("gpu_busy", "percent", True), ("gpu_busy", "percentunit", False)]
    + [("gpu_used", unit, unit == "mbytes") for unit in ("mbytes", "bytes", "gbytes")],
)
def test_a_help_text_tells_the_unit(metric: str, unit: str, *, fits: bool) -> None:
    targets = [{"expr": metric, "refId": "A"}]
    field_config = {"defaults": {"unit": unit}, "overrides": []}
    path, text = dashboard(panels=[{"type": "stat", "title": "A", "targets": targets, "fieldConfig": field_config}])
    problems = check({path: text.encode(), "gpu.prom": EXPOSITION.encode()})
    assert ("unit-mismatch" not in {problem.rule for problem in problems}) == fits
