"""absent() without a `for`, or with one shorter than two scrapes.

When Prometheus restarts, every series is absent until its first scrape: the alert fires at each restart.

FAIL alert:
    {alert: A, expr: 'absent(up{job="api"})'}

PASS alert:
    {alert: A, expr: 'absent(up{job="api"})', for: 5m}

PASS alert:
    {alert: A, expr: 'absent_over_time(up{job="api"}[10m])'}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Call
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.rule_file import seconds


def check(rule: FileRule, project: Project) -> Findings:
    """Look at `for` of alerts on an absence."""
    if rule.alert and any(isinstance(node, Call) and node.name == "absent" for node, _ in rule.query.nodes):
        lasting = seconds(rule.raw.get("for", "0s"))
        if lasting is not None and lasting < 2 * project.scrape_interval:
            mend = f"a `for` of more than {lasting:g} s" if lasting else "a `for`"
            yield Finding(
                f"absent() holds after every restart of Prometheus: give the alert {mend}",
                pointer=("for",) if "for" in rule.raw else ("expr",),
            )


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "alerts/absent"}, rule=check)
