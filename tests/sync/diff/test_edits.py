"""Each edit that a person makes gives its own line, and no other."""
# ruff: noqa: E501 (one edit a line)

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.sync.diff.sample import difference, panel, sample, target

Edit = Callable[[dict[str, Any]], object]


def put(*path: Any, value: Any) -> Edit:
    def edit(spec: dict[str, Any]) -> None:
        at: Any = spec
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return edit


def drop(*path: Any) -> Edit:
    def edit(spec: dict[str, Any]) -> None:
        at: Any = spec
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return edit


def add(*path: Any, value: Any) -> Edit:
    def edit(spec: dict[str, Any]) -> None:
        at: Any = spec
        for step in path:
            at = at[step]
        at.append(value)

    return edit


def swap(*path: Any) -> Edit:
    def edit(spec: dict[str, Any]) -> None:
        at: Any = spec
        for step in path:
            at = at[step]
        at[0], at[1] = at[1], at[0]

    return edit


STAT, TEXT, ROW, RATE, LATENCY, AGENTS = (("panels", index) for index in range(6))
TABLE, HEATMAP = (*AGENTS, "panels", 0), (*AGENTS, "panels", 1)
DEFAULTS = ("fieldConfig", "defaults")
EXPR = ("targets", 0, "expr")
RATE_A = 'sum by (route) (rate(requests_total{job="api", status=~"5.."}[$__rate_interval]))'
VARIABLES = ("templating", "list")

# What is edited, and the line: where, what, op, before, after, details (None: not looked at).
EDITS: dict[str, tuple[Edit, tuple[Any, ...]]] = {
    "title": (put("title", value="Other"), ((), "title", "renamed", "Sample", "Other")),
    "uid": (put("uid", value="other"), ((), "uid", "changed", "sample", "other")),
    "description": (put("description", value="What the sample did."), ((), "description", "changed", "What the sample does.", "What the sample did.")),
    "tag added": (put("tags", value=["phoenix", "orchestrator", "slo"]), ((), "tags", "changed", "orchestrator, phoenix", "orchestrator, phoenix, slo")),
    "time range": (put("time", "from", value="now-1h"), ((), "time range from", "changed", "now-6h", "now-1h")),
    "refresh": (put("refresh", value="1m"), ((), "auto refresh", "changed", "30s", "1m")),
    "timezone": (put("timezone", value="utc"), ((), "timezone", "changed", "browser", "utc")),
    "crosshair": (put("graphTooltip", value=2), ((), "shared crosshair", "changed", "crosshair", "crosshair and tooltip")),
    "read only": (put("editable", value=False), ((), "editable", "changed", "yes", "no")),
    "link url": (put("links", 0, "url", value="https://runbooks.example.com/other"), (("link “Runbook”",), "url", "changed", None, None)),
    "link title": (put("links", 0, "title", value="Runbooks"), (("link “Runbook”",), "title", "changed", "Runbook", "Runbooks")),
    "link added": (add("links", value={"title": "Docs", "type": "link", "url": "/docs"}), ((), "link “Docs”", "added", None, None)),
    "link removed": (drop("links", 1), ((), "link “Siblings”", "removed", None, None)),
    "annotation query": (put("annotations", "list", 0, "expr", value="deploys"), (("annotation “Deploys”",), "expr", "changed", "deploys_total", "deploys")),
    "annotation off": (put("annotations", "list", 1, "enable", value=False), (("annotation “Alerts”",), "enabled", "changed", "yes", "no")),
    "annotation removed": (drop("annotations", "list", 0), ((), "annotation “Deploys”", "removed", None, None)),
    "variable query": (put(*VARIABLES, 1, "query", value="label_values(up, cluster)"), (("variable “environment”",), "query", "changed", None, None)),
    "variable name": (put(*VARIABLES, 2, "name", value="q"), (("variable “quantile”",), "name", "changed", "quantile", "q")),
    "variable label": (put(*VARIABLES, 2, "label", value="q"), (("variable “quantile”",), "label", "changed", "Quantile", "q")),
    "variable single": (put(*VARIABLES, 1, "multi", value=False), (("variable “environment”",), "several values", "changed", "yes", "no")),
    "variable hidden": (put(*VARIABLES, 2, "hide", value=2), (("variable “quantile”",), "hidden", "changed", "shown", "hidden")),
    "variable refresh": (put(*VARIABLES, 1, "refresh", value=1), (("variable “environment”",), "auto refresh", "changed", "on time range change", "on load")),
    "variable default": (put(*VARIABLES, 1, "current", value={"text": "staging", "value": "staging"}), (("variable “environment”",), "default value", "changed", "production", "staging")),
    "variable removed": (drop(*VARIABLES, 2), ((), "variable “quantile”", "removed", None, None)),
    "variable order": (swap(*VARIABLES), ((), "order of variables", "reordered", None, None)),
    "panel title": (put(*RATE, "title", value="Request rate"), (("panel “Request rate”",), "title", "renamed", "Rate", "Request rate")),
    "panel description": (put(*STAT, "description", value="Should be zero."), (("panel “Error rate”",), "description", "changed", "Should be near zero.", "Should be zero.")),
    "panel kind": (put(*LATENCY, "type", value="barchart"), (("panel “Latency”",), "kind", "changed", "timeseries", "barchart")),
    "panel removed": (drop(*LATENCY), ((), "panel “Latency”", "removed", None, None)),
    "panel added": (add("panels", value=panel(20, "gauge", "Memory", (0, 30, 6, 4), target("memory_bytes"))), ((), "panel “Memory”", "added", None, None)),
    "panel transparent": (put(*TEXT, "transparent", value=True), (("panel “About”",), "transparent", "changed", "no", "yes")),
    "panel repeated": (put(*RATE, "repeat", value="environment"), (("panel “Rate”",), "repeat", "changed", "none", "environment")),
    "panel resized": (put(*RATE, "gridPos", "w", value=10), (("panel “Rate”",), "size", "resized", "12 × 8", "10 × 8")),
    "panel moved down": (put(*STAT, "gridPos", "y", value=2), ((), "panel “Error rate”", "moved", None, None)),
    "panel moved sideways": (put(*LATENCY, "gridPos", "x", value=13), ((), "panel “Latency”", "moved", None, None)),
    "panel interval": (put(*LATENCY, "interval", value="30s"), (("panel “Latency”",), "least interval", "changed", "1m", "30s")),
    "panel link": (put(*RATE, "links", 0, "url", value="/explore?left=2"), (("panel “Rate”",), "link “Trace”: url", "changed", None, None)),
    "row title": (put(*ROW, "title", value="Traffic"), (("row “Traffic”",), "title", "renamed", "Requests", "Traffic")),
    "text content": (put(*TEXT, "options", "content", value="# Sample\n\nRead it."), (("panel “About”",), "content", "changed", None, None)),
    "unit": (put(*RATE, *DEFAULTS, "unit", value="ops"), (("panel “Rate”",), "unit", "changed", "reqps", "ops")),
    "unit removed": (drop(*LATENCY, *DEFAULTS, "unit"), (("panel “Latency”",), "unit", "changed", "s", "default")),
    "decimals": (put(*STAT, *DEFAULTS, "decimals", value=3), (("panel “Error rate”",), "decimals", "changed", "2", "3")),
    "minimum": (put(*LATENCY, *DEFAULTS, "min", value=0), (("panel “Latency”",), "min", "changed", "none", "0")),
    "threshold value": (put(*STAT, *DEFAULTS, "thresholds", "steps", 1, "value", value=0.1), (("panel “Error rate”",), "thresholds", "changed", "green, ≥ 0.05 red", "green, ≥ 0.1 red")),
    "threshold colour": (put(*STAT, *DEFAULTS, "thresholds", "steps", 1, "color", value="orange"), (("panel “Error rate”",), "thresholds", "changed", "green, ≥ 0.05 red", "green, ≥ 0.05 orange")),
    "threshold mode": (put(*STAT, *DEFAULTS, "thresholds", "mode", value="percentage"), (("panel “Error rate”",), "threshold mode", "changed", "absolute", "percentage")),
    "mapping text": (put(*TABLE, *DEFAULTS, "mappings", 0, "options", "0", "text", value="gone"), (("panel “States”",), "value mapping “0”: text", "changed", "down", "gone")),
    "mapping colour": (put(*TABLE, *DEFAULTS, "mappings", 0, "options", "1", "color", value="blue"), (("panel “States”",), "value mapping “1”: color", "changed", "green", "blue")),
    "mapping range": (put(*TABLE, *DEFAULTS, "mappings", 1, "options", "to", value=10), (("panel “States”",), "value mapping “2 to 9”: condition", "changed", "2 to 9", "2 to 10")),
    "mapping removed": (drop(*TABLE, *DEFAULTS, "mappings", 0, "options", "1"), (("panel “States”",), "value mapping “1”", "removed", None, None)),
    "line width": (put(*RATE, *DEFAULTS, "custom", "lineWidth", value=3), (("panel “Rate”",), "line width", "changed", "1", "3")),
    "stacking": (put(*RATE, *DEFAULTS, "custom", "stacking", value={"mode": "normal", "group": "A"}), (("panel “Rate”",), "stacking mode", "changed", "none", "normal")),
    "override value": (put(*RATE, "fieldConfig", "overrides", 0, "properties", 0, "value", value="ops"), (("panel “Rate”",), "override “errors”: unit", "changed", "short", "ops")),
    "override matcher": (put(*RATE, "fieldConfig", "overrides", 0, "matcher", "options", value="failures"), (("panel “Rate”",), "override “errors”: matcher", "changed", "errors", "failures")),
    "override removed": (drop(*RATE, "fieldConfig", "overrides", 1), (("panel “Rate”",), "override “matching /p99/”", "removed", None, None)),
    "override property": (drop(*RATE, "fieldConfig", "overrides", 0, "properties", 1), (("panel “Rate”",), "override “errors”: line width", "changed", "2", "default")),
    "legend calcs": (put(*RATE, "options", "legend", "calcs", value=["mean"]), (("panel “Rate”",), "legend calcs", "changed", "mean, max", "mean")),
    "legend hidden": (put(*RATE, "options", "legend", "showLegend", value=False), (("panel “Rate”",), "legend", "changed", "yes", "no")),
    "tooltip": (put(*RATE, "options", "tooltip", "mode", value="single"), (("panel “Rate”",), "tooltip mode", "changed", "multi", "single")),
    "heatmap colours": (put(*HEATMAP, "options", "color", "scheme", value="Reds"), (("panel “Durations”",), "color scheme", "changed", "Blues", "Reds")),
    "transformation removed": (drop(*TABLE, "transformations", 0), (("panel “States”",), "transformation “merge”", "removed", None, None)),
    "transformation order": (swap(*TABLE, "transformations"), (("panel “States”",), "transformations", "reordered", "merge, organize", "organize, merge")),
    "transformation option": (put(*TABLE, "transformations", 1, "options", "excludeByName", "job", value=True), (("panel “States”",), "transformation “organize”: exclude by name job", "changed", "no", "yes")),
    "query metric": (put(*RATE, *EXPR, value=RATE_A.replace("requests_total", "calls_total")), (("panel “Rate”", "query A"), "query", "changed", None, None, ("metric requests_total → calls_total",))),
    "query label": (put(*RATE, *EXPR, value=RATE_A.replace("5..", "4..")), (("panel “Rate”", "query A"), "query", "changed", None, None, ('label status=~"5.." → =~"4.."',))),
    "query window": (put(*RATE, *EXPR, value=RATE_A.replace("$__rate_interval", "5m")), (("panel “Rate”", "query A"), "query", "changed", None, None, ("window $__rate_interval → 5m",))),
    "query function": (put(*RATE, *EXPR, value=RATE_A.replace("rate(", "increase(")), (("panel “Rate”", "query A"), "query", "changed", None, None, ("function rate → increase",))),
    "query grouping": (put(*RATE, *EXPR, value=RATE_A.replace("(route)", "(route, job)")), (("panel “Rate”", "query A"), "query", "changed", None, None, ("grouping by job added",))),
    "query quantile": (put(*LATENCY, *EXPR, value="histogram_quantile(0.99, sum by (le) (rate(duration_seconds_bucket[5m])))"), (("panel “Latency”", "query A"), "query", "changed", None, None, ("quantile 0.95 → 0.99",))),
    "query unparsable": (put(*TABLE, *EXPR, value="agent_state >"), (("panel “States”", "query A"), "query", "changed", "agent_state > 0", "agent_state >", ())),
    "query legend": (put(*RATE, "targets", 0, "legendFormat", value="{{job}}"), (("panel “Rate”", "query A"), "legend", "changed", "{{route}}", "{{job}}")),
    "query hidden": (put(*RATE, "targets", 1, "hide", value=True), (("panel “Rate”", "query B"), "hidden", "changed", "no", "yes")),
    "query instant": (put(*LATENCY, "targets", 0, "instant", value=True), (("panel “Latency”", "query A"), "mode", "changed", "range", "instant")),
    "query removed": (drop(*RATE, "targets", 1), (("panel “Rate”",), "query B", "removed", None, None)),
    "query added": (add(*LATENCY, "targets", value=target("up", "B")), (("panel “Latency”",), "query B", "added", None, None)),
    "query renamed": (put(*RATE, "targets", 1, "refId", value="C"), (("panel “Rate”", "query C"), "name", "renamed", "B", "C")),
    "query order": (swap(*RATE, "targets"), (("panel “Rate”",), "order of queries", "reordered", "A, B", "B, A")),
    "query data source": (put(*LATENCY, "targets", 0, "datasource", value={"type": "prometheus", "uid": "mimir"}), (("panel “Latency”",), "data source", "changed", "${datasource} (prometheus)", "mimir (prometheus)")),
    "row collapsed": (put(*AGENTS, "collapsed", value=False), (("row “Agents”",), "collapsed", "changed", "yes", "no")),
    "panel to another row": (lambda spec: spec["panels"][5]["panels"].append(spec["panels"].pop(4)), ((), "panel “Latency”", "moved", None, None)),
    "row added": (add("panels", value={"id": 30, "type": "row", "title": "New", "gridPos": {"x": 0, "y": 40, "w": 24, "h": 1}, "panels": []}), ((), "row “New”", "added", None, None)),
    "unknown option": (put(*RATE, "options", "future", value={"deep": 1}), (("panel “Rate”",), "future deep", "changed", "default", "1")),
    "unknown setting": (put("futureSetting", value="x"), ((), "future setting", "changed", "default", "x")),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_gives_exactly_its_own_line(name: str) -> None:
    edit, (where, what, op, before, after, *details) = EDITS[name]
    edited = sample()
    edit(edited)

    changes = difference(sample(), edited).changes

    assert len(changes) == 1, [
        (change.where, change.what, change.op, change.before, change.after) for change in changes
    ]
    (change,) = changes
    assert (change.where, change.op) == (where, op)
    assert change.what == what
    assert before is None or change.before == before
    assert after is None or change.after == after
    assert not details or change.details == details[0]


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_taken_back_is_one_line_too(name: str) -> None:
    edit, _ = EDITS[name]
    edited = sample()
    edit(edited)

    assert len(difference(edited, sample()).changes) == 1


def test_two_edits_give_two_lines() -> None:
    edited = sample()
    put(*RATE, *DEFAULTS, "unit", value="ops")(edited)
    put(*LATENCY, "title", value="Durations of requests")(edited)

    assert [change.what for change in difference(sample(), edited).changes] == ["unit", "title"]


def in_library(uid: str = "up", name: str = "Up", **more: Any) -> dict[str, Any]:
    place = {"x": 0, "y": 0, "w": 6, "h": 4}
    return {"id": 1, "title": "", "gridPos": place, "libraryPanel": {"uid": uid, "name": name}} | more


COPY = panel(1, "stat", "Up", (0, 0, 6, 4), target("up"), fieldConfig={"defaults": {"unit": "short"}, "overrides": []})
LIBRARY_EDITS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[Any, ...]]] = {
    "another": (in_library(), in_library("down", "Down"), ("library panel", "changed", "Up", "Down", ())),
    "another of that name": (in_library(), in_library("up2"), ("library panel", "changed", "Up (up)", "Up (up2)", ())),
    "another with its title": (
        in_library(title="Up"), in_library("down", "Down", title="Down"), ("library panel", "changed", "Up", "Down", ()),
    ),
    "renamed": (in_library(), in_library(name="Up now"), ("name in the library", "renamed", "Up", "Up now", ())),
    "titled": (in_library(), in_library(title="Agents"), ("title", "renamed", "", "Agents", ())),
    "repeated": (in_library(), in_library(repeat="job"), ("repeat", "changed", "none", "job", ())),
    "unlinked": (in_library(), COPY, ("kind", "changed", "library panel “Up”", "stat", ("1 query, up",))),
    "made of one": (COPY, in_library(title="Up"), ("kind", "changed", "stat", "library panel “Up”", ("1 query, up",))),
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "line"), [({"enable": False}, ("enabled", "yes", "no")), ({"hide": False}, ("shown", "no", "yes"))]
)
def test_grafanas_own_annotations_are_changed_and_not_added(more: dict[str, Any], line: tuple[str, ...]) -> None:
    usual = {"builtIn": 1, "name": "Annotations & Alerts", "enable": True, "hide": True, "type": "dashboard"}
    before, after = (as_classic(COPY) | {"annotations": {"list": [one]}} for one in (usual, usual | more))
    for first in (before, as_classic(COPY)):
        (change,) = difference(first, after).changes
        assert change.where == ("annotation “Annotations & Alerts”",)
        assert (change.what, change.before, change.after) == line


def test_a_data_source_of_no_known_form_compares() -> None:
    before, after = as_classic(COPY), as_classic(COPY) | {"datasource": {"type": [None], "uid": {}}}
    assert len(difference(before | {"datasource": {"type": "loki"}}, after).changes) == 1


def test_a_library_panel_without_a_title_of_its_own_is_called_as_in_the_library() -> None:
    (line,) = difference(as_classic(in_library()), as_classic(in_library(repeat="job"))).changes
    assert line.where == ("library panel “Up”",)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("up", "up == 0", "wrapped in … == 0"),
        ("up", "1 - up", "wrapped in 1 - …"),
        ("up > 5", "up", "no longer in … > 5"),
        ("up", "up > bool 5", "wrapped in … > bool 5"),
        ("up", "up / on(job) (a + b)", "wrapped in … / on (job) (a + b)"),
        ("sum(up)", "sum(up) or vector(0)", "wrapped in … or vector(0)"),
        ("up", "abs(up)", "wrapped in abs(…)"),
        ("up", "clamp_max(up, 1)", "wrapped in clamp_max(…, 1)"),
        ("up", "sum by (job) (up)", "wrapped in sum by (job)"),
        ("up", "topk by (job) (5, up)", "wrapped in topk by (job)(5, …)"),
    ],
)
def test_what_is_put_around_a_query_is_said_with_its_numbers(before: str, after: str, said: str) -> None:
    sides = []
    for expr in (before, after):
        side = sample()
        side["panels"][RATE[-1]]["targets"][0]["expr"] = expr
        sides.append(side)
    (line,) = difference(*sides).changes
    assert line.details == (said,)


def test_a_row_removed_with_its_panels_is_one_line_that_names_them() -> None:
    after = sample()
    row = after["panels"].pop(AGENTS[-1])
    (line,) = difference(sample(), after).changes
    inside = ", ".join(f"“{one['title']}”" for one in row["panels"])
    assert (line.what, line.op) == ("row “Agents”", "removed")
    assert line.details == (f"{len(row['panels'])} panels with it ({inside})",)


def test_a_row_whose_panels_stay_or_some_of_them_says_nothing_of_them() -> None:
    after = sample()
    row = after["panels"].pop(AGENTS[-1])
    stays, goes = row["panels"][0], row["panels"][1]
    after["panels"].append(stays)
    found = [(line.what, line.op, line.details) for line in difference(sample(), after).changes]
    assert ("row “Agents”", "removed", ()) in found
    assert [what for what, op, _ in found if op == "removed"] == ["row “Agents”", f"panel “{goes['title']}”"]


def test_a_condition_for_a_row_to_be_shown_is_one_line_in_words() -> None:
    term = {"kind": "ConditionalRenderingVariable", "spec": {"variable": "job", "operator": "equals", "value": "api"}}
    group = {"visibility": "hide", "condition": "or", "items": [term, {"kind": "ConditionalRenderingData", "spec": {}}]}
    before = as_v2(in_library())
    row = {"title": "R", "layout": before["spec"]["layout"]}
    before["spec"]["layout"] = {"kind": "RowsLayout", "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": row}]}}
    after = deepcopy(before)
    asked = {"kind": "ConditionalRenderingGroup", "spec": group}
    after["spec"]["layout"]["spec"]["rows"][0]["spec"]["conditionalRendering"] = asked

    (line,) = difference(before, after).changes
    said = "hide if any of: variable job equals api, there is no data"
    assert (line.where, line.what, line.before, line.after) == (("row “R”",), "when it is shown", "none", said)


@pytest.mark.parametrize("name", LIBRARY_EDITS)
@pytest.mark.parametrize("v2", [False, True])
def test_an_edit_of_a_library_panel_is_one_line(name: str, v2: bool) -> None:
    before, after, expected = LIBRARY_EDITS[name]
    shape = as_v2 if v2 else as_classic
    changes = difference(shape(before), shape(after)).changes
    assert [(one.what, one.op, one.before, one.after, one.details) for one in changes] == [expected]


def test_an_edit_of_what_an_export_holds_of_the_library_is_one_line() -> None:
    def export(unit: str) -> dict[str, Any]:
        model = deepcopy(COPY) | {"fieldConfig": {"defaults": {"unit": unit}, "overrides": []}}
        return as_classic(in_library()) | {"__elements": {"up": {"name": "Up", "uid": "up", "kind": 1, "model": model}}}

    (line,) = difference(export("short"), export("ops")).changes
    assert (line.where, line.what, line.before, line.after) == (("library panel “Up”",), "unit", "short", "ops")
    assert line.path[:3] == ("__elements", "up", "model")
    # A dashboard that Grafana stores has the reference alone.
    assert difference(export("short"), as_classic(in_library())).changes == []


def as_classic(one: dict[str, Any]) -> dict[str, Any]:
    return {"title": "L", "schemaVersion": 42, "panels": [one, panel(2, "text", "Other", (6, 0, 6, 4))]}


def as_v2(one: dict[str, Any]) -> dict[str, Any]:
    grid = one["gridPos"]
    own = {"x": grid["x"], "y": grid["y"], "width": grid["w"], "height": grid["h"]}
    item: dict[str, Any] = own | {"element": {"kind": "ElementReference", "name": "panel-1"}}
    if "repeat" in one:
        item["repeat"] = {"mode": "variable", "value": one["repeat"]}
    spec = {"id": one["id"], "title": one["title"]}
    if "libraryPanel" in one:
        element = {"kind": "LibraryPanel", "spec": spec | {"libraryPanel": one["libraryPanel"]}}
    else:
        (asked,) = one["targets"]
        query = {"kind": "DataQuery", "group": "prometheus", "version": "v0", "spec": {"expr": asked["expr"]}}
        data = {"queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "query": query}}]}
        drawing = {"kind": "VizConfig", "group": one["type"], "spec": {"fieldConfig": one["fieldConfig"]}}
        element = {
            "kind": "Panel",
            "spec": spec | {"data": {"kind": "QueryGroup", "spec": data}, "vizConfig": drawing},
        }
    layout = {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": item}]}}
    return {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "l"},
        "spec": {"title": "L", "elements": {"panel-1": element}, "layout": layout},
    }
