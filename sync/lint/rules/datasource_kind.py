r"""A query or variable sent to a data source of another kind than it is written for.

A log query to Prometheus, or a panel whose data source says one kind and whose query says another, shows an error.

FAIL dashboard:
    templating: {list: [{type: datasource, name: ds, query: loki}]}
    panels:
      - {type: stat, title: A, datasource: {type: prometheus, uid: "${ds}"}, targets: [{expr: up, refId: A}]}

FAIL dashboard:
    templating: {list: [{type: datasource, name: ds, query: prometheus}]}
    panels:
      - type: logs
        title: A
        datasource: {type: prometheus, uid: "${ds}"}
        targets: [{expr: '{app="a"} |= "b"', refId: A}]

FAIL panel:
    type: timeseries
    title: Errors of each component
    datasource: {type: prometheus, uid: "${ds}"}
    targets: [{expr: 'sum by (component) (rate({service=~"a|b", level="error"} [$__auto]))', refId: A}]

FAIL panel:
    type: timeseries
    title: Lines
    datasource: {type: prometheus, uid: "${ds}"}
    targets: [{expr: 'sum by (level) (count_over_time({service=~"a|b"}[5m]))', refId: A}]

FAIL file two.json:
    {"title": "A", "panels": [{"type": "stat", "datasource": {"type": "prometheus", "uid": "a"}, "targets": [
        {"expr": "sum(rate({app=\"a\"}[$__auto]))", "refId": "B", "datasource": {"type": "loki", "uid": "b"}}]}]}

PASS panel:
    type: timeseries
    title: Of two kinds
    datasource: {type: datasource, uid: -- Mixed --}
    targets:
      - {expr: up, refId: A, datasource: {type: prometheus, uid: "${ds}"}}
      - {expr: 'sum(rate({app="a"}[$__auto]))', refId: B, datasource: {type: loki, uid: "${logs}"}}

PASS panel:
    type: timeseries
    title: Series of any name
    datasource: {type: prometheus, uid: "${ds}"}
    targets: [{expr: 'sum by (job) (rate({__name__=~"http_.+_total"}[5m]))', refId: A}]

FAIL dashboard:
    templating:
      list:
        - {type: datasource, name: logs, query: loki}
        - {type: query, name: job, datasource: {type: prometheus, uid: "${logs}"}, query: "label_values(up, job)"}
    panels: []

FAIL dashboard:
    templating: {list: [{type: datasource, name: ds, query: prometheus}]}
    annotations:
      list: [{name: Deploys, datasource: {type: prometheus, uid: "${ds}"}, expr: '{app="a"} |= "deployed"'}]
    panels: []

FAIL panel:
    type: logs
    title: A
    datasource: {type: prometheus, uid: "${ds}"}
    targets: [{expr: "rate(http_requests_total[5m])", refId: A}]

FAIL panel:
    type: stat
    title: A
    datasource: {type: loki, uid: "${logs}"}
    targets: [{expr: "rate(http_requests_total[5m])", refId: A}]

PASS dashboard:
    templating: {list: [{type: datasource, name: ds, query: prometheus}]}
    panels:
      - {type: stat, title: A, datasource: {type: prometheus, uid: "${ds}"}, targets: [{expr: up, refId: A}]}
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Dashboard, Panel, Target, looks_like_logql
from sync.lint.datasource import DataSource
from sync.lint.lexical import masked, unbalanced
from sync.lint.metric_query import names_metrics
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text

_AUTO = re.compile(r"\$__auto\b|\$\{__auto\b")
"""The window that Grafana fills in for Loki, and for Prometheus leaves as it is."""
_VALUES_OF_METRIC = re.compile(r"\s*label_values\(\s*[A-Za-z_:][\w:]*\s*[{,]")
"""Loki knows labels of streams alone, which have no name before their braces."""
_SAME = frozenset(
    {
        "prometheus",
        "grafana-amazonprometheus-datasource",
        "victoriametrics-metrics-datasource",
        "mimir",
        "grafana-azureprometheus-datasource",
    }
)


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Compare the kinds that a reference, its variable and the query itself have."""
    base = len(dashboard.base)
    seen = set[Pointer]()
    for panel in dashboard.panels:
        yield from _reference(dashboard, panel.datasource, (*panel.pointer[base:], "datasource"), panel.name)
        for target in panel.targets:
            if target.raw.get("datasource"):
                yield from _reference(dashboard, target.datasource, (*target.pointer[base:], "datasource"), panel.name)
            wrong = _language(target) or _of_another(panel, target)
            if wrong and target.pointer not in seen:
                yield Finding(f"{panel.name!r}: {wrong}", pointer=(*target.pointer[base:], target.key))
    yield from _around_panels(dashboard)


def _around_panels(dashboard: Dashboard) -> Findings:
    """Look at the data sources of variables and annotations, and at what is asked of them."""
    base = len(dashboard.base)
    for variable in dashboard.variables:
        if variable.kind in {"query", "adhoc", "groupby"}:
            pointer = (*variable.pointer[base:], "datasource")
            yield from _reference(dashboard, variable.datasource, pointer, f"the variable {variable.name}")
            if variable.datasource.kind == "loki" and _VALUES_OF_METRIC.match(variable.text):
                message = f"the variable {variable.name} asks a Loki data source for the labels of a metric"
                yield Finding(message, pointer=(*variable.pointer[base:], "query"))
    for pointer, name, source in dashboard.annotation_sources():
        yield from _reference(dashboard, source, pointer, f"the annotation {name}")
    sources = {_number(pointer): source for pointer, _, source in dashboard.annotation_sources()}
    for pointer, query in dashboard.annotations:
        asked = sources.get(_number(pointer[base:]))
        if asked is not None and (wrong := _wrong(query, asked, "")):
            yield Finding(f"an annotation: {wrong}", pointer=pointer[base:])


def _number(pointer: Pointer) -> int | None:
    """Return which of a list a pointer leads to."""
    return next((each for each in pointer if isinstance(each, int)), None)


def _reference(dashboard: Dashboard, source: DataSource, pointer: Pointer, name: str) -> Findings:
    kind = dashboard.datasources.kinds.get(source.variable, "")
    if source.variable and kind and source.kind and kind != source.kind and not {kind, source.kind} <= _SAME:
        yield Finding(
            f"{name!r} asks for {source.kind}, and the variable {source.variable} chooses {kind}", pointer=pointer
        )


def _of_another(panel: Panel, target: Target) -> str:
    """Say that a query goes to the panel's data source, whatever its own is, unless the panel is mixed."""
    asked, sent = target.datasource, panel.datasource
    apart = asked.kind and sent.kind and asked.kind != sent.kind and not {asked.kind, sent.kind} <= _SAME
    if not apart or sent.built_in or asked.built_in or "-- Mixed --" in {sent.uid, sent.kind} or target.hidden:
        return ""
    return f"a query for {asked.kind} in a panel of {sent.kind}, which all its queries are sent to: make it -- Mixed --"


def _language(target: Target) -> str:
    if not as_text(target.raw.get("expr")) or target.query is None:
        return ""
    return _wrong(target.query, target.datasource, target.panel.kind)


def _wrong(query: Query, source: DataSource, kind: str) -> str:
    text = query.text
    if kind == "logs" and source.kind in _SAME and query.tree is not None and text.strip():
        return "a metric query in a panel of logs, which shows lines"
    if query.language is Language.PROMQL and source.kind:
        is_auto = "__auto" in text and _AUTO.search(masked(text))
        of_logs = looks_like_logql(text) or is_auto or _rates_all(query)
        if of_logs or (kind == "logs" and text.lstrip().startswith("{")):
            return "a log query for a Prometheus data source"
    if query.language is Language.LOGQL and not unbalanced(text) and names_metrics(text):
        return "a metric query for a Loki data source"
    return ""


_NAMELESS = re.compile(r"[(,]\s*\{")


def _rates_all(query: Query) -> bool:
    """Whether a rate is of series without a name, which Prometheus refuses: they lose it and are alike then."""
    if not _NAMELESS.search(query.text):
        return False
    ranges = [node for node, _ in query.selectors if node.window]
    return bool(ranges) and all(not each.name and not each.matcher("__name__") for each in ranges)


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
