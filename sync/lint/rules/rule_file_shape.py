"""A rule file that Prometheus refuses: unknown keys, missing ones, names and durations that are none.

Prometheus loads all of a file or nothing. Since its third version it takes any text for the name of a label. Its
ruler's cousins (Loki, Mimir, Thanos, VictoriaMetrics) have keys of their own, which pass.

FAIL rules:
    groups: [{name: a, limit: none, labels: [a], partial_response_strategy: wrn, rules: [{alert: A, expr: up == 0}]}]

FAIL rules:
    groups: [{name: a, rules: [{alert: A, expr: up == 0, label: {severity: page}}]}]

FAIL rules:
    groups: [{name: a, rules: [{expr: up == 0}]}]

FAIL rules:
    groups: [{name: a, rules: [{alert: A, expr: up == 0, for: 5 minutes}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "a b", expr: up}]}]

FAIL rules:
    groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {severity-level: page}}]}]

FAIL rules:
    groups: [{rules: []}]

FAIL rules:
    apiVersion: loki.grafana.com/v1
    kind: AlertingRule
    spec: {groups: [{name: a, rules: [{alert: A, expr: 'sum(rate({app="api"} [5m])) > 1', label: {severity: page}}]}]}

FAIL rules:
    groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {severity: page, for: 5m}}]}]

FAIL rules:
    groups: [{name: a, rules: [{alert: "", expr: up == 0}]}]

FAIL rules:
    apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    spec: {groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {tier: 1}}]}]}

PASS rules:
    groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {tier: 1, page: true}}]}]

PASS rules:
    apiVersion: operator.victoriametrics.com/v1beta1
    kind: VMRule
    spec:
      groups:
        - {name: a, concurrency: 2, eval_offset: 30s, rules: [{alert: A, expr: up == 0, update_entries_limit: 9}]}
        - {name: b, type: vlogs, rules: [{record: errors, expr: "level:error | stats count() as errors"}]}

PASS rules:
    groups: [{name: a, interval: 30s, rules: [{alert: A, expr: up == 0, for: 5m, labels: {severity: page}}]}]

PASS rules:
    groups: [{name: a, rules: [{record: "job:up:sum", expr: sum by (job) (up)}]}]

FAIL file rules.yaml:
    - name: a
      rules: [{record: "job:up:sum", expr: sum by (job) (up)}]
"""

from __future__ import annotations

import re
from typing import Any

from sync.lint.known import nearest
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Form, RuleFile, seconds
from sync.lint.rule_file import Rule as FileRule
from sync.lint.shape import FilledIn, as_dict, as_list, as_plain, as_text

_FILE = ("groups", "namespace")
_GROUP = (
    "name",
    "interval",
    "query_offset",
    "limit",
    "labels",
    "rules",
    "partial_response_strategy",
    "source_tenants",
    "evaluation_delay",
    "align_evaluation_time_on_interval",
    "remote_write",
    "params",
    "concurrency",
    "type",
    "headers",
    "eval_offset",
    "eval_delay",
    "eval_alignment",
    "extra_filter_labels",
    "notifier_headers",
    "debug",
    "tenant",
    "limits",
)
_RULE = ("alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations", "debug", "update_entries_limit")
_KEYS_OF_RULES = frozenset({"expr", "for", "keep_firing_for", "labels", "annotations", "alert", "record"})
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _whole(file: RuleFile) -> Findings:
    is_held = any(isinstance(step, str) for step in file.base)
    if not is_held:  # what holds it may say more beside it
        yield from _unknown(file.raw, _FILE, (), "a rule file")
    if file.form is Form.GROUPS and not is_held:
        yield Finding("a list of groups alone: Prometheus wants it under `groups:`", severity=Severity.WARNING)
    if not isinstance(file.raw.get("groups"), (list, type(None))):
        yield Finding("groups has to be a list", pointer=("groups",))


def check(file: RuleFile, _project: Project) -> Findings:
    """Check keys, names and durations of the file, its groups and rules."""
    yield from _whole(file)
    for number, raw in enumerate(as_list(file.raw.get("groups"))):
        where = file.place(number)
        if not isinstance(raw, dict):
            yield Finding("a group has to be a mapping", pointer=where)
            continue
        yield from _unknown(raw, _GROUP, where, "a group")
        if file.form is not Form.RULES and (not isinstance(raw.get("name"), str) or not raw["name"]):
            yield Finding("a group has to have a name", pointer=where)
        if raw.get("rules") is not None and not isinstance(raw["rules"], list):
            yield Finding("rules has to be a list", pointer=(*where, "rules"))
        yield from _durations(raw, ("interval", "query_offset"), where)
        if raw.get("limit") is not None and (not isinstance(raw["limit"], int) or isinstance(raw["limit"], bool)):
            yield Finding(f"limit: {raw['limit']!r} is no whole number", pointer=(*where, "limit"))
        if as_text(raw.get("partial_response_strategy")).lower() not in {"", "warn", "abort"}:
            yield Finding("partial_response_strategy is warn or abort", pointer=(*where, "partial_response_strategy"))
        yield from _texts(raw.get("labels"), "a label", (*where, "labels"))
        for index, rule in enumerate(as_list(raw.get("rules"))):
            if not isinstance(rule, dict):
                yield Finding("a rule has to be a mapping", pointer=file.place(number, index))
    for each in file.rules:
        yield from _rule(each, each.pointer[len(file.base) :])


def _rule(rule: FileRule, where: Pointer) -> Findings:
    raw = rule.raw
    yield from _unknown(raw, _RULE, where, "a rule")
    if ("alert" in raw) == ("record" in raw) or not as_plain(raw.get("alert", raw.get("record"))):
        yield Finding("a rule has to have alert or record, and not both", pointer=where)
    if not rule.query.text.strip():
        yield Finding("a rule has to have an expr", pointer=(*where, "expr") if "expr" in raw else where)
    if rule.record and not re.fullmatch(r"[A-Za-z_:][\w:]*", rule.record):
        yield Finding(f"{rule.record!r} is no name of a series", pointer=(*where, "record"))
    yield from _durations(raw, ("for", "keep_firing_for"), where)
    for key in ("for", "keep_firing_for", "annotations"):
        if rule.record and key in raw:
            yield Finding(f"a recording rule can't have {key}", pointer=(*where, key))
    for key, what in (("labels", "a label"), ("annotations", "an annotation")):
        yield from _texts(raw.get(key), what, (*where, key))
        if rule.group.file.base[-1:] == ("spec",):
            yield from _unquoted(as_dict(raw.get(key)), (*where, key))


def _unquoted(texts: dict[str, Any], where: Pointer) -> Findings:
    """Look for values that YAML reads as numbers or truths: a rule file takes them, Kubernetes refuses the manifest."""
    for name, text in texts.items():
        if isinstance(text, (bool, int, float)):
            yield Finding(f"{name} has to be text in a manifest: write it in quotes", pointer=(*where, name))


def _texts(value: Any, what: str, where: Pointer) -> Findings:
    """Check labels or annotations: a mapping of names to text."""
    if value is not None and not isinstance(value, dict):
        yield Finding(f"{where[-1]} has to be a mapping", pointer=where)
    for name, text in as_dict(value).items():
        if not name or name == "__name__":
            yield Finding(f"{name!r} is no name of {what}", pointer=(*where, name))
        elif name in _KEYS_OF_RULES:
            said = f"{name} stands among the {where[-1]}, where it does nothing: it belongs to the rule, indented less"
            yield Finding(said, pointer=(*where, name), severity=Severity.WARNING)
        elif not _LABEL.fullmatch(name):
            said = f"{name!r} is the name of {what} since Prometheus 3 only: write letters, digits and _"
            yield Finding(said, pointer=(*where, name), severity=Severity.WARNING)
        elif isinstance(text, (dict, list)):
            yield Finding(f"{name} has to be text", pointer=(*where, name))


def _unknown(raw: dict[str, Any], known: tuple[str, ...], where: Pointer, what: str) -> Findings:
    for key in raw:
        if key not in known:
            yield Finding(f"{what} has no key {key}{nearest(key, known)}", pointer=(*where, key))


def _durations(raw: dict[str, Any], keys: tuple[str, ...], where: Pointer) -> Findings:
    for key in keys:
        if raw.get(key) is not None and seconds(raw[key]) is None and not isinstance(raw[key], FilledIn):
            yield Finding(f"{key}: {raw[key]!r} is no duration like 5m or 1h30m", pointer=(*where, key))


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "alerts/for, yaml/parse"}, rule_file=check)
