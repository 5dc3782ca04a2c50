"""A key that stands twice in one object: programs in Go refuse such YAML, and others take one of the two.

FAIL file a.json:
    {"title": "A", "uid": "a", "title": "B", "panels": []}

FAIL file rules.yaml:
    groups:
      - name: a
        name: b
        rules: []

PASS file rules.yaml:
    groups:
      - name: a
        rules:
          - &low {alert: DiskLow, expr: disk_free_bytes < 5e9, labels: {severity: warning}}
          - {<<: *low, alert: DiskEmpty, expr: disk_free_bytes < 1e9}

PASS file a.json:
    {"title": "A", "uid": "a", "panels": [{"title": "A"}]}
"""

from __future__ import annotations

from sync.lint.loading import Loaded
from sync.lint.positions import JsonPositions
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(loaded: Loaded, _project: Project) -> Findings:
    """Look at JSON files; YAML ones were looked at when they were read."""
    if loaded.documents and isinstance(loaded.positions, JsonPositions):
        for name, offset in loaded.positions.duplicate_keys():
            yield Finding(f"`{name}` stands twice in one object; only the last one counts", piece=offset)


RULE = Rule(__name__, Severity.WARNING, document=check)
