"""An alert whose `for` or `keep_firing_for` is nothing, or whose `for` is less than the team's least.

With a `for` of nothing one slow scrape wakes somebody. Alerts that look at a longer window already, at an absence over
time or at a total are steady by themselves and need none. Without any `for` are named those that compare what one
scrape said: `up`, or a measured value with a limit; and the only one of many. The least, for all alerts, is
`minimum-for` in dash-sync-lint.yaml.

FAIL alert:
    {alert: A, expr: node_load1 > 5, for: 0s}

FAIL alert:
    {alert: A, expr: node_load1 > 5, for: 5m, keep_firing_for: 0m}

FAIL alert:
    {alert: A, expr: node_load1 > 5}

FAIL alert:
    {alert: A, expr: "up{job='api'} == 0"}

FAIL alert:
    {alert: A, expr: "0.5 >= sum by (job) (up) / count by (job) (up)"}

FAIL alert:
    {alert: A, expr: node_load1 > 5, for: 5ms}

PASS alert:
    {alert: A, expr: "avg_over_time(node_load1[5m]) > 5"}

PASS alert:
    {alert: A, expr: node_load1 > 5, keep_firing_for: 10m}

PASS alert:
    {alert: A, expr: mysql_slave_running == 0 or certificate_manager_client_ttl_seconds < 86400}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: "rate(a_failures_total[5m]) > 1", for: 5m}
          - {alert: B, expr: "rate(b_failures_total[5m]) > 1", for: 5m}
          - {alert: C, expr: "rate(c_failures_total[5m]) > 1", for: 5m}
          - {alert: D, expr: "rate(d_failures_total[5m]) > 1", for: 5m}
          - {alert: E, expr: "rate(e_failures_total[5m]) > 1", for: 5m}
          - {alert: F, expr: "rate(f_failures_total[5m]) > 1", for: 5m}
          - {alert: G, expr: "rate(g_failures_total[5m]) > 1", for: 5m}
          - {alert: H, expr: "rate(h_failures_total[5m]) > 1"}

FAIL alert with minimum-for 5m:
    {alert: A, expr: node_load1 > 5, for: 1m}

PASS alert:
    {alert: A, expr: node_load1 > 5, for: 5m}
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Binary, Call, Number, Selector, deciding, duration, turned, walk
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.rule_file import RuleFile, seconds

_SHORTEST = 5
"""Seconds; nobody evaluates rules as often."""
_SCRAPED = frozenset({"up", "probe_success"})
_SHAPING = frozenset(
    {"abs", "ceil", "floor", "round", "label_replace", "label_join", "clamp_min", "clamp_max", "scalar"}
)
_STEADY = re.compile(
    r"_(?:total|count|sum|bucket|info|timestamp|created|uptime|time|ttl|age|not_after|expir\w*)(?:_(?:seconds|days|hours))?$"
)
"""Names of what doesn't move up and down around a limit: counts, and time that passes."""


def check(rule: FileRule, project: Project) -> Findings:
    """Look at `for`."""
    if not rule.alert:
        return
    least = project.settings.minimum_for
    lasting = seconds(rule.raw.get("for")) if "for" in rule.raw else None
    where = ("for",) if "for" in rule.raw else ("alert",)
    if seconds(rule.raw.get("keep_firing_for")) == 0:
        yield Finding("`keep_firing_for` of nothing says nothing: remove it", pointer=("keep_firing_for",))
    if lasting == 0:
        yield Finding("`for` of nothing says nothing: remove it, or wait", pointer=where)
    elif lasting is not None and lasting < _SHORTEST:
        yield Finding(
            f"`for` of {rule.raw['for']} is shorter than any evaluation: it is as good as none", pointer=where
        )
    elif least and (lasting or 0) < least:
        yield Finding(
            f"it fires after {duration(lasting or 0)}, the team's least is {duration(least)}",
            pointer=where,
            severity=Severity.WARNING,
        )
    elif (
        lasting is None
        and not seconds(rule.raw.get("keep_firing_for"))
        and any(_is_momentary(turned(each)) for each in deciding(rule.query.tree))
    ):
        yield Finding("one scrape decides: it comes and goes with each value at the limit; add a `for`", pointer=where)


def check_file(file: RuleFile, _project: Project) -> Findings:
    """Look for the one alert of many that has no `for`; what happens once in a long time waits for nothing."""
    alerts = [rule for rule in file.rules if rule.alert]
    bare = [rule for rule in alerts if "for" not in rule.raw and "keep_firing_for" not in rule.raw]
    if (
        len(bare) != 1
        or len(alerts) < _MANY
        or any(_is_momentary(turned(each)) for each in deciding(bare[0].query.tree))
    ):
        return
    windows = [selector.window.seconds or 0 for selector, _ in bare[0].query.selectors if selector.window]
    if windows and max(windows) < _LONG and not any(name in bare[0].query.text for name in ("changes(", "resets(")):
        message = f"{bare[0].alert} is the one of {len(alerts)} alerts here without a `for`"
        yield Finding(message, pointer=(*bare[0].pointer[len(file.base) :], "alert"))


_MANY = 8
"""Alerts of a file that make a custom."""
_LONG = 900
"""Seconds over which an alert is steady by itself."""


def _is_momentary(node: Binary) -> bool:
    """Whether it compares with a limit what one scrape said; of states (0 or 1) only `up` changes by chance."""
    if not isinstance(node.right, Number):
        return False
    found = [each for each, _ in walk(node.left)]
    selectors = [each for each in found if isinstance(each, Selector)]
    if any(isinstance(each, Call) and each.name not in _SHAPING for each in found):
        return False
    if any(each.window or ":" in each.name or _STEADY.search(each.name) for each in selectors):
        return False
    if node.operator in {"==", "!="} or node.right.value in {0, 1}:
        return any(each.name in _SCRAPED for each in selectors)
    return bool(selectors)


RULE = Rule(__name__, Severity.INFO, peers={"pint": "alerts/for, rule/for"}, rule=check, rule_file=check_file)
