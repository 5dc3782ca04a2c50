"""A panel's unit that isn't the unit of what its query gives.

Bytes per second shown as bytes, a share shown as percent (0.5 reads "0.5 %"), seconds shown as milliseconds. The unit
of a query follows from its metrics' names (or the catalogue) and from what is done with them; where it isn't certain,
nothing is said. An override's unit is compared with the query whose field it is for, also by the name that a
transformation has given that. A query of no known unit is compared with the panels that show the same expression.

FAIL panel:
    {type: stat, title: A, fieldConfig: {defaults: {unit: bytes}}, targets: [{expr: 'rate(a_bytes[5m])', refId: A}]}

FAIL panel:
    {type: stat, title: A, fieldConfig: {defaults: {unit: ms}}, targets: [{expr: last_run_duration_seconds, refId: A}]}

FAIL panel:
    {type: stat, title: A, fieldConfig: {defaults: {unit: bytes}}, targets: [{expr: sum(cache_entries), refId: A}]}

PASS panel:
    {type: stat, title: A, fieldConfig: {defaults: {unit: bytes}}, targets: [{expr: nodes_pod_requests, refId: A}]}

FAIL panel:
    type: stat
    title: A
    fieldConfig: {defaults: {unit: percentunit}}
    targets: [{expr: "sum(rate(cpu_seconds_total[1m])) * 100 / scalar(count(cpu_seconds_total{mode='a'}))", refId: A}]

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
    title: Cores that are busy
    fieldConfig: {defaults: {unit: percent}}
    targets: [{expr: 'sum(rate(node_cpu_seconds_total[5m])) / count(count(node_cpu_seconds_total) by (cpu))', refId: A}]

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
    title: Of each node, by name
    fieldConfig: {defaults: {unit: bps}}
    targets: [{expr: 'rate(io_bytes_total[5m]) * on (instance) group_left (nodename) node_uname_info', refId: A}]

FAIL panel:
    type: timeseries
    title: By role
    fieldConfig: {defaults: {unit: bps}}
    targets: [{expr: 'rate(io_bytes_total[5m]) * on (instance) group_left (role) machine_role', refId: A}]

FAIL panel:
    type: stat
    title: In another unit by a product of numbers
    fieldConfig: {defaults: {unit: bytes}}
    targets: [{expr: node_memory_MemFree_bytes / (1024 * 1024), refId: A}]

FAIL panel:
    type: stat
    title: How many there are, as if it were a share
    fieldConfig: {defaults: {unit: percent}}
    targets: [{expr: count(up == 1), refId: A}]

FAIL panel:
    type: heatmap
    title: Latency
    options: {calculate: false, yAxis: {unit: ms}}
    targets: [{expr: 'sum by (le) (rate(took_seconds_bucket[5m]))', format: heatmap, legendFormat: "{{le}}", refId: A}]

FAIL panel:
    type: table
    title: Started
    targets: [{expr: process_start_time_seconds, format: table, instant: true, refId: A}]
    fieldConfig:
      overrides: [{matcher: {id: byName, options: Value}, properties: [{id: unit, value: dateTimeAsIso}]}]

FAIL panel:
    type: stat
    title: Degrees
    fieldConfig: {defaults: {unit: bytes}}
    targets: [{expr: max by (chip) (node_hwmon_temp_celsius), refId: A}]

FAIL panel:
    type: stat
    title: Yes or no
    fieldConfig: {defaults: {unit: bool_yes_no}}
    targets: [{expr: node_memory_MemFree_bytes, refId: A}]

PASS panel:
    type: stat
    title: Power
    fieldConfig: {defaults: {unit: watt}}
    targets: [{expr: 'rate(node_rapl_package_joules_total[5m])', refId: A}]

PASS panel:
    type: stat
    title: Started
    fieldConfig: {defaults: {unit: dateTimeAsIso}}
    targets: [{expr: process_start_time_seconds * 1000, refId: A}]

FAIL panel:
    type: timeseries
    title: An override of the other query
    targets:
      - {expr: 'rate(node_network_receive_bytes_total[5m])', legendFormat: "{{device}} in", refId: A}
      - {expr: up, legendFormat: Up, refId: B}
    fieldConfig:
      defaults: {unit: bytes}
      overrides: [{matcher: {id: byName, options: Up}, properties: [{id: unit, value: short}]}]

PASS panel:
    type: timeseries
    title: An override that may be this query's
    targets:
      - {expr: 'rate(node_network_receive_bytes_total[5m])', legendFormat: "{{device}} in", refId: A}
      - {expr: up, legendFormat: Up, refId: B}
    fieldConfig:
      defaults: {unit: bytes}
      overrides: [{matcher: {id: byName, options: eth0 in}, properties: [{id: unit, value: Bps}]}]

FAIL panel:
    type: timeseries
    title: Lines of each level
    fieldConfig: {defaults: {unit: s}}
    datasource: {type: loki, uid: "$logs"}
    targets: [{expr: 'sum by (level) (count_over_time({app="a"} | json [$__auto]))', refId: A}]

FAIL panel:
    type: timeseries
    title: Time that a log tells
    fieldConfig: {defaults: {unit: ms}}
    datasource: {type: loki, uid: "$logs"}
    targets: [{expr: 'quantile_over_time(0.9, {app="a"} | json | unwrap duration(took) [$__auto]) by (app)', refId: A}]

FAIL file old.json:
    {"title": "A", "panels": [
        {"type": "table-old", "targets": [{"expr": "rate(a_bytes_total[5m])", "format": "table", "refId": "A"}],
         "styles": [{"pattern": "Value", "type": "number", "unit": "bytes"}]}]}

FAIL file old.json:
    {"title": "A", "panels": [{"type": "graph", "targets": [{"expr": "up", "refId": "A"},
        {"expr": "took_seconds", "legendFormat": "Took", "refId": "B"}],
        "yaxes": [{"format": "short"}, {"format": "ms"}], "seriesOverrides": [{"alias": "Took", "yaxis": 2}]}]}

FAIL panel:
    type: stat
    title: How long, as if it were when
    fieldConfig: {defaults: {unit: dateTimeAsIso}}
    targets: [{expr: (time() - process_start_time_seconds) * 1000, refId: A}]

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
    {type: stat, title: A, fieldConfig: {defaults: {unit: ms}}, targets: [{expr: time() - boot_time_seconds, refId: A}]}

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
    type: stat
    title: Starts
    fieldConfig: {defaults: {unit: s}}
    targets: [{expr: 'changes(process_start_time_seconds[1h])', refId: A}]

FAIL panel:
    type: stat
    title: Created
    fieldConfig: {defaults: {unit: s}}
    targets: [{expr: max(kube_pod_created) * 1000, refId: A}]

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

FAIL panel:
    type: table
    title: Free
    targets: [{expr: 'max by (mountpoint) (node_filesystem_avail_bytes)', format: table, refId: A}]
    fieldConfig: {defaults: {unit: decbits}}

PASS panel:
    type: table
    title: Free, of which the column has a unit of its own, and one that isn't shown
    targets:
      - {expr: 'max by (mountpoint) (node_filesystem_avail_bytes)', format: table, refId: A}
      - {expr: 'sum by (mountpoint) (rate(node_disk_read_bytes_total[5m]))', format: table, refId: B}
    transformations: [{id: merge}, {id: organize, options: {excludeByName: {"Value #B": true}}}]
    fieldConfig:
      defaults: {unit: percentunit}
      overrides: [{matcher: {id: byName, options: "Value #A"}, properties: [{id: unit, value: bytes}]}]

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
    targets:
      - {expr: '100 * sum(disk_quota{type="used"}) / sum(disk_quota{type="hard"})', refId: A}
      - {expr: 100 * node_memory_MemFree_bytes / node_memory_MemTotal_bytes, refId: B}

FAIL panel:
    type: timeseries
    title: A hundredfold of what nobody knows
    fieldConfig: {defaults: {unit: percentunit}}
    targets: [{expr: "avg by (node) (100 * gpu_busy{job='a'}) > 0", refId: A}]

FAIL panel:
    type: timeseries
    title: A share that Grafana computes itself
    fieldConfig: {defaults: {unit: percent}}
    targets:
      - {expr: 'sum(rate(http_requests_total{code="500"}[5m]))', refId: A, hide: true}
      - {expr: 'sum(rate(http_requests_total[5m])) # all', refId: B, hide: true}
      - {refId: C, datasource: {type: __expr__, uid: __expr__}, type: math, expression: "$A / ${B}"}

FAIL panel:
    type: timeseries
    title: Mean time in the queue, of which the name doesn't say the unit
    fieldConfig: {defaults: {unit: s}}
    targets: [{expr: avg by (queue) (activemq_queue_average_enqueue_time), refId: A}]

PASS panel:
    type: timeseries
    title: The same, in the unit that its exporter has
    fieldConfig: {defaults: {unit: ms}}
    targets: [{expr: avg by (queue) (activemq_queue_average_enqueue_time), refId: A}]

PASS panel:
    type: stat
    title: Growth in a day
    fieldConfig: {defaults: {unit: bytes}}
    targets: [{expr: "deriv(node_filesystem_avail_bytes[1h]) * 86400", refId: A}]

PASS panel:
    {type: stat, title: A, fieldConfig: {defaults: {unit: short}}, targets: [{expr: memory_MemFree_bytes, refId: A}]}
"""

from __future__ import annotations

from sync.lint.dashboard import Panel, Target
from sync.lint.expressions import written_out
from sync.lint.fields import Fields, fields, overridden
from sync.lint.heatmap_unit import of_buckets
from sync.lint.panel_units import KINDS, TELLING, are_shown, default_unit, may_be_overridden, overriding_units
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text
from sync.lint.table_units import shown_by_default
from sync.lint.unlike_unit import unlike


def check(panel: Panel, project: Project) -> Findings:
    """Compare the panel's unit, and that of each override, with the unit of each query that it applies to."""
    if panel.kind == "heatmap":
        yield from of_buckets(panel, project)
    if panel.kind not in KINDS | {"table", "table-old"}:
        return
    unit, pointer = default_unit(panel)
    if unit in TELLING and panel.kind in KINDS and are_shown(panel):
        for target in panel.targets:
            if not may_be_overridden(panel, target):
                yield from _compared(target, unit, "panel", pointer, project)
    overrides, is_table = [*overriding_units(panel)], panel.kind == "table" and unit in TELLING
    found = fields(panel) if overrides or is_table else Fields()
    for target in shown_by_default(panel, found) if is_table else ():
        yield from _compared(target, unit, "table", pointer, project)
    for unit, matcher, pointer in overrides:
        name = f"override for {as_text(matcher.get('options'))}"
        for target in overridden(panel, matcher, found):
            yield from _compared(target, unit, name, pointer, project)


def _compared(target: Target, unit: str, what: str, pointer: Pointer, project: Project) -> Findings:
    query = None if target.hidden else written_out(target)
    if query is not None and (found := unlike(query, unit, what, project)):
        yield Finding(found.words, pointer=pointer, severity=found.severity)


RULE = Rule(__name__, Severity.WARNING, panel=check)
