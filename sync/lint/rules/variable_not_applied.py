"""A query that leaves out the variable by which all others of the dashboard are filtered.

Its reader chooses a cluster, and one panel goes on showing all of them. Said only where nine of ten
selectors of the dashboard are filtered by it, the same metric's among them. Every scraped series has a job, an
instance and, where there are several, a cluster: for these another metric of the same exporter will do. An instance
left out of a sum or count, or shown in the legend, is meant. And a panel that names a variable in its title has it in
its query, where others have.

FAIL dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up, job)"}]}
    panels:
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 0', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 1', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 2', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 3', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 4', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 5', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 6', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 7', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 8', refId: A}]}
      - {type: stat, title: A, targets: [{expr: 'max(up{job=~"$job"}) > 9', refId: A}]}
      - {type: stat, title: B, targets: [{expr: 'count(up)', refId: A}]}

FAIL dashboard:
    templating: {list: [{type: custom, name: days, query: "7,30"}]}
    panels:
      - {type: stat, title: Left below $days days, targets: [{expr: count(cert_days < $days), refId: A}]}
      - {type: table, title: Certificates below $days days, targets: [{expr: cert_days < 7, refId: A}]}

PASS dashboard:
    templating: {list: [{type: query, name: host, query: "label_values(up, host)"}]}
    panels:
      - {type: stat, title: Up, targets: [{expr: 'up{host="$host"}', refId: A}]}
      - {type: stat, title: All but $host, repeat: host, targets: [{expr: up, refId: A}]}

FAIL dashboard:
    templating: {list: [{type: query, name: job}, {type: query, name: instance}]}
    panels:
      - {type: stat, title: A, targets: &all [{expr: 'pg_hits{job=~"$job", instance=~"$instance"}', refId: A}]}
      - {type: stat, title: B, targets: *all}
      - {type: stat, title: C, targets: *all}
      - {type: stat, title: D, targets: *all}
      - {type: stat, title: E, targets: *all}
      - {type: stat, title: F, targets: *all}
      - {type: stat, title: G, targets: *all}
      - {type: stat, title: H, targets: *all}
      - {type: stat, title: I, targets: *all}
      - {type: stat, title: J, targets: [{expr: 'pg_backends{instance=~"$instance"}', refId: A}]}

FAIL dashboard:
    templating: {list: [{type: query, name: job}, {type: query, name: instance}]}
    panels:
      - {type: stat, title: A, targets: &all [{expr: 'pg_hits{job=~"$job", instance=~"$instance"}', refId: A}]}
      - {type: stat, title: B, targets: *all}
      - {type: stat, title: C, targets: *all}
      - {type: stat, title: D, targets: *all}
      - {type: stat, title: E, targets: *all}
      - {type: stat, title: F, targets: *all}
      - {type: stat, title: G, targets: *all}
      - {type: stat, title: H, targets: *all}
      - {type: stat, title: I, targets: *all}
      - {type: stat, title: J, targets: [{expr: 'pg_backends{job=~"$job"}', refId: A}]}

PASS dashboard:
    templating: {list: [{type: query, name: job}, {type: query, name: instance}]}
    panels:
      - {type: stat, title: A, targets: &all [{expr: 'pg_hits{job=~"$job", instance=~"$instance"}', refId: A}]}
      - {type: stat, title: B, targets: *all}
      - {type: stat, title: C, targets: *all}
      - {type: stat, title: D, targets: *all}
      - {type: stat, title: E, targets: *all}
      - {type: stat, title: F, targets: *all}
      - {type: stat, title: G, targets: *all}
      - {type: stat, title: H, targets: *all}
      - {type: stat, title: I, targets: *all}
      - {type: stat, title: J, targets: [{expr: 'sum(pg_backends{job=~"$job"})', refId: A}]}

PASS dashboard:
    templating: {list: [{type: query, name: job}, {type: query, name: instance}]}
    panels:
      - {type: stat, title: A, targets: &all [{expr: 'pg_hits{job=~"$job", instance=~"$instance"}', refId: A}]}
      - {type: stat, title: B, targets: *all}
      - {type: stat, title: C, targets: *all}
      - {type: stat, title: D, targets: *all}
      - {type: stat, title: E, targets: *all}
      - {type: stat, title: F, targets: *all}
      - {type: stat, title: G, targets: *all}
      - {type: stat, title: H, targets: *all}
      - {type: stat, title: I, targets: *all}
      - {type: stat, title: J, targets: [{expr: 'pg_backends{job=~"$job"}', legendFormat: '{{instance}}', refId: A}]}

PASS dashboard:
    templating: {list: [{type: query, name: job}, {type: query, name: instance}]}
    panels:
      - {type: stat, title: A, targets: &all [{expr: 'pg_hits{job=~"$job", instance=~"$instance"}', refId: A}]}
      - {type: stat, title: B, targets: *all}
      - {type: stat, title: C, targets: *all}
      - {type: stat, title: D, targets: *all}
      - {type: stat, title: E, targets: *all}
      - {type: stat, title: F, targets: *all}
      - {type: stat, title: G, targets: *all}
      - {type: stat, title: H, targets: *all}
      - {type: stat, title: I, targets: *all}
      - {type: stat, title: J, targets: [{expr: 'node_load1{instance=~"$instance"}', refId: A}]}

PASS dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up, job)"}]}
    panels:
      - {type: stat, title: A, targets: [{expr: 'sum(up{job=~"$job"})', refId: A}]}
      - {type: stat, title: B, targets: [{expr: 'count(up{job=~"$job"})', refId: A}]}
      - {type: stat, title: C, targets: [{expr: 'count(kube_node_info)', refId: A}]}

PASS dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up, job)"}]}
    panels:
      - {type: stat, title: A, targets: [{expr: 'sum(up{job=~"$job"}) / sum(up)', refId: A}]}
"""

from __future__ import annotations

from collections import Counter

from sync.lint.dashboard import Dashboard, Target
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Selector
from sync.lint.promql.variables import names
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text

MOST = 0.9
ENOUGH = 10
"""Selectors of a dashboard before its habit can be told."""
_TARGETS = frozenset({"cluster", "job", "instance"})
"""The labels that a series has from its target, whatever the metric."""


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at the titles, and compare each selector's matchers with those that the others have."""
    yield from _titles(dashboard)
    filters = {variable.name for variable in dashboard.variables if variable.kind in {"query", "custom"}}
    found = [
        (target, selector) for target in dashboard.targets if target.query for selector, _ in target.query.selectors
    ]
    found = [(target, selector) for target, selector in found if selector.name and ":" not in selector.name]
    filtered: Counter[tuple[str, str]] = Counter()
    pairs: Counter[str] = Counter()
    compared: list[tuple[Target, str, str]] = []
    for target, selector in found:
        for label, name in _pairs(selector, filters):
            filtered[selector.name, label] += 1
            filtered[_family(selector.name), label] += label in _TARGETS
            pairs[label] += 1
            compared.append((target, label, name))
    yield from _of_others(dashboard, compared)
    yield from _left_aside(dashboard, found, filters)
    usual = (
        {label for label, times in pairs.items() if times >= MOST * len(found)} if len(found) >= ENOUGH else set[str]()
    )
    for target, selector in found if usual else ():
        for label in _left_out(target, selector, filtered, usual):
            message = (
                f"{target.panel.name!r} doesn't filter {selector.name} by {label}, as the rest of the dashboard does"
            )
            yield Finding(message, pointer=(*target.pointer[len(dashboard.base) :], target.key), piece=selector.name)


def _left_aside(dashboard: Dashboard, found: list[tuple[Target, Selector]], filters: set[str]) -> Findings:
    """Look for the one query that leaves out what is chosen, which all others ask for."""
    chosen = [
        (target, matcher)
        for target, selector in found
        for matcher in selector.matchers
        if matcher.has_variable and matcher.value.strip("⟦⟧") in filters
    ]
    asked = Counter((matcher.label, matcher.value) for _, matcher in chosen if matcher.operator in {"=", "=~"})
    left = [(target, matcher) for target, matcher in chosen if matcher.operator in {"!=", "!~"}]
    for target, matcher in left:
        times = sum(each.label == matcher.label for _, each in left)
        if times == 1 and asked[matcher.label, matcher.value] > 1:
            message = f"{target.panel.name!r} leaves out the {matcher.label} that is chosen, and others ask for it"
            pointer = (*target.pointer[len(dashboard.base) :], target.key)
            yield Finding(message, pointer=pointer, piece=matcher.label, severity=Severity.WARNING)


def _of_others(dashboard: Dashboard, compared: list[tuple[Target, str, str]]) -> Findings:
    """Look for the one query that compares a label with another label's variable, which all others leave to that."""
    uses = Counter((label, name) for _, label, name in compared)
    of_label: dict[str, set[str]] = {}
    for label, name in uses:
        of_label.setdefault(label, set()).add(name)
    for target, label, name in compared if len(uses) > len(of_label) else ():
        own = of_label[label] - {name}
        other = next(iter(own)) if len(own) == 1 else ""
        elsewhere = any(uses[each, name] > 1 for each in of_label if each != label)
        if uses[label, name] == 1 and other and uses[label, other] > 1 and elsewhere:
            message = f"{target.panel.name!r} compares {label} with ${name}, the rest of the dashboard with ${other}"
            pointer = (*target.pointer[len(dashboard.base) :], target.key)
            yield Finding(message, pointer=pointer, piece=label, severity=Severity.WARNING)


def _titles(dashboard: Dashboard) -> Findings:
    """Look for panels that name a variable in their title, by which other queries are filtered and theirs aren't."""
    chosen = {variable.name for variable in dashboard.variables if variable.kind in _CHOSEN}
    chosen_by = {variable.name: names(variable.text) for variable in dashboard.variables}
    used = [target.query.variables for target in dashboard.targets if target.query]
    for panel in dashboard.panels:
        said = names(panel.title) & chosen if "$" in panel.title or "[[" in panel.title else set[str]()
        repeated = {as_text(each.raw.get("repeat")) for each in (panel, panel.row) if each is not None}
        if not panel.targets or not said or any(target.query is None for target in panel.targets):
            continue
        asked = names(str([target.raw for target in panel.targets]))
        through = {name for each in asked for name in chosen_by.get(each, ())}
        for name in sorted(said - repeated - asked - through):
            if any(name in each for each in used):
                message = f"{panel.name!r} names ${name}, and its query doesn't ask for it"
                yield Finding(message, pointer=panel.place(("title",))[len(dashboard.base) :], piece=name)


_CHOSEN = frozenset({"query", "custom", "textbox", "interval"})
"""Kinds of variables of which a reader chooses the value."""


def _pairs(selector: Selector, names: set[str]) -> list[tuple[str, str]]:
    return [
        (m.label, m.value.strip("⟦⟧")) for m in selector.matchers if m.has_variable and m.value.strip("⟦⟧") in names
    ]


def _left_out(target: Target, selector: Selector, filtered: Counter[tuple[str, str]], usual: set[str]) -> list[str]:
    """Return the labels that are missing; a query that filters by it elsewhere compares a part with the whole."""
    query, missing = target.query, usual - {matcher.label for matcher in selector.matchers}
    if query is None or not missing:
        return []
    in_query = {m.label for other, _ in query.selectors for m in other.matchers}
    meant = bool(query.each(Aggregation)) or "instance" in target.legend
    shown = {label for node, _ in query.each(Aggregation) if not node.without for label in node.labels or ()} - _TARGETS
    return sorted(
        label
        for label in missing - in_query - shown
        if filtered[selector.name, label]
        or (filtered[_family(selector.name), label] and not (label == "instance" and meant))
    )


def _family(name: str) -> str:
    """Return what the names of an exporter's metrics begin with, its underscore included."""
    return name.partition("_")[0] + "_"


RULE = Rule(
    __name__, Severity.INFO, peers={"dashboard-linter": "target-job, target-instance (in part)"}, dashboard=check
)
