"""A link to a dashboard, panel, runbook or heading that isn't there.

Dashboards are looked up by uid among the files, wherever an address stands: links, texts, alerts' annotations. One that
isn't among them may be elsewhere; it is missed when its uid is a slip away from one that is, when the address or the
link has the title of one that is, when most links to uids with the same first word find theirs (error), or most of
those to the same Grafana (warning; info where half of them do). Runbooks are looked up by file name, when there are
runbooks among the files, and the address is relative, is close to one of them, or stands beside those that lead to
them; a heading also in Markdown that the end of an address names; Markdown links by path and heading. An empty address
leads back to the page that it stands on. An alert's `__dashboardUid__` and `__panelId__` are looked up where there are
dashboards among the files, of whatever uid; one of another family is a warning.

FAIL dashboard:
    uid: phoenix-overview
    panels: [{type: stat, title: A, id: 1, links: [{title: B, url: "/d/phoenix-overview?viewPanel=7"}]}]

FAIL dashboard:
    uid: phoenix-overview
    panels: [{type: text, title: A, options: {content: "[All](/d/phoenix-overveiw)"}}]

PASS dashboard:
    uid: phoenix-overview
    links: [{type: link, title: Queues, url: /d/phoenix-queues}, {type: link, title: Node, url: "/d/${node}/node"}]

WITH shop.json:
    {"title": "Shop", "uid": "shop-overview", "templating": {"list": [{"type": "textbox", "name": "till"}]},
     "panels": [{"id": 2, "type": "stat", "title": "Up"}]}

FAIL dashboard:
    links: [{type: link, title: Shop, url: "/d/shop-overview/shop?var-tlil=1"}]

PASS dashboard:
    links: [{type: link, title: Shop, url: "/d/shop-overview/shop?var-till=1"}]

FAIL alert:
    {alert: Down, expr: up < 1, annotations: {dashboard_url: "https://grafana.dev/d/shop-overview/shop?viewPanel=panel-9"}}

FAIL alert:
    {alert: Down, expr: up < 1, annotations: {__dashboardUid__: shop-overview, __panelId__: 3}}

FAIL alert:
    {alert: Down, expr: up < 1, annotations: {__dashboardUid__: elsewhere, __panelId__: "2"}}

FAIL alert:
    {alert: Down, expr: up < 1, annotations: {__panelId__: "2"}}

PASS alert:
    {alert: Down, expr: up < 1, annotations: {__dashboardUid__: shop-overview, __panelId__: 2}}

FAIL file again.json:
    {"title": "A", "panels": [{"id": 1, "type": "stat", "title": "B", "datasource": {"uid": "-- Dashboard --"},
        "targets": [{"refId": "A", "panelId": 7}]}]}

FAIL file tagged.json:
    {"title": "A", "panels": [], "tags": ["shops"], "links": [{"type": "dashboards", "title": "B", "tags": ["shop"]}]}

FAIL file titled.json:
    {"title": "All shops", "panels": [{"id": 1, "type": "text", "title": "B", "links": [
        {"type": "dashboard", "title": "C", "dashUri": "db/all-shosp"}]}]}

WITH runbooks/MemoryLow.md:
    # Memory low

FAIL alert:
    {alert: Low, expr: up < 1, annotations: {runbook_url: "https://runbooks.example.com/shop/MemoryLwo.md"}}

FAIL dashboard:
    links: [{type: link, title: Runbook, url: "https://example.com/runbooks/MemoryLo.md#first"}]

PASS alert:
    {alert: Low, expr: up < 1, annotations: {runbook_url: "https://runbooks.other-team.dev/runbooks/general/TargetDown"}}

PASS alert:
    {alert: Low, expr: up < 1, annotations: {runbook_url: "https://runbooks.example.com/shop/MemoryLow.md"}}

FAIL panel:
    {type: stat, title: A, fieldConfig: {defaults: {links: [{title: Node, url: ""}]}}}

PASS dashboard:
    links: [{type: dashboards, title: Others, tags: [shop], url: ""}]
    panels: [{type: text, title: A, links: [{type: dashboard, title: Old, dashboard: Old, url: ""}]}]

FAIL runbook:
    See [memory](#memory-low) for more.

WITH slo.json:
    {"title": "SLO Overview", "uid": "shop-slo", "panels": []}

FAIL runbook:
    Open https://grafana.example.org/d/shop-slos/slo-overview first.

PASS dashboard:
    uid: phoenix-overview
    links: [{title: Here, url: /d/phoenix-overview/overview}, {title: There, url: /d/other-team}]

PASS runbook:
    # Memory low

    See [memory](#memory-low) for more, and [the docs](https://example.com).
"""

from __future__ import annotations

from itertools import chain

from sync.lint.dashboard import Dashboard
from sync.lint.links import from_annotations, from_dashboard, from_rule, from_runbook
from sync.lint.loading import Loaded
from sync.lint.managed import ManagedRules
from sync.lint.old_links import named_otherwise
from sync.lint.problem import Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.runbook import Runbook
from sync.lint.shape import as_plain_texts


def check_dashboard(dashboard: Dashboard, project: Project) -> Findings:
    """Follow every address in a dashboard, and what is named by title, tag or number."""
    return chain(from_dashboard(dashboard, project), named_otherwise(dashboard, project))


def check_rule(rule: FileRule, project: Project) -> Findings:
    """Follow every address in an alert's annotations."""
    return from_rule(rule, project)


def check_runbook(runbook: Runbook, project: Project) -> Findings:
    """Follow every link of a runbook."""
    return from_runbook(runbook, project)


def check_managed(loaded: Loaded, project: Project) -> Findings:
    """Look up the panels of alert rules that Grafana evaluates."""
    for document in loaded.documents:
        if isinstance(document, ManagedRules):
            for rule in (rule for group in document.groups for rule in group.rules):
                annotations = as_plain_texts(rule.raw.get("annotations"))
                yield from from_annotations(annotations, (*rule.pointer, "annotations"), project)


RULE = Rule(
    __name__,
    Severity.ERROR,
    peers={"pint": "rule/link (live only)"},
    dashboard=check_dashboard,
    rule=check_rule,
    runbook=check_runbook,
    document=check_managed,
)
