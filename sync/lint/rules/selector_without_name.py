"""A selector without a metric's name that looks through every series.

Without a name or an exact value of some label, Prometheus has to look at all that there is.

FAIL promql:
    count({job=~".+"})

FAIL promql:
    sum by (job) ({__name__=~".+"})

PASS promql:
    count({job="api"})

PASS promql:
    {__name__=~"http_.*", job="api"}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Find selectors with patterns only."""
    for selector, _ in query.selectors:
        if selector.name or any(m.has_variable or (m.operator == "=" and m.value) for m in selector.matchers):
            continue
        if all(m.operator != "=~" or m.value in {".+", ".*"} or m.label != "__name__" for m in selector.matchers):
            yield Finding(f"{selector} looks through every series: name a metric", piece="{")


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "query/cost"}, query=check)
