"""Series of which one target has several, where an operation wants one: Prometheus refuses it without group_left."""

from __future__ import annotations

from sync.lint.exported_labels import exported
from sync.lint.known import OUTER_LABELS, TARGET_LABELS
from sync.lint.project import Project, once_a_project
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Selector, Text, selectors_of, walk, without_matchers
from sync.lint.query import Query
from sync.lint.words import metric_names


def several(node: Binary, project: Project) -> str:
    """Look at raw series of which one target has several, as exporters or other queries tell, where one is wanted."""
    if by_itself := _by_itself(node):
        return by_itself
    if node.on is None or node.operator in {"and", "unless"} or made(node.left) | made(node.right):
        return ""
    if of_itself := _of_itself(node, frozenset(node.on)):
        return of_itself
    sides = {"left": ("right",), "right": ("left",)}.get(node.group or "", ("left", "right"))
    for side in sides:
        one = node.left if side == "left" else node.right
        series = raw(one)
        if series is None:
            continue
        carried = node.include if node.group else ()
        own = exported(series.name).names or (_grouped(series.name, project) if not node.group else frozenset[str]())
        if not own | OF_TARGETS >= set(node.on):
            continue  # of another exporter, or of another version
        follows = {"device"} if "mountpoint" in node.on else set[str]()
        more = own - {*node.on, *carried, *_WEAK} - follows - pinned(series)
        if more:
            wants = f"group_{node.group} wants one series of it" if node.group else f"group_{side} is missing"
            return f"refused where the {side} has several {listed(more)}: {wants}"
    return ""


def _grouped(name: str, project: Project) -> frozenset[str]:
    """Return the labels, no target's, by which other queries group a metric whose exporter nobody knows."""
    known = _known(project)
    if name not in known:
        groupings = [
            node.labels or ()
            for query in _by_metric(project).get(name, ())
            for node, _ in query.each(Aggregation)
            if not node.without and (body := raw(node.body)) is not None and body.name == name
        ]
        known[name] = _WITHIN_TARGETS.intersection(label for labels in groupings for label in labels)
    return known[name]


@once_a_project
def _known(_project: Project) -> dict[str, frozenset[str]]:
    """Return what was found of the metrics of a run that were asked for."""
    return {}


@once_a_project
def _by_metric(project: Project) -> dict[str, list[Query]]:
    """Sort the queries by the metrics that they name; none is parsed for it."""
    found: dict[str, list[Query]] = {}
    for query in project.queries:
        for name in metric_names(query.text):
            found.setdefault(name, []).append(query)
    return found


def _by_itself(node: Binary) -> str:
    """Look at a part of series divided by all of them, of which each finds itself alone."""
    if node.operator not in {"/", "-"} or node.on is not None or node.ignoring is not None:
        return ""
    part, whole = raw(node.left), raw(node.right)
    if part is None or whole is None or not part.name or without_matchers(node.left) != without_matchers(node.right):
        return ""
    if not set(part.matchers) > set(whole.matchers):
        return ""
    by = "divided by" if node.operator == "/" else "reduced by"
    return f"each series is {by} itself: aggregate both sides, or leave a label out with ignoring (…)"


def _of_itself(node: Binary, on: frozenset[str]) -> str:
    """Look at series that are matched with the count or sum of themselves: were each alone, nobody would count them."""
    for side, one, other in (("left", node.left, node.right), ("right", node.right, node.left)):
        series = raw(one)
        if node.group != side and series is not None and isinstance(other, Aggregation) and not other.without:
            counted = raw(other.body)
            is_same = counted is not None and (counted.name, counted.matchers) == (series.name, series.matchers)
            if is_same and series.name and on >= set(other.labels or ()):
                return f"refused where the {side} has several series of {series.name}: group_{side} is missing"
    return ""


_WEAK = frozenset({"namespace", "unit", "fstype", "nodename", "status"})
"""Labels that follow from others, or in which there may be one alone."""

_WITHIN_TARGETS = frozenset(
    {"code", "status_code", "method", "path", "route", "handler", "uri", "operation", "reason", "result", "outcome"}
    | {
        "topic",
        "partition",
        "queue",
        "database",
        "table",
        "device",
        "interface",
        "state",
        "phase",
        "level",
        "direction",
    }
    | {"le", "quantile", "cpu", "mode", "shard", "command", "stage"}
)
"""Labels of which a target that has one has several, as a rule."""

OF_TARGETS = TARGET_LABELS | OUTER_LABELS | {"node", "nodename", "pod", "container", "service", "endpoint"}
"""Labels that scraping gives to all series of a target."""


def raw(node: Node) -> Selector | None:
    """Return the selector of series that nothing aggregates or filters."""
    while isinstance(node, Call) and node.name in {"rate", "irate", "increase", "max_over_time", "avg_over_time"}:
        node = node.arguments[0]
    return node if isinstance(node, Selector) else None


def pinned(node: Node) -> frozenset[str]:
    """Return the labels that every selector holds to one value."""
    selectors = selectors_of(node)
    held = [frozenset(matcher.label for matcher in each.matchers if matcher.operator == "=") for each in selectors]
    return frozenset.intersection(*held) if held else frozenset()


def made(node: Node) -> set[str]:
    """Return the labels that are made of others here: these may tell apart what the others told apart."""
    calls = [each for each, _ in walk(node) if isinstance(each, Call) and each.name in {"label_replace", "label_join"}]
    return {text.value for call in calls for text in call.arguments[1:2] if isinstance(text, Text)}


def listed(labels: object) -> str:
    """Return labels in their order, as a sentence names them."""
    return ", ".join(sorted(labels))  # type: ignore[call-overload]  # sets and lists of names
