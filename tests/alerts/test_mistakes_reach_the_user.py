"""A mistake in objectives.yaml, as `dash-sync render` shows it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFIG = "project: shop\nrender: [broken]\n"
PACKAGE = """
from pathlib import Path
from rules_lib.load import load_objectives

def render():
    return load_objectives(Path(__file__).with_name("objectives.yaml"), {}, shown_as="broken/objectives.yaml")
"""
OBJECTIVES = """objectives:
  - name: shop
    titel: Shop
    target: 100
"""


def test_each_mistake_is_one_line_with_file_and_remedy_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "dash-sync.yaml").write_text(CONFIG)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "__init__.py").write_text(PACKAGE)
    (tmp_path / "broken" / "objectives.yaml").write_text(OBJECTIVES)
    run = subprocess.run(
        [sys.executable, "-m", "sync", "render"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stdout == ""
    lines = run.stderr.splitlines()
    assert any(line.startswith("error: broken/objectives.yaml:2: ") and "is missing" in line for line in lines)
    assert any(
        line.startswith("broken/objectives.yaml:3: unknown key 'titel'; did you mean 'title'?") for line in lines
    )
    assert any(line.startswith("broken/objectives.yaml:4: target: 100 is not below 100") for line in lines)
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "rendered").exists()
