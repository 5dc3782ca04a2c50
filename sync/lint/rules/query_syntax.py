r"""A query that its data source can't read.

The panel shows an error instead of data; a rule file with such a rule isn't loaded at all. The place and the words are
the parser's. Grafana's variables and macros are stood in for first; a query whose grammar depends on what a variable
holds is not judged.

FAIL promql:
    sum(rate(http_requests_total{job="api"}[5m]) by (route)

FAIL promql:
    rate(http_requests_total)

FAIL promql:
    up{job="a" or job="b"}

FAIL promql:
    up{job=~$job}

FAIL logql:
    {app="api" |= "error"

FAIL logql:
    {app="api"} |~ "delete (request"

FAIL logql:
    {app="api"} | json | path=~"/a/[0-9+"

FAIL traceql:
    {resource.service.name = "api"

FAIL traceql:
    { span.http.status_code >= }

PASS promql:
    sum by (route) (rate(http_requests_total{job=~"$job"}[$__rate_interval]))

PASS logql:
    {app=~"api|web"} |~ "(?i)delete \\(request" !~ `\pL+ {id` |~ "a$" | regexp "(?P<status>[0-9]+)"

PASS promql:
    $aggregation by (route) (rate(http_requests_total[5m]))
"""

from __future__ import annotations

from sync.lint import logql, traceql
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Say what the parser says."""
    if query.language is Language.PROMQL:
        if query.error is not None:
            yield Finding(f"not PromQL: {query.error.words}", piece=query.error.offset)
        return
    problem = (logql if query.language is Language.LOGQL else traceql).syntax_problem(query.text)
    if problem is not None:
        words, offset = problem
        yield Finding(f"not {query.language}: {words}", piece=offset)


RULE = Rule(
    __name__,
    Severity.ERROR,
    peers={"dashboard-linter": "target-promql, target-logql, template-label-promql", "pint": "promql/syntax"},
    query=check,
)
