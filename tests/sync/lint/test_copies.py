"""A manifest that holds a rule file's groups as they are is a copy; one that says them otherwise is a duplicate."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GROUP = "{name: shop, rules: [{record: 'job:up:sum', expr: sum by (job) (up)}]}"
MANIFEST = "{apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: {name: shop}, spec: {groups: [%s]}}"


@pytest.mark.parametrize(("group", "told"), [(GROUP, False), (GROUP.replace("name: shop", "name: other"), True)])
def test_only_what_differs_from_its_copy_is_a_duplicate(tmp_path: Path, group: str, told: bool) -> None:
    (tmp_path / "rules.yaml").write_text(f"groups: [{GROUP}]\n")
    (tmp_path / "manifest.yaml").write_text(MANIFEST % group + "\n")
    run = subprocess.run(
        [sys.executable, "-m", "sync", "lint", tmp_path], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ("duplicate-rule" in run.stdout) is told, run.stdout


def test_a_group_of_which_a_rule_was_edited_is_still_the_copy_of_its_manifest(tmp_path: Path) -> None:
    rules = ["{alert: A, expr: up == 0}", "{alert: B, expr: up > 1}", "{alert: C, expr: absent(up)}"]
    (tmp_path / "manifest.yaml").write_text(MANIFEST % f"{{name: shop, rules: [{', '.join(rules)}]}}" + "\n")
    rules[1] = "{alert: B, expr: up > 2}"
    (tmp_path / "rules.yaml").write_text(f"groups: [{{name: shop, rules: [{', '.join(rules)}]}}]\n")
    run = subprocess.run(
        [sys.executable, "-m", "sync", "lint", tmp_path], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "duplicate-rule" not in run.stdout, run.stdout
