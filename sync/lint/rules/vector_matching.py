"""Two sides of an operation whose labels never match, or match many to many.

Without on() or ignoring(), series pair up when all their labels are equal: `sum by (job) / sum by (job, code)` pairs
nothing, nor does a side that a matcher gives a label with one `without` it. Series that were scraped have job and
instance; recorded ones have what their rules among the files keep. A label in on() that neither side has
compares nothing. With on(job) several series of one side meet one of the other, which Prometheus refuses without
group_left.

FAIL promql:
    sum by (job) (errors) / on () sum by (job) (requests)

FAIL promql:
    sum by (job) (rate(http_request_errors_total[5m])) / sum by (job, code) (rate(http_requests_total[5m]))

FAIL promql:
    sum by (job, code) (rate(http_requests_total[5m])) / on (job) sum by (job) (rate(http_requests_total[5m]))

FAIL promql:
    sum by (job) (rate(http_requests_total[5m])) * on (instance) group_left () up

FAIL promql:
    up * on (job) group_left () max by (job, version) (build_info)

FAIL promql:
    sum without (pod) (rate(a_total{code="500"}[5m])) / sum without (pod, code) (rate(a_total[5m]))

FAIL promql:
    sum by (cluster) (a) / on (cluster, instance) sum by (cluster) (b)

FAIL promql:
    sum by (cluster, tenant) (a) / ignoring (tenant) count by (cluster) (b) > 100

PASS promql:
    sum by (cluster, tenant) (a) / ignoring (tenant) group_left () count by (cluster) (b) > 100

FAIL promql:
    sum without (type, code) (rate(a_total{code=~"5.."}[5m])) / sum without (type, code, method) (rate(a_total[5m]))

PASS promql:
    sum without (pod) (rate(a_total{code="500"}[5m])) / ignoring (code) sum without (pod, code) (rate(a_total[5m]))

FAIL promql:
    queue_size and on (node) sum by (instance) (queue_workers) > 5

PASS promql:
    up * on (job) group_left (version) max by (job, version) (build_info)

FAIL promql:
    up * on (instance) group_left (team) max by (instance, version) (build_info{version="3"})

PASS promql:
    sum by (job) (a) / sum by (job) (b) or topk(1, sum by (job) (a)) / on () bottomk(1, sum by (job) (b))

PASS promql:
    max by (topic, space) (end_offset{space="main"}) - on (topic) group_right () max by (topic, group) (read_offset)

PASS promql:
    sum by (place) (a) - on (place) label_replace(sum by (site) (b), "place", "$1", "site", "(.+)")

FAIL logql:
    sum by (route) (rate({app="a"} | json | level="error" [5m])) / sum by (app) (rate({app="a"} [5m]))

PASS logql:
    sum by (route) (rate({app="a"} | json | level="error" [5m])) / sum by (route) (rate({app="a"} | json [5m]))

PASS promql:
    sum by (cluster, instance) (a) / on (cluster, instance) sum by (cluster, instance) (b) or sum by (cluster) (c)

FAIL promql:
    max_over_time(cluster_members{job="x"}[5m]) < count by (namespace, service) (cluster_members{job="x"})

FAIL promql:
    node_load1 > 9 and hour() > 8

FAIL promql:
    node_load1 unless sum by (job) (node_boot)

PASS promql:
    push_time{instance="",job=""} > sum by (namespace) (limit) or job:load:max > vector(1)

FAIL promql:
    rate(checks_total{status="error"}[5m]) / rate(checks_total[5m])

PASS promql:
    checks{status="error"} / ignoring (status) group_left () checks or a{code="500"} / ignoring (code) a{code="200"}

FAIL promql:
    max_over_time(members{job="x"}[5m]) < on (namespace) count by (namespace) (members{job="x"})

PASS promql:
    max_over_time(members{job="x"}[5m]) < on (namespace) group_left () count by (namespace) (members{job="x"})

PASS promql:
    node_load1 / ignoring (instance) group_left sum without (instance) (node_load1)

FAIL promql:
    rate(a_total{code="500"}[5m]) / rate(a_total{code="200"}[5m])

FAIL promql:
    node_filesystem_avail_bytes / on (instance) node_filesystem_size_bytes

FAIL promql:
    kube_pod_status_phase{phase="Running"} * on (node) group_left (zone) kube_pod_info

FAIL promql:
    node_load1 * on (instance) group_right (nodename) node_uname_info

FAIL promql:
    container_memory_working_set_bytes * on (namespace, pod) kube_pod_info

PASS promql:
    container_memory_working_set_bytes * on (namespace, pod) group_left (node) kube_pod_info

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "pool:shop_calls:sum", expr: "sum by (route) (shop_calls)"}
          - {alert: A, expr: shop_calls / on (instance) sum by (instance) (shop_limit) > 0.9}

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "team:shop_calls:sum", expr: "sum by (team) (shop_calls)"}
          - {alert: A, expr: shop_calls / on (instance) sum by (instance) (shop_limit) > 0.9}

FAIL promql:
    node_network_up == 0 and node_load1 > 5

FAIL promql:
    up * on (job) group_left (__name__) max without (version) (build_info)

WITH rules.yaml:
    groups:
      - name: a
        rules:
          - {record: instance:http_errors:rate5m, expr: "sum by (cluster, instance) (rate(errors_total[5m]))"}
          - {record: cluster:http_errors:rate5m, expr: sum by (cluster) (instance:http_errors:rate5m)}
          - {record: "http_errors:rate5m", expr: sum (instance:http_errors:rate5m)}

FAIL promql:
    instance:http_errors:rate5m / cluster:http_errors:rate5m

PASS promql:
    cluster:http_errors:rate5m / http_errors:rate5m

PASS promql:
    instance:http_errors:rate5m / on (cluster) group_left () cluster:http_errors:rate5m
"""

from __future__ import annotations

from typing import TypeGuard

from sync.lint.exported_labels import exported
from sync.lint.known import OUTER_LABELS
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.factors import unscaled
from sync.lint.promql.held import held
from sync.lint.promql.labels import Labels, is_scalar, result_labels
from sync.lint.promql.ranges import unguarded
from sync.lint.promql.tree import (
    CHOOSING,
    Aggregation,
    Binary,
    Node,
    Number,
    selectors_of,
)
from sync.lint.query import Query
from sync.lint.recorded_labels import labels_of
from sync.lint.rule import Findings, Rule
from sync.lint.several import OF_TARGETS, listed, made, pinned, raw, several


def check(query: Query, project: Project) -> Findings:
    """Compare the labels of both sides of each operation between series."""
    for node, _ in query.as_promql.each(Binary):
        if node.operator != "or" and not is_scalar(node.left) and not is_scalar(node.right):
            left, right = labels_of(node.left, project), labels_of(node.right, project)
            why = _why(node, left, right)
            why = why or _held_apart(node) or several(node, project)
            why = why or (_uneven(node, left, right) if "without" in query.text else "")
            if why:
                yield Finding(why, piece=node.operator, severity=Severity.WARNING if "group_" in why else None)
            elif idle := [label for label in node.on or () if left.lacks(label) and right.lacks(label)]:
                message = f"on ({listed(idle)}) compares nothing: neither side has it"
                yield Finding(message, piece=node.operator, severity=Severity.INFO)
            elif unmet := [label for label in node.on or () if _is_unmet(label, left, right)]:
                side = "left" if left.lacks(unmet[0]) else "right"
                message = f"on ({listed(unmet)}) compares with nothing: what is grouped on the {side} hasn't it"
                yield Finding(message, piece=node.operator, severity=Severity.WARNING)
            elif lost := [label for label in node.include if (right if node.group == "left" else left).lacks(label)]:
                side = "right" if node.group == "left" else "left"
                message = f"group_{node.group} ({listed(lost)}) carries nothing over: the {side} side has no such label"
                yield Finding(message, piece=node.operator, severity=Severity.WARNING)
            elif turned_round := _taken_from_where_it_is_not(node):
                message = f"group_{node.group} takes {listed(turned_round)} from the side that hasn't it: turn it round"
                yield Finding(message, piece=node.operator, severity=Severity.WARNING)


def _taken_from_where_it_is_not(node: Binary) -> list[str]:
    """Return labels that group_left or group_right carries over from a metric without them to one that has them.

    Those of a target may come by scraping to either.
    """
    many, one = (node.left, node.right) if node.group == "left" else (node.right, node.left)
    source, goal = raw(one), raw(many)
    if not node.include or source is None or goal is None or not exported(source.name).gone:
        return []
    only_there = exported(goal.name).names - exported(source.name).names - (OF_TARGETS - {"nodename"})
    return [label for label in node.include if label in only_there]


def _why(node: Binary, left: Labels, right: Labels) -> str:
    if node.on is None and (unlike := _unlike(left, right, frozenset(node.ignoring or ()))):
        return unlike
    for label in node.on or ():
        lacking, having = (left, right) if left.lacks(label) else (right, left)
        if lacking.lacks(label) and label in having.names:
            return f"on ({label}) can't match: the {'left' if lacking is left else 'right'} side has no label {label}"
    return _uncompared(node) or _many(node) if node.operator not in {"and", "unless"} else ""


def _uncompared(node: Binary) -> str:
    """Look at labels that both sides have and `on ()` doesn't compare: there are several series on either."""
    left, right = result_labels(node.left), result_labels(node.right)
    if all(_is_one(each) and not each.labels for each in (node.left, node.right)):
        return ""
    alike = left.names & right.names - pinned(node) if left.exact and right.exact and node.on == () else frozenset()
    return f"refused where there are several {listed(alike)}: on () compares none of them" if alike else ""


def _held_apart(node: Binary) -> str:
    """Look at sides that matchers hold to two values of a label that is compared."""
    left, right = held(node.left), held(node.right)
    for label in sorted(left.keys() & right.keys()):
        compared = label in node.on if node.on is not None else label not in (node.ignoring or ())
        if compared and left[label] != right[label]:
            return (
                f"nothing matches: {label} is {left[label]} on the left and {right[label]} on the right;"
                f" add ignoring ({label})"
            )
    return ""


def _is_unmet(label: str, left: Labels, right: Labels) -> bool:
    """Whether one side certainly lacks a label that the other may have, and that isn't added to all it sends on."""
    if "xvar" in label or label in OUTER_LABELS:
        return False
    return any(
        one.exact and one.lacks(label) and not other.lacks(label) for one, other in ((left, right), (right, left))
    )


def _many(node: Binary) -> str:
    """Look at a side that has to be one: what isn't compared makes it many, unless it is carried over.

    A recorded series isn't judged: its rule may hold a label to one value.
    """
    if node.on is None and (node.group or not node.ignoring):
        return ""  # who names the label that differs and the side of the one says that there is one of it
    left, right = result_labels(node.left), result_labels(node.right)
    if node.group:
        side, one, labels = ("right", node.right, right) if node.group == "left" else ("left", node.left, left)
        more = labels.names - set(node.on or ()) - set(node.include) - pinned(one) if labels.exact else frozenset()
        wants = f"group_{node.group} wants one series of it"
        return f"refused where the {side} has several {listed(more)}: {wants}" if more and not _is_one(one) else ""
    if (made(node.left) | made(node.right)) & {*(node.on or ()), *(node.ignoring or ())}:
        return ""
    more_left, more_right = (
        _beside(node, side) - pinned(one) for side, one in ((left, node.left), (right, node.right))
    )
    if not (left.exact and right.exact) or bool(more_left & more_right) or not (more_left or more_right):
        return ""
    side, other, more = ("left", "right", more_left) if more_left else ("right", "left", more_right)
    return f"refused where the {side} has several {listed(more)} for one series of the {other}: group_{side} is missing"


def _is_one(node: Node) -> TypeGuard[Aggregation]:
    """Whether it is the first or the last of its series, or of each group."""
    return isinstance(node, Aggregation) and node.name in CHOOSING and node.parameter == Number(1)


def _beside(node: Binary, labels: Labels) -> frozenset[str]:
    """Return the labels of a side that on (…) doesn't name, or ignoring (…) does: the other side may differ in them."""
    return labels.names - set(node.on) if node.on is not None else labels.names & set(node.ignoring or ())


def _unlike(left: Labels, right: Labels, ignored: frozenset[str]) -> str:
    for one, other, side in ((left, right, "right"), (right, left, "left")):
        if not other.exact and not other.gone:
            continue  # it may have any
        missing = sorted(label for label in one.names - ignored - {"__name__"} if other.lacks(label))
        if missing:
            return (
                f"nothing matches: the {side} side has no label {listed(missing)}; add on (…) or group both sides alike"
            )
    return ""


def _uneven(node: Binary, left: Labels, right: Labels) -> str:
    """Look at sides of one metric of which one takes a label away that the other keeps."""
    if node.on is not None or node.ignoring is not None or node.group or not (_takes(node.left) and _takes(node.right)):
        return ""
    if not {each.name for each in selectors_of(node.left)} <= {each.name for each in selectors_of(node.right)}:
        return ""
    for one, other, side in ((left, right, "right"), (right, left, "left")):
        lost = sorted((other.gone - one.gone) - {"le"}) if not one.exact and not other.exact else []
        if lost:
            return f"nothing matches where there is {listed(lost)}: the {side} side takes it away, the other keeps it"
    return ""


def _takes(node: Node) -> bool:
    while isinstance(node, Binary) and (node.operator in {"and", "unless"} or node.filters):
        node = node.left
    inner, _ = unscaled(unguarded(node))
    return isinstance(inner, Aggregation) and inner.without


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/vector_matching"}, query=check)
