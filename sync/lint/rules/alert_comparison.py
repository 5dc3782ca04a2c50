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

FAIL alert-expr:
    queue_messages{queue="orders"}

FAIL alert-expr:
    systemd_unit_state{state="failed"}

FAIL alert-expr:
    bfd_peer_session == 2 or bfd_peer_session{remote=~".+"}

FAIL alert-expr:
    100 * rate(net_errors[5m]) / (rate(net_errors[5m]) + rate(net_packets_total[5m]) > 0)

FAIL alert-expr:
    rate(errors_total[5m]) > 1 and sum by (job) (rate(requests_total[5m]))

FAIL alert-expr:
    volume_free_bytes / volume_size_bytes < 0.03 and volume_used_bytes

FAIL alert-expr:
    volume_free_bytes / volume_size_bytes < 0.03 and on (device) node_filesystem_readonly

FAIL alert-expr:
    pool_busy / pool_slots > 0.9 and pool_slots

PASS alert-expr:
    volume_free_bytes / volume_size_bytes < 0.03 and on (volume) volume_attached

PASS alert-expr:
    up{job="api"} == 0 and up{job="api"} offset 1h

PASS alert-expr:
    100 * rate(net_errors[5m]) and on (node) (node_role == 1)

PASS alert-expr:
    rate(errors_total[5m]) > 1 and on (job) count by (job) (up)

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

import re
from itertools import pairwise

from sync.lint.kinds import looks_like_a_level
from sync.lint.known import TARGET_LABELS
from sync.lint.known_units import units
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.dimensions import dimension
from sync.lint.promql.intervals import SHARE
from sync.lint.promql.labels import is_scalar
from sync.lint.promql.named_units import of_name
from sync.lint.promql.ranges import own_range
from sync.lint.promql.states import is_info, is_state
from sync.lint.promql.tree import (
    COMPARISONS,
    RATES,
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    children,
    deciding,
    selectors_of,
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
        yield from _asks_nothing(query, project)


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


def _asks_nothing(query: Query, project: Project) -> Findings:
    """Look for conditions that hold for every series: `and x > bool 0` matches 0 as well as 1."""
    for node, _ in query.each(Binary):
        beside = node.right
        if node.operator == "and" and _holds_always(node, project):
            message = "what stands behind `and` is compared with nothing: any value will do"
            yield Finding(message, piece="and", severity=Severity.WARNING)
        elif node.operator in {"and", "unless"} and isinstance(beside, Binary) and beside.as_bool:
            message = f"{node.operator} matches the series, be they 0 or 1: remove bool behind {beside.operator}"
            yield Finding(message, piece="bool", severity=Severity.WARNING)


def _are_siblings(one: Selector, other: Selector) -> bool:
    """Whether two series are of one family and asked for alike."""
    return one.name.partition("_")[0] == other.name.partition("_")[0] and one.matchers == other.matchers


def _is_number(node: Node, left: Node, project: Project) -> bool:
    """Whether it is a measured number, and not a series that is there or isn't."""
    if any(_filters(each) for each, _ in walk(node)):
        return False
    if any(each.offset for each in selectors_of(node)):
        return False  # what was there before
    if isinstance(node, Call):
        return node.name in RATES | {"deriv", "predict_linear", "histogram_quantile"}
    if isinstance(node, Selector) and not any(_are_siblings(node, each) for each in selectors_of(left)):
        return False  # it may choose hosts, or what has a limit
    found = dimension(node, units(project))
    is_measured = found is not None and (found.bytes != 0 or found.seconds != 0)
    return is_measured and not (isinstance(node, Aggregation) and node.name in {"count", "group"})


_ALWAYS_1 = re.compile(
    r"owner|labels|annotations|_info|role|address|_ips|_type|taint|_path|_tls|_ref|_mode|account|toleration|selector|ports"
    r"|revision|attached|policy|restart|scheduler_name|reason"
)
"""Words of states that are only there while they are 1."""


def _may_stay_0(node: Node) -> bool:
    """Whether it is a state that is there be it 0 or 1."""
    match node:
        case Selector(name=name, offset=0):
            return is_state(name) and _ALWAYS_1.search(name) is None
        case _:
            return False


def _holds_always(node: Binary, project: Project) -> bool:
    """Whether a condition is a number, or a series that is there whenever the left is.

    `increase(x[5m]) > 30 and x` leaves out what has ended since.
    """
    left, beside = node.left, node.right
    names = {each.name for each in selectors_of(beside)}
    has_ended = isinstance(beside, Selector) and any(
        each.name in names and any(isinstance(parent, Call) for parent in above)
        for each, above in walk(left)
        if isinstance(each, Selector)
    )
    chooses = isinstance(beside, Selector) and (node.on is not None or node.ignoring is not None)
    return not has_ended and (
        (not chooses and _is_number(beside, left, project)) or _may_stay_0(beside) or _is_asked_already(beside, left)
    )


def _is_asked_already(beside: Node, left: Node) -> bool:
    """Whether it is a series that the left is made of, so that it is there whenever that is: `a / b > 1 and b`."""
    return isinstance(beside, Selector) and beside in selectors_of(left)


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
            return any(_filters(each) and not _guards(each, above) for each, above in walk(node)) or any(
                _may_be_quiet(each) for each in children(node) if isinstance(each, Call)
            )


def _filters(node: Node) -> bool:
    return isinstance(node, Binary) and (node.filters or node.operator in {"and", "unless"})


def _guards(node: Node, above: tuple[Node, ...]) -> bool:
    """Whether a filter only keeps a divisor from being 0."""
    path = (*above, node)
    divides = any(
        isinstance(parent, Binary) and parent.operator == "/" and child is parent.right
        for parent, child in pairwise(path)
    )
    return (
        divides and isinstance(node, Binary) and node.operator in {"!=", ">"} and node.right in {Number(0), Number(-1)}
    )


_OF_STATES = frozenset({"state", "status", "phase", "condition", "health"})
_MAY_BE_NONE = re.compile(r"state|status|err|event|type|problem|alarm|version|reason|vm_name")
"""Labels by which there may be no series while all is well."""


def _chooses(node: Selector) -> bool:
    """Whether it asks for series of a certain state, which may be there or not; those that are 0 or 1 always are.

    So are those with a label for each state (`unit_state{state="failed"}`), and what is measured.
    """
    chosen = [m for m in node.matchers if m.label not in TARGET_LABELS and m.value and m.operator != "!~"]
    chosen = [m for m in chosen if m.operator != "=~" or m.value not in {".*", ".+"}]
    is_state_set = any(m.label in _OF_STATES and node.name.endswith(f"_{m.label}") for m in chosen)
    is_measured = of_name(node.name) is not None or looks_like_a_level(node.name)
    is_named = any(
        m.operator == "=~" or _MAY_BE_NONE.search(m.label) for m in chosen
    )  # whose name begins so, if there is one
    always = is_state_set or (is_measured and not is_named and not is_info(node.name))
    return bool(chosen) and own_range(node) != SHARE and ":" not in node.name and not always


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "alerts/comparison"}, query=check)
