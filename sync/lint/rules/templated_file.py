"""A YAML file with Helm's or Jinja's marks, which is no YAML before it is rendered.

FAIL file rules.yaml:
    {{- if .Values.alerts }}
    groups:
    {{- end }}

PASS file rules.yaml:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.job }} is down"}}
"""

from __future__ import annotations

from sync.lint.problem import Severity
from sync.lint.rule import Rule

RULE = Rule(__name__, Severity.INFO)
