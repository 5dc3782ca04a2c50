"""A metric that nothing exposes.

The panel stays empty and the alert silent, and no one notices until the day. Names are known from the catalogue, from
expositions among the files (or `expositions` in dash-sync-lint.yaml), from a live Prometheus with `--prometheus`, and
from the recording rules among the files. An exposition judges only names of its own family (node_…, redis_…).

WITH node.prom:
    # TYPE node_load1 gauge
    node_load1 0.5
    # TYPE node_memory_MemFree_bytes gauge
    node_memory_MemFree_bytes 1

FAIL promql:
    node_memory_MemFre_bytes

FAIL promql:
    max(node_load2)

WITH took.prom:
    # TYPE node_took_seconds histogram
    node_took_seconds_bucket{le="1.0"} 1
    node_took_seconds_bucket{le="+Inf"} 1
    node_took_seconds_sum 1
    node_took_seconds_count 1

FAIL promql:
    histogram_quantile(0.9, sum by (le) (rate(node_took_seconds[5m])))

FAIL promql:
    rate(node_took_seconds[5m]) / rate(node_took_seconds_count[5m])

PASS promql:
    histogram_quantile(0.9, sum(rate(node_took_seconds[5m])))

PASS promql:
    node_load1 > 0 and up == 1

PASS promql:
    http_requests
"""

from __future__ import annotations

from sync.lint.known import MADE_BY_PROMETHEUS
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Look every name up."""
    known = project.known
    if not known.metrics:
        return
    for name in dict.fromkeys(selector.name for selector, _ in query.selectors if not selector.has_variable_name):
        if not name or name in MADE_BY_PROMETHEUS or ":" in name or name in known.recorded or not known.judges(name):
            continue
        if known.find(name) is None:
            similar = known.similar(name)
            yield Finding(f"nothing exposes {name}" + (f"; did you mean {similar}?" if similar else ""), piece=name)
    yield from _family(query, project)


def _family(query: Query, project: Project) -> Findings:
    """Look for a histogram without the ending of one of its series, grouped by `le` or beside one that has an ending.

    A native histogram has neither buckets nor endings.
    """
    names = {selector.name for selector, _ in query.selectors}
    for selector, above in query.selectors:
        metric = project.known.metrics.get(selector.name)
        if metric is None or metric.kind != "histogram" or not metric.buckets:
            continue
        by_le = any(
            isinstance(each, Aggregation) and "le" in (each.labels or ()) and not each.without for each in above
        )
        if by_le or names & {f"{selector.name}{ending}" for ending in ("_bucket", "_sum", "_count")}:
            message = f"{selector.name} is the name of the whole histogram: its series end in _bucket, _sum and _count"
            yield Finding(message, piece=selector.name)


RULE = Rule(
    __name__,
    Severity.ERROR,
    peers={"pint": "promql/series (live only)"},
    needs="catalogue, expositions or --prometheus",
    query=check,
)
