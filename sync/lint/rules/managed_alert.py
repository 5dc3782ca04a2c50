"""An alert rule for Grafana to evaluate that Grafana refuses, or accepts and can never fire.

The provisioning API takes a rule whose condition names no query, so nobody is told that it watches nothing.

FAIL file alerting.yaml:
    apiVersion: 1
    groups:
    - name: shop
      folder: Shop
      interval: 30s
      rules:
      - {uid: down, title: Down, condition: Z, data: [{refId: A, datasourceUid: prometheus, model: {expr: up < 1}}]}

FAIL file alerting.yaml:
    apiVersion: 1
    groups:
    - name: shop
      folder: Shop
      interval: 30s
      rules:
      - uid: down
        title: Down
        condition: B
        data:
        - {refId: A, datasourceUid: prometheus, model: {expr: up <}}
        - {refId: B, datasourceUid: __expr__, model: {type: threshold, expression: A}}

FAIL file alerting.yaml:
    apiVersion: 1
    groups:
    - name: shop
      folder: Shop
      interval: 30s
      rules:
      - uid: down
        title: Down
        condition: B
        annotations: {summary: '{{ $value | humanize }} down'}
        data:
        - {refId: A, datasourceUid: prometheus, model: {expr: up < 1}}
        - {refId: B, datasourceUid: __expr__, model: {type: threshold, expression: A}}

PASS file alerting.yaml:
    apiVersion: 1
    groups:
    - name: shop
      folder: Shop
      interval: 30s
      rules:
      - uid: down
        title: Down
        condition: C
        annotations: {summary: '{{ $values.A.Value | humanize }} down', __dashboardUid__: shop, __panelId__: '2'}
        data:
        - {refId: A, datasourceUid: prometheus, model: {expr: up < 1}}
        - {refId: B, datasourceUid: __expr__, model: {type: math, expression: is_number($A)}}
        - {refId: C, datasourceUid: __expr__, model: {type: threshold, expression: B}}
        - {refId: D, datasourceUid: grafana_loki, model: {expr: 'sum(count_over_time({job="a"} |= "x" [5m]))'}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from signals_lib import grammar
from signals_lib.errors import GrammarError
from sync.identity import uid_fault
from sync.lint.dashboard import looks_like_logql
from sync.lint.loading import Loaded, ManagedRules
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

EXPRESSIONS = "__expr__"
_NAMED = re.compile(r"\$\{?(\w+)")
_NUMBER = re.compile(r"\$value\s*\|\s*(?:humanize|printf)")
_PANEL = ("__dashboardUid__", "__panelId__")


def check(loaded: Loaded, _project: Project) -> Findings:
    """Look at every rule of the file."""
    for document in loaded.documents:
        if isinstance(document, ManagedRules):
            uids: set[str] = set()
            for number, group in enumerate(as_list(document.raw.get("groups"))):
                yield from _group(as_dict(group), (*document.base, "groups", number), uids)


def _group(group: Mapping[str, Any], pointer: Pointer, uids: set[str]) -> Findings:
    for key in ("name", "folder", "interval"):
        if not group.get(key):
            yield Finding(f"a group of alert rules has to have a {key}", pointer=pointer)
    for number, raw in enumerate(as_list(group.get("rules"))):
        rule, place = as_dict(raw), (*pointer, "rules", number)
        uid = as_text(rule.get("uid"))
        if fault := uid_fault(rule.get("uid")):
            yield Finding(fault.replace("push", "provisioning").replace("dashboard", "rule"), pointer=place)
        if uid and uid in uids:
            yield Finding(f"the uid {uid} stands twice: Grafana keeps one rule of it", pointer=(*place, "uid"))
        uids.add(uid)
        yield from _rule(rule, place)


def _rule(rule: Mapping[str, Any], pointer: Pointer) -> Findings:
    steps = [as_dict(step) for step in as_list(rule.get("data"))]
    names = {as_text(step.get("refId")) for step in steps}
    if not rule.get("title"):
        yield Finding("a rule has to have a title", pointer=pointer)
    if as_text(rule.get("condition")) not in names and not rule.get("record"):
        said = f"the condition {rule.get('condition')!r} is none of its queries, so it never fires"
        yield Finding(said, pointer=(*pointer, "condition"))
    for number, step in enumerate(steps):
        yield from _step(as_dict(step.get("model")), step, (*pointer, "data", number, "model"), names)
    annotations = as_dict(rule.get("annotations"))
    if sum(name in annotations for name in _PANEL) == 1:
        yield Finding("__dashboardUid__ and __panelId__ go together, Grafana refuses one alone", pointer=pointer)
    for name, text in annotations.items():
        if _NUMBER.search(as_text(text)):
            said = "$value is a text in Grafana's rules; the number of query A is $values.A.Value"
            yield Finding(said, pointer=(*pointer, "annotations", name))


def _step(model: Mapping[str, Any], step: Mapping[str, Any], pointer: Pointer, names: set[str]) -> Findings:
    expression = as_text(model.get("expression"))
    if step.get("datasourceUid") == EXPRESSIONS:
        missing = sorted(set(_named(model, expression)) - names)
        if missing:
            yield Finding(f"{missing[0]} is none of its queries", pointer=(*pointer, "expression"))
        return
    source = as_text(as_dict(model.get("datasource")).get("type")) or "prometheus"
    text = as_text(model.get("expr"))
    told = "datasource" in model or "loki" not in as_text(step.get("datasourceUid")).lower()
    if source == "prometheus" and text and told and not looks_like_logql(text):
        try:
            grammar.check(text)
        except GrammarError as error:
            yield Finding(str(error), pointer=(*pointer, "expr"))


def _named(model: Mapping[str, Any], expression: str) -> Iterator[str]:
    kind = as_text(model.get("type"))
    if kind == "math":
        yield from _NAMED.findall(expression)
    elif kind in {"threshold", "reduce", "resample"} and expression:
        yield expression.lstrip("$")


RULE = Rule(__name__, Severity.ERROR, document=check)
