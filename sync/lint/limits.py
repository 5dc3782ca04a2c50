"""The numbers that alerts and the catalogue watch, by the expression that they watch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from sync.lint.old_alerts import old_alerts
from sync.lint.project import Project, once_a_project
from sync.lint.promql import parsing
from sync.lint.promql.linear import Linear, linear
from sync.lint.promql.ranges import range_of
from sync.lint.promql.simplified import simplified
from sync.lint.promql.tree import (
    COMPARISONS,
    TURNED,
    Aggregation,
    Binary,
    Call,
    Matcher,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    is_constant,
    turned,
    unjoined,
    walk,
    without_matchers,
    without_variables,
)
from sync.lint.promql.written_out import written_out
from sync.lint.rule_file import Rule
from sync.lint.shape import as_dict, as_number, as_text

BEYOND = {"max": frozenset({">", ">="}), "min": frozenset({"<", "<="})}
"""The comparisons that hold for one of several when they hold for the highest, or the lowest."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A number, who watches it, by which comparison ('' where that isn't said), and what is compared."""

    value: float
    name: str
    operator: str
    tree: Node

    def shown_as(self, shown: Linear) -> Limit:
        """Return it as one of a multiple or of the rest: 80 of 0.8, where a share is shown in percent."""
        operator = self.operator if shown.factor > 0 else TURNED.get(self.operator, self.operator)
        return replace(self, value=shown.value(self.value), operator=operator)


@dataclass(slots=True)
class Limits:
    """The limits of a project, by the form of the expression: without matchers, windows and groupings.

    One side may name a recorded series where the other writes out what it is recorded from.
    """

    recorded: Mapping[str, list[Rule]] = field(default_factory=dict)
    by_form: dict[Node, list[Limit]] = field(default_factory=dict)

    def add(self, tree: Node, value: float, name: str, operator: str = "") -> None:
        """Take a number that an expression is compared with."""
        bare = linear(_bare(tree))
        operator = operator if bare.factor > 0 else TURNED.get(operator, operator)
        limit = Limit(bare.of_core(value), name, operator, without_variables(bare.core))
        self.by_form.setdefault(_form(bare.core), []).append(limit)

    def of(self, tree: Node) -> list[Limit]:
        """Return the limits of a panel's expression.

        A ratio, average or quantile has the same limit whether or not it is grouped by what is the same in all of its
        series: a label that a matcher names, or that the reader chooses by a variable. Sums grow with what they sum up.
        """
        return self._either(self._of, tree)

    def akin(self, tree: Node) -> list[Limit]:
        """Return the limits of the same ratio or quantile by whatever grouping: those of a route, say, and of all."""
        return self._either(self._akin, tree)

    def _either(self, find: Callable[[Node], list[Limit]], tree: Node) -> list[Limit]:
        """Return the limits of an expression as it stands, else of what its recorded series are made of."""
        found = find(tree)
        made = written_out(tree, self.recorded) if not found else tree
        return found or (find(made) if made != tree else [])

    def _of(self, tree: Node) -> list[Limit]:
        whole = linear(_bare(tree))
        tree = whole.core
        own, settled = groupings(tree), _settled(tree)

        def same(limit: Limit) -> bool:
            theirs = groupings(limit.tree)
            return own is not None and theirs is not None and own ^ theirs <= settled

        shown = without_variables(tree)
        bare = ungrouped(shown)
        is_level = is_ratio(tree) or (isinstance(tree, Aggregation) and tree.name in {"avg", "max", "min"})
        return [
            each.shown_as(whole)
            for each in self._candidates(tree)
            if each.tree == shown or (is_level and ungrouped(each.tree) == bare and same(each))
        ]

    def _akin(self, tree: Node) -> list[Limit]:
        whole = linear(_bare(tree))
        tree = whole.core
        bare = ungrouped(without_variables(tree))
        akin = (each for each in self._candidates(tree) if is_ratio(tree) and ungrouped(each.tree) == bare)
        return [each.shown_as(whole) for each in akin]

    def _candidates(self, tree: Node) -> list[Limit]:
        """Return the limits of expressions of the same form, without the matchers of labels that the reader chooses.

        Where the numbers of `mount="/"` and `mount="/data"` are watched apart, neither is that of `mount=~"$mount"`.
        """
        found = self.by_form.get(_form(tree), [])
        chosen = _labels(tree, lambda matcher: matcher.has_variable)
        if not found or not chosen:
            return found
        trees: dict[Node, set[Node]] = {}
        for each in found:
            trees.setdefault(without_matchers(each.tree, chosen), set()).add(each.tree)
        freed = [(each, without_matchers(each.tree, chosen)) for each in found]
        return [replace(each, tree=tree) for each, tree in freed if each.tree == tree or len(trees[tree]) == 1]


def groupings(node: Node) -> frozenset[str] | None:
    """Return the labels by which anything in an expression is grouped; None where only those taken away are said."""
    found = [each for each, _ in walk(node) if isinstance(each, Aggregation)]
    if any(each.without for each in found):
        return None
    return frozenset(label for each in found for label in each.labels or ()) - {"le"}


def ungrouped(node: Node) -> Node:
    """Return the tree with no groupings but those by `le`, which a quantile is made of."""
    match node:
        case Aggregation():
            kept = tuple(label for label in node.labels or () if label == "le")
            return replace(node, body=ungrouped(node.body), labels=kept)
        case Call():
            return replace(node, arguments=tuple(map(ungrouped, node.arguments)))
        case Binary():
            return replace(node, left=ungrouped(node.left), right=ungrouped(node.right))
        case Negative() | Subquery():
            return replace(node, body=ungrouped(node.body))
        case _:
            return node


_SAME_NUMBERS = frozenset({"sort", "sort_desc", "label_replace", "label_join", "round", "clamp_max"})


def _bare(node: Node) -> Node:
    """Return an expression without what leaves its numbers as they are: order, names, joins, guards of divisors."""
    node = simplified(node)
    while isinstance(node, Call) and node.name in _SAME_NUMBERS:
        node = node.arguments[0]
    return _unmatched(node)


def _unmatched(node: Node) -> Node:
    """Return quotients without guards, and without the labels they match by, which their groupings say too."""
    match node:
        case Binary(operator="/"):
            guarded = isinstance(node.right, Binary) and node.right.filters and node.right.right == Number(0)
            right = node.right.left if guarded and isinstance(node.right, Binary) else node.right
            left, right = _unmatched(node.left), _unmatched(right)
            node = replace(node, left=left, right=right)
            both = isinstance(left, Aggregation) and isinstance(right, Aggregation) and not node.group
            return replace(node, on=None, ignoring=None) if both else node
        case Binary():
            return replace(node, left=_unmatched(node.left), right=_unmatched(node.right))
        case Aggregation():
            return _summed_once(replace(node, body=_unmatched(node.body)))
        case _:
            return node


def _summed_once(node: Aggregation) -> Aggregation:
    """Return a sum of sums, which recorded series are often made into, as the one sum that it is."""
    match node:
        case Aggregation(name="sum" | "max" | "min", without=False, body=Aggregation(without=False) as inner):
            is_same = inner.name == node.name and set(node.labels or ()) <= set(inner.labels or ())
            return replace(node, body=inner.body) if is_same else node
        case _:
            return node


def _form(tree: Node) -> Node:
    return ungrouped(without_matchers(without_variables(tree)))


def is_ratio(node: Node) -> bool:
    """Whether a number doesn't grow with the series that are summed up: a sum over a sum, its rest, or a quantile."""
    if isinstance(node, Binary) and node.operator == "-" and isinstance(node.left, Number):
        return is_ratio(node.right)
    if isinstance(node, Call):
        return node.name == "histogram_quantile"
    return isinstance(node, Binary) and node.operator == "/" and _is_sum(node.left) and _is_sum(node.right)


def _is_sum(node: Node) -> bool:
    if isinstance(node, Binary):
        return _is_sum(node.left)
    return isinstance(node, Aggregation) and node.name == "sum"


def _settled(tree: Node) -> frozenset[str]:
    """Return the labels that every selector fixes, or leaves to a variable."""
    return _labels(tree, lambda matcher: matcher.operator == "=" or matcher.has_variable)


def _labels(tree: Node, which: Callable[[Matcher], bool]) -> frozenset[str]:
    """Return the labels for which every selector has such a matcher."""
    each = [
        {matcher.label for matcher in node.matchers if which(matcher)}
        for node, _ in walk(tree)
        if isinstance(node, Selector)
    ]
    return frozenset(set.intersection(*each)) if each else frozenset()


@once_a_project
def limits(project: Project) -> Limits:
    """Return the limits of a project."""
    found = Limits(project.recorded)
    alerts = [limit for rule in project.rules if rule.alert and (limit := watched_by(rule))]
    alerts += (
        Limit(number, name, operator, tree)
        for dashboard in project.dashboards
        for tree, operator, number, name in old_alerts(dashboard)
    )
    for limit in alerts:
        for form in dict.fromkeys((limit.tree, written_out(limit.tree, project.recorded))):
            found.add(form, limit.value, limit.name, limit.operator)
    for indicator in project.known.thresholds:
        tree = _parsed(as_text(indicator.get("expr")))
        for level in ("warning", "critical"):
            number = as_number(as_dict(indicator.get("thresholds")).get(level))
            if tree is not None and number is not None:
                name = as_text(indicator.get("title")) or as_text(indicator.get("name"))
                found.add(tree, number, f"{name} ({level})")
    return found


def watched_by(rule: Rule) -> Limit | None:
    """Return the number that an alert compares something with, zero aside."""
    watched = _watched(rule.query.tree)
    number = constant(watched.right) if watched else None
    return Limit(number, rule.alert, watched.operator, _each(watched)) if watched and number else None


def _each(watched: Binary) -> Node:
    """Return what an alert compares the highest or the lowest of: each of them is compared then."""
    tree = watched.left
    while isinstance(tree, Aggregation) and watched.operator in BEYOND.get(tree.name, ()):
        tree = tree.body
    return tree


def _watched(tree: Node | None) -> Binary | None:
    """Return the comparison that an alert is about: the first, or of `a > 0 and a < 9` the one that isn't with zero."""
    joined: list[Node] = []
    tree = unjoined(tree)
    while isinstance(tree, Binary) and tree.operator in {"and", "unless"}:  # what else has to hold
        if tree.operator == "and":
            joined.append(turned(tree.right) if isinstance(tree.right, Binary) else tree.right)
        tree = unjoined(tree.left)
    if isinstance(tree, Binary):
        tree = turned(tree)
    if not _is_limit(tree):
        return None
    if constant(tree.right) == 0:
        return next((each for each in reversed(joined) if _is_limit(each) and each.left == tree.left), None)
    return tree


def _is_limit(tree: Node | None) -> TypeGuard[Binary]:
    return isinstance(tree, Binary) and tree.operator in COMPARISONS - {"==", "!="}


def constant(node: Node) -> float | None:
    """Return the number that an expression of numbers is: 604800 of `7 * 24 * 3600`."""
    if not is_constant(node):
        return None
    interval = range_of(node)
    return interval.low if interval.low == interval.high else None


def _parsed(text: str) -> Node | None:
    try:
        return parsing.parse(text) if text else None
    except (parsing.UnparsableError, parsing.UndecidedError):
        return None
