"""A variable that nothing uses.

Its reader changes it and wonders why nothing happens; its query runs all the same. Another variable's query is a use;
filters (ad hoc, group by) apply by themselves. Where a link hands all variables on (`includeVars`), one may be there
for the dashboards behind it: a hint.

FAIL dashboard:
    templating: {list: [{type: query, name: cluster, query: "label_values(up, cluster)"}]}
    panels: [{type: stat, title: A, targets: [{expr: up, refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: cluster, query: "label_values(up, cluster)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'up{cluster="$cluster"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: cluster, query: "label_values(up, cluster)"}]}
    panels: [{type: stat, title: A, repeat: cluster, targets: [{expr: up, refId: A}]}]
"""

from __future__ import annotations

import orjson

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.variables import names
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list

_APPLY_BY_THEMSELVES = frozenset({"adhoc", "groupby", "system", "switch"})


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Search the whole dashboard for each name, the variable's own definition left out."""
    if not dashboard.variables or any(panel.is_library for panel in dashboard.panels):
        return
    used = dashboard.used_names()
    for variable in dashboard.variables:
        if variable.kind in _APPLY_BY_THEMSELVES or not variable.name:
            continue
        own = names(_text(variable.raw))
        if variable.name not in used or (variable.name in own and not _elsewhere(dashboard, variable.name)):
            pointer = (*variable.pointer[len(dashboard.base) :], "name")
            if _hands_on(dashboard):
                message = f"nothing here uses the variable {variable.name}; a link hands it on to other dashboards"
                yield Finding(message, pointer=pointer, severity=Severity.INFO)
            else:
                yield Finding(f"nothing uses the variable {variable.name}", pointer=pointer)


def _hands_on(dashboard: Dashboard) -> bool:
    """Whether a link of the dashboard takes the variables along."""
    links = as_list(dashboard.raw.get("links"))
    return any(as_dict(link).get("includeVars") is True for link in links) or "__all_variables" in dashboard.text


def _elsewhere(dashboard: Dashboard, name: str) -> bool:
    others = [variable.raw for variable in dashboard.variables if variable.name != name]
    return name in names(_text({**dashboard.raw, "templating": None, "variables": others}))


def _text(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):  # numbers beyond 64 bits, lone surrogates: YAML and Python's JSON let them in
        return repr(value)


RULE = Rule(__name__, Severity.WARNING, dashboard=check)
