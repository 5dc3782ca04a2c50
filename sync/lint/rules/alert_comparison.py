"""An alert without a comparison, or with `bool`: it fires as long as the series exist.

An alert fires for every series of its result, whatever the value. `> bool` gives 0 where it doesn't hold, and 0 fires
too, as `and` matches it. A state that other alerts compare with a number may be 0 as well.

FAIL alert-expr:
    rate(http_request_errors_total[5m])

FAIL alert-expr:
    node_load1 > bool 5

FAIL alert-expr:
    pool_busy / pool_size > 0.9 and pool_size > bool 0

FAIL alert-expr:
    sum(rate(http_request_errors_total[5m])) > 0 or vector(0)

PASS alert-expr:
    node_load1 > 5

PASS alert-expr:
    network_interface_info{operstate="down"}

PASS alert-expr:
    absent(up{job="api"})

PASS alert-expr:
    ALERTS{alertname="A"} unless on () ALERTS{alertname="B"}

PASS alert-expr:
    count(ALERTS{alertstate="firing"})

PASS alert-expr:
    vector(1)

WITH others.yaml:
    groups: [{name: a, rules: [{alert: Down, expr: 'ceph_health_detail{name="OSD_DOWN"} == 1'}]}]

FAIL alert-expr:
    ceph_health_detail{name="OSD_FULL"}
"""

from __future__ import annotations

from sync.lint.known import TARGET_LABELS
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.intervals import SHARE
from sync.lint.promql.labels import is_scalar
from sync.lint.promql.ranges import own_range
from sync.lint.promql.states import is_info
from sync.lint.promql.tree import (
    COMPARISONS,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    children,
    deciding,
    turned,
    walk,
)
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Look for what keeps the alert quiet."""
    tree = query.tree
    if query.use is not Use.ALERT or tree is None or is_scalar(tree):
        return
    if isinstance(tree, Binary) and tree.operator == "or" and _is_always_there(tree.right):
        yield Finding(
            "`or vector(…)` is always there, and every value fires: put it before the comparison", piece="vector"
        )
    elif isinstance(tree, Binary) and tree.as_bool:
        yield Finding(f"{tree.operator} bool gives 0 where it doesn't hold, and 0 fires too: remove bool", piece="bool")
    elif (asked := _bare(tree)) and asked in _compared(project):
        yield Finding(
            f"nothing is compared: it fires as long as the series exist; other alerts compare {asked} with a number",
            piece=0,
            severity=Severity.WARNING,
        )
    elif not _may_be_quiet(tree) and not all(each.name.startswith("ALERTS") for each, _ in query.selectors):
        yield Finding("nothing is compared: it fires as long as the series exist", piece=0)
    else:
        yield from _asks_nothing(query)


def _bare(node: Node) -> str:
    """Return the name of the metric that an alert asks of nothing but its labels; an _info is 1 by convention."""
    return node.name if isinstance(node, Selector) and not is_info(node.name) else ""


@once_a_project
def _compared(project: Project) -> frozenset[str]:
    """Return the metrics whose values alerts compare with a number, as they are."""
    trees = (rule.query.tree for rule in project.rules if rule.alert)
    compared = (turned(node) for tree in trees if tree is not None for node in deciding(tree))
    return frozenset(
        node.left.name for node in compared if isinstance(node.left, Selector) and isinstance(node.right, Number)
    )


def _is_always_there(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "vector"


def _asks_nothing(query: Query) -> Findings:
    """Look for conditions that hold for every series: `and x > bool 0` matches 0 as well as 1."""
    for node, _ in query.each(Binary):
        beside = node.right
        if node.operator in {"and", "unless"} and isinstance(beside, Binary) and beside.as_bool:
            message = f"{node.operator} matches the series, be they 0 or 1: remove bool behind {beside.operator}"
            yield Finding(message, piece="bool", severity=Severity.WARNING)


def _may_be_quiet(node: Node) -> bool:  # noqa: PLR0911 one return a kind of node
    match node:
        case Binary(operator="or"):
            return _may_be_quiet(node.left) and _may_be_quiet(node.right)
        case Binary(operator="and" | "unless"):
            return True
        case Binary(operator=operator) if operator in COMPARISONS:
            return not node.as_bool or _filters(node)
        case Call(name="absent" | "absent_over_time" | "vector"):
            return True
        case Selector():
            return node.name.startswith("ALERTS") or _chooses(node)
        case Negative() | Subquery():
            return _may_be_quiet(node.body)
        case _:
            return any(_filters(each) for each, _ in walk(node)) or any(
                _may_be_quiet(each) for each in children(node) if isinstance(each, Call)
            )


def _filters(node: Node) -> bool:
    return isinstance(node, Binary) and (node.filters or node.operator in {"and", "unless"})


def _chooses(node: Selector) -> bool:
    """Whether it asks for series of a certain state, which may be there or not; those that are 0 or 1 always are."""
    chosen = any(m.label not in TARGET_LABELS and m.value and m.operator != "!~" for m in node.matchers)
    return own_range(node) != SHARE and chosen and ":" not in node.name


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "alerts/comparison"}, query=check)
