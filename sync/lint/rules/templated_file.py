"""A file with Helm's or Jinja's marks, which says nothing certain before it is rendered.

FAIL file rules.yaml:
    {{- if .Values.alerts }}
    groups:
    {{- end }}

FAIL file rules.yaml:
    groups:
      - name: {{ .Release.Name }}
        rules: [{alert: A, expr: 'up{namespace="{{ .Values.namespace }}"} == 0'}]

FAIL file dashboard.json:
    {"title": "A", "panels": [{{- if .Values.more }} {"type": "text"} {{- end }}]}

FAIL file rules.yaml:
    groups: {{`[]`}}
    {{`x`}}

FAIL file alertmanager.yaml:
    route: {{ alertmanager_route | to_json }}
    receivers: [{name: a}]

PASS file dashboard.json:
    {"title": "A", "panels": [{"type": "stat", "targets": [{"expr": "up", "legendFormat": "{{`{{pod}}`}}"}]}]}

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
