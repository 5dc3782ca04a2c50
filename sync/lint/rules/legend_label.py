"""A legend that names a label which the query drops.

`{{instance}}` above `sum by (job) (…)` is written as nothing: every line has the same, empty name. A recorded series
has the labels that its rule among the files keeps; a catalogue or an exposition says which labels a metric has.

WITH rules.yaml:
    groups: [{name: a, rules: [{record: "job:requests:rate5m", expr: "sum by (job) (rate(requests_total[5m]))"}]}]

WITH node.prom:
    # TYPE node_cpu_seconds_total counter
    node_cpu_seconds_total{cpu="0",mode="idle"} 1

FAIL target:
    {expr: "rate(node_cpu_seconds_total[5m])", legendFormat: "{{core}}", refId: A}

PASS target:
    {expr: "rate(node_cpu_seconds_total[5m])", legendFormat: "{{cpu}} of {{instance}}", refId: A}

FAIL target:
    {expr: "job:requests:rate5m", legendFormat: "{{instance}}", refId: A}

PASS target:
    {expr: "job:requests:rate5m", legendFormat: "{{job}} {{cluster}}", refId: A}

FAIL target:
    {expr: "sum by (job) (up)", legendFormat: "{{instance}}", refId: A}

FAIL target:
    {expr: "sum without (instance) (up)", legendFormat: "{{job}} {{instance}}", refId: A}

FAIL target:
    {expr: "topk(5, sum by (job) (up))", legendFormat: "{{instance}}", refId: A}

FAIL target:
    expr: 'topk(5, sum by (app) (rate({job="a"} |= "x" [5m])))'
    legendFormat: "{{level}}"
    datasource: {type: loki, uid: "$logs"}

PASS target:
    expr: 'sort_desc(topk($top, sum by (app) (rate({job="a"} |= "x" [5m]))))'
    legendFormat: "{{app}}"
    datasource: {type: loki, uid: "$logs"}

PASS target:
    {expr: "sum by (job, instance) (up)", legendFormat: "{{job}} {{instance}}", refId: A}

FAIL target:
    {expr: "up", legendFormat: "{{ $labels.instance }}", refId: A}

FAIL panel:
    type: stat
    title: A
    targets: [{expr: sum by (job) (up), refId: A}]
    fieldConfig: {defaults: {displayName: "${__field.labels.instance}"}}

FAIL panel:
    type: stat
    title: A
    targets: [{expr: sum by (job) (up), refId: A}, {expr: sum by (job) (down), refId: B}]
    fieldConfig: {defaults: {links: [{title: Logs, url: "/d/logs?var-node=${__field.labels.instance}"}]}}

FAIL target:
    {expr: "sum by (job) (up)", legendFormat: "{{job}", refId: A}

FAIL target:
    {expr: "sum by (job) (up)", legendFormat: "{job} up", refId: A}

FAIL target:
    {expr: "sum by (job) (up)", legendFormat: "${__field.labels.job}", refId: A}

FAIL panel:
    type: stat
    title: A
    targets: [{expr: sum by (job) (up), refId: A}]
    fieldConfig: {defaults: {displayName: "{{job}}"}}

FAIL dashboard:
    annotations: {list: [{name: A, expr: "sum by (job) (up) == 0", titleFormat: "{{instance}} is down"}]}

FAIL target:
    {expr: "rate(up_total[5m])", legendFormat: "{{__name__}}", refId: A}

FAIL panel:
    type: timeseries
    title: One side of a choice
    targets:
      - refId: A
        expr: sum by (instance) (rate(dns_requests_total[5m])) or sum by (pod) (rate(dns_request_count_total[5m]))
        legendFormat: '{{pod}}'

PASS panel:
    type: stat
    title: A
    targets: [{expr: sum by (job) (up), refId: A}]
    fieldConfig: {defaults: {displayName: "${__field.labels.job}"}}

PASS target:
    {expr: "up", legendFormat: "{{instance}}", refId: A}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.lint.dashboard import Dashboard, Panel, Target
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.promql.tree import Aggregation, Binary, Node
from sync.lint.recorded_labels import lacks, never_has
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_LABEL = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_OF_FIELD = re.compile(r"\$\{__field\.labels(?:\.|\[[\"'])([A-Za-z_]\w*)(?:[\"']\])?\}")
_OF_ALERT = re.compile(r"\{\{\s*(?:(?:\$labels|\.?[Ll]abels)?\.|[\"'])(\w+)[\"']?\s*\}\}")
"""A label as the texts of alerts and code name it, which a legend writes as it is."""
_WHOLE = re.compile(r"\$?\{\{[^{}]*\}\}|\{\{\$\{[^{}]*\}\}\}|\$\{[^{}]*\}")
_SINGLE = re.compile(r"(?<![{$])\{\s*([A-Za-z_]\w*)\s*\}(?!\})")
_BROKEN = re.compile(r"\{\{?\s*[A-Za-z_]\w*\s*\}\}?")


def check(target: Target, project: Project) -> Findings:
    """Compare the labels that the legend names with those of the result."""
    if "{" not in target.legend or target.query is None or _is_unseen(target):
        return
    tree = target.query.as_promql.tree
    if tree is None:
        return
    if of_field := _OF_FIELD.search(target.legend):
        yield Finding(f"a legend names a label as {{{{{of_field[1]}}}}}", pointer=("legendFormat",), piece=of_field[0])
    for label in _OF_ALERT.findall(target.legend):
        yield Finding(f"a legend names a label by its name alone: {{{{{label}}}}}", pointer=("legendFormat",))
    rest = _WHOLE.sub("", target.legend)
    if "{{" in target.legend and (broken := _BROKEN.search(rest)):
        message = f"a label stands between two braces on each side, and here is {broken[0]}"
        yield Finding(message, pointer=("legendFormat",), piece=broken[0])
    labels = result_labels(tree)
    if "{{" not in target.legend and (single := _SINGLE.search(rest)) and single[1] in labels.possible:
        message = f"a label stands between two braces, {{{{{single[1]}}}}}: {single[0]} is drawn as it is"
        yield Finding(message, pointer=("legendFormat",), piece=single[0])
    for label in dict.fromkeys(_LABEL.findall(target.legend)):
        if why := _why_missing(tree, label, project):
            yield Finding(f"the legend shows {label}, which {why}", pointer=("legendFormat",), piece=label)


def _why_missing(tree: Node, label: str, project: Project) -> str:
    """Say why a result doesn't have a label; '' where it may have it."""
    if _is_lost_aside(tree, label, project):
        return "one side of `or` drops"
    if not lacks(tree, label, project):
        return "the metric doesn't have" if never_has(tree, label, project) else ""
    labels = result_labels(tree)
    return "the query drops" + (f"; it keeps {', '.join(sorted(labels.possible)) or 'none'}" if labels.exact else "")


def _is_lost_aside(tree: Node, label: str, project: Project) -> bool:
    """Whether one side of `or` drops a label by its grouping, and the other keeps it: a choice of two queries."""
    if not isinstance(tree, Binary) or tree.operator != "or":
        return False
    sides = [tree.left, tree.right]
    if not all(isinstance(side, Aggregation) and not side.without and side.labels for side in sides):
        return False
    return [lacks(side, label, project) for side in sides].count(True) == 1


def check_names(panel: Panel, project: Project) -> Findings:
    """Look at the names and links that a panel gives its fields by their labels."""
    if panel.kind == "table" or as_list(panel.raw.get("transformations")):
        return
    named = [*_of_fields(panel)]
    for text, pointer, _ in named:
        if (braced := _LABEL.search(text)) and "__field" not in braced[0]:
            message = f"{braced[0]} is filled in by legends alone: here it is ${{__field.labels.{braced[1]}}}"
            yield Finding(message, pointer=pointer, piece=braced[0])
    sent = [each for each in panel.targets if named and not each.hidden]
    trees = {each.ref_id: each.query.as_promql.tree if each.query else None for each in sent}
    for text, pointer, ref_id in named:
        asked = [trees[ref_id]] if ref_id in trees else [*trees.values()]
        for label in dict.fromkeys(_OF_FIELD.findall(text)):
            if asked and all(tree is not None and never_has(tree, label, project) for tree in asked):
                what = "are named by" if "links" not in pointer and pointer[-1] != "url" else "have a link with"
                yield Finding(f"the fields {what} {label}, which the query doesn't give", pointer=pointer, piece=label)


def _is_unseen(target: Target) -> bool:
    """Whether nothing shows the legend: a table has columns, unless it has a row for each series."""
    if target.raw.get("format") == "table":
        return True
    rows = any(as_dict(each).get("id") == "reduce" for each in as_list(target.panel.raw.get("transformations")))
    return target.panel.kind == "table" and not rows


_FORMATS = ("titleFormat", "textFormat", "tagKeys")
"""What the texts of an annotation are made of."""


def check_annotations(dashboard: Dashboard, project: Project) -> Findings:
    """Look at the labels that the texts of annotations show; v2 keeps these apart, as options of before."""
    base = len(dashboard.base)
    if not any(key in dashboard.text for key in _FORMATS):
        return
    for pointer, query in dashboard.annotations:
        own = pointer[base : base + 3]
        place = (*own, "legacyOptions") if dashboard.is_v2 else own
        raw = _at(dashboard.raw, place)
        if (tree := query.as_promql.tree) is None:
            continue
        for key in _FORMATS:
            text = as_text(raw.get(key))
            labels = re.findall(r"\w+", text) if key == "tagKeys" else _LABEL.findall(text)
            for label in dict.fromkeys(labels):
                if never_has(tree, label, project):
                    message = f"the annotation shows {label}, which the query doesn't give"
                    yield Finding(message, pointer=(*place, key), piece=label)


def _at(raw: Any, pointer: Pointer) -> dict[str, Any]:
    """Return what stands at a place, where that is an object."""
    for step in pointer:
        raw = raw[step] if isinstance(step, int) else as_dict(raw).get(step)
    return as_dict(raw)


def _of_fields(panel: Panel) -> Iterator[tuple[str, Pointer, str]]:
    """Yield names and links of fields, each with its place and the query that an override gives it to, '' for all."""
    config = as_dict(panel.raw.get("fieldConfig"))
    written = str(config)
    if "__field.labels" not in written and "{{" not in written:
        return
    defaults: Pointer = ("fieldConfig", "defaults")
    yield as_text(panel.defaults.get("displayName")), (*defaults, "displayName"), ""
    yield from _links(panel.defaults.get("links"), (*defaults, "links"), "")
    for number, raw in enumerate(as_list(config.get("overrides"))):
        matcher = as_dict(as_dict(raw).get("matcher"))
        ref_id = as_text(matcher.get("options")) if matcher.get("id") == "byFrameRefID" else ""
        for index, each in enumerate(as_list(as_dict(raw).get("properties"))):
            pointer: Pointer = ("fieldConfig", "overrides", number, "properties", index, "value")
            value = as_dict(each).get("value")
            if as_dict(each).get("id") == "displayName":
                yield as_text(value), pointer, ref_id
            elif as_dict(each).get("id") == "links":
                yield from _links(value, pointer, ref_id)


def _links(links: object, pointer: Pointer, ref_id: str) -> Iterator[tuple[str, Pointer, str]]:
    for number, link in enumerate(as_list(links)):
        for key in ("title", "url"):
            yield as_text(as_dict(link).get(key)), (*pointer, number, key), ref_id


RULE = Rule(__name__, Severity.WARNING, target=check, panel=check_names, dashboard=check_annotations)
