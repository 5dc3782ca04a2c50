"""An inhibition that is of itself, of graver alerts, or by a label that nothing has.

Where the source's matchers are those of the target, an alert would silence its like: Alertmanager lets the two stand
beside each other. By severity alone the graver silences the lesser: the other way round the page is what isn't sent.
Without matchers a side is every alert, which is meant where the other names an alert; without `equal`, one critical
alert silences the warnings of everything else. A label of `equal` that is misspelt is missing on both sides, and
missing equals missing: one alert silences all others. By a label that the matchers hold to other values on either side
none does.

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: ['severity="critical"'], target_matchers: ['severity="critical"'], equal: [job]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: ['severity="page"'], target_matchers: ['severity="info"'], equal: [instnace]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: ['severity="page"'], target_matchers: ['severity="info"']}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: ['severity="page"'], equal: [instance]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: [severity=page], target_matchers: [severity=info], equal: [job, severity]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_match: {severity: warn}, target_match: {severity: error}, equal: [alertname]}]

PASS alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules:
    - {source_matchers: ['alertname="SiteDown"', 'severity="info"'], target_matchers: [severity=page], equal: [site]}
    - {source_matchers: ['alertname="ClusterPaused"'], equal: [cluster]}
    - {target_matchers: ['alertname="InfoInhibitor"']}

WITH rules.yaml:
    groups: [{name: a, rules: [{alert: SiteDown, expr: up == 0}, {alert: DiskFull, expr: disk_free == 0}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: ['alertname="SiteDwn"'], target_matchers: ['alertname="DiskFull"'], equal: [job]}]

PASS alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: ['alertname="SiteDown"'], target_matchers: ['severity="info"']}]

PASS alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    inhibit_rules: [{source_matchers: ['severity="page"'], target_matchers: ['severity="info"'], equal: [instance]}]
"""

from __future__ import annotations

from typing import Any

from sync.lint.alertmanager import AlertmanagerConfig, Match, matchers
from sync.lint.known import nearest
from sync.lint.label_values import label_meant, label_values, wanted
from sync.lint.matching import exclude
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text


def check(config: AlertmanagerConfig, project: Project) -> Findings:
    """Compare both sides of each inhibition, and its labels with those that alerts have."""
    yield from _no_alerts(config, project)
    alone = _without_equal(config)
    for number, raw in enumerate(as_list(config.raw.get("inhibit_rules"))):
        rule, pointer = as_dict(raw), ("inhibit_rules", number)
        sources, targets = (tuple(matchers(rule, pointer, side)) for side in ("source_", "target_"))
        source, target = ({(each.label, each.operator, each.value) for each in side} for side in (sources, targets))
        names_alert = any(label == "alertname" for label, _, _ in source | target)
        for side, found in (("source", source), ("target", target)):
            if not found and not names_alert and not rule.get("sources"):
                what = "any alert silences" if side == "source" else "what is silenced is every alert"
                yield Finding(f"there are no {side}_matchers: {what}", pointer=pointer)
        if not names_alert and (levels := _upside_down(sources, targets)):
            yield Finding(f"{levels[0]} silences {levels[1]}, which is graver: exchange the two", pointer=pointer)
        if source and target and not rule.get("equal") and {label for label, _, _ in source} == {"severity"}:
            said = "without `equal`, one alert silences those of all other jobs, clusters and instances"
            yield Finding(said, pointer=pointer)
        elif source and target and number == alone:
            said = "without `equal`, which all others have, it silences what is elsewhere too"
            yield Finding(said, pointer=pointer, severity=Severity.INFO)
        if source and source == target:
            yield Finding("what silences and what is silenced are the same alerts", pointer=pointer)
        yield from _equal(rule, sources, targets, pointer, project)


def _equal(
    rule: dict[str, Any], sources: tuple[Match, ...], targets: tuple[Match, ...], pointer: Pointer, project: Project
) -> Findings:
    """Look at the labels that both sides have to share."""
    for index, value in enumerate(as_list(rule.get("equal"))):
        label = as_text(value)
        if any(one.label == other.label == label and exclude(one, other) for one in sources for other in targets):
            said = f"equal: {label} is never the same on both sides: nothing is silenced"
            yield Finding(said, pointer=(*pointer, "equal", index))
        if near := label_meant(label, project):
            said = f"equal: {label} is on neither side, which makes all alerts equal; did you mean {near}?"
            yield Finding(said, pointer=(*pointer, "equal", index))


def _without_equal(config: AlertmanagerConfig) -> int | None:
    """Return the number of the one inhibition without `equal` among three or more."""
    have = [bool(as_dict(raw).get("equal")) for raw in as_list(config.raw.get("inhibit_rules"))]
    return have.index(False) if have.count(False) == 1 and have.count(True) > 1 else None


_LEVELS = (
    "none debug",
    "info information notice",
    "warn warning minor low",
    "error err high major",
    "critical crit page",
)
_RANKS = {word: rank for rank, words in enumerate(_LEVELS) for word in words.split()}


def _upside_down(sources: tuple[Match, ...], targets: tuple[Match, ...]) -> tuple[str, str] | None:
    """Return the severities of both sides where every one that silences is less grave than all that are silenced."""
    silencing, silenced = (
        [name for match in side if match.label == "severity" for name in wanted(match)] for side in (sources, targets)
    )
    if not silencing or not silenced or not all(name.lower() in _RANKS for name in (*silencing, *silenced)):
        return None
    gravest = max(silencing, key=lambda name: _RANKS[name.lower()])
    least = min(silenced, key=lambda name: _RANKS[name.lower()])
    return (gravest, least) if _RANKS[gravest.lower()] < _RANKS[least.lower()] else None


def _no_alerts(config: AlertmanagerConfig, project: Project) -> Findings:
    """Look for alerts by names that none has, where others that inhibitions name are among the files."""
    known = label_values(project).get("alertname")
    rules = [(as_dict(raw), number) for number, raw in enumerate(as_list(config.raw.get("inhibit_rules")))]
    named = [
        (name, match.pointer)
        for rule, number in rules
        for side in ("source_", "target_")
        for match in matchers(rule, ("inhibit_rules", number), side)
        for name in (wanted(match) if match.label == "alertname" else ())
    ]
    if known is None or not any(name in known.values for name, _ in named):
        return
    for name, pointer in named:
        if name not in known.values:
            near = nearest(name, known.values)
            severity = None if near else Severity.INFO
            yield Finding(f"no alert among the files is called {name}{near}", pointer=pointer, severity=severity)


RULE = Rule(__name__, Severity.WARNING, alertmanager=check)
