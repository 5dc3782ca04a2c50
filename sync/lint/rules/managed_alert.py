"""An alert rule for Grafana to evaluate that Grafana refuses, or accepts and can never fire.

Provisioning stops at a rule that it can't read, so that the rules after it are missing too; what only its evaluation
can't do is an error in the list of rules, which nobody looks at. `$value` is a text with the results of all
expressions, unless the rule asks one data source once, for a number (since Grafana 12).

FAIL file alerting.yaml:
    apiVersion: 1
    groups:
    - name: shop
      folder: Shop
      interval: 30s
      rules:
      - {uid: down, title: Down, condition: Z, data: [{refId: A, datasourceUid: prometheus, model: {expr: up < 1}}]}

FAIL managed:
    data: [{model: {expr: up < 1, instant: true}, relativeTimeRange: {from: 0, to: 0}}, {model: ABOVE}]

FAIL managed:
    data: [{model: {expr: up < 1, instant: true}, datasourceUid: ""}, {model: ABOVE}]

FAIL managed:
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE, datasourceUid: prometheus}]

FAIL managed:
    data:
    - {datasourceUid: prometheus, model: {expr: 'sum(count_over_time({job="a"} |= "x" [5m]))', instant: true}}
    - {model: ABOVE}

FAIL managed:
    data: [{model: {expr: up < 1, range: true}}, {model: ABOVE}]

FAIL managed:
    data:
    - {model: {expr: up < 1, instant: true}}
    - {model: {type: threshold, conditions: [{evaluator: {type: gt, params: [0]}}]}}

FAIL managed:
    data:
    - {model: {expr: up, instant: true}}
    - {model: {type: threshold, expression: A, conditions: [{evaluator: {type: lt, params: []}}]}}

FAIL managed:
    data: [{model: {expr: up, instant: true}}, {model: {type: math, expression: "A < 1"}}]

FAIL managed:
    data: [{model: {expr: up, instant: true}}, {model: {type: math, expression: "$C < 1"}}]

FAIL managed:
    condition: C
    data:
    - {model: {expr: 'rate(errors_total[5m])', instant: true}}
    - {model: {type: reduce, expression: A, reducer: last}}
    - {model: {type: math, expression: $A > 1}}

FAIL managed:
    data:
    - {model: {expr: up}}
    - {model: {type: classic_conditions, conditions: [{evaluator: {type: lt, params: [1]}, query: {params: [C]}}]}}

FAIL managed:
    condition: C
    data:
    - {model: {expr: up}}
    - {model: {type: reduce, expression: A, reducer: average}}
    - {model: {type: math, expression: $B < 1}}

FAIL managed:
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}, {refId: A, model: {expr: up, instant: true}}]

FAIL managed:
    noDataState: Ok
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]

FAIL managed:
    annotations: {summary: '{{ $value | humanize }} down'}
    condition: C
    data:
    - {model: {expr: up}}
    - {model: {type: reduce, expression: A, reducer: last}}
    - {model: {type: math, expression: $B < 1}}

FAIL managed:
    annotations: {summary: '{{ humanizePercentage $values.C.Value }} of {{ $values.D.Value }}'}
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]

FAIL managed:
    labels: {team: "{{ $labels.team }}"}
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]

FAIL managed:
    notification_settings: {receiver: mail, group_wiat: 30s}
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]

FAIL managed:
    condition: A
    data: [{model: {expr: up == 0, instant: true}}]

PASS managed:
    labels: {team: "{{ $$labels.team }}", env: $ENV}
    notification_settings: {receiver: mail, group_wait: 30s, repeat_interval: $REPEAT, mute_time_intervals: [night]}
    condition: A
    data: [{model: {expr: up == bool 0, instant: true}}]

PASS managed:
    annotations: {summary: '{{ $value | humanize }} of {{ $values.A.Value }}', __dashboardUid__: shop, __panelId__: '2'}
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]

PASS managed:
    data:
    - {model: {expr: process_resident_memory_bytes, instant: true}}
    - {model: {type: threshold, expression: A, conditions: [{evaluator: {type: gt, params: [5e+06]}}]}}

PASS managed:
    noDataState: KeepLast
    condition: D
    data:
    - {model: {expr: up}}
    - {model: {type: reduce, expression: A, reducer: last}}
    - {datasourceUid: loki, model: {expr: 'sum(count_over_time({job="a"} |= "x" [5m]))', queryType: instant}}
    - {model: {type: math, expression: "is_number($B) || ${C} > 5"}}

FAIL managed:
    condition: B
    data:
    - {datasourceUid: prometheus, model: {expr: 'sum(count_over_time({app="a"}[5m]))', queryType: instant}}
    - {model: {type: threshold, expression: A, conditions: [{evaluator: {type: gt, params: [1]}}]}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sync.identity import uid_fault
from sync.lint.known import nearest
from sync.lint.loading import Loaded
from sync.lint.managed import SHOWN, ManagedGroup, ManagedRule, ManagedRules, Step, number_of
from sync.lint.managed_routing import is_filled_in
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.promql.intervals import Interval
from sync.lint.promql.ranges import range_of
from sync.lint.query import Query
from sync.lint.ranges_known import lookup
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import seconds
from sync.lint.shape import as_dict, as_list, as_number, as_text

_NUMBER = re.compile(r"\$value\s*\|\s*(?:humanize|printf)|(?:humanize\w*|printf\s+\"[^\"]*%[^\"]*[dfg]\")\s+\$value\b")
_TYPES = frozenset({"math", "reduce", "resample", "threshold", "classic_conditions", "sql"})
_REDUCERS = frozenset({"sum", "mean", "min", "max", "count", "last", "median"})
_LIMITS = {"gt": 1, "lt": 1, "gte": 1, "lte": 1, "eq": 1, "ne": 1}
"""Numbers that a comparison needs; within a range and outside of it needs two."""
_STATES = {
    "noDataState": frozenset({"Alerting", "NoData", "OK", "KeepLast"}),
    "execErrState": frozenset({"Alerting", "Error", "OK", "KeepLast"}),
}
_PANEL = ("__dashboardUid__", "__panelId__")


def check(loaded: Loaded, project: Project) -> Findings:
    """Look at every rule of the file."""
    for document in loaded.documents:
        if isinstance(document, ManagedRules):
            uids: set[str] = set()
            for group in document.groups:
                yield from _group(group, uids, project)
                yield from _never(group, {pointer: query for query, pointer, _ in document.places}, project)


def _group(group: ManagedGroup, uids: set[str], project: Project) -> Findings:
    for key in ("name", "folder", "interval"):
        if not group.raw.get(key):
            yield Finding(f"a group of alert rules has to have a {key}", pointer=group.pointer)
    for rule in group.rules:
        uid = as_text(rule.raw.get("uid"))
        if fault := uid_fault(rule.raw.get("uid")):
            said = fault.replace("push", "provisioning").replace("dashboard", "rule")
            yield Finding(said, pointer=rule.pointer)
        if uid and uid in uids:
            yield Finding(f"the uid {uid} stands twice: Grafana keeps one rule of it", pointer=(*rule.pointer, "uid"))
        uids.add(uid)
        yield from _rule(rule)
        yield from _routing(rule, project)
        yield from _labels(rule) if group.is_provisioned else ()


def _rule(rule: ManagedRule) -> Findings:
    names = [step.name for step in rule.steps]
    if not rule.title:
        yield Finding("a rule has to have a title", pointer=rule.pointer)
    if as_text(rule.raw.get("condition")) not in names and not rule.raw.get("record"):
        said = f"the condition {rule.raw.get('condition')!r} is none of its queries, so it never fires"
        yield Finding(said, pointer=(*rule.pointer, "condition"))
    for key, states in _STATES.items():
        if as_text(state := rule.raw.get(key)) and state not in states:
            yield Finding(f"{key} is {', '.join(sorted(states))}, not {state}", pointer=(*rule.pointer, key))
    for number, step in enumerate(rule.steps):
        if step.name in names[:number]:
            yield Finding(f"two of its queries are called {step.name}", pointer=(*step.pointer, "refId"))
        yield from _expression(step, names) if step.is_expression else _query(step)
    for step in rule.unreduced:
        said = f"{step.name} gives series over time, and only numbers can fire: make it instant, or reduce it first"
        yield Finding(said, pointer=(*step.pointer, "model"))
    for step in rule.idle:
        said = f"the condition {rule.raw.get('condition')} doesn't reckon with {step.name}, and no text shows it"
        yield Finding(said, pointer=(*step.pointer, "refId"), severity=Severity.INFO)
    yield from _texts(rule, names)


def _routing(rule: ManagedRule, project: Project) -> Findings:
    """Look at what a rule says itself of how it is notified."""
    settings, pointer = as_dict(rule.raw.get("notification_settings")), (*rule.pointer, "notification_settings")
    for key, value in settings.items():
        if key not in _SETTINGS:
            yield Finding(f"Grafana knows no key {key} here{nearest(key, _SETTINGS)}", pointer=(*pointer, key))
        elif key in _DURATIONS and value is not None and seconds(value) is None and not is_filled_in(value):
            yield Finding(f"{key}: {value} is no duration: write 30s, 5m, 4h", pointer=(*pointer, key))
        elif key.endswith("intervals") and project.time_intervals:
            for number, name in enumerate(as_list(value)):
                if as_text(name) not in project.time_intervals and not is_filled_in(name):
                    said = f"there is no time interval {name}{nearest(str(name), project.time_intervals)}"
                    yield Finding(said, pointer=(*pointer, key, number))


_DURATIONS = frozenset({"group_wait", "group_interval", "repeat_interval"})
_SETTINGS = _DURATIONS | {"receiver", "group_by", "mute_time_intervals", "active_time_intervals"}


def _never(group: ManagedGroup, asked: Mapping[Pointer, Query], project: Project) -> Findings:
    """Look for a condition whose value is 0 where it holds: Grafana alerts where it is anything else."""
    for step in (rule.alone for rule in group.rules):
        pointer = (*step.pointer, "model", "expr") if step is not None else ()
        tree = asked[pointer].tree if pointer in asked else None
        if step is not None and tree is not None and range_of(tree, lookup(project)) == Interval(0, 0):
            said = (
                f"{step.name} is 0 where this holds, which Grafana takes for normal: write `== bool 0`, or a threshold"
            )
            yield Finding(said, pointer=pointer)


def _labels(rule: ManagedRule) -> Findings:
    """Look for variables of templates that Grafana takes for the environment's, as it does in labels alone."""
    for name, text in rule.labels.items():
        for found in _UNESCAPED.finditer(text):
            said = (
                f"Grafana takes {found[1]} here for a variable of the environment, and it is empty: write ${found[1]}"
            )
            yield Finding(said, piece=found[1], pointer=(*rule.pointer, "labels", name))


_UNESCAPED = re.compile(r"\{\{[^}]*?(?<!\$)(\$(?:labels|values?)\b)")


def _texts(rule: ManagedRule, names: list[str]) -> Findings:
    annotations = as_dict(rule.raw.get("annotations"))
    if sum(name in annotations for name in _PANEL) == 1:
        said = "__dashboardUid__ and __panelId__ go together, Grafana refuses one alone"
        yield Finding(said, pointer=rule.pointer)
    for name, text in annotations.items():
        pointer = (*rule.pointer, "annotations", name)
        if _NUMBER.search(as_text(text)) and not rule.is_one_number:
            said = "$value is a text here; the number of query A is $values.A.Value"
            yield Finding(said, pointer=pointer)
        shown = {found[1] or found[2] for found in SHOWN.finditer(as_text(text))}
        for missing in sorted(each for each in shown - set(names) if not each.startswith(tuple(names))):
            yield Finding(f"$values has no {missing}, which is none of its queries", pointer=pointer)


def _query(step: Step) -> Findings:
    """Check what every query of a data source has to have."""
    window = as_dict(step.raw.get("relativeTimeRange"))
    is_named = bool(as_text(step.raw.get("datasourceUid")))
    missing = [] if is_named else ["datasourceUid"]
    missing += [] if window else ["relativeTimeRange"]
    if step.looks_like_an_expression:
        said = f"{step.name} is an expression, which no data source reads: datasourceUid has to be __expr__"
        yield Finding(said, pointer=(*step.pointer, "datasourceUid"))
    elif step.is_sent_to_another:
        said = f"{step.name} asks {step.raw.get('datasourceUid')} for logs"
        yield Finding(said, pointer=(*step.pointer, "datasourceUid"))
    elif missing:
        yield Finding(f"{step.name} has to say {' and '.join(missing)}", pointer=step.pointer)
    elif (as_number(window.get("from")) or 0) <= (as_number(window.get("to")) or 0):
        said = f"{step.name} asks for no time: its range goes from some seconds ago (`from`) to fewer (`to`)"
        yield Finding(said, pointer=(*step.pointer, "relativeTimeRange"))


def _expression(step: Step, names: list[str]) -> Findings:
    kind, pointer = as_text(step.model.get("type")), (*step.pointer, "model")
    if kind not in _TYPES:
        yield Finding(f"{step.name} is no kind of expression: {kind or 'it has no type'}", pointer=(*pointer, "type"))
    if kind in {"math", "reduce", "resample", "threshold"} and not as_text(step.model.get("expression")).strip():
        yield Finding(f"{step.name} doesn't say of which query: expression is missing", pointer=pointer)
    if kind == "reduce" and as_text(reducer := step.model.get("reducer")) not in _REDUCERS:
        known = ", ".join(sorted(_REDUCERS))
        yield Finding(f"{step.name} reduces by {reducer!r}; known are {known}", pointer=(*pointer, "reducer"))
    if missing := sorted(set(step.asked) - set(names)):
        yield Finding(f"{missing[0]} is none of its queries", pointer=(*pointer, "expression"))
    if kind == "math":
        plain = re.findall(r"(?<![\w$.{])\w+(?![\w(])", as_text(step.model.get("expression")))
        for name in [each for each in plain if each in names]:
            yield Finding(
                f"{name} is no number: the result of query {name} is ${name}", pointer=(*pointer, "expression")
            )
    if kind in {"threshold", "classic_conditions"}:
        yield from _conditions(step, (*pointer, "conditions"))


def _conditions(step: Step, pointer: Pointer) -> Findings:
    conditions = [as_dict(each) for each in as_list(step.model.get("conditions"))]
    if not conditions:
        yield Finding(f"{step.name} compares with nothing: conditions are missing", pointer=pointer[:-1])
    for number, condition in enumerate(conditions):
        evaluator = as_dict(condition.get("evaluator"))
        kind, given = as_text(evaluator.get("type")), as_list(evaluator.get("params"))
        needed = 0 if kind == "no_value" else _LIMITS.get(kind, 2)
        if len([each for each in given if number_of(each) is not None]) < needed:
            said = f"{step.name} compares with {len(given)} numbers, and {kind or 'a condition'} needs {needed}"
            yield Finding(said, pointer=(*pointer, number))


RULE = Rule(__name__, Severity.ERROR, document=check)
