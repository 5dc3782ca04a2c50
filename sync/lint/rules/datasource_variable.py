"""A data source named outright, or none at all, instead of a variable.

The uid of a data source is another one in every Grafana: the dashboard works on the machine where it was made. With a
variable of the kind "data source" it works everywhere, and its reader can change over.

FAIL dashboard:
    templating: {list: [{type: datasource, name: datasource, query: prometheus}]}
    panels:
      - {type: stat, title: A, datasource: {type: prometheus, uid: PBFA97CFB590B2093}, targets: [{expr: up, refId: A}]}

FAIL file none.json:
    {"title": "A", "templating": {"list": [{"type": "datasource", "name": "ds", "query": "prometheus"}]}, "panels": [
        {"type": "stat", "title": "B", "datasource": {"type": "prometheus", "uid": "$ds"},
         "targets": [{"expr": "up", "refId": "A"}]},
        {"type": "stat", "title": "C", "datasource": null, "targets": [{"expr": "up", "refId": "A"}]}]}

PASS dashboard:
    templating: {list: [{type: datasource, name: datasource, query: prometheus}]}
    panels:
      - {type: stat, title: A, datasource: {type: prometheus, uid: "${datasource}"}, targets: [{expr: up, refId: A}]}

FAIL dashboard:
    annotations:
      list: [{name: Deploys, datasource: {type: prometheus, uid: PBFA97CFB590B2093}, expr: "changes(app_info[1m])"}]
    panels: []

PASS dashboard:
    annotations: {list: [{name: Annotations & Alerts, builtIn: 1, datasource: {type: grafana, uid: "-- Grafana --"}}]}
    panels: []

FAIL file mixed.json:
    {"title": "A", "panels": [{"type": "stat", "datasource": {"type": "datasource", "uid": "-- Mixed --"},
                               "targets": [{"expr": "up", "refId": "A"}]}]}

PASS dashboard:
    panels:
      - {type: stat, title: A, datasource: {type: datasource, uid: "-- Dashboard --"}}
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard, Panel
from sync.lint.datasource import DataSource
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at the data source of each panel and query, one finding a panel."""
    base = len(dashboard.base)
    for panel in dashboard.panels:
        if panel.kind in {"row", "text"} or panel.is_library:
            continue
        for source, pointer in _sources(panel):
            if _fixed(source):
                is_overruled = bool(panel.datasource.variable)  # Grafana then asks the panel's for every query
                rest = "; the panel's own wins" if is_overruled else ""
                yield Finding(
                    f"{panel.name!r} names the data source {source.uid!r} outright: use a variable{rest}",
                    pointer=(*pointer[base:], "datasource"),
                    severity=Severity.INFO if is_overruled else None,
                )
                break
        yield from _mixed(panel, base)
        yield from _none(panel, dashboard)
    yield from _around_panels(dashboard)


def _mixed(panel: Panel, base: int) -> Findings:
    """Look for queries of a mixed panel that say nothing of where they are sent."""
    for target in panel.targets if panel.datasource.uid == "-- Mixed --" else ():
        if not target.raw.get("datasource") and target.raw.get("expr"):
            message = f"{panel.name!r} is of several data sources, and its query {target.ref_id} names none"
            yield Finding(message, pointer=target.pointer[base:])


def _none(panel: Panel, dashboard: Dashboard) -> Findings:
    """Look for a panel that goes to the default data source, where others go to the one that is chosen."""
    sources = [panel.datasource, *(target.datasource for target in panel.targets)]
    asks = any(target.query for target in panel.targets)
    if asks and all(source.uid in {"", "default"} and not source.variable for source in sources):
        chosen = {each.datasource.variable for each in dashboard.targets if each.query} & dashboard.defined
        if chosen:
            message = f"{panel.name!r} names no data source, and others that of ${min(chosen)}: it asks the default"
            yield Finding(message, pointer=panel.pointer[len(dashboard.base) :])


def _around_panels(dashboard: Dashboard) -> Findings:
    base = len(dashboard.base)
    for variable in dashboard.variables:
        if variable.kind == "query" and _fixed(variable.datasource):
            message = f"the variable {variable.name} names the data source {variable.datasource.uid!r}: use a variable"
            yield Finding(message, pointer=(*variable.pointer[base:], "datasource"))
    for pointer, name, source in dashboard.annotation_sources():
        if _fixed(source):
            message = f"the annotation {name} names the data source {source.uid!r}: use a variable"
            yield Finding(message, pointer=pointer)


def _sources(panel: Panel) -> list[tuple[DataSource, tuple[str | int, ...]]]:
    own = [(panel.datasource, panel.pointer)] if panel.datasource.written else []
    return own + [(target.datasource, target.pointer) for target in panel.targets if target.raw.get("datasource")]


def _fixed(source: DataSource) -> bool:
    return bool(source.uid) and not source.variable and not source.built_in and "$" not in source.uid


RULE = Rule(
    __name__,
    Severity.WARNING,
    peers={"dashboard-linter": "template-datasource (in part), panel-datasource"},
    dashboard=check,
)
