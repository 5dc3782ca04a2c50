"""A division that may be 0/0.

Without traffic both sides are 0 and the result is NaN. A recorded NaN stays for as long as any window that reads it; in
a panel it is a hole that looks like missing data. Guard the divisor: `errors / (requests > 0)`. Only divisors that are
zero in ordinary life are judged: rates and increases, and limits where 0 means "none". In an alert a comparison with
NaN just doesn't hold, except `!=`; but one idle series makes a sum or average of quotients NaN, and the alert silent
for all the others, through a recorded series too. And what is used of a limit of 0, which stands for none, is infinite:
the alert fires for ever. Where another query divides by the same with a guard, somebody knew that it may be 0: an alert
that compares the quotient with `>` fires without end then.

FAIL record-expr:
    sum(rate(http_request_errors_total[5m])) / sum(rate(http_requests_total[5m]))

FAIL promql:
    sum(rate(http_request_errors_total[5m])) / sum(rate(http_requests_total[5m]))

FAIL promql:
    redis_memory_used_bytes / redis_memory_max_bytes

PASS promql:
    sum(rate(http_request_errors_total[5m])) / (sum(rate(http_requests_total[5m])) > 0)

PASS promql:
    node_filesystem_avail_bytes / node_filesystem_size_bytes

PASS promql:
    (max(redis_memory_used_bytes) / avg(redis_memory_max_bytes)) and on (fqdn) redis_memory_max_bytes != 0

PASS promql:
    redis_memory_used_bytes / redis_memory_max_bytes and 0 < redis_memory_max_bytes

FAIL promql:
    sum(hits) / (sum(hits) + sum(hits))

FAIL promql:
    sum(rate(took_seconds_sum[5m])) / sum(rate(took_seconds_sum[5m]))

WITH rules.yaml:
    groups:
      - name: a
        rules:
          - record: instance:errors:ratio5m
            expr: rate(http_request_errors_total[5m]) / rate(http_requests_total[5m])
          - record: instance:errors:guarded5m
            expr: rate(http_request_errors_total[5m]) / (rate(http_requests_total[5m]) > 0)
          - record: errors:ratio5m
            expr: sum(rate(http_request_errors_total[5m])) / sum(rate(http_requests_total[5m]))
          - record: workers:busy:ratio
            expr: sum by (job, pool) (workers_busy{job=~"a.*"}) / (sum by (pool, job) (workers{job=~"a.*"}) > 0)
          - {record: "web:all:rate5m", expr: "sum by (job) (rate(http_requests_total[5m]))"}
          - {record: workers:busy:mean, expr: sum by (job) (workers_busy) / (count by (job) (workers) > 0)}

FAIL promql:
    web:bad:rate5m / avg_over_time(web:all:rate5m[1h])

PASS promql:
    web:bad:rate5m / count(web:all:rate5m)

FAIL promql:
    1 - sum by (job, pool) (workers_idle) / sum by (job, pool) (workers{cell=~"$cell",job=~"a.*"})

PASS promql:
    1 - sum by (job, pool) (workers_idle) / sum by (pool) (workers) - 1 / count by (job) (workers)

FAIL alert-expr:
    avg by (job) (instance:errors:ratio5m) > 0.1

FAIL alert-expr:
    avg_over_time(instance:errors:ratio5m[1h]) > 0.1

PASS alert-expr:
    avg by (job) (instance:errors:guarded5m) > 0.1 or instance:errors:ratio5m > 0.1 or avg(errors:ratio5m) > 0.1

FAIL promql:
    sum(rate(http_request_errors_total[5m])) / (sum(rate(http_requests_total[5m])) or vector(0))

FAIL promql:
    sum(rate(http_request_errors_total[5m])) / clamp_min(60 * sum(rate(http_requests_total[5m])), 0)

FAIL alert-expr:
    sum by (job) (queue_length % increase(queue_shards_total[5m])) > 3

PASS alert-expr:
    sum by (job) (queue_length % queue_shards) > 3

FAIL alert-expr:
    sum by (job, pool) (workers_busy) / sum by (job, pool) (workers{job=~"a.*"}) > 0.9

PASS alert-expr:
    sum by (job, pool) (workers_busy) / sum by (job, pool) (workers{job=~"a.*"}) < 0.1

PASS alert-expr:
    sum(rate(http_request_errors_total[5m])) / sum(rate(http_requests_total[5m])) > 0.05

FAIL alert-expr:
    avg by (job) (rate(http_request_errors_total[5m]) / rate(http_requests_total[5m])) > 0.05

FAIL alert-expr:
    avg_over_time((rate(http_request_errors_total[5m]) / rate(http_requests_total[5m]))[1h:]) > 0.05

FAIL alert-expr:
    rate(http_request_errors_total[5m]) / rate(http_requests_total[5m]) != 0

FAIL alert-expr:
    container_memory_working_set_bytes / container_spec_memory_limit_bytes > 0.9

PASS alert-expr:
    container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0) > 0.9

PASS alert-expr:
    redis_memory_used_bytes / redis_memory_max_bytes > 0.9 and redis_memory_max_bytes != 0

PASS alert-expr:
    container_memory_working_set_bytes / container_spec_memory_limit_bytes > 0.9 < +Inf

PASS alert-expr:
    max by (job) (rate(http_request_errors_total[5m]) / rate(http_requests_total[5m])) > 0.05

PASS alert-expr:
    avg by (job) (rate(http_request_errors_total[5m]) / (rate(http_requests_total[5m]) > 0)) > 0.05
"""

from __future__ import annotations

from collections.abc import Iterator

from sync.lint.guards import guards, is_guarded_above
from sync.lint.matching import admits
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import NONE, result_labels
from sync.lint.promql.ranges import range_of
from sync.lint.promql.tree import (
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    selectors_of,
    turned,
    walk,
)
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_ZERO_IS_NONE = frozenset(
    {
        "redis_memory_max_bytes",
        "redis_config_maxmemory",
        "container_spec_memory_limit_bytes",
        "container_spec_memory_swap_limit_bytes",
        "haproxy_server_limit_sessions",
        "haproxy_backend_limit_sessions",
        "haproxy_process_limit_connection_rate",
        "haproxy_process_limit_session_rate",
        "haproxy_process_limit_ssl_rate",
    }
)
_AS_IT_IS = frozenset(
    {"round", "ceil", "floor", "abs", "sort", "sort_desc", "scalar", "clamp_max", "label_replace", "label_join"}
)
_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})


def check(query: Query, project: Project) -> Findings:
    """Look at every divisor, in alerts at those whose NaN spreads."""
    if not (query.use.drawn or query.use.evaluated):
        return
    is_alert = query.use.alerts
    for node, _ in query.each(Binary) if "@" not in query.text else ():  # the times of `@` are in no tree
        if node.operator in _ALWAYS and node.left == node.right and not isinstance(node.left, Number):
            said = f"both sides are the same: this is {_ALWAYS[node.operator]}"
            yield Finding(said, piece=f"{node.operator} ", severity=Severity.WARNING)
    for node, above, name in _divisions(query, project):
        if is_alert and _is_harmless(above):
            if node.operator == "/" and name in _ZERO_IS_NONE and _is_endless(name, above):
                message = (
                    f"{name} is 0 where there is no limit: this is infinite then, and fires for ever: divide by (… > 0)"
                )
                yield Finding(message, piece="/", severity=Severity.WARNING)
        elif is_alert or not _is_filtered(name, above):
            severity = Severity.WARNING if is_alert or name in _ZERO_IS_NONE else Severity.INFO
            yield Finding(_said(name), piece=node.operator, severity=severity)
    yield from _recorded(query, project) if is_alert and project.recorded else ()
    yield from _guarded_elsewhere(query, project)


_ALWAYS = {"/": "1, whatever happens", "-": "0, whatever happens", "+": "twice the one"}
_ZERO_WITHOUT = frozenset({"node_memory_SwapTotal_bytes", "node_memory_SwapTotal"})
"""Sizes of what many machines don't have."""


def _said(name: str) -> str:
    if name in _ZERO_WITHOUT:
        return f"{name} is 0 where there is none, and 0/0 is NaN: divide by (… > 0)"
    if name in _ZERO_IS_NONE:
        return f"{name} is 0 where there is no limit, and a quotient by 0 infinite or NaN: divide by (… > 0)"
    return f"0/0 is NaN while {name} {'is 0' if ':' in name else 'stands still'}: divide by (… > 0)"


def _divisions(query: Query, project: Project) -> Iterator[tuple[Binary, tuple[Node, ...], str]]:
    """Yield each division by what is zero in ordinary life, with the nodes above it and what that is."""
    if "/" in query.text or "%" in query.text:
        for node, above in query.each(Binary):
            if node.operator in {"/", "%"} and (name := _may_be_zero(node.right, project)):
                yield node, above, name


def _recorded(query: Query, project: Project) -> Findings:
    """Look at recorded series that an alert sums up: one of them that is NaN makes the sum NaN."""
    for selector, above in query.selectors:
        if _is_harmless(above):
            continue
        for rule in project.recorded.get(selector.name, ()):
            single = rule.query.tree is None or result_labels(rule.query.tree) == NONE
            if not single and (name := _may_be_nan(rule.query, project)):
                message = f"{selector.name} is recorded as NaN while {name} stands still: divide by (… > 0) in its rule"
                yield Finding(message, piece=selector.name, severity=Severity.INFO)
                break


def _may_be_nan(query: Query, project: Project) -> str:
    """Return the divisor that makes a recorded series NaN, or ''."""
    return next((name for _, above, name in _divisions(query, project) if not _is_filtered(name, above)), "")


def _guarded_elsewhere(query: Query, project: Project) -> Findings:
    """Look at divisors that other queries guard, whatever they are."""
    if "/" not in query.text:
        return
    for node, above in query.each(Binary):
        bare = node.operator == "/" and not (isinstance(node.right, Binary) and node.right.filters)
        name = next((each.name for each in selectors_of(node.right)), "")
        is_quiet = query.use.alerts and _is_harmless(above)
        if not bare or (not _is_endless(name, above) if is_quiet else _is_filtered(name, above)):
            continue
        if _may_be_zero(node.right, project) or range_of(node.right).low > 0:
            continue
        known = bool(name) and guards(project).has(node.right, name)
        if known and not is_guarded_above(node):
            message = f"elsewhere this is divided by (… > 0), since {name} may be 0: guard it here too"
            yield Finding(message, piece="/")


def _is_endless(name: str, above: tuple[Node, ...]) -> bool:
    """Whether an infinite quotient passes: it is compared by > or >=, and nothing asks for a limit that isn't 0."""
    compared = {turned(node).operator for node in above if isinstance(node, Binary) and node.filters}
    return bool(compared) and compared <= {">", ">="} and not _is_asked_for(name, above)


def _is_asked_for(name: str, above: tuple[Node, ...]) -> bool:
    """Whether an operation around it keeps a series only where the divisor isn't 0: `and divisor > 0`."""
    around = (part for node in above if isinstance(node, Binary) for part, _ in walk(node))
    asked = (turned(part).left for part in around if isinstance(part, Binary) and part.filters and part not in above)
    return any(isinstance(each, Selector) and each.name == name for tree in asked for each, _ in walk(tree))


def _is_harmless(above: tuple[Node, ...]) -> bool:
    """Whether a NaN in an alert ends at a comparison, which it doesn't pass, before it spreads to other series."""
    for node in reversed(above):
        if isinstance(node, Binary) and (node.filters or node.operator == "or"):
            return node.operator != "!="
        if isinstance(node, Aggregation) and node.name in {"sum", "avg", "stddev", "stdvar"}:
            return False
        if isinstance(node, Call) and node.name in {"sum_over_time", "avg_over_time"}:
            return False
    return True


def _is_filtered(name: str, above: tuple[Node, ...]) -> bool:
    """Whether a NaN doesn't get through: a comparison drops it, `or` fills in, or it is asked whether there is any."""
    passed = any(isinstance(node, Binary) and (node.filters or node.operator == "or") for node in above)
    return passed or _is_asked_for(name, above)


def _unchanged(node: Node) -> Node:
    """Return what is zero where this is: without what scales or rounds it, and guards that let a zero through."""
    while True:
        match node:
            case Call(name="clamp_min", arguments=(inner, Number(value=least))) if least <= 0:
                node = inner
            case Call(name=name, arguments=(inner, *_)) if name in _AS_IT_IS:
                node = inner
            case Binary(operator="*" | "/", left=inner, right=Number()):
                node = inner
            case Binary(operator="*", left=Number(), right=inner):
                node = inner
            case Binary(operator=">=", left=inner, right=Number(value=0)):
                node = inner
            case Binary(operator="or", left=inner, right=Call(name="vector", arguments=(Number(value=0),))):
                node = inner
            case _:
                return node


def _may_be_zero(node: Node, project: Project, depth: int = 0) -> str:  # noqa: PLR0911 one return a kind of node
    """Return the name of what may be zero in ordinary life; '' where it hardly is, or nobody knows."""
    node = _unchanged(node)
    match node:
        case Call(name=name, arguments=(Selector(name=counter), *_)) if name in _RATES:
            return "" if "cpu" in counter else counter
        case Call(name=name, arguments=(Subquery(body=inner), *_)) if name in _RATES:
            return _may_be_zero(inner, project, depth)
        case Call(name="sum_over_time" | "avg_over_time" | "max_over_time", arguments=(inner,)):
            return _may_be_zero(inner, project, depth)
        case Aggregation(name="count" | "group" | "count_values"):
            return ""
        case Aggregation() | Negative() | Subquery():
            return _may_be_zero(node.body, project, depth)
        case Selector(name=name) if name in _ZERO_IS_NONE | _ZERO_WITHOUT:
            return name
        case Selector(name=name) if name in project.recorded and depth < 3:
            trees = [rule.query.tree for rule in project.recorded[name] if _may_select(node, rule)]
            return name if trees and all(tree and _may_be_zero(tree, project, depth + 1) for tree in trees) else ""
        case Binary(operator="+"):
            left, right = (_may_be_zero(side, project, depth) for side in (node.left, node.right))
            return left if left and right else ""
        case _:
            return ""


def _may_select(selector: Selector, rule: FileRule) -> bool:
    """Whether the labels that a rule sets are those that are asked for."""
    asked = [each for each in selector.matchers if each.label in rule.labels]
    return all(admits(each, rule.labels[each.label]) is not False for each in asked)


RULE = Rule(__name__, Severity.INFO, peers={"pint": "promql/nan"}, query=check)
