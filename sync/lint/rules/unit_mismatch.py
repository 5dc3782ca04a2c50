"""A panel's unit that isn't the unit of what its query gives.

Bytes per second shown as bytes, a share shown as percent (0.5 reads "0.5 %"), seconds shown as milliseconds. The unit
of a query follows from its metrics' names (or the catalogue) and from what is done with them; where it isn't certain,
nothing is said. An override's unit is compared with the query whose field it is for, also by the name that a
transformation has given that. A query of no known unit is compared with the panels that show the same expression.

FAIL panel:
    type: timeseries
    title: A
    fieldConfig: {defaults: {unit: bytes}}
    targets: [{expr: "rate(node_network_receive_bytes_total[5m])", refId: A}]

FAIL panel:
    type: stat
    title: A
    fieldConfig: {defaults: {unit: ms}}
    targets: [{expr: "histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", refId: A}]

FAIL panel:
    type: stat
    title: A
    fieldConfig: {defaults: {unit: percent}}
    targets: [{expr: node_memory_MemFree_bytes / node_memory_MemTotal_bytes, refId: A}]

FAIL panel:
    type: stat
    title: A hundredfold too small, inside round()
    fieldConfig: {defaults: {unit: percent}}
    targets: [{expr: 'round(sum(rate(hit[5m])) / (sum(rate(hit[5m])) + sum(rate(read[5m]))), 0.001)', refId: A}]

FAIL panel:
    type: stat
    title: A hundredfold too large
    fieldConfig: {defaults: {unit: percentunit}}
    targets: [{expr: '100 * (1 - sum(:memory_available:sum) / sum(node_memory_MemTotal_bytes))', refId: A}]

FAIL panel:
    type: timeseries
    title: Lines of each level
    fieldConfig: {defaults: {unit: s}}
    datasource: {type: loki, uid: "$logs"}
    targets: [{expr: 'sum by (level) (count_over_time({app="a"} | json [$__auto]))', refId: A}]

FAIL panel:
    type: stat
    title: Share of errors
    fieldConfig: {defaults: {unit: percent}}
    datasource: {type: loki, uid: "$logs"}
    targets: [{expr: 'sum(rate({app="a"} |= "error" [$__auto])) / sum(rate({app="a"} [$__auto]))', refId: A}]

PASS panel:
    type: timeseries
    title: What is written
    fieldConfig: {defaults: {unit: Bps}}
    datasource: {type: loki, uid: "$logs"}
    targets: [{expr: 'sum by (app) (bytes_rate({app="a"} [$__auto]))', refId: A}]

PASS panel:
    type: timeseries
    title: Read from the lines
    fieldConfig: {defaults: {unit: s}}
    datasource: {type: loki, uid: "$logs"}
    targets: [{expr: 'max by (app) (max_over_time({app="a"} | json | unwrap took [$__auto]))', refId: A}]

FAIL panel:
    type: stat
    title: Targets that answer
    fieldConfig: {defaults: {unit: percent}}
    targets: [{expr: 'avg(up{job="a"})', refId: A}]

FAIL panel:
    type: stat
    title: Restarts
    fieldConfig: {defaults: {unit: s}}
    targets: [{expr: 'sum(increase(http_requests_total{job="a"}[1h]))', refId: A}]

PASS panel:
    type: timeseries
    title: Requests each minute, as their rate
    fieldConfig: {defaults: {unit: reqpm}}
    targets: [{expr: 'sum(increase(http_requests_total{job="a"}[1m]))', refId: A}]

FAIL panel:
    type: stat
    title: Uptime
    fieldConfig: {defaults: {unit: ms}}
    targets: [{expr: time() - process_start_time_seconds, refId: A}]

FAIL panel:
    type: table
    title: Renamed
    targets:
      - {expr: 'sum by (instance) (node_memory_MemFree_bytes)', format: table, refId: A}
      - {expr: 'sum by (instance) (rate(node_cpu_seconds_total[5m]))', format: table, refId: B}
    transformations: [{id: merge}, {id: organize, options: {renameByName: {"Value #A": Free, "Value #B": CPU}}}]
    fieldConfig:
      overrides: [{matcher: {id: byName, options: Free}, properties: [{id: unit, value: s}]}]

FAIL panel:
    type: timeseries
    title: A
    targets:
      - {expr: node_memory_MemFree_bytes, refId: A}
      - {expr: 'rate(node_cpu_seconds_total[5m])', refId: B}
    fieldConfig:
      overrides: [{matcher: {id: byFrameRefID, options: B}, properties: [{id: unit, value: bytes}]}]

FAIL panel:
    type: timeseries
    title: A
    targets: [{expr: node_memory_MemFree_bytes, refId: A, legendFormat: Free memory}]
    fieldConfig:
      overrides: [{matcher: {id: byRegexp, options: /Free.*/}, properties: [{id: unit, value: percentunit}]}]

FAIL panel:
    type: stat
    title: An amount, as if it were a rate
    fieldConfig: {defaults: {unit: Bps}}
    targets: [{expr: 'sum by (tenant) (ruler_wal_disk_size)', refId: A}]

FAIL dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: cache_used, refId: A}], fieldConfig: {defaults: {unit: percent}}}
      - {type: stat, title: B, targets: [{expr: 100 * cache_used, refId: A}], fieldConfig: {defaults: {unit: percent}}}

PASS dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: cache_used, refId: A}], fieldConfig: {defaults: {unit: percentunit}}}
      - {type: stat, title: B, targets: [{expr: 100 * cache_used, refId: A}], fieldConfig: {defaults: {unit: percent}}}

PASS panel:
    type: table
    title: Renamed
    targets:
      - {expr: 'sum by (instance) (node_memory_MemFree_bytes)', format: table, refId: A}
      - {expr: 'sum by (instance) (node_memory_MemTotal_bytes)', format: table, refId: B}
    transformations:
      - {id: calculateField, options: {alias: Share, mode: binary, binary: {left: "Value #A", right: "Value #B"}}}
      - {id: organize, options: {renameByName: {"Value #A": Free, "Value #B": All}}}
    fieldConfig:
      overrides:
        - {matcher: {id: byName, options: Free}, properties: [{id: unit, value: bytes}]}
        - {matcher: {id: byName, options: Share}, properties: [{id: unit, value: percentunit}]}
        - {matcher: {id: byRegexp, options: /Share|CPU/}, properties: [{id: unit, value: percentunit}]}

PASS panel:
    type: timeseries
    title: What the database has measured itself
    fieldConfig: {defaults: {unit: Bps}}
    targets: [{expr: db_ingress_bytes, refId: A}]

PASS panel:
    type: timeseries
    title: A
    fieldConfig: {defaults: {unit: bps}}
    targets: [{expr: "rate(node_network_receive_bytes_total[5m]) * 8", refId: A}]

PASS panel:
    type: stat
    title: A
    fieldConfig: {defaults: {unit: percent}}
    targets: [{expr: 100 * node_memory_MemFree_bytes / node_memory_MemTotal_bytes, refId: A}]

PASS panel:
    type: stat
    title: A
    fieldConfig: {defaults: {unit: percent}}
    targets: [{expr: '100 * sum(disk_quota{type="used"}) / sum(disk_quota{type="hard"})', refId: A}]

PASS panel:
    type: stat
    title: Growth in a day
    fieldConfig: {defaults: {unit: bytes}}
    targets: [{expr: "deriv(node_filesystem_avail_bytes[1h]) * 86400", refId: A}]

PASS panel:
    type: stat
    title: A
    fieldConfig: {defaults: {unit: short}}
    targets: [{expr: node_memory_MemFree_bytes, refId: A}]
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync.lint.dashboard import Panel, Target
from sync.lint.fields import Fields, fields, overridden
from sync.lint.grafana_units import UNITS
from sync.lint.known import TARGET_LABELS
from sync.lint.known_units import units
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project, metric_names, once_a_project
from sync.lint.promql.dimensions import EVENTS, Dimension, dimension
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.shares import share
from sync.lint.promql.tree import Binary, Call, Node, Selector, walk, without_matchers
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_KINDS = frozenset({"timeseries", "stat", "gauge", "bargauge", "barchart", "trend", "graph", "singlestat"})


def check(panel: Panel, project: Project) -> Findings:
    """Compare the panel's unit, and that of each override, with the unit of each query that it applies to."""
    if panel.kind not in _KINDS | {"table"}:
        return
    unit, pointer = _unit(panel)
    if unit in UNITS and panel.kind != "table" and not as_list(panel.raw.get("transformations")):
        for target in panel.targets:
            if not _overridden(panel, target):
                yield from _compared(target, unit, "panel", pointer, project)
    overrides = [*_units_of_overrides(panel)]
    found = fields(panel) if overrides else Fields()
    for unit, matcher, pointer in overrides:
        name = f"override for {as_text(matcher.get('options'))}"
        for target in overridden(panel, matcher, found):
            yield from _compared(target, unit, name, pointer, project)


def _compared(target: Target, unit: str, what: str, pointer: Pointer, project: Project) -> Findings:
    query = target.query
    if query is None or target.hidden or (tree := query.as_promql.tree) is None:
        return
    expected, found = UNITS[unit], dimension(tree, units(project))
    if found is None and unit == "percent" and share(tree) == 1:
        yield Finding(f"the query gives a ratio (0 … 1), the {what} shows percent: multiply by 100", pointer=pointer)
    elif found is None and unit == "percentunit" and share(tree) == 100:
        yield Finding(f"the query gives percent, the {what} shows a share: don't multiply by 100", pointer=pointer)
    elif found is not None and not _fits(found, expected) and not _time_spent(found, expected, target):
        yield Finding(f"the query gives {found.words}, the {what} shows {unit}", pointer=pointer)
    elif found is None and _may_be_elsewhere(query.text, project) and (others := _others(tree, expected, project)):
        yield Finding(f"the {what} shows {unit}, {others.words}", pointer=pointer, severity=others.severity)
    elif found is None and expected.seconds == -1 and _is_amount(tree):
        yield Finding(f"the query gives an amount, the {what} shows {unit}, which is one per second", pointer=pointer)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A panel, its unit, by what its query multiplies, and what that makes the unit of the expression within."""

    panel: str
    unit: str
    factor: float
    dimension: Dimension

    def is_like(self, other: Dimension) -> bool:
        """Whether the unit is another one's, but for 1000 in place of 1024."""
        own = self.dimension
        same = (own.bytes, own.seconds) == (other.bytes, other.seconds)
        return same and math.isclose(own.factor, other.factor, rel_tol=0.1)


@dataclass(frozen=True, slots=True)
class _Others:
    words: str
    severity: Severity


def _others(tree: Node, expected: Dimension, project: Project) -> _Others | None:
    """Return who shows the same as something else, unless fewer do; where it is one against one, none may be right."""
    inner, factor = unscaled(tree)
    shown = _shown(project).get(_key(inner), [])
    others = [each for each in shown if not each.is_like(expected.divided(factor))]
    if len(others) * 2 < len(shown) or len(shown) < 2:
        return None
    other = others[0]
    times = f" × {other.factor / factor:.10g}" if other.factor != factor else ""
    severity = Severity.INFO if len(others) * 2 == len(shown) else Severity.WARNING
    return _Others(f"{other.panel!r} shows the same{times} in {other.unit}", severity)


@once_a_project
def _shown(project: Project) -> dict[Node, list[_Shown]]:
    """Return how each expression of no known unit is shown, without the factors that its query has."""
    found: dict[Node, list[_Shown]] = {}
    for panel in (each for dashboard in project.dashboards for each in dashboard.panels if each.kind in _KINDS):
        unit, _ = _unit(panel)
        if unit not in UNITS or as_list(panel.raw.get("transformations")):
            continue
        for target in panel.targets:
            if target.query is None or target.hidden or not _may_be_elsewhere(target.query.text, project):
                continue
            tree = target.query.as_promql.tree
            if tree is not None and not _overridden(panel, target) and dimension(tree, units(project)) is None:
                inner, factor = unscaled(tree)
                if _is_named(inner):
                    shown = _Shown(panel.name, unit, factor, UNITS[unit].divided(factor))
                    found.setdefault(_key(inner), []).append(shown)
    return found


def _key(inner: Node) -> Node:
    """Return an expression without what only tells whose it is."""
    return without_matchers(core(inner), TARGET_LABELS)


def _may_be_elsewhere(text: str, project: Project) -> bool:
    """Whether another panel may show a metric of a query, told without parsing."""
    return any(project.shows[name] > 1 for name in metric_names(text))


def _is_named(tree: Node) -> bool:
    """Whether it is certain which series it selects."""
    selectors = [each for each, _ in walk(tree) if isinstance(each, Selector)]
    return bool(selectors) and all(each.name and not each.has_variable_name for each in selectors)


def _is_amount(tree: Node) -> bool:
    """Whether it is a size or a level, by its name, of which nothing takes a rate."""
    nodes = [each for each, _ in walk(tree)]
    names = [each.name for each in nodes if isinstance(each, Selector)]
    changes = any(isinstance(each, Call) and each.name in _CHANGES for each in nodes)
    divided = any(isinstance(each, Binary) and each.operator == "/" for each in nodes)
    return bool(names) and not changes and not divided and all(_AMOUNT.search(name) for name in names)


_CHANGES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "changes"})
_AMOUNT = re.compile(
    r"^(?!.*(?:_per_|persec|_rate|throughput|bandwidth|speed|iops|qps|bps))[a-z0-9_]*_(?:size|capacity|length|depth|free|used|usage|in_use"
    r"|inuse|available|remaining|active|pending|connected|waiting|open|limit)(?:_bytes)?$"
)


def _units_of_overrides(panel: Panel) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
    """Yield the units that say something, with the matcher of what has them and their place."""
    for number, raw in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
        for index, each in enumerate(as_list(as_dict(raw).get("properties"))):
            unit = as_text(as_dict(each).get("value"))
            if as_dict(each).get("id") == "unit" and unit in UNITS:
                pointer = ("fieldConfig", "overrides", number, "properties", index, "value")
                yield unit, as_dict(as_dict(raw).get("matcher")), pointer


def _unit(panel: Panel) -> tuple[str, Pointer]:
    if panel.kind == "graph":
        axes = as_list(panel.raw.get("yaxes"))
        return as_text(as_dict(axes[0]).get("format")) if axes else "", ("yaxes", 0, "format")
    if panel.kind == "singlestat":
        return as_text(panel.raw.get("format")), ("format",)
    return as_text(panel.defaults.get("unit")), ("fieldConfig", "defaults", "unit")


def _fits(found: Dimension, expected: Dimension) -> bool:
    if (found.bytes, found.seconds) != (expected.bytes, expected.seconds):
        return _of_a_while(found, expected)
    if expected.events == 0 and found.events and (expected.bytes, expected.seconds) == (0, 0):
        return True
    return math.isclose(found.factor, expected.factor, rel_tol=0.05)


def _of_a_while(found: Dimension, expected: Dimension) -> bool:
    """Whether it is a rate made into what comes in a minute, hour or day, which has the unit of an amount, or such."""
    if (found, expected.seconds, expected.factor) == (EVENTS, -1, 60):
        return True
    return (found.bytes, found.seconds, found.factor) in {(1, -1, 60), (1, -1, 3600), (1, -1, 86400)} and (
        expected.bytes,
        expected.seconds,
    ) == (1, 0)


def _time_spent(found: Dimension, expected: Dimension, target: Target) -> bool:
    """Whether it is seconds spent per second, which some show as a share and some as a time."""
    text = target.query.text if target.query else ""
    return (found.bytes, found.seconds, expected.seconds) == (0, 0, 1) and "seconds" in text


def _overridden(panel: Panel, target: Target) -> bool:
    """Whether an override may give this query's series another unit: one by name can't be told apart, so it may."""
    for each in as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides")):
        if any(as_dict(prop).get("id") == "unit" for prop in as_list(as_dict(each).get("properties"))):
            matcher = as_dict(as_dict(each).get("matcher"))
            if matcher.get("id") != "byFrameRefID" or matcher.get("options") == target.ref_id:
                return True
    return any(as_dict(each).get("yaxis") == 2 for each in as_list(panel.raw.get("seriesOverrides")))


RULE = Rule(__name__, Severity.WARNING, panel=check)
