r"""A file of no kind that lint knows; it was not checked.

What a config map or a secret holds (a configuration, rules, dashboards) is read as the file that it is.

FAIL file package.json:
    {"name": "a", "version": "1"}

PASS file secret.yaml:
    apiVersion: v1
    kind: Secret
    metadata: {name: alertmanager-main}
    stringData: {alertmanager.yaml: "route: {receiver: a}\nreceivers: [{name: a}]\n"}

PASS file dashboard.json:
    {"title": "A", "panels": []}
"""

from __future__ import annotations

from sync.lint.problem import Severity
from sync.lint.rule import Rule

RULE = Rule(__name__, Severity.INFO)
