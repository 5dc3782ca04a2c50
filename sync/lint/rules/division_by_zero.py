"""A division that may be 0/0.

Without traffic both sides are 0 and the result is NaN. A recorded NaN stays for as long as any window that reads it; in
a panel it is a hole that looks like missing data. Guard the divisor: `errors / (requests > 0)`. Only divisors that are
zero in ordinary life are judged: rates and increases, and limits where 0 means "none". In an alert a comparison with
NaN just doesn't hold, except `!=`; but one idle series makes a sum or average of quotients NaN, and the alert silent
for all the others. And what is used of a limit of 0, which stands for none, is infinite: the alert fires for ever.

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

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Binary, Call, Negative, Node, Selector, Subquery, walk
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule

_ZERO_IS_NONE = frozenset(
    {
        "redis_memory_max_bytes",
        "redis_config_maxmemory",
        "container_spec_memory_limit_bytes",
        "container_spec_memory_swap_limit_bytes",
    }
)
_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})


def check(query: Query, _project: Project) -> Findings:
    """Look at every divisor, in alerts at those whose NaN spreads."""
    if "/" not in query.text or query.use not in {Use.PANEL, Use.INSTANT, Use.RECORDING, Use.ALERT}:
        return
    is_alert = query.use is Use.ALERT
    for node, above in query.each(Binary):
        if node.operator not in {"/", "%"}:
            continue
        name = _may_be_zero(node.right)
        if not name:
            continue
        if is_alert and _is_harmless(above):
            if node.operator == "/" and name in _ZERO_IS_NONE and _is_endless(name, above):
                message = (
                    f"{name} is 0 where there is no limit: this is infinite then, and fires for ever: divide by (… > 0)"
                )
                yield Finding(message, piece="/", severity=Severity.WARNING)
        elif is_alert or not _is_filtered(above):
            severity = Severity.WARNING if is_alert or name in _ZERO_IS_NONE else Severity.INFO
            yield Finding(f"0/0 is NaN when there is no {name}: divide by (… > 0)", piece="/", severity=severity)


def _is_endless(name: str, above: tuple[Node, ...]) -> bool:
    """Whether an infinite quotient passes: it is compared by > or >=, and nothing asks for a limit that isn't 0."""
    compared = [node.operator for node in above if isinstance(node, Binary) and node.filters]
    asked = (part for node in above if isinstance(node, Binary) for part, _ in walk(node) if isinstance(part, Binary))
    return (
        compared != []
        and set(compared) <= {">", ">="}
        and not any(part.filters and isinstance(part.left, Selector) and part.left.name == name for part in asked)
    )


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


def _is_filtered(above: tuple[Node, ...]) -> bool:
    return any(isinstance(node, Binary) and (node.filters or node.operator == "or") for node in above)


def _may_be_zero(node: Node) -> str:
    match node:
        case Call(name=name) if name in _RATES:
            return _rated(node.arguments[0])
        case Aggregation():
            return _may_be_zero(node.body)
        case Selector(name=name) if name in _ZERO_IS_NONE:
            return name
        case Binary(operator="+"):
            left, right = _may_be_zero(node.left), _may_be_zero(node.right)
            return left if left and right else ""
        case Negative():
            return _may_be_zero(node.body)
        case _:
            return ""


def _rated(node: Node) -> str:
    match node:
        case Selector():
            if "cpu" in node.name:
                return ""
            return node.name
        case Subquery():
            return _may_be_zero(node.body)
        case _:
            return ""


RULE = Rule(__name__, Severity.INFO, peers={"pint": "promql/nan"}, query=check)
