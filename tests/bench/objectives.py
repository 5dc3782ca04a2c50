"""Four hundred objectives to render as rule files: Phoenix's own, each under many names."""

from __future__ import annotations

import re
from pathlib import Path

from alerts import SOURCE

ROOT = Path(__file__).resolve().parents[2]
NUMBER = 400

CONFIG = "project: bench\nrender: [promises]\n"
PACKAGE = '''"""Renders the objectives beside it."""

from pathlib import Path

from catalogue import SIGNALS
from rules_lib.links import Links
from rules_lib.load import load_objectives
from rules_lib.objective_file import objective_file

LINKS = Links("https://runbooks.example.com", "https://grafana.example.com")


def render():
    objectives = load_objectives(Path(__file__).with_name("objectives.yaml"), SIGNALS)
    return {
        f"rules/slo-{each.name}.yaml": objective_file(each, source="objectives.yaml", links=LINKS, dashboard=each.name)
        for each in objectives
    }
'''


def write(folder: Path) -> Path:
    """Write a project of so many objectives and return its dash-sync.yaml."""
    package = folder / "promises"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(PACKAGE, encoding="utf-8")
    head, *entries = re.split(r"(?m)^(?=  - name: )", (ROOT / SOURCE).read_text(encoding="utf-8"))
    many = [
        re.sub(r"(?m)^  - name: (\S+)$", rf"  - name: \1-{number}", entries[number % len(entries)].rstrip() + "\n")
        for number in range(NUMBER)
    ]
    (package / "objectives.yaml").write_text(head + "\n".join(many), encoding="utf-8")
    config = folder / "dash-sync.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return config
