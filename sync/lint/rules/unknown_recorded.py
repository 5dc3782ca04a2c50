"""A recorded series that no rule makes any more.

Judged where rules among the files record a name that differs by a letter or two, or others of the same level (the part
before the first colon) and family (the first word after it); with a catalogue, every name is judged.

WITH rules.yaml:
    groups:
      - name: api
        rules: [{record: "job:http_requests:rate5m", expr: "sum by (job) (rate(http_requests_total[5m]))"}]

FAIL promql:
    job:http_request:rate5m

FAIL promql:
    job:http_errors:rate5m / job:http_requests:rate5m

PASS promql:
    job:http_requests:rate5m

PASS promql:
    job:grpc_requests:rate5m + instance:http_requests:rate5m

PASS promql:
    namespace_cpu:kube_pod_container_resource_requests:sum
"""

from __future__ import annotations

import difflib

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, family_of_recorded
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Look every name with a colon up among the recorded ones."""
    recorded = project.known.recorded
    if not recorded:
        return
    for selector, _ in query.selectors:
        name = selector.name
        if ":" not in name.strip(":") or name in recorded or selector.has_variable_name or project.known.find(name):
            continue
        near = difflib.get_close_matches(name, recorded, n=1, cutoff=0.92)
        if near:
            yield Finding(f"no rule records {name}; did you mean {near[0]}?", piece=name)
        elif project.known.covers_all or family_of_recorded(name) in project.recorded_families:
            yield Finding(f"no rule records {name}", piece=name)


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "rule/dependency (in part)"}, needs="rule files", query=check)
