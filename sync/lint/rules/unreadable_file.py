"""A file that is no JSON, no YAML or no UTF-8 text.

FAIL file broken.json:
    {"title": "A", "panels": [}

FAIL file broken.yaml:
    groups: [

FAIL file broken.yaml:
    groups:
      - name: a
        rules:
          - alert: A
            expr: up == 0
            annotations:
              summary: member of the family
                {{ $labels.job }} is slow
             for: 5m

PASS file fine.yaml:
    groups: []
"""

from __future__ import annotations

from sync.lint.problem import Severity
from sync.lint.rule import Rule

RULE = Rule(__name__, Severity.ERROR, peers={"pint": "yaml/parse"})
