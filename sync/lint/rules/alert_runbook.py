"""An alert without a runbook.

Who is woken by it reads what it means, what to check first and whom to call; `runbook_url` leads there.

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down.}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: TODO}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: "https://example.com/runbooks/a"}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: info}}
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_NONE = re.compile(r"(?:todo|tbd|fixme|xxx|none|null|n/?a|-)?", re.IGNORECASE)


def check(rule: FileRule, _project: Project) -> Findings:
    """Look for an annotation with `runbook` in its name; what wakes nobody needs none."""
    if not rule.alert or rule.labels.get("severity") in {"info", "none"}:
        return
    if not any(
        "runbook" in name.lower() and not _NONE.fullmatch(value.strip())
        for name, value in (*rule.annotations.items(), *rule.labels.items())
    ):
        where = ("annotations",) if "annotations" in rule.raw else ("alert",)
        yield Finding(f"{rule.alert} has no runbook_url", pointer=where)


RULE = Rule(__name__, Severity.INFO, peers={"pint": "alerts/annotation"}, rule=check)
