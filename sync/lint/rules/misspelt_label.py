"""A label that differs by a slip of the hand from one that everybody's series have, or that is used often.

A matcher on a label that isn't there selects nothing (or, with `!=`, everything); a grouping by it makes one group.
An alert's text shows nothing for it. Letters that are swapped, doubled or left out are seen; a label that several
queries have, that a rule sets or that label_replace() makes is taken for right.

FAIL promql:
    up{jbo="api"}

FAIL promql:
    sum by (instnace) (rate(node_network_receive_bytes_total[5m]))

FAIL promql:
    kube_pod_info{namepsace="web"}

FAIL promql:
    sum(up) by (clusster)

FAIL dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: 'sum by (warehose) (stock_items)', refId: A}]}
      - {type: stat, title: B, targets: [{expr: 'sum by (warehouse) (stock_items)', refId: A}]}
      - {type: stat, title: C, targets: [{expr: 'min by (warehouse) (stock_items)', refId: A}]}
      - {type: stat, title: D, targets: [{expr: 'stock_items{warehouse="north"}', refId: A}]}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.instnce }} is down"}}

PASS promql:
    sum by (instance, nodename) (node_uname_info)

PASS promql:
    label_replace(up, "clusetr", "$1", "instance", "(.*)") and on (clusetr) up
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sync.lint.known import COMMON_LABELS
from sync.lint.misspelling import slips
from sync.lint.near_names import OFTEN
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Binary, Selector
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_SHORTEST = 5
_SHORT = {"jbo": "job", "ojb": "job", "pdo": "pod", "opd": "pod"}
"""Slips of labels that are too short to be compared with others."""
_SHOWN = re.compile(r"\{\{[^{}]*\$labels\.(\w+)")


def check(query: Query, project: Project) -> Findings:
    """Compare the labels that a query names with those that others do."""
    for label, other in _slips(_labels(query), query, project):
        yield Finding(f"hardly any query has the label {label}; did you mean {other}?", piece=label)


def check_texts(rule: FileRule, project: Project) -> Findings:
    """Compare the labels that an alert's text shows in the same way."""
    for name, text in rule.annotations.items() if rule.alert else ():
        for label, other in _slips(_SHOWN.findall(text), rule.query.as_promql, project):
            message = f"{rule.alert} shows $labels.{label}; did you mean {other}?"
            yield Finding(message, pointer=("annotations", name), piece=label)


def _slips(labels: list[str], query: Query, project: Project) -> Iterator[tuple[str, str]]:
    """Yield labels that nobody else has, each with the one that is meant."""
    uses = project.label_uses
    for label in dict.fromkeys(labels):
        if label in _SHORT and uses[label] < OFTEN:
            yield label, _SHORT[label]
        if (
            len(label) < _SHORTEST - 1
            or label in COMMON_LABELS
            or uses[label] >= OFTEN
            or _is_made(label, query, project)
        ):
            continue
        for other in slips(label):
            if len(other) >= _SHORTEST and (other in COMMON_LABELS or uses[other] >= OFTEN):
                yield label, other
                break


def _labels(query: Query) -> list[str]:
    found = [matcher.label for selector, _ in query.selectors for matcher in selector.matchers]
    found += [label for node, _ in query.each(Aggregation) for label in node.labels or ()]
    for node, _ in query.each(Binary):
        found += [*(node.on or ()), *(node.ignoring or ()), *node.include]
    return found


def _is_made(label: str, query: Query, project: Project) -> bool:
    """Whether something says that there is such a label."""
    if f'"{label}"' in query.text or label in project.labels_set:
        return True
    known = (project.known.find(selector.name) for selector, _ in query.each(Selector))
    return any(label in (metric.labels or ()) for metric in known if metric is not None)


RULE = Rule(__name__, Severity.WARNING, query=check, rule=check_texts)
