"""A variable whose choices are read once, when the dashboard is opened.

The values of a label change with the time range: pods that came later can't be chosen, those of yesterday neither.
`refresh: 2` reads them anew when the range changes; `--fix` sets it.

FAIL dashboard:
    templating: {list: [{type: query, name: pod, refresh: 0, query: "label_values(up, pod)"}]}

PASS dashboard:
    templating: {list: [{type: query, name: pod, refresh: 2, query: "label_values(up, pod)"}]}
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Variable
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule

_ASKING = re.compile(r"\b(?:label_values|query_result|metrics)\s*\(")
"""Queries whose answer depends on the time that is looked at."""


def check(variable: Variable, _project: Project) -> Findings:
    """Look at refresh of those that query Prometheus or Loki."""
    if (
        variable.kind != "query"
        or variable.datasource.kind not in {"prometheus", "loki", ""}
        or not _ASKING.search(variable.text)
    ):
        return
    refresh = variable.raw.get("refresh")
    if refresh != 2 and isinstance(refresh, (int, type(None))):
        severity = Severity.WARNING if not refresh else Severity.INFO
        words = {1: "only when the dashboard is opened"}.get(refresh or 0, "never again")
        always: str | int = "onTimeRangeChanged" if variable.pointer[-1:] == ("spec",) else 2  # as v2, or v1, has it
        fix = always if "refresh" in variable.raw else None
        yield Finding(
            f"the choices of {variable.name} are read {words}: set refresh to {always}",
            pointer=("refresh",),
            fix=fix,
            severity=severity,
        )


RULE = Rule(__name__, Severity.WARNING, peers={"dashboard-linter": "template-on-time-change-reload"}, variable=check)
